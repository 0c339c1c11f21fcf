#include "runtime/consumers.h"

#include "analytics/salesanalytics.h"
#include "runtime/mailsetup.h"
#include "ticketing/ticketservice.h"
#include "webhooks/webhookconsumer.h"

#include <algorithm>
#include <array>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// Mails in a process of its own, which writes them down and sends them.
class Notifications final : public FactConsumer
{
public:
    Notifications(Database &database, std::unique_ptr<MailTransport> transport, const ServerConfig &config)
        : m_tickets(database)
        , m_mails(database, m_tickets, std::move(transport),
                  mailOptions(config, [url = config.publicUrl] { return url; }))
    {}
    [[nodiscard]] Status open() { return m_tickets.start(); }
    [[nodiscard]] Status take(const OutboxFact &fact) override { return m_mails.hear(fact); }
    [[nodiscard]] std::vector<Status> takeAll(std::span<const OutboxFact> facts) override
    {
        return m_mails.hearAll(facts);
    }
    void start() override { m_mails.start(); }
    void stop() override { m_mails.stop(); }

private:
    TicketService m_tickets;
    MailService m_mails;
};

Result<std::unique_ptr<FactConsumer>> makeNotifications(const ConsumerSetup &setup)
{
    if (setup.config.publicUrl.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"public-url is needed: mails have links to the shop."_s,
                      u"public-url"_s);
    PT_TRY(auto transport, mailTransport(setup.config));
    auto made = std::make_unique<Notifications>(setup.database, std::move(transport), setup.config);
    PT_CHECK(made->open());
    return made;
}

Result<std::unique_ptr<FactConsumer>> makeAnalytics(const ConsumerSetup &setup)
{
    return std::make_unique<SalesAnalytics>(setup.database);
}

Result<std::unique_ptr<FactConsumer>> makeWebhooks(const ConsumerSetup &setup)
{
    PT_TRY(auto rule, AddressRule::make(setup.config.webhookAllowedNetworks));
    return std::make_unique<WebhookConsumer>(setup.database, std::move(rule));
}

constexpr std::array consumers{
    NamedConsumer{"analytics", "counts sales into the tables of the schema analytics", makeAnalytics},
    NamedConsumer{notificationsName, "mails tickets; needs public-url", makeNotifications},
    NamedConsumer{"webhooks", "tells the addresses of `parterred webhook`", makeWebhooks},
};

} // namespace

std::span<const NamedConsumer> factConsumers()
{
    return consumers;
}

const NamedConsumer *findFactConsumer(const QString &name)
{
    const auto found =
        std::ranges::find_if(consumers, [&](const NamedConsumer &one) { return name == QLatin1StringView(one.name); });
    return found == consumers.end() ? nullptr : &*found;
}

} // namespace parterre::server
