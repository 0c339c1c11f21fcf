#pragma once

#include "base/result.h"
#include "kafka/kafkasettings.h"

#include <chrono>
#include <memory>
#include <optional>

namespace parterre::server {

/// Receives the messages of one topic as a member of a group: each goes to one member, from where the group's last
/// commit left off. Nothing is committed by itself. For one thread.
class KafkaConsumer
{
public:
    /// Does not wait for a broker.
    [[nodiscard]] static Result<std::unique_ptr<KafkaConsumer>> open(const KafkaSettings &settings,
                                                                     const QString &group);
    ~KafkaConsumer(); ///< Leaves the group.
    KafkaConsumer(const KafkaConsumer &) = delete;
    KafkaConsumer &operator=(const KafkaConsumer &) = delete;

    /// The next message, or nothing within `wait`, also while no broker is there.
    [[nodiscard]] std::optional<KafkaMessage> receive(std::chrono::milliseconds wait);
    /// The message that was received last is done with, and so are those before it in its partition.
    void done();
    /// Tells Kafka how far everything that is done() reaches. What is not committed comes again.
    [[nodiscard]] Status commit();

private:
    KafkaConsumer();
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
