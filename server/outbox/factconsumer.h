#pragma once

#include "base/result.h"
#include "outbox/fact.h"

#include <span>
#include <vector>

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
    /// As take(), for facts of different keys that no consumer was told before; one answer for each. For who can write
    /// down many in one transaction: a refusal of all of them must not be the answer to one that is refused.
    [[nodiscard]] virtual std::vector<Status> takeAll(std::span<const OutboxFact> facts) { return takeEach(facts); }
    /// What it does by itself besides, such as sending what it has taken.
    virtual void start() {}
    /// Idempotent; nothing is told any more.
    virtual void stop() {}

protected:
    [[nodiscard]] std::vector<Status> takeEach(std::span<const OutboxFact> facts)
    {
        std::vector<Status> answers;
        for (const OutboxFact &fact : facts)
            answers.push_back(take(fact));
        return answers;
    }
};

} // namespace parterre::server
