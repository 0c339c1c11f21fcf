#pragma once

#include "kafka/kafkaconsumer.h"
#include "outbox/outbox.h"

namespace parterre::server {

/// One consumer of facts that come by Kafka, for a process of its own. Each is taken at least once and in order per
/// order; repeats are dropped. What the consumer refuses is laid by in the database, where it is told again with
/// back-off and ends on the same list as in the server's own process (FactDelivery): so one fact that is refused holds
/// up its order alone. Kafka hears that a fact is done with only after it was taken or laid by.
class FactListener
{
public:
    /// `consumer` is its name in the database; the group of Kafka is `<topic>.<consumer>`.
    [[nodiscard]] static Result<std::unique_ptr<FactListener>> open(const KafkaSettings &settings, Database &database,
                                                                    const QString &consumer, Outbox::Consumer take,
                                                                    int attemptsMax = outboxAttemptsDefault);
    ~FactListener();
    FactListener(const FactListener &) = delete;
    FactListener &operator=(const FactListener &) = delete;

    void start();
    /// Lets what has begun end, commits and leaves the group. Idempotent.
    void stop();

private:
    FactListener();
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
