#pragma once

#include "outbox/outbox.h"

#include <vector>

namespace parterre::server {

class Transaction;

namespace outboxrows {

/// The oldest facts that wait, at most one a key, so that no key is overtaken by itself. They stay locked for this
/// transaction; another server passes over them. `passedOver` names keys that are backing off.
[[nodiscard]] std::vector<OutboxFact> lockWaiting(Transaction &transaction, const std::vector<QString> &passedOver, int countMax);
void markDelivered(Transaction &transaction, const std::vector<qint64> &ids);

} // namespace outboxrows

} // namespace parterre::server
