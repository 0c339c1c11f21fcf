#include "common/moneylabel.h"

#include "common/moneytext.h"
#include "common/theme.h"

namespace parterre::ui {

using namespace Qt::StringLiterals;

MoneyLabel::MoneyLabel(QWidget *parent)
    : QLabel(parent)
{
    setObjectName(u"moneyLabel"_s);
    setTextFormat(Qt::PlainText);
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setFont(numberFont(font()));
}

void MoneyLabel::setMoney(const Money &money)
{
    m_money = money;
    setText(moneyText(money, locale()));
}

} // namespace parterre::ui
