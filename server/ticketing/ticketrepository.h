#pragma once

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

struct OrderSheet
{
    QString owner;
    bool isConfirmed = false;
    TicketSheet sheet;
};

/// What is printed for an order: its valid tickets in line order.
[[nodiscard]] std::optional<OrderSheet> sheetOf(Transaction &transaction, const OrderId &order);

} // namespace tickets

} // namespace parterre::server
