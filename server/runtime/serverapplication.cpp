#include "runtime/serverapplication.h"

#include "aftersale/aftersaleservice.h"
#include "aftersale/cancellationservice.h"
#include "api/deskhub.h"
#include "api/services.h"
#include "catalog/catalogservice.h"
#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "db/embeddedpostgres.h"
#include "db/migrator.h"
#include "db/readiness.h"
#include "edge/edge.h"
#include "giftcards/giftcardservice.h"
#include "holds/handoverservice.h"
#include "holds/holdservice.h"
#include "holds/houses.h"
#include "houseseats/houseseatservice.h"
#include "identity/identityservice.h"
#include "inventory/seatmirror.h"
#include "notifications/mailservice.h"
#include "outbox/factlistener.h"
#include "outbox/factpublisher.h"
#include "outbox/outbox.h"
#include "payments/cardsetup.h"
#include "payments/cardterminals.h"
#include "realtime/livemap.h"
#include "runtime/consumers.h"
#include "runtime/databasewait.h"
#include "runtime/faultpoint.h"
#include "runtime/filelimit.h"
#include "runtime/housekeeping.h"
#include "runtime/mailsetup.h"
#include "runtime/periodictask.h"
#include "runtime/walletsetup.h"
#include "runtime/workerpool.h"
#include "ticketing/fulfilmentservice.h"
#include "ticketing/ticketservice.h"

#include <QDir>
#include <QLoggingCategory>

#include <algorithm>
#include <atomic>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.server")

