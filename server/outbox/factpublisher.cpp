#include "outbox/factpublisher.h"

#include "kafka/kafkaproducer.h"
#include "outbox/factmessage.h"

namespace parterre::server {

Result<FactDelivery::Tell> makeFactPublisher(const KafkaSettings &settings)
{
    PT_TRY(auto opened, KafkaProducer::open(settings));
    return [producer = std::shared_ptr<KafkaProducer>(std::move(opened))](std::span<const OutboxFact> facts) {
        std::vector<KafkaMessage> messages;
        messages.reserve(facts.size());
        for (const OutboxFact &fact : facts)
            messages.push_back(messageOf(fact));
        return producer->send(messages);
    };
}

} // namespace parterre::server
