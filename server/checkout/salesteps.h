#pragma once

#include "checkout/orderrepository.h"
#include "domain/ticketing/ticketcode.h"
#include "holds/holdrepository.h"
#include "holds/holdservice.h"

#include <functional>
#include <optional>

/// What happens to a sale inside one transaction: hold, order, payment and places move together or not at all. The lock
/// order is that of 0001_first_sale.sql.
namespace parterre::server::salesteps {

/// The text of a ticket's QR code, for this payload.
using SignTicket = std::function<QString(const TicketPayload &)>;

struct LockedSale
{
    HoldRow hold;
    OrderRow order;
    /// The order whose places are given back for these, where it is an exchange; locked too.
    std::optional<OrderRow> exchanged{};
    /// All that is left of `exchanged` is given back, and so its use of a promotion goes over to these places.
    bool takesUseOver = false;

    [[nodiscard]] const OrderRow *givesItsUse() const { return takesUseOver ? &*exchanged : nullptr; }
};

/// NotFound for an order that is not there or not this party's.
[[nodiscard]] Result<LockedSale> lockOwn(Transaction &transaction, const SaleParty &party, const OrderId &order);
[[nodiscard]] std::optional<LockedSale> lock(Transaction &transaction, const OrderId &order);

/// As lock() for many: those that are there, are no exchange, and that no other transaction works on. Nothing is waited
/// for, since all of them would wait for it.
[[nodiscard]] std::vector<LockedSale> lockFree(Transaction &transaction, const std::vector<OrderId> &orders);

/// Both for an exchange: holds by id, then orders by id. Nothing where one is not there.
[[nodiscard]] std::optional<LockedSale> lockExchange(Transaction &transaction, const OrderId &order,
                                                     const OrderId &from);

/// An attempt to pay all that the order costs, which begins now; its id, method and instrument are the caller's to say.
[[nodiscard]] PaymentRow attemptToPay(const OrderRow &order, Instant now, Instant deadline);

/// Design D4: from here on no clock ends the hold. Refuses where the hold has ended or the cart is no longer what the
/// order priced; nothing is written then.
[[nodiscard]] Status freeze(Transaction &transaction, LockedSale &sale, Instant deadline);
/// As freeze() of each, with one outcome for each. Where one has a promotion it is alone, since its uses are counted
/// one by one.
[[nodiscard]] std::vector<Status> freezeAll(Transaction &transaction, const std::vector<LockedSale *> &sales,
                                            Instant deadline);
/// The sale itself: places sold, tickets issued, money entered, the fact put into the outbox. Of an exchange, with what
/// is given back for it (aftersale/exchangesteps.h).
void confirm(Transaction &transaction, LockedSale &sale, const PaymentRow &payment, const SignTicket &sign);
struct PaidSale
{
    LockedSale *sale = nullptr; ///< No exchange; with its charges.
    const PaymentRow *payment = nullptr;
};
/// As confirm() of each. Returns when that was, by the database's clock.
Instant confirmAll(Transaction &transaction, const std::vector<PaidSale> &paid, const SignTicket &sign);
/// What confirm() does but for the places and the payment.
void closeSale(Transaction &transaction, LockedSale &sale, const SignTicket &sign, Instant now);
void closeSales(Transaction &transaction, const std::vector<LockedSale *> &sales, const SignTicket &sign, Instant now);
/// The payment failed: the buyer has a few minutes to try another card, up to the longest that any hold may last. Where
/// that is over, hold and order end with the payment.
void thaw(Transaction &transaction, LockedSale &sale);
/// Nobody can pay now, which is not the buyer's fault: a live hold gets as many minutes again, up to the longest that
/// any hold may last.
void keepAlive(Transaction &transaction, LockedSale &sale);

} // namespace parterre::server::salesteps
