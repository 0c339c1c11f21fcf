#include "common/icons.h"

#include "common/resources.h"
#include "common/theme.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>
#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QByteArray coloredSvg(const QString &name, const QColor &color)
{
    initResources();
    QFile file(u":/parterre/icons/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("There is no icon %s.", qUtf8Printable(name));
        return {};
    }
    return file.readAll().replace("currentColor", color.name().toLatin1());
}

} // namespace

QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal devicePixelRatio)
{
    const int pixels = static_cast<int>(std::ceil(size * devicePixelRatio));
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(coloredSvg(name, color));
    if (renderer.isValid()) {
        QPainter painter(&pixmap);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QIcon themedIcon(const QString &name, const QColor &color)
{
    QColor faint = color;
    faint.setAlphaF(0.4f);
    QIcon icon;
    for (const int size : {metrics::iconSmall, metrics::icon, metrics::iconLarge, 32, metrics::iconHuge}) {
        for (const qreal ratio : {1.0, 2.0}) {
            icon.addPixmap(iconPixmap(name, color, size, ratio), QIcon::Normal);
            icon.addPixmap(iconPixmap(name, faint, size, ratio), QIcon::Disabled);
        }
    }
    return icon;
}

namespace {

/// Drawn when it is shown, so that it follows a change of the theme; what is switched on takes the accent.
class ThemedIconEngine : public QIconEngine
{
public:
    explicit ThemedIconEngine(QString name)
        : m_name(std::move(name))
    {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        painter->drawPixmap(rect, draw(rect.size(), 1.0, mode, state));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return draw(size, 1.0, mode, state);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        return draw(size / scale, scale, mode, state);
    }
    [[nodiscard]] QIconEngine *clone() const override { return new ThemedIconEngine(m_name); }
    [[nodiscard]] QString key() const override { return u"parterre"_s; }

private:
    [[nodiscard]] QPixmap draw(const QSize &size, qreal ratio, QIcon::Mode mode, QIcon::State state) const
    {
        const Theme &theme = Theme::of(QGuiApplication::palette());
        QColor color = state == QIcon::On ? theme.accent : theme.text;
        if (mode == QIcon::Disabled)
            color.setAlphaF(0.4f);
        return iconPixmap(m_name, color, std::min(size.width(), size.height()), ratio);
    }

    QString m_name;
};

} // namespace

QIcon themedIcon(const QString &name)
{
    return QIcon(new ThemedIconEngine(name));
}

QStringList iconNames()
{
    initResources();
    QStringList names;
    const QStringList files = QDir(u":/parterre/icons"_s).entryList({u"*.svg"_s}, QDir::Files, QDir::Name);
    for (const QString &file : files)
        names.append(file.chopped(4));
    return names;
}

} // namespace parterre::ui
