#include "checkout/salesledger.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <algorithm>

namespace parterre::server::ledger {

using namespace Qt::StringLiterals;

namespace {

/// What charges are made of, account by account.
struct Split
{
    Money sales;
    Money fees;
    Money taxes;
};

template <class Filter>
Split splitOf(Transaction &transaction, const OrderId &order, Currency currency, Filter &&counts)
{
    Split split{.sales = Money(0, currency), .fees = Money(0, currency), .taxes = Money(0, currency)};
    for (const Charge &charge : orders::charges(transaction, order)) {
        if (!counts(charge))
            continue;
        (charge.kind == ChargeKind::Fee ? split.fees : split.sales) += charge.net();
        split.taxes += charge.taxAmount;
    }
    return split;
}

/// One transfer of an order, whose entries are written together.
class Transfer
{
public:
    Transfer(QString id, const OrderId &order, std::optional<PaymentId> payment, Currency currency)
        : m_id(std::move(id))
        , m_order(order)
        , m_payment(payment)
        , m_currency(currency)
    {}
    void enter(const QString &account, const Money &amount)
    {
        PT_ASSERT(amount.currency() == m_currency, "a transfer is in one currency");
        m_accounts.push_back(account);
        m_amounts.push_back(amount.minorUnits());
    }
    void enterUnlessZero(const QString &account, const Money &amount)
    {
        if (!amount.isZero())
            enter(account, amount);
    }

    void write(Transaction &transaction) const
    {
        if (m_accounts.empty())
            return;
        transaction.execute("insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                            "select $1::uuid, $2::uuid, $3::uuid, n.account, n.amount, $6 "
                            "from unnest($4::text[], $5::bigint[]) with ordinality as n(account, amount, place) "
                            "order by n.place",
                            m_id, m_order, m_payment, m_accounts, m_amounts, m_currency.code());
    }

private:
    QString m_id;
    OrderId m_order;
    std::optional<PaymentId> m_payment;
    Currency m_currency;
    std::vector<QString> m_accounts;
    std::vector<qint64> m_amounts;
};

QString accountOf(PaymentMethod method)
{
    switch (method) {
    case PaymentMethod::Cash:
        return u"cash_drawer"_s;
    case PaymentMethod::Card:
    case PaymentMethod::Terminal:
        return u"card_clearing"_s;
    case PaymentMethod::GiftCard:
        return u"gift_cards_owed"_s;
    }
    return {};
}

void enterPayment(Transaction &transaction, const PaymentRow &payment, const Split &split)
{
    PT_ASSERT(split.sales + split.fees + split.taxes == payment.amount, "an order costs what it is made of");
    Transfer transfer(payment.id.text(), payment.order, payment.id, payment.amount.currency());
    transfer.enter(accountOf(payment.method), payment.amount + payment.rounding);
    transfer.enter(u"ticket_sales"_s, -split.sales);
    transfer.enterUnlessZero(u"fees"_s, -split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, -split.taxes);
    transfer.enterUnlessZero(u"cash_rounding"_s, -payment.rounding);
    transfer.write(transaction);
}

/// All of it through ticket_sales: others have a part in the order too.
void enterWhole(Transaction &transaction, const PaymentRow &payment)
{
    const Money none(0, payment.amount.currency());
    enterPayment(transaction, payment, {.sales = payment.amount, .fees = none, .taxes = none});
}

/// What of the order's price were fees and taxes, in a transfer of the order's own.
void enterFeesAndTaxes(Transaction &transaction, const OrderRow &order)
{
    const Split split = splitOf(transaction, order.id, order.total.currency(), [](const Charge &) { return true; });
    Transfer transfer(order.id.text(), order.id, std::nullopt, order.total.currency());
    transfer.enterUnlessZero(u"ticket_sales"_s, split.fees + split.taxes);
    transfer.enterUnlessZero(u"fees"_s, -split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, -split.taxes);
    transfer.write(transaction);
}

} // namespace

void enterSale(Transaction &transaction, const PaymentRow &payment)
{
    enterPayment(transaction, payment,
                 splitOf(transaction, payment.order, payment.amount.currency(), [](const Charge &) { return true; }));
}

void enterExchange(Transaction &transaction, const OrderRow &order, const std::vector<PaymentRow> &payments)
{
    for (const PaymentRow &payment : payments)
        enterWhole(transaction, payment);
    enterFeesAndTaxes(transaction, order);
}

void enterParts(Transaction &transaction, const OrderRow &order, const PaymentRow &lead,
                const std::vector<PaymentRow> &parts)
{
    Money sum = lead.amount;
    enterWhole(transaction, lead);
    for (const PaymentRow &part : parts) {
        enterWhole(transaction, part);
        sum += part.amount;
    }
    PT_ASSERT(sum == order.total, "a sale is confirmed by payments of all that it costs");
    enterFeesAndTaxes(transaction, order);
}

void enterRefund(Transaction &transaction, const OrderRow &order, const RefundRow &refund)
{
    const bool isAll = !hasSoldPlaces(order.state);
    const Split split = splitOf(transaction, order.id, order.total.currency(), [&](const Charge &charge) {
        return charge.line == 0 ? isAll : std::ranges::binary_search(refund.lines, charge.line);
    });
    PT_ASSERT(split.sales + split.fees + split.taxes == refund.amount, "a refund is worth what its lines are made of");
    Transfer transfer(refund.id.text(), order.id, std::nullopt, refund.amount.currency());
    transfer.enterUnlessZero(u"ticket_sales"_s, -(split.fees + split.taxes));
    transfer.enterUnlessZero(u"fees"_s, split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, split.taxes);
    transfer.write(transaction);
}

} // namespace parterre::server::ledger
