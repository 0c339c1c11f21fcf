#pragma once

#include "base/result.h"
#include "outbox/fact.h"

namespace parterre::server {

/// One who is told facts, in the server's process or in one of its own. Facts come at least once; take() bears the
/// repeat.
class FactConsumer
{
public:
    virtual ~FactConsumer() = default;

    /// Called for one fact after the other, in order per order. A refusal brings the fact again later. Topics that it
    /// does not know are taken and left. It takes less than 30 s: past that another node may be told the same fact.
    [[nodiscard]] virtual Status take(const OutboxFact &fact) = 0;
    /// What it does by itself besides, such as sending what it has taken.
    virtual void start() {}
    /// Idempotent; nothing is told any more.
    virtual void stop() {}
};

} // namespace parterre::server
