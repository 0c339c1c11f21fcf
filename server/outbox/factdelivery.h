#pragma once

#include "base/result.h"
#include "outbox/fact.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace parterre::server {

class Database;

/// Brings what lies ready for one consumer (its rows of `outbox_delivery`) to it, at least once and in order per key.
/// What it refuses is told again after 1, 2, 4 ... 300 seconds, and after `attemptsMax` times is put onto the list for
/// a person; later facts of the key wait all that time, other keys go on. Of several nodes one tells each fact.
class FactDelivery
{
public:
    /// Called on one thread, with no connection held. One answer for each fact; the facts are of different keys.
    using Tell = std::function<std::vector<Status>(std::span<const OutboxFact>)>;
    enum class Kind {
        Consumer,  ///< Is told one fact after the other.
        Group,     ///< Is told many at once, but for those that were tried before.
        Transport, ///< Is told many at once. Where it answers Unavailable it is away, which is not held against a fact.
    };

    FactDelivery(Database &database, QString consumer, Kind kind, Tell tell, int attemptsMax);
    ~FactDelivery();
    FactDelivery(const FactDelivery &) = delete;
    FactDelivery &operator=(const FactDelivery &) = delete;

    [[nodiscard]] const QString &consumer() const;
    void start();
    /// Lets what has begun end. Idempotent.
    void stop();
    /// Something may lie ready; otherwise it is looked for each second.
    void wake();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
