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
    PT_TRY(const bool isForSomebody, m_database.transact([&](Transaction &transaction) -> Result<bool> {
        return webhooks::enqueue(transaction, fact.id, fact.topic, body);
    }));
    if (isForSomebody)
        m_sender.wake();
    return {};
}

} // namespace parterre::server
