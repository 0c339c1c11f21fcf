#include "checkout/settling.h"

#include "aftersale/exchangesteps.h"
#include "giftcards/tenderparts.h"

namespace parterre::server::settling {

void write(Transaction &transaction, salesteps::LockedSale &sale, const PaymentRow &payment,
           const salesteps::SignTicket &sign, Instant now)
{
    payments::update(transaction, payment, now);
    if (payment.state == PaymentState::Captured) {
        if (sale.exchanged)
            exchangesteps::lockMoney(transaction, sale);
        tenderparts::capture(transaction, sale, payment, now);
        salesteps::confirm(transaction, sale, payment, sign);
    } else if (isSettled(payment.state)) {
        tenderparts::release(transaction, sale, payment, now);
        salesteps::thaw(transaction, sale);
    }
}

} // namespace parterre::server::settling
