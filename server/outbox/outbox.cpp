#include "outbox/outbox.h"

#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.outbox")

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds lookInterval{1'000};
constexpr std::chrono::milliseconds backOffFirst{500};
constexpr std::chrono::milliseconds backOffMax{60'000};
constexpr int factsAtOnce = 100;

struct BackOff
{
    std::chrono::milliseconds wait = backOffFirst;
    Steady::time_point until;
};

} // namespace

class Outbox::Private
{
public:
    explicit Private(Database &db)
        : database(db)
        , task(u"outbox"_s, lookInterval, [this] { deliverWaiting(); })
    {}

    Database &database;
    std::vector<std::pair<QString, Consumer>> consumers;
    std::map<QUuid, BackOff> backingOff; ///< Used by the task's thread alone.
    PeriodicTask task;

    /// False when a consumer wants the fact again; those that took it may get it twice (at least once, design D9).
    bool deliver(const OutboxFact &fact)
    {
        bool isTaken = true;
        for (const auto &[name, consumer] : consumers) {
            if (const Status done = consumer(fact); !done) {
                qCWarning(log) << "fact" << fact.id << fact.topic << "was not taken by" << name << done.error().message;
                isTaken = false;
            }
        }
        return isTaken;
    }

    void putOff(const QUuid &key)
    {
        const auto [entry, isFirst] = backingOff.try_emplace(key);
        if (!isFirst)
            entry->second.wait = std::min(entry->second.wait * 2, backOffMax);
        entry->second.until = Steady::now() + entry->second.wait;
    }

    std::vector<QString> keysToPassOver() const
    {
        std::vector<QString> keys;
        for (const auto &[key, backOff] : backingOff) {
            if (backOff.until > Steady::now())
                keys.push_back(key.toString(QUuid::WithoutBraces));
        }
        return keys;
    }

    /// One step: returns how many facts were looked at. Consumers are in this process and quick; one that needs the
    /// network queues the fact for itself, so that no connection is held meanwhile (design D2).
    Result<size_t> deliverSome()
    {
        return database.transact([this](Transaction &transaction) -> Result<size_t> {
            const auto facts = outboxrows::lockWaiting(transaction, keysToPassOver(), factsAtOnce);
            std::vector<qint64> delivered;
            for (const OutboxFact &fact : facts) {
                if (deliver(fact)) {
                    delivered.push_back(fact.id);
                    backingOff.erase(fact.key);
                } else {
                    putOff(fact.key);
                }
            }
            outboxrows::markDelivered(transaction, delivered);
            return facts.size();
        });
    }

    void deliverWaiting()
    {
        Result<size_t> seen = size_t(1);
        while (seen && *seen > 0)
            seen = deliverSome();
        if (!seen)
            qCWarning(log) << "the outbox could not be read:" << seen.error().message;
    }
};

Outbox::Outbox(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

Outbox::~Outbox() = default;

void Outbox::addConsumer(const QString &name, Consumer consumer)
{
    m_private->consumers.emplace_back(name, std::move(consumer));
}

void Outbox::start()
{
    m_private->task.start();
}

void Outbox::stop()
{
    m_private->task.stop();
}

void Outbox::wake()
{
    m_private->task.wake();
}

} // namespace parterre::server
