#include "common/noticebar.h"

#include "common/icons.h"
#include "common/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QString iconNameOf(NoticeKind kind)
{
    switch (kind) {
    case NoticeKind::Success:
        return u"check-circle"_s;
    case NoticeKind::Warning:
        return u"warning"_s;
    case NoticeKind::Error:
        return u"error"_s;
    case NoticeKind::Info:
        break;
    }
    return u"info"_s;
}

QColor colorOf(NoticeKind kind, const Theme &theme)
{
    switch (kind) {
    case NoticeKind::Success:
        return theme.success;
    case NoticeKind::Warning:
        return theme.warning;
    case NoticeKind::Error:
        return theme.danger;
    case NoticeKind::Info:
        break;
    }
    return theme.info;
}

} // namespace

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(u"noticeBar"_s);
    m_icon->setObjectName(u"noticeIcon"_s);
    m_text->setObjectName(u"noticeText"_s);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText); // Words from a server or a buyer are never read as markup.
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setObjectName(u"noticeAction"_s);
    m_close->setObjectName(u"noticeClose"_s);
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::normal, metrics::small, metrics::small, metrics::small);
    row->setSpacing(metrics::small);
    row->addWidget(m_icon, 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_close);

    connect(m_action, &QPushButton::clicked, this, &NoticeBar::actionTriggered);
    connect(m_close, &QToolButton::clicked, this, [this] {
        clear();
        Q_EMIT closed();
    });
    hide();
}

void NoticeBar::showNotice(NoticeKind kind, const QString &text, const QString &actionText)
{
    m_kind = kind;
    m_text->setText(text);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    setAccessibleName(text);
    applyColors();
    show();
    fitText();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

/// A text that wraps tells its height only for a width, which most layouts do not ask for: so it is said here.
void NoticeBar::fitText()
{
    const int height = m_text->heightForWidth(m_text->width());
    if (isVisible() && height > 0 && m_text->minimumHeight() != height)
        m_text->setMinimumHeight(height);
}

void NoticeBar::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    layout()->activate(); // The text has its new width only after that.
    fitText();
}

void NoticeBar::clear()
{
    hide();
    m_text->clear();
}

void NoticeBar::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

void NoticeBar::setSpanning(bool spanning)
{
    m_spanning = spanning;
    layout()->setContentsMargins(spanning ? metrics::wide : metrics::normal, metrics::small,
                                 spanning ? metrics::wide : metrics::small, metrics::small);
    applyColors();
}

QString NoticeBar::text() const
{
    return m_text->text();
}

void NoticeBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_applying)
        applyColors();
}

void NoticeBar::applyColors()
{
    m_applying = true; // A style sheet of our own brings a palette change of its own.
    const Theme &theme = Theme::of(window());
    const QColor color = colorOf(m_kind, theme);
    m_icon->setPixmap(iconPixmap(iconNameOf(m_kind), color, metrics::icon, devicePixelRatioF()));
    m_close->setIcon(themedIcon(u"close"_s, theme.textMuted));
    const QString line = mixed(theme.surface, color, 0.45).name();
    const QString edges = m_spanning ? u"border: 0; border-bottom: 1px solid %1;"_s.arg(line)
                                     : u"border: 1px solid %1; border-left: 4px solid %1; border-radius: %2px;"_s.arg(
                                           line, QString::number(metrics::radius));
    setStyleSheet(u"parterre--ui--NoticeBar { background: %1; %2 }"
                  "#noticeText { color: %3; background: transparent; border: 0; }"_s.arg(theme.tint(color).name(),
                                                                                         edges, theme.text.name()));
    m_applying = false;
}

} // namespace parterre::ui
