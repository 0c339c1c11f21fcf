#include "webhooks/webhookconsumer.h"

#include "db/database.h"
#include "webhooks/standardwebhook.h"
#include "webhooks/webhookrepository.h"

namespace parterre::server {

WebhookConsumer::WebhookConsumer(Database &database, AddressRule rule)
    : m_database(database)
    , m_sender(database, m_clock, {.rule = std::move(rule)})
{}

Status WebhookConsumer::take(const OutboxFact &fact)
{
    PT_TRY(const QByteArray body, standardwebhook::body(fact));
    return enqueue({{.fact = fact.id, .type = fact.topic, .body = body}});
}

std::vector<Status> WebhookConsumer::takeAll(std::span<const OutboxFact> facts)
{
    std::vector<webhooks::Message> messages;
    for (const OutboxFact &fact : facts) {
        const auto body = standardwebhook::body(fact);
        if (!body)
            return takeEach(facts);
        messages.push_back({.fact = fact.id, .type = fact.topic, .body = *body});
    }
    return enqueue(messages) ? std::vector<Status>(facts.size()) : takeEach(facts);
}

Status WebhookConsumer::enqueue(const std::vector<webhooks::Message> &messages)
{
    PT_TRY(const bool isForSomebody, m_database.transact([&](Transaction &transaction) -> Result<bool> {
        return webhooks::enqueue(transaction, messages);
    }));
    if (isForSomebody)
        m_sender.wake();
    return {};
}

} // namespace parterre::server
