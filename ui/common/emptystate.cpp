#include "common/emptystate.h"

#include "common/icons.h"
#include "common/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
{
    setObjectName(u"emptyState"_s);
    m_icon->setObjectName(u"emptyIcon"_s);
    m_title->setObjectName(u"emptyTitle"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(titleFont());
    m_text->setObjectName(u"emptyText"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_text->setProperty("muted", true);
    m_text->setMinimumWidth(320); // A wrapping label would else shrink to one word a line.
    m_action->setObjectName(u"emptyAction"_s);
    m_action->setProperty("primary", true);
    m_action->hide();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    column->setSpacing(metrics::small);
    column->addStretch(2);
    column->addWidget(m_icon, 0, Qt::AlignHCenter);
    column->addSpacing(metrics::small);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    column->addWidget(m_text); // Over the whole width: where a layout aligns it, a second line would have no room.
    column->addSpacing(metrics::small);
    column->addWidget(m_action, 0, Qt::AlignHCenter);
    column->addStretch(3);

    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionTriggered);
}

void EmptyState::setContent(const QString &iconName, const QString &title, const QString &text,
                            const QString &actionText)
{
    m_iconName = iconName;
    m_title->setText(title);
    m_text->setText(text);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(text);
    applyColors();
}

void EmptyState::focusAction()
{
    m_action->setFocus();
}

void EmptyState::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_iconName.isEmpty())
        applyColors();
}

void EmptyState::applyColors()
{
    const Theme &theme = Theme::of(this);
    const QColor color = mixed(theme.textMuted, theme.window, 0.35);
    m_icon->setPixmap(iconPixmap(m_iconName, color, metrics::iconHuge, devicePixelRatioF()));
}

} // namespace parterre::ui
