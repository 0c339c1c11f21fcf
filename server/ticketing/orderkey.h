#pragma once

#include "base/ids.h"

#include <QByteArray>
#include <QString>

namespace parterre::server {

/// 160 bits of keyed BLAKE2b over the order's id, as 27 characters for an address. `seed` is the secret.
[[nodiscard]] QString makeOrderKey(const QByteArray &seed, const OrderId &order);
/// As that, for one ticket that was passed on.
[[nodiscard]] QString makeTicketKey(const QByteArray &seed, const TicketId &ticket);
/// In the same time whatever differs.
[[nodiscard]] bool isSameOrderKey(const QString &wanted, const QString &given);

} // namespace parterre::server
