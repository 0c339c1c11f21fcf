#include "common/icons.h"

#include "common/resources.h"
#include "common/theme.h"

#include <QDir>
#include <QFile>
#include <QPainter>
#include <QSvgRenderer>
#include <QWidget>

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

QIcon themedIcon(const QString &name, const QWidget *widget)
{
    return themedIcon(name, Theme::of(widget).text);
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
