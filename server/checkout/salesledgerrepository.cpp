#include "checkout/salesledger.h"

#include "base/assert.h"
#include "db/transaction.h"

namespace parterre::server::ledger {

using namespace Qt::StringLiterals;

namespace {

void enter(Transaction &transaction, const PaymentRow &payment, const QString &account, const Money &amount)
{
    transaction.execute("insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                        "values ($1, $2, $1, $3, $4, $5)",
                        payment.id, payment.order, account, amount.minorUnits(), amount.currency().code());
}

} // namespace

void enterSale(Transaction &transaction, const PaymentRow &payment)
{
    const Money none(0, payment.amount.currency());
    Money sales = none;
    Money fees = none;
    Money taxes = none;
    for (const Charge &charge : orders::charges(transaction, payment.order)) {
        (charge.kind == ChargeKind::Fee ? fees : sales) += charge.net();
        taxes += charge.taxAmount;
    }
    PT_ASSERT(sales + fees + taxes == payment.amount, "an order costs what it is made of");
    const QString money = payment.method == PaymentMethod::Cash ? u"cash_drawer"_s : u"card_clearing"_s;
    enter(transaction, payment, money, payment.amount + payment.rounding);
    enter(transaction, payment, u"ticket_sales"_s, -sales);
    if (!fees.isZero())
        enter(transaction, payment, u"fees"_s, -fees);
    if (!taxes.isZero())
        enter(transaction, payment, u"tax_payable"_s, -taxes);
    if (!payment.rounding.isZero())
        enter(transaction, payment, u"cash_rounding"_s, -payment.rounding);
}

} // namespace parterre::server::ledger
