#include "outbox/outbox.h"

#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(logOutbox, "parterre.outbox")

constexpr std::chrono::milliseconds careInterval = 1s;
constexpr std::chrono::milliseconds forgetInterval = 60s;
constexpr int forgottenAtOnce = 5'000;

} // namespace

class Outbox::Private
{
public:
    Private(Database &given, int attempts)
        : database(given)
        , attemptsMax(attempts)
        , m_care(u"outbox"_s, careInterval, [this] { care(); })
    {}

    void start()
    {
        enlist();
        for (const auto &delivery : deliveries)
            delivery->start();
        m_care.start();
    }
    void stop()
    {
        m_care.stop();
        for (const auto &delivery : deliveries)
            delivery->stop();
    }

    Database &database;
    const int attemptsMax;
    std::vector<std::unique_ptr<FactDelivery>> deliveries;

private:
    void enlist();
    void care();

    bool m_isEnlisted = false;
    std::chrono::steady_clock::time_point m_nextForget{};
    PeriodicTask m_care; ///< Last, so that its thread has ended before anything it uses goes.
};

void Outbox::Private::enlist()
{
    std::vector<QString> names;
    for (const auto &delivery : deliveries)
        names.push_back(delivery->consumer());
    const auto done = names.empty() ? Status() : database.transact([&](Transaction &transaction) -> Status {
        outbox::enlist(transaction, names);
        return {};
    });
    m_isEnlisted = done.has_value();
    if (!done)
        qCWarning(logOutbox) << "The consumers of facts were not written down:" << done.error().message;
}

void Outbox::Private::care()
{
    if (!m_isEnlisted)
        enlist();
    const auto now = std::chrono::steady_clock::now();
    if (now < m_nextForget)
        return;
    m_nextForget = now + forgetInterval;
    const auto forgotten = database.transact(
        [](Transaction &transaction) -> Result<qint64> { return outbox::forgetOld(transaction, forgottenAtOnce); });
    if (!forgotten)
        qCWarning(logOutbox) << "Delivered facts were not forgotten:" << forgotten.error().message;
}

Outbox::Outbox(Database &database, int attemptsMax)
    : m_private(std::make_unique<Private>(database, attemptsMax))
{}

Outbox::~Outbox()
{
    stop();
}

void Outbox::addConsumer(const QString &name, Consumer consumer)
{
    auto tell = [consumer = std::move(consumer)](std::span<const OutboxFact> facts) {
        return std::vector<Status>{consumer(facts.front())};
    };
    m_private->deliveries.push_back(std::make_unique<FactDelivery>(
        m_private->database, name, FactDelivery::Kind::Consumer, std::move(tell), m_private->attemptsMax));
}

void Outbox::addGroupConsumer(const QString &name, FactDelivery::Tell tell)
{
    m_private->deliveries.push_back(std::make_unique<FactDelivery>(
        m_private->database, name, FactDelivery::Kind::Group, std::move(tell), m_private->attemptsMax));
}

void Outbox::addTransport(const QString &name, FactDelivery::Tell tell)
{
    m_private->deliveries.push_back(std::make_unique<FactDelivery>(
        m_private->database, name, FactDelivery::Kind::Transport, std::move(tell), m_private->attemptsMax));
}

void Outbox::start()
{
    m_private->start();
}

void Outbox::stop()
{
    m_private->stop();
}

void Outbox::wake()
{
    for (const auto &delivery : m_private->deliveries)
        delivery->wake();
}

} // namespace parterre::server
