#pragma once

#include "domain/checkout/order.h"
#include "holds/holdparty.h"

#include <QString>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `sale_order` with its lines.
struct OrderRow
{
    OrderId id;
    QString number; ///< Given by the database when the order is made.
    PerformanceId performance;
    HoldId hold;
    QString owner;
    SalesChannel channel = SalesChannel::Web;
    OrderState state = OrderState::Open;
    Money total;
    Buyer buyer;
    Instant createdAt;
    std::vector<OrderLine> lines;
    OrderId exchangedFrom{};       ///< Whose places pay for a part of it; null where it is paid alone.
    std::vector<Charge> charges{}; ///< Of what the order is made; written once, and read by charges().
    Money fee{};                   ///< Of the order, beside its lines' fees.
    std::optional<PromotionId> promotion{};
    std::vector<TicketId> tickets{}; ///< By line, right after they were issued; else nothing.
};

/// One row of `payment_attempt`.
struct PaymentRow
{
    PaymentId id;
    OrderId order;
    PaymentMethod method = PaymentMethod::Cash;
    PaymentState state = PaymentState::Created;
    Money amount;
    Money tendered;
    Money change;
    QString cardToken;
    QString providerReference;
    QString failure;
    QString actionUrl; ///< Where the holder of the card confirms.
    Instant deadline;  ///< When the provider is asked next.
    Instant createdAt;
    Money rounding{};   ///< What the drawer takes more or less than the amount.
    QString provider{}; ///< Who is asked for its money, by CardProvider::name(); nobody else knows of it. Else empty.
};

namespace orders {

/// Inserts the order with its lines and fills in the number.
void insert(Transaction &transaction, OrderRow &order);
void insertAll(Transaction &transaction, const std::vector<OrderRow *> &orders);
[[nodiscard]] std::optional<OrderRow> find(Transaction &transaction, const OrderId &order);
/// What of an order never changes and has to be known before it is locked.
struct HeldFor
{
    HoldId hold;
    OrderId exchangedFrom; ///< Null where it is no exchange.
};
[[nodiscard]] std::optional<HeldFor> heldFor(Transaction &transaction, const OrderId &order);
/// The same with the row locked; lock the hold first (0001_first_sale.sql).
[[nodiscard]] std::optional<OrderRow> lock(Transaction &transaction, const OrderId &order);
/// As lock() for those of many whose hold is one of these, which are locked; by id, and one that another transaction
/// works on is left out.
[[nodiscard]] std::vector<OrderRow> lockFreeOf(Transaction &transaction, const std::vector<HoldId> &holds,
                                               const std::vector<OrderId> &orders);
/// Fills in OrderRow::charges.
void readCharges(Transaction &transaction, const std::vector<OrderRow *> &orders);
/// Those of them that are there.
[[nodiscard]] std::vector<OrderId> known(Transaction &transaction, const std::vector<OrderId> &orders);
void setState(Transaction &transaction, const OrderId &order, OrderState state, Instant now);
void setStates(Transaction &transaction, const std::vector<OrderId> &orders, OrderState state, Instant now);
/// Null: it is paid alone again.
void setExchangedFrom(Transaction &transaction, const OrderId &order, const OrderId &from);
/// Open orders of the hold other than `kept` are over: the cart they priced is not the cart any more.
void expireOthers(Transaction &transaction, const HoldId &hold, const OrderId &kept);
void expireOthers(Transaction &transaction, const std::vector<HoldId> &holds, const std::vector<OrderId> &kept);
/// Why a clerk sells an order that leaves these seats alone.
void keepOverride(Transaction &transaction, const OrderId &order, const std::vector<int> &leftAlone,
                  const QString &reason);

[[nodiscard]] std::vector<Charge> charges(Transaction &transaction, const OrderId &order);
/// What view() would tell of an order that was just made, without asking: lines and charges are in the row. Of one
/// without a promotion that is no exchange.
[[nodiscard]] OrderView viewOf(const OrderRow &order, const PerformanceFacts &facts);
[[nodiscard]] std::optional<OrderView> view(Transaction &transaction, const OrderId &order);
/// As view(), of an order that is known to be there: none is ever deleted.
[[nodiscard]] OrderView viewOfKnown(Transaction &transaction, const OrderId &order);
/// The newest first; `owner` empty for everyone's, `text` empty for all.
[[nodiscard]] std::vector<OrderId> search(Transaction &transaction, const QString &owner, const QString &text,
                                          int countMax);

} // namespace orders

namespace payments {

void insert(Transaction &transaction, const PaymentRow &payment, Instant now);
void insertAll(Transaction &transaction, const std::vector<const PaymentRow *> &payments, Instant now);
[[nodiscard]] std::optional<PaymentRow> lock(Transaction &transaction, const PaymentId &payment);
/// As lock() for many, by id; one that another transaction works on is left out.
[[nodiscard]] std::vector<PaymentRow> lockFree(Transaction &transaction, const std::vector<PaymentId> &payments);
/// Those of them that are there.
[[nodiscard]] std::vector<PaymentId> known(Transaction &transaction, const std::vector<PaymentId> &payments);
[[nodiscard]] std::optional<PaymentRow> find(Transaction &transaction, const PaymentId &payment);
/// The other payments of an order that is paid in several ways; this one leads (giftcards/tenderparts.h).
[[nodiscard]] std::vector<PaymentRow> partsOf(Transaction &transaction, const PaymentId &lead);
/// Writes state, provider reference, failure, action URL and deadline.
void update(Transaction &transaction, const PaymentRow &payment, Instant now);
void updateAll(Transaction &transaction, const std::vector<const PaymentRow *> &payments, Instant now);
/// Attempts of these providers that nobody has settled by their deadline; each is put off by `retrySeconds`, so that
/// two nodes do not ask for the same one at once.
[[nodiscard]] std::vector<PaymentRow> claimOverdue(Transaction &transaction, const std::vector<QString> &providers,
                                                   int retrySeconds, int countMax);
/// How many that are overdue only other providers know, and which, e.g. `2 of stripe`; empty where there are none.
[[nodiscard]] QString overdueOfOthers(Transaction &transaction, const std::vector<QString> &providers);
} // namespace payments

} // namespace parterre::server
