#pragma once

#include "domain/checkout/order.h"
#include "ticketing/ticketsheet.h"

#include <QByteArray>

#include <optional>

namespace parterre::server {

class Transaction;

namespace tickets {

struct SigningKey
{
    int keyId = 0;
    QByteArray seed;
};

/// The newest signing key, or `fresh` stored as the first one. Of several servers that start at once one wins.
[[nodiscard]] SigningKey loadOrStoreKey(Transaction &transaction, const QByteArray &freshSeed,
                                        const QByteArray &freshPublicKey);
/// The seed of the first key of all, which never changes.
[[nodiscard]] QByteArray firstSeed(Transaction &transaction);

struct OrderSheet
{
    OrderId order{};
    PerformanceId performance{};
    QString owner{};
    OrderState state = OrderState::Open;
    bool isCancelled = false; ///< The performance is.
    QString buyerEmail{};
    int version = 0;     ///< How often a ticket of the order was replaced.
    Instant changedAt{}; ///< When the newest of its tickets was issued.
    TicketSheet sheet{};
};

/// Which of an order's valid tickets are wanted.
struct SheetFilter
{
    std::optional<TicketId> ticket{}; ///< This one alone.
    bool withPassedOn = true;         ///< Also those that belong to other holders by now.
};

/// What is printed for an order: its valid tickets in line order.
[[nodiscard]] std::optional<OrderSheet> sheetOf(Transaction &transaction, const OrderId &order,
                                                const SheetFilter &filter = {});
[[nodiscard]] std::optional<OrderId> orderOf(Transaction &transaction, const TicketId &ticket);

} // namespace tickets

} // namespace parterre::server