constexpr std::chrono::milliseconds drainTime{8'000};
constexpr std::chrono::milliseconds postgresWatchInterval{2'000};
constexpr std::chrono::seconds databaseStartMax{60};
constexpr int cardQueueMax = 500;           ///< Payments that wait for their turn; more are told to come back.
constexpr int filesBesideConnections = 256; ///< Libraries, logs, the database, plans being read.

/// As many as the edge is made for, unless the system does not let us have so many files.
int connectionsMax(const ServerConfig &config)
{
    const int files = raiseFileLimit();
    const int wanted = EdgeConfig{}.connectionsMax;
    const int possible = std::max(files - filesBesideConnections - config.databaseConnections, 64);
    if (possible < wanted)
        qCWarning(log) << "At most" << possible << "connections are served: this process may open" << files
                       << "files. Raise the hard limit (ulimit -Hn, LimitNOFILE=) for more.";
    return std::min(possible, wanted);
}

EmbeddedPostgresConfig postgresConfig(const ServerConfig &config)
{
    return {.directory = config.dataDirectory + u"/postgres"_s,
            .binDirectory = config.postgresBinaries,
            .connectionsMax = config.databaseConnections + 20};
}

DatabaseConfig databaseConfig(const ServerConfig &config, const QString &dsn)
{
    return {.dsn = dsn, .connectionsMax = config.databaseConnections};
}

KafkaSettings kafkaSettings(const ServerConfig &config)
{
    return {.brokers = config.kafkaBrokers, .topic = config.kafkaTopic, .propertiesFile = config.kafkaPropertiesFile};
}

CardTerminalsConfig terminalsConfig(const ServerConfig &config)
{
    CardTerminalsConfig terminals;
    for (const QString &text : config.cardTerminals) {
        if (auto terminal = readTerminal(text))
            terminals.terminals.insert(*std::move(terminal));
    }
    return terminals;
}

/// What a committed sale tells the desks.
Result<protocol::SaleRecorded> saleFromFact(const OutboxFact &fact)
{
    protocol::SaleRecorded sale;
    JsonReader reader(fact.payload);
    reader("performance", sale.performance);
    reader("number", sale.orderNumber);
    reader("channel", sale.channel);
    reader("places", sale.places);
    reader("total", sale.total);
    reader("at", sale.at);
    PT_CHECK(reader.finish());
    return sale;
}

} // namespace

/// The services on one database, built in the order of their members.
class ServiceSet
{
public:
    ServiceSet(Database &db, CardSetup given, std::unique_ptr<MailTransport> mailsTo, PassSigner signer,
               const ServerConfig &config, std::function<QString()> address)
        : database(db)
        , shopUrl(std::move(address))
        , cards(std::move(given))
        , passes(std::move(signer))
        , terminals(terminalsConfig(config))
        , cardWorkers(config.cardCalls + static_cast<int>(config.cardTerminals.size()), cardQueueMax)
        , mirror(db)
        , catalog(db, mirror)
        , identity(db)
        , tickets(db)
        , liveMap(mirror)
        , outbox(db, config.outboxAttempts)
        , mails(db, tickets, std::move(mailsTo), mailOptions(config, shopUrl))
        , houses(mirror)
        , holds(db, lookup(), houses, changed())
        , houseSeats(db, lookup(), changed())
        , handovers(db, lookup())
        , checkout(
              db, lookup(), houses, *cards.provider,
              [this](const TicketPayload &payload) { return tickets.sign(payload); }, sold(),
              Seconds(config.paymentSeconds))
        , fulfilment(
              db, [this](const TicketPayload &payload) { return tickets.sign(payload); },
              [this] {
                  outbox.wake();
                  mails.wake();
              })
        , afterSale(
              db, *cards.provider, checkout, [this](const TicketPayload &payload) { return tickets.sign(payload); },
              sold(), [this] { housekeeping.settleNow(); })
        , cancellations(db, *cards.provider, sold(), [this] { housekeeping.refundNow(); })
        , giftCards(db, Seconds(config.paymentSeconds))
        , housekeeping(db, holds, checkout, afterSale, cancellations, giftCards, identity)
    {
        checkout.useTerminals(terminals); // Even none: what was begun at one that was removed waits for its return.
        giftCards.useTerminals(terminals);
        outbox.addConsumer(u"desks"_s, [this](const OutboxFact &fact) -> Status {
            if (fact.topic != u"order.confirmed")
                return {};
            PT_TRY(const auto sale, saleFromFact(fact));
            hub.saleRecorded(sale);
            return {};
        });
    }

    /// Who else is told facts: all in this process, or Kafka alone, which tells them.
    [[nodiscard]] Status addConsumers(const ServerConfig &config)
    {
        if (!config.kafkaBrokers.isEmpty()) {
            PT_TRY(auto publisher, makeFactPublisher(kafkaSettings(config)));
            outbox.addTransport(u"kafka"_s, std::move(publisher));
            return {};
        }
        outbox.addGroupConsumer(QString::fromLatin1(notificationsName),
                                [this](std::span<const OutboxFact> facts) { return mails.hearAll(facts); });
        for (const NamedConsumer &named : factConsumers()) {
            if (QLatin1StringView(named.name) == QLatin1StringView(notificationsName))
                continue; // The mails of this process are sent by the one that desks and the shop use too.
            PT_TRY(auto made, named.make({.database = database, .config = config}));
            outbox.addGroupConsumer(
                QString::fromLatin1(named.name),
                [consumer = made.get()](std::span<const OutboxFact> facts) { return consumer->takeAll(facts); });
            made->start();
            consumers.push_back(std::move(made));
        }
        return {};
    }
    void stopOutbox()
    {
        outbox.stop();
        for (const auto &consumer : consumers)
            consumer->stop();
    }

    [[nodiscard]] Services services()
    {
        return {.database = database,
                .catalog = catalog,
                .identity = identity,
                .holds = holds,
                .houseSeats = houseSeats,
                .handovers = handovers,
                .checkout = checkout,
                .afterSale = afterSale,
                .cancellations = cancellations,
                .giftCards = giftCards,
                .tickets = tickets,
                .fulfilment = fulfilment,
                .liveMap = liveMap,
                .isStopping = [this] { return isStopping.load(); },
                .cardWorkers = &cardWorkers,
                .cardTerminals = terminals.names(),
                .stripeWebhookSecrets = cards.webhookSecrets,
                .clock = &systemClock(),
                .newsHaveCome = [this] { housekeeping.settleNow(); },
                .shopUrl = shopUrl,
                .passes = &passes};
    }
    static const SystemClock &systemClock()
    {
        static const SystemClock clock;
        return clock;
    }

    std::atomic<bool> isStopping = false;
    Database &database;
    std::function<QString()> shopUrl;
    CardSetup cards;
    PassSigner passes;
    CardTerminals terminals;
    WorkerPool cardWorkers;
    SeatMirror mirror;
    CatalogService catalog;
    IdentityService identity;
    TicketService tickets;
    LiveMap liveMap;
    std::vector<std::unique_ptr<FactConsumer>> consumers;
    Outbox outbox; ///< After those whom it tells, so that it ends before them.
    MailService mails;
    DeskHub hub;
    Houses houses;
    HoldService holds;
    HouseSeatService houseSeats;
    HandoverService handovers;
    CheckoutService checkout;
    FulfilmentService fulfilment;
    AfterSaleService afterSale;
    CancellationService cancellations;
    GiftCardService giftCards;
    Housekeeping housekeeping;

private:
    PerformanceLookup lookup()
    {
        return [this](const PerformanceId &performance) -> Result<PerformanceFacts> {
            PT_TRY(const PerformanceDetail detail, catalog.performance(performance, false));
            PT_TRY(const auto layout, catalog.layout(detail.layout));
            return PerformanceFacts{.detail = detail, .layout = layout};
        };
    }
    /// The mirror hears of each commit of this node by itself (MapCommits): nothing is left to be told.
    static HoldService::Changed changed()
    {
        return [](const PerformanceId &) {};
    }
    CheckoutService::Changed sold()
    {
        return [this](const PerformanceId &) { outbox.wake(); };
    }
};

class ServerApplication::Private
{
public:
    explicit Private(ServerConfig given)
        : config(std::move(given))
    {}

    ServerConfig config;
    std::unique_ptr<EmbeddedPostgres> postgres;
    std::unique_ptr<PeriodicTask> postgresWatch; ///< Starts our PostgreSQL again when somebody has killed it.
    std::unique_ptr<Database> database;
    std::unique_ptr<ServiceSet> set;
    std::unique_ptr<WorkerPool> workers;
    Router router;
    std::unique_ptr<Edge> edge;
    std::optional<FirstAdminText> firstAdmin;

    QString listeningUrl() const
    {
        const QString host =
            config.listenAddress.contains(u':') ? u'[' + config.listenAddress + u']' : config.listenAddress;
        return u"http://%1:%2"_s.arg(host).arg(edge ? edge->port() : 0);
    }
    QString shopUrl() const { return config.publicUrl.isEmpty() ? listeningUrl() : config.publicUrl; }

    EdgeConfig edgeConfig() const
    {
        return {.address = config.listenAddress,
                .port = static_cast<quint16>(config.port),
                .threads = config.edgeThreads,
                .connectionsMax = connectionsMax(config),
                .allowedOrigins = config.allowedOrigins,
                .trustedProxies = config.trustedProxies};
    }

    Status startDatabase(const std::function<bool()> &isGivenUp)
    {
        QString dsn = config.databaseDsn;
        if (!dsn.isEmpty()) {
            PT_CHECK(waitForDatabase(dsn, edgeConfig(), isGivenUp));
        } else {
            postgres = std::make_unique<EmbeddedPostgres>(postgresConfig(config));
            PT_CHECK(postgres->start());
            dsn = postgres->dsn();
            postgresWatch = std::make_unique<PeriodicTask>(u"postgres"_s, postgresWatchInterval, [this] {
                if (const Status running = postgres->restartIfDead(); !running)
                    qCCritical(log).noquote() << running.error().message;
            });
            postgresWatch->start();
        }
        // One that recovers from a crash is as good as there; a supervisor would only start us again and again.
        if (!waitUntilAccepting(dsn, databaseStartMax))
            qCWarning(log) << "the database does not answer";
        PT_TRY(const int migrated, Migrator(dsn).run());
        qCInfo(log) << "database is ready," << migrated << "migrations run";
        database = std::make_unique<Database>(databaseConfig(config, dsn));
        return {};
    }

    Status startServices()
    {
        PT_TRY(auto cards, setUpCards({.stripeUrl = config.stripeUrl,
                                       .stripeKeyFile = config.stripeKeyFile,
                                       .webhookSecretFile = config.stripeWebhookSecretFile,
                                       .callsMax = config.cardCalls},
                                      *database, ServiceSet::systemClock(), [this] { return shopUrl(); }));
        qCInfo(log) << "cards are taken by:" << cards.provider->name();
        if (config.stripeKeyFile.isEmpty())
            qCWarning(log)
                << "Cards are a test and move no money. Name Stripe's key in stripe-key-file to take real ones.";
        PT_TRY(auto mailsTo, mailTransport(config));
        PT_TRY(auto passes, passSigner(config));
        set = std::make_unique<ServiceSet>(*database, std::move(cards), std::move(mailsTo), std::move(passes), config,
                                           [this] { return shopUrl(); });
        PT_CHECK(set->addConsumers(config));
        PT_CHECK(set->tickets.start());
        PT_TRY(const auto admin, set->identity.makeFirstAdmin());
        if (admin)
            firstAdmin = FirstAdminText{.user = admin->name, .oneTimePassword = admin->oneTimePassword};
        set->mirror.start();
        set->liveMap.start();
        set->mails.start();
        set->outbox.start();
        set->housekeeping.start();
        return {};
    }

    Status startEdge()
    {
        workers = std::make_unique<WorkerPool>(config.workerThreads, config.workerQueue);
        addHttpApi(router, set->services());
        addDeskApi(router, set->services(), set->hub);
        PT_CHECK(router.addStaticFiles(u"/"_s, config.storefrontFolder));
        edge = std::make_unique<Edge>(edgeConfig(), router, *workers);
        return edge->listen();
    }
};

ServerApplication::ServerApplication(ServerConfig config)
    : m_private(std::make_unique<Private>(std::move(config)))
{}

ServerApplication::~ServerApplication()
{
    stop();
}

Status ServerApplication::start(const std::function<bool()> &isGivenUp)
{
    if (areFaultPointsArmed())
        qCWarning(log) << "PARTERRE_FAULT arms fault points: this server is for tests, not for selling";
    PT_CHECK(m_private->startDatabase(isGivenUp));
    PT_CHECK(m_private->startServices());
    return m_private->startEdge();
}

void ServerApplication::stop()
{
    // The edge first, so that what was accepted is still answered by services that are all there.
    if (m_private->set)
        m_private->set->isStopping = true;
    if (m_private->edge)
        m_private->edge->shutDown(drainTime);
    if (m_private->workers)
        m_private->workers->stop();
    if (m_private->set) {
        m_private->set->cardWorkers.stop();
        m_private->set->holds.stop();
        m_private->set->housekeeping.stop();
        m_private->set->outbox.stop();
        m_private->set->mails.stop();
        m_private->set->liveMap.stop();
        m_private->set->mirror.stop();
    }
    m_private->edge.reset();
    m_private->router = Router(); // With what its routes have of their own, while the database is there.
    m_private->workers.reset();
    m_private->set.reset();
    m_private->database.reset();
    m_private->postgresWatch.reset();
    m_private->postgres.reset();
}

QString ServerApplication::url() const
{
    return m_private->listeningUrl();
}

std::optional<ServerApplication::FirstAdminText> ServerApplication::firstAdmin() const
{
    return m_private->firstAdmin;
}

class CommandDatabase::Private
{
public:
    std::unique_ptr<EmbeddedPostgres> postgres;
    std::unique_ptr<Database> database;
};

CommandDatabase::CommandDatabase()
    : m_private(std::make_unique<Private>())
{}

CommandDatabase::~CommandDatabase()
{
    m_private->database.reset();
}

Result<std::unique_ptr<CommandDatabase>> CommandDatabase::open(const ServerConfig &config)
{
    std::unique_ptr<CommandDatabase> opened(new CommandDatabase);
    QString dsn = config.databaseDsn;
    if (dsn.isEmpty()) {
        auto &postgres = opened->m_private->postgres;
        postgres = std::make_unique<EmbeddedPostgres>(postgresConfig(config));
        const Status started = postgres->start();
        if (!started && started.error().code == ErrorCode::WrongState)
            PT_CHECK(postgres->join()); // A server runs on it: its PostgreSQL serves us too.
        else if (!started)
            return refuse(started.error());
        dsn = postgres->dsn();
    }
    PT_CHECK(Migrator(dsn).run());
    opened->m_private->database = std::make_unique<Database>(databaseConfig(config, dsn));
    return opened;
}

Database &CommandDatabase::database()
{
    return *m_private->database;
}

class ConsumerApplication::Private
{
public:
    std::unique_ptr<CommandDatabase> opened;
    std::unique_ptr<FactConsumer> consumer;
    std::unique_ptr<FactListener> listener;
};

ConsumerApplication::ConsumerApplication()
    : m_private(std::make_unique<Private>())
{}

ConsumerApplication::~ConsumerApplication()
{
    m_private->listener.reset();
    if (m_private->consumer)
        m_private->consumer->stop();
}

Result<std::unique_ptr<ConsumerApplication>> ConsumerApplication::start(const ServerConfig &config,
                                                                        const NamedConsumer &named)
{
    if (config.kafkaBrokers.isEmpty())
        return refuse(
            ErrorCode::WrongState,
            u"Without kafka-brokers the server delivers facts in its own process; there is nothing to listen to."_s,
            u"kafka-brokers"_s);
    std::unique_ptr<ConsumerApplication> application(new ConsumerApplication);
    Private &self = *application->m_private;
    PT_TRY(self.opened, CommandDatabase::open(config));
    PT_TRY(self.consumer, named.make({.database = self.opened->database(), .config = config}));
    self.consumer->start();
    PT_TRY(self.listener, FactListener::open(
                              kafkaSettings(config), self.opened->database(), QString::fromLatin1(named.name),
                              [consumer = self.consumer.get()](const OutboxFact &fact) { return consumer->take(fact); },
                              config.outboxAttempts));
    self.listener->start();
    return application;
}

} // namespace parterre::server
