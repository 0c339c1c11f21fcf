#include "outbox/factlistener.h"

#include "db/database.h"
#include "outbox/factmessage.h"
#include "outbox/outboxrepository.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(logListener, "parterre.outbox")

constexpr std::chrono::milliseconds receiveWait = 200ms;
constexpr std::chrono::milliseconds firstWait = 1s; ///< Of what is refused; FactDelivery doubles it.
constexpr std::chrono::milliseconds troubleWait = 1s;
/// A commit is a round trip, so it is made for some facts together; a kill repeats them, which receivers bear.
constexpr int factsPerCommit = 100;
constexpr std::chrono::milliseconds commitInterval = 500ms;

} // namespace

class FactListener::Private
{
public:
    void loop();
    void stop();

    Database *database = nullptr;
    QString consumer;
    Outbox::Consumer take;
    std::unique_ptr<KafkaConsumer> kafka;
    std::unique_ptr<FactDelivery> laidBy;
    std::jthread thread;

private:
    [[nodiscard]] Status hear(const OutboxFact &fact);
    [[nodiscard]] Status layBy(const OutboxFact &fact, int attempts, std::chrono::milliseconds wait,
                               const QString &why);
    [[nodiscard]] Status tell(const OutboxFact &fact) const;
    void hearUntilDone(const KafkaMessage &message);
    void commit();
    void waitFor(std::chrono::milliseconds time);

    std::atomic<bool> m_isStopping = false;
    std::mutex m_mutex;
    std::condition_variable m_stopped;
    int m_uncommitted = 0;
    std::chrono::steady_clock::time_point m_lastCommit = std::chrono::steady_clock::now();
};

void FactListener::Private::loop()
{
    while (!m_isStopping) {
        if (const auto message = kafka->receive(receiveWait))
            hearUntilDone(*message);
        const bool isTime = std::chrono::steady_clock::now() - m_lastCommit >= commitInterval;
        if (m_uncommitted >= factsPerCommit || (m_uncommitted > 0 && isTime))
            commit();
    }
    if (m_uncommitted > 0)
        commit();
}

void FactListener::Private::hearUntilDone(const KafkaMessage &message)
{
    const auto fact = factFrom(message);
    if (!fact) {
        qCWarning(logListener) << "A message that is no fact is passed over:" << fact.error().field
                               << fact.error().message;
    } else {
        for (Status heard = hear(*fact); !heard; heard = hear(*fact)) {
            qCWarning(logListener) << consumer << "has to wait with fact" << fact->id << ':' << heard.error().message;
            waitFor(troubleWait);
            if (m_isStopping)
                return; // Not done: it comes again.
        }
    }
    kafka->done();
    ++m_uncommitted;
}

Status FactListener::Private::hear(const OutboxFact &fact)
{
    PT_TRY(const auto place, database->transact([&](Transaction &transaction) -> Result<outbox::Place> {
        return outbox::placeOf(transaction, consumer, fact);
    }));
    if (place == outbox::Place::Repeat)
        return {};
    if (place == outbox::Place::Waiting)
        return layBy(fact, 0, 0ms, {});
    if (place == outbox::Place::Gap)
        qCWarning(logListener) << consumer << "misses facts of order" << fact.key << "before" << fact.sequence;
    if (const Status told = tell(fact); !told) {
        qCWarning(logListener).noquote() << consumer << "refused fact" << fact.id << fact.topic << ":"
                                         << told.error().message;
        return layBy(fact, 1, firstWait, told.error().message);
    }
    (void)faultPoint("consumer_taken");
    return database->transact([&](Transaction &transaction) -> Status {
        outbox::advance(transaction, consumer, fact);
        return {};
    });
}

Status FactListener::Private::layBy(const OutboxFact &fact, int attempts, std::chrono::milliseconds wait,
                                    const QString &why)
{
    PT_CHECK(database->transact([&](Transaction &transaction) -> Status {
        if (!outbox::keepForLater(transaction, consumer, fact, attempts, wait, why))
            return refuse(ErrorCode::NotFound,
                          u"It was refused, and is no longer in the outbox to be kept there: "_s + why);
        outbox::advance(transaction, consumer, fact);
        return {};
    }));
    laidBy->wake();
    return {};
}

Status FactListener::Private::tell(const OutboxFact &fact) const
{
    try {
        return take(fact);
    } catch (const std::exception &error) {
        return refuse(ErrorCode::Internal, QString::fromUtf8(error.what()));
    }
}

void FactListener::Private::commit()
{
    if (const Status done = kafka->commit(); !done) {
        qCWarning(logListener) << done.error().message; // Tried again with the next; until then it would come again.
    } else {
        m_uncommitted = 0;
    }
    m_lastCommit = std::chrono::steady_clock::now();
}

void FactListener::Private::waitFor(std::chrono::milliseconds time)
{
    std::unique_lock lock(m_mutex);
    m_stopped.wait_for(lock, time, [this] { return m_isStopping.load(); });
}

void FactListener::Private::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_stopped.notify_all();
    if (thread.joinable())
        thread.join();
    laidBy->stop();
    kafka.reset();
}

FactListener::FactListener()
    : m_private(std::make_unique<Private>())
{}

FactListener::~FactListener()
{
    if (m_private->laidBy)
        stop();
}

Result<std::unique_ptr<FactListener>> FactListener::open(const KafkaSettings &settings, Database &database,
                                                         const QString &consumer, Outbox::Consumer take,
                                                         int attemptsMax)
{
    std::unique_ptr<FactListener> listener(new FactListener);
    Private &self = *listener->m_private;
    PT_TRY(self.kafka, KafkaConsumer::open(settings, settings.topic + u'.' + consumer));
    self.database = &database;
    self.consumer = consumer;
    // What comes by Kafka and what was laid by are told by two threads, and a consumer is told one fact after the
    // other.
    self.take = [take = std::move(take), mutex = std::make_shared<std::mutex>()](const OutboxFact &fact) {
        const std::lock_guard lock(*mutex);
        return take(fact);
    };
    self.laidBy = std::make_unique<FactDelivery>(
        database, consumer, FactDelivery::Kind::Consumer,
        [told = self.take](std::span<const OutboxFact> facts) { return std::vector<Status>{told(facts.front())}; },
        attemptsMax);
    return listener;
}

void FactListener::start()
{
    m_private->laidBy->start();
    m_private->thread = std::jthread([self = m_private.get()] { self->loop(); });
    pthread_setname_np(m_private->thread.native_handle(), "facts");
}

void FactListener::stop()
{
    m_private->stop();
}

} // namespace parterre::server
