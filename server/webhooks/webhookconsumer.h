#pragma once

#include "base/clock.h"
#include "outbox/factconsumer.h"
#include "webhooks/webhookrepository.h"
#include "webhooks/webhooksender.h"

namespace parterre::server {

/// The consumer `webhooks`: lays a message ready for every endpoint that wants a fact, and sends what lies ready. A
/// fact is taken once the messages are written; whether an endpoint takes its own is between the sender and the
/// endpoint.
class WebhookConsumer final : public FactConsumer
{
public:
    WebhookConsumer(Database &database, AddressRule rule);

    [[nodiscard]] Status take(const OutboxFact &fact) override;
    [[nodiscard]] std::vector<Status> takeAll(std::span<const OutboxFact> facts) override;
    void start() override { m_sender.start(); }
    void stop() override { m_sender.stop(); }

private:
    [[nodiscard]] Status enqueue(const std::vector<webhooks::Message> &messages);

    Database &m_database;
    SystemClock m_clock;
    WebhookSender m_sender;
};

} // namespace parterre::server
