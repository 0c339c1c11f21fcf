#pragma once

#include "base/clock.h"
#include "http/httpclient.h"

#include <chrono>
#include <memory>
#include <vector>

namespace parterre::server {

class Database;

struct WebhookSenderSettings
{
    AddressRule rule;
    /// Before the second attempt, the third ...; after the last there is none. A fifth is added at random.
    std::vector<std::chrono::milliseconds> retryAfter = standardRetries();
    std::chrono::milliseconds timeout{15'000};
    int threads = 4;

    /// The table of the Standard Webhooks: ten attempts in a little more than three days.
    [[nodiscard]] static std::vector<std::chrono::milliseconds> standardRetries();
};

/// Sends the messages that lie ready in `webhook_delivery`, signed, and writes the log. Any 2xx is delivered; 410
/// disables the endpoint; everything else, redirects included, is tried again. Of several nodes one sends each attempt;
/// a node that dies over one leaves it to the others after a minute, with the same `webhook-id`.
class WebhookSender
{
public:
    WebhookSender(Database &database, const Clock &clock, WebhookSenderSettings settings);
    ~WebhookSender();
    WebhookSender(const WebhookSender &) = delete;
    WebhookSender &operator=(const WebhookSender &) = delete;

    void start();
    /// Lets the attempts that have begun end. Idempotent.
    void stop();
    void wake();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
