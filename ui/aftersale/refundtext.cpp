#include "aftersale/refundtext.h"

#include "common/moneytext.h"
#include "common/timetext.h"

#include <QCoreApplication>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Refunds)
};

QString causeText(RefundCause cause)
{
    switch (cause) {
    case RefundCause::Desk:
        return Texts::tr("Refund");
    case RefundCause::PerformanceCancelled:
        return Texts::tr("Refund, performance cancelled");
    case RefundCause::Exchange:
        return Texts::tr("Exchange");
    case RefundCause::Buyer:
        return Texts::tr("Refund by the buyer");
    }
    return {};
}

} // namespace

std::vector<RefundView> refundsWithNote(const OrderView &order)
{
    std::vector<RefundView> refunds = order.refunds;
    std::erase_if(refunds, [](const RefundView &refund) { return refund.amount.isZero(); });
    return refunds;
}

QString refundableText(const OrderView &order)
{
    if (!order.refundableUntil)
        return {};
    return Texts::tr("Buyers give places back until %1; then a supervisor does.")
        .arg(startText(*order.refundableUntil, order.timeZone));
}

QString repaymentText(const RepaymentView &repayment)
{
    switch (repayment.state) {
    case RepaymentState::Created:
        return Texts::tr("on its way to the card");
    case RepaymentState::Repaid:
        if (repayment.method == PaymentMethod::GiftCard)
            return Texts::tr("back on the gift card");
        return repayment.method != PaymentMethod::Cash ? Texts::tr("back on the card") : Texts::tr("paid in cash");
    case RepaymentState::InDoubt:
        return Texts::tr("the card refuses it: a supervisor decides");
    case RepaymentState::Owed:
        return Texts::tr("cash waits for the customer");
    case RepaymentState::PaidOut:
        return Texts::tr("paid in cash");
    }
    return {};
}

QString refundRows(const OrderView &order, const QString &mutedColor)
{
    const QString row = u"<tr><td style='padding: 4px 8px 4px 0'>%1</td>"
                        "<td align='right' style='padding: 4px 0'>%2</td></tr>"_s;
    const QString quiet = u"<br><span style='color: %1; font-size: small'>%2</span>"_s;
    QString html;
    for (const RefundView &refund : order.refunds) {
        const QString who = Texts::tr("%1 by %2: %3")
                                .arg(startText(refund.at, order.timeZone), refund.by, refund.reason)
                                .toHtmlEscaped();
        html += row.arg(causeText(refund.cause).toHtmlEscaped() + quiet.arg(mutedColor, who),
                        moneyText(-refund.amount).toHtmlEscaped());
        for (const RepaymentView &repayment : refund.repayments) {
            html += row.arg(
                u"<span style='color: %1'>%2</span>"_s.arg(mutedColor, repaymentText(repayment).toHtmlEscaped()),
                u"<span style='color: %1'>%2</span>"_s.arg(mutedColor, moneyText(repayment.amount).toHtmlEscaped()));
        }
    }
    return html;
}

Money soldValue(const OrderView &order)
{
    std::vector<int> sold;
    for (const OrderLine &line : order.lines) {
        if (line.state == LineState::Sold)
            sold.push_back(line.number);
    }
    return worthOf(order, sold);
}

} // namespace parterre::ui
