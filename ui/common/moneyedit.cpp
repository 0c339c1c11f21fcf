#include "common/moneyedit.h"

#include "common/moneytext.h"
#include "common/theme.h"

#include <QPaintEvent>
#include <QPainter>
#include <QStyle>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

// The largest amount has 12 digits; grouping is not typed.
constexpr int typedCharactersMax = 16;

} // namespace

MoneyEdit::MoneyEdit(QWidget *parent)
    : QLineEdit(parent)
{
    setObjectName(u"moneyEdit"_s);
    setAlignment(Qt::AlignRight);
    setMaxLength(typedCharactersMax);
    setFont(numberFont(font()));
    setInputMethodHints(Qt::ImhFormattedNumbersOnly);
    setCurrency(m_currency);
    connect(this, &QLineEdit::textChanged, this, &MoneyEdit::readText);
    connect(this, &QLineEdit::editingFinished, this, [this] {
        if (m_money)
            setText(moneyTypedText(*m_money, locale()));
    });
}

void MoneyEdit::setCurrency(const Currency &currency)
{
    m_currency = currency;
    clear();
    setPlaceholderText(moneyTypedText(Money(0, currency), locale()));
    update();
}

void MoneyEdit::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    painter.setFont(font());
    painter.setPen(isEnabled() ? Theme::of(this).textMuted : palette().color(QPalette::Disabled, QPalette::Text));
    painter.drawText(rect().adjusted(metrics::normal, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     currencySign(m_currency, locale()));
}

void MoneyEdit::setMoney(const Money &money)
{
    if (money.currency() != m_currency)
        setCurrency(money.currency());
    setText(moneyTypedText(money, locale()));
}

void MoneyEdit::readText()
{
    const std::optional<Money> before = m_money;
    const QString typed = text().trimmed();
    m_money.reset();
    m_problem.clear();
    if (!typed.isEmpty()) {
        if (Result<Money> read = moneyFromTypedText(typed, m_currency))
            m_money = *read;
        else
            m_problem = read.error().message;
    }
    setToolTip(m_problem);
    setAccessibleDescription(m_problem);
    if (property("invalid").toBool() == m_problem.isEmpty()) {
        setProperty("invalid", !m_problem.isEmpty());
        style()->unpolish(this);
        style()->polish(this);
    }
    if (m_money != before)
        Q_EMIT moneyChanged();
}

} // namespace parterre::ui
