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
Split splitOf(const std::vector<Charge> &charges, Currency currency, Filter &&counts)
{
    Split split{.sales = Money(0, currency), .fees = Money(0, currency), .taxes = Money(0, currency)};
    for (const Charge &charge : charges) {
        if (!counts(charge))
            continue;
        (charge.kind == ChargeKind::Fee ? split.fees : split.sales) += charge.net();
        split.taxes += charge.taxAmount;
    }
    return split;
}

Split splitOf(const std::vector<Charge> &charges, Currency currency)
{
    return splitOf(charges, currency, [](const Charge &) { return true; });
}

/// One transfer of an order.
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

    /// All entries of all of them, in one statement.
    static void write(Transaction &transaction, const std::vector<Transfer> &transfers)
    {
        ArrayLiteral ids, orders, payments, accounts, currencies;
        std::vector<qint64> amounts;
        for (const Transfer &transfer : transfers) {
            for (size_t i = 0; i < transfer.m_accounts.size(); ++i) {
                ids.add(transfer.m_id);
                orders.add(transfer.m_order);
                payments.add(transfer.m_payment.value_or(PaymentId()));
                accounts.add(transfer.m_accounts[i]);
                amounts.push_back(transfer.m_amounts[i]);
                currencies.add(transfer.m_currency.code());
            }
        }
        if (amounts.empty())
            return;
        transaction.execute("insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                            "select n.id, n.order_id, n.payment, n.account, n.amount, n.currency "
                            "from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[]) "
                            "with ordinality as n(id, order_id, payment, account, amount, currency, place) "
                            "order by n.place",
                            ids, orders, payments, accounts, amounts, currencies);
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

Transfer transferOf(const PaymentRow &payment, const Split &split)
{
    PT_ASSERT(split.sales + split.fees + split.taxes == payment.amount, "an order costs what it is made of");
    Transfer transfer(payment.id.text(), payment.order, payment.id, payment.amount.currency());
    transfer.enter(accountOf(payment.method), payment.amount + payment.rounding);
    transfer.enter(u"ticket_sales"_s, -split.sales);
    transfer.enterUnlessZero(u"fees"_s, -split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, -split.taxes);
    transfer.enterUnlessZero(u"cash_rounding"_s, -payment.rounding);
    return transfer;
}

/// All of it through ticket_sales: others have a part in the order too.
Transfer transferOfAll(const PaymentRow &payment)
{
    const Money none(0, payment.amount.currency());
    return transferOf(payment, {.sales = payment.amount, .fees = none, .taxes = none});
}

/// What of the order's price were fees and taxes, in a transfer of the order's own.
Transfer feesAndTaxes(const OrderRow &order, const std::vector<Charge> &charges)
{
    const Split split = splitOf(charges, order.total.currency());
    Transfer transfer(order.id.text(), order.id, std::nullopt, order.total.currency());
    transfer.enterUnlessZero(u"ticket_sales"_s, split.fees + split.taxes);
    transfer.enterUnlessZero(u"fees"_s, -split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, -split.taxes);
    return transfer;
}

/// Of an order that is paid in several ways: one for each, and one for what of it were fees and taxes.
std::vector<Transfer> transfersInParts(Transaction &transaction, const OrderRow &order, const PaymentRow &lead)
{
    Money sum = lead.amount;
    std::vector<Transfer> transfers{transferOfAll(lead)};
    for (const PaymentRow &part : payments::partsOf(transaction, lead.id)) {
        transfers.push_back(transferOfAll(part));
        sum += part.amount;
    }
    PT_ASSERT(sum == order.total, "a sale is confirmed by payments of all that it costs");
    transfers.push_back(feesAndTaxes(order, order.charges));
    return transfers;
}

} // namespace

void enterSales(Transaction &transaction, const std::vector<salesteps::PaidSale> &paid)
{
    std::vector<Transfer> transfers;
    for (const auto &[sale, payment] : paid) {
        if (payment->amount == sale->order.total) {
            transfers.push_back(transferOf(*payment, splitOf(sale->order.charges, payment->amount.currency())));
            continue;
        }
        for (Transfer &part : transfersInParts(transaction, sale->order, *payment))
            transfers.push_back(std::move(part));
    }
    Transfer::write(transaction, transfers);
}

void enterExchange(Transaction &transaction, const OrderRow &order, const std::vector<PaymentRow> &payments)
{
    std::vector<Transfer> transfers;
    for (const PaymentRow &payment : payments)
        transfers.push_back(transferOfAll(payment));
    transfers.push_back(feesAndTaxes(order, orders::charges(transaction, order.id)));
    Transfer::write(transaction, transfers);
}

void enterRefund(Transaction &transaction, const OrderRow &order, const RefundRow &refund)
{
    const bool isAll = !hasSoldPlaces(order.state);
    const auto charges = orders::charges(transaction, order.id);
    const Split split = splitOf(charges, order.total.currency(), [&](const Charge &charge) {
        return charge.line == 0 ? isAll : std::ranges::binary_search(refund.lines, charge.line);
    });
    PT_ASSERT(split.sales + split.fees + split.taxes == refund.amount, "a refund is worth what its lines are made of");
    Transfer transfer(refund.id.text(), order.id, std::nullopt, refund.amount.currency());
    transfer.enterUnlessZero(u"ticket_sales"_s, -(split.fees + split.taxes));
    transfer.enterUnlessZero(u"fees"_s, split.fees);
    transfer.enterUnlessZero(u"tax_payable"_s, split.taxes);
    Transfer::write(transaction, {transfer});
}

} // namespace parterre::server::ledger
