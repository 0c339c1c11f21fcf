#include "outbox/outbox.h"

#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.outbox")

constexpr std::chrono::milliseconds lookInterval = 1s;
/// How long a claimed fact is kept from others, and so how late it is when the server dies over it.
constexpr std::chrono::milliseconds lease = 30s;
constexpr int claimedAtOnce = 20;
constexpr std::chrono::milliseconds forgetInterval = 60s;
constexpr int forgottenAtOnce = 5'000;

/// 1, 2, 4 ... seconds, at most five minutes: nothing is ever given up.
std::chrono::milliseconds backOff(int attempts)
{
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(1 << std::clamp(attempts - 1, 0, 10)), 5min);
}

} // namespace

class Outbox::Private
{
public:
    explicit Private(Database &database)
        : m_database(database)
        , m_task(u"outbox"_s, lookInterval, [this] { run(); })
    {}

    void addConsumer(const QString &name, Consumer consumer) { m_consumers.push_back({name, std::move(consumer)}); }
    PeriodicTask &task() { return m_task; }
    void stop()
    {
        m_isStopping = true;
        m_task.stop();
    }

private:
    struct Named
    {
        QString name;
        Consumer consume;
    };

    void run();
    [[nodiscard]] Status deliverSome(bool &wasAny);
    [[nodiscard]] Status deliver(const outbox::Claimed &claimed);
    [[nodiscard]] static Status tell(const Named &consumer, const OutboxFact &fact);
    void forget();

    Database &m_database;
    std::vector<Named> m_consumers;
    std::atomic<bool> m_isStopping = false;
    std::chrono::steady_clock::time_point m_nextForget{};
    PeriodicTask m_task; ///< Last, so that its thread has ended before anything it uses goes.
};

void Outbox::Private::run()
{
    bool wasAny = true;
    while (wasAny && !m_isStopping) {
        if (const Status done = deliverSome(wasAny); !done) {
            qCWarning(log) << "Facts wait:" << done.error().message;
            return;
        }
    }
    forget();
}

Status Outbox::Private::deliverSome(bool &wasAny)
{
    const auto end = std::chrono::steady_clock::now() + lease;
    PT_TRY(const auto claimed,
           m_database.transact([](Transaction &transaction) -> Result<std::vector<outbox::Claimed>> {
               return outbox::claim(transaction, lease, claimedAtOnce);
           }));
    wasAny = !claimed.empty();
    for (const auto &one : claimed) {
        // What is left of a lease that ran out, or of a stop, is taken up again when it is due.
        if (m_isStopping || std::chrono::steady_clock::now() >= end)
            break;
        PT_CHECK(deliver(one));
    }
    return {};
}

Status Outbox::Private::deliver(const outbox::Claimed &claimed)
{
    Status taken;
    for (const Named &consumer : m_consumers) {
        if (const Status told = tell(consumer, claimed.fact); !told) {
            qCWarning(log) << consumer.name << "refused fact" << claimed.fact.id << claimed.fact.topic << "for the"
                           << claimed.attempts << "time:" << told.error().message;
            taken = told;
        }
    }
    return m_database.transact([&](Transaction &transaction) -> Status {
        if (taken)
            outbox::delivered(transaction, claimed.fact.id);
        else
            outbox::putOff(transaction, claimed.fact.id, backOff(claimed.attempts));
        return {};
    });
}

Status Outbox::Private::tell(const Named &consumer, const OutboxFact &fact)
{
    try {
        return consumer.consume(fact);
    } catch (const std::exception &error) {
        return refuse(ErrorCode::Internal, QString::fromUtf8(error.what()));
    }
}

void Outbox::Private::forget()
{
    const auto now = std::chrono::steady_clock::now();
    if (now < m_nextForget)
        return;
    m_nextForget = now + forgetInterval;
    const auto forgotten = m_database.transact([](Transaction &transaction) -> Result<qint64> {
        return outbox::forgetDelivered(transaction, forgottenAtOnce);
    });
    if (!forgotten)
        qCWarning(log) << "Delivered facts were not forgotten:" << forgotten.error().message;
}

Outbox::Outbox(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

Outbox::~Outbox()
{
    stop();
}

void Outbox::addConsumer(const QString &name, Consumer consumer)
{
    m_private->addConsumer(name, std::move(consumer));
}

void Outbox::start()
{
    m_private->task().start();
}

void Outbox::stop()
{
    m_private->stop();
}

void Outbox::wake()
{
    m_private->task().wake();
}

} // namespace parterre::server
