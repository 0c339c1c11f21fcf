#pragma once

#include "kafka/kafkasettings.h"
#include "outbox/factdelivery.h"

namespace parterre::server {

/// Publishes facts to Kafka, for Outbox::addTransport(). A fact counts as told when Kafka has confirmed it.
[[nodiscard]] Result<FactDelivery::Tell> makeFactPublisher(const KafkaSettings &settings);

} // namespace parterre::server
