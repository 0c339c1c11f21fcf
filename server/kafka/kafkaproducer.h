#pragma once

#include "base/result.h"
#include "kafka/kafkasettings.h"

#include <memory>
#include <span>
#include <vector>

namespace parterre::server {

/// Publishes to one topic and waits until Kafka has said that it has what it was given, on all replicas that are in
/// step. Idempotent: what librdkafka sends again by itself is there once. For one thread.
class KafkaProducer
{
public:
    /// Does not wait for a broker. InvalidInput for settings that librdkafka does not understand.
    [[nodiscard]] static Result<std::unique_ptr<KafkaProducer>> open(const KafkaSettings &settings);
    ~KafkaProducer();
    KafkaProducer(const KafkaProducer &) = delete;
    KafkaProducer &operator=(const KafkaProducer &) = delete;

    /// One answer a message. Unavailable where no broker confirmed it in time: it may be there all the same. TooLarge
    /// where Kafka does not take such a message.
    [[nodiscard]] std::vector<Status> send(std::span<const KafkaMessage> messages);

private:
    KafkaProducer();
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
