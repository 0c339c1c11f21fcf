#pragma once

#include "base/result.h"
#include "kafka/kafkasettings.h"
#include "outbox/fact.h"

namespace parterre::server {

/// A fact as a message: the payload as its value, the key as its key, and the headers `fact-id`, `sequence`, `type` and
/// `time` (docs/outbox.md).
[[nodiscard]] KafkaMessage messageOf(const OutboxFact &fact);
/// InvalidInput or TooLarge for what no outbox has written; the field is the header, or `value`.
[[nodiscard]] Result<OutboxFact> factFrom(const KafkaMessage &message);

} // namespace parterre::server
