#include "support/salenode.h"

#include "inventory/inventoryrepository.h"

namespace parterre::test {

using namespace Qt::StringLiterals;

SaleNode::SaleNode(const QString &dsn, const SaleNodeOptions &options)
    : m_dsn(dsn)
    , m_database(options.database ? options.database
                                  : std::make_shared<server::Database>(server::DatabaseConfig{
                                        .dsn = dsn, .connectionsMax = options.connectionsMax}))
    , m_mirror(std::make_unique<server::SeatMirror>(*m_database))
    , m_catalog(std::make_unique<server::CatalogService>(*m_database, *m_mirror))
    , m_houses(std::make_unique<server::Houses>(*m_mirror))
    , m_tickets(std::make_unique<server::TicketService>(*m_database))
    , m_testProvider(std::make_unique<server::TestCardProvider>(*m_database))
    , m_provider(options.provider ? options.provider : m_testProvider.get())
{
    m_mirror->start();
    const auto changed = [this](const PerformanceId &performance) {
        ++m_changes;
        if (m_whenChanged)
            m_whenChanged(performance);
    };
    const auto sign = [this](const TicketPayload &payload) { return m_tickets->sign(payload); };
    if (const Status started = m_tickets->start(); !started)
        qFatal("no key for tickets: %s", qPrintable(started.error().message));
    m_holds = std::make_unique<server::HoldService>(
        *m_database, lookup(), *m_houses, changed,
        server::HoldQueueConfig{.batchesAtOnce = 2, .worthAnother = 1}); // Two who race do not wait for each other.
    m_houseSeats = std::make_unique<server::HouseSeatService>(*m_database, lookup(), changed);
    m_handovers = std::make_unique<server::HandoverService>(*m_database, lookup());
    m_checkout = std::make_unique<server::CheckoutService>(*m_database, lookup(), *m_houses, *m_provider, sign, changed,
                                                           options.paymentDeadline);
    m_fulfilment = std::make_unique<server::FulfilmentService>(*m_database, sign, [] {});
    m_afterSale = std::make_unique<server::AfterSaleService>(*m_database, *m_provider, *m_checkout, sign, changed);
    m_cancellations = std::make_unique<server::CancellationService>(*m_database, *m_provider, changed);
    m_giftCards = std::make_unique<server::GiftCardService>(*m_database, options.paymentDeadline);
    findPerformance();
}

SaleNode::~SaleNode() = default;

void SaleNode::findPerformance()
{
    m_catalog->forgetRows();
    const auto performances = need(m_catalog->performances(true));
    if (performances.empty())
        return;
    m_performance = performances.front().id;
    m_layout = need(m_catalog->layout(detail().layout));
}

PerformanceDetail SaleNode::detail()
{
    return need(m_catalog->performance(m_performance, false));
}

MapSnapshot SaleNode::storedMap()
{
    return need(m_database->transact([this](server::Transaction &transaction) -> Result<MapSnapshot> {
        auto map = server::inventory::snapshot(transaction, m_performance);
        return map ? Result<MapSnapshot>(*std::move(map)) : refuse(ErrorCode::NotFound, u"There is no such map."_s);
    }));
}

server::PerformanceLookup SaleNode::lookup()
{
    return [this](const PerformanceId &id) -> Result<server::PerformanceFacts> {
        PT_TRY(PerformanceDetail facts, m_catalog->performance(id, false));
        PT_TRY(auto layout, m_catalog->layout(facts.layout));
        return server::PerformanceFacts{std::move(facts), std::move(layout)};
    };
}

PriceTypeId SaleNode::priceType(const QString &name)
{
    for (const PriceType &type : detail().types) {
        if (type.name == name)
            return type.id;
    }
    qFatal("there is no price type %s", qPrintable(name));
    return {};
}

server::CommandKey SaleNode::newKey(const server::SaleParty &party)
{
    return server::CommandKey::make(party.owner, CommandId::create().text(), u"test"_s, {});
}

Result<HoldView> SaleNode::take(const server::SaleParty &party, const TakeHold &command)
{
    return answerOf([&](auto done) { m_holds->take(party, newKey(party), command, done); });
}

Result<HoldView> SaleNode::takeSeats(const server::SaleParty &party, const std::vector<QString> &seats,
                                     const HoldId &hold)
{
    return take(party, {.hold = hold, .performance = m_performance, .seats = seats, .areas = {}});
}

Result<HoldView> SaleNode::takeYard(const server::SaleParty &party, int quantity, const HoldId &hold)
{
    return take(party, {.hold = hold, .performance = m_performance, .seats = {}, .areas = {{u"yard"_s, quantity}}});
}

Result<HoldView> SaleNode::renew(const server::SaleParty &party, const HoldId &hold)
{
    return answerOf([&](auto done) { m_holds->renew(party, newKey(party), hold, done); });
}

Result<HoldView> SaleNode::release(const server::SaleParty &party, const ReleaseHold &command)
{
    return answerOf([&](auto done) { m_holds->release(party, newKey(party), command, done); });
}

Result<OrderView> SaleNode::order(const server::SaleParty &party, const HoldView &hold, const QString &priceTypeName)
{
    CreateOrder command{.order = OrderId::create(), .hold = hold.id, .lines = {}, .buyer = {}};
    for (const HeldPlace &place : hold.places)
        command.lines.push_back(
            {.place = place.key, .priceType = priceType(priceTypeName), .quantity = place.quantity});
    if (party.channel != SalesChannel::Desk)
        command.buyer = {.name = u"Olivia"_s, .email = u"olivia@example.org"_s};
    return m_checkout->createOrder(party, newKey(party), command);
}

Result<OrderView> SaleNode::payCash(const server::SaleParty &party, const OrderView &order, const Money &tendered)
{
    return m_checkout->payCash(party, newKey(party),
                               {.payment = PaymentId::create(), .order = order.id, .tendered = tendered});
}

Result<OrderView> SaleNode::payCard(const server::SaleParty &party, const OrderView &order, const QString &cardToken)
{
    return m_checkout->payCard(party, newKey(party),
                               {.payment = PaymentId::create(), .order = order.id, .cardToken = cardToken});
}

Result<OrderView> SaleNode::sell(const server::SaleParty &party, const std::vector<QString> &seats, int standing)
{
    TakeHold command{.hold = HoldId::create(), .performance = m_performance, .seats = seats, .areas = {}};
    if (standing > 0)
        command.areas = {{u"yard"_s, standing}};
    PT_TRY(const HoldView held, take(party, command));
    PT_TRY(const OrderView ordered, order(party, held));
    return party.channel == SalesChannel::Desk ? payCash(party, ordered, ordered.total) : payCard(party, ordered);
}

} // namespace parterre::test
