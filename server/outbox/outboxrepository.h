#pragma once

#include "outbox/outbox.h"

#include <chrono>
#include <vector>

namespace parterre::server {

class Transaction;

namespace outbox {

struct Claimed
{
    OutboxFact fact;
    int attempts = 0; ///< Counting this one.
};

/// Takes up to `countMax` facts that are due, at most one of each key and never one before an earlier one of its key
/// was delivered, and puts them off by `lease`: until then nobody else takes them. Safe on several nodes.
[[nodiscard]] std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease, int countMax);
void delivered(Transaction &transaction, qint64 fact);
void putOff(Transaction &transaction, qint64 fact, std::chrono::milliseconds wait);
/// Forgets what was delivered more than a week ago.
qint64 forgetDelivered(Transaction &transaction, int countMax);

} // namespace outbox

} // namespace parterre::server
