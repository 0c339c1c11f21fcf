#include "runtime/consumers.h"

#include "analytics/salesanalytics.h"
#include "webhooks/webhookconsumer.h"

#include <algorithm>
#include <array>

namespace parterre::server {

namespace {

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
