#pragma once

#include "base/result.h"
#include "outbox/fact.h"
#include "outbox/factdelivery.h"

#include <functional>
#include <memory>

namespace parterre::server {

class Database;

/// How often a consumer may refuse a fact before it is put onto the list for a person: about an hour of back-off.
inline constexpr int outboxAttemptsDefault = 20;

/// Delivers the facts of `outbox` to everybody who is to hear of them, at least once and in order per key (design D9).
/// Each consumer has a thread and a pace of its own: what one refuses or is slow at holds up nothing of the others.
class Outbox
{
public:
    using Consumer = std::function<Status(const OutboxFact &)>;

    explicit Outbox(Database &database, int attemptsMax = outboxAttemptsDefault);
    ~Outbox();
    Outbox(const Outbox &) = delete;
    Outbox &operator=(const Outbox &) = delete;

    /// Before start(). The database remembers by `name` what the consumer has still to take, so it stays the same over
    /// restarts and on all nodes.
    void addConsumer(const QString &name, Consumer consumer);
    /// As above, for one who writes down many at once.
    void addGroupConsumer(const QString &name, FactDelivery::Tell tell);
    /// As above, for what carries facts away from here, many at once.
    void addTransport(const QString &name, FactDelivery::Tell tell);
    /// From now on these consumers, and no others, are given what is written.
    void start();
    /// Lets the deliveries that have begun end. Idempotent.
    void stop();
    /// Something may have been written; otherwise the table is looked at each second.
    void wake();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
