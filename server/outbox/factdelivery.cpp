#include "outbox/factdelivery.h"

#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/faultpoint.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <exception>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.outbox")

constexpr std::chrono::milliseconds lookInterval = 1s;
/// How long a claimed fact is kept from others, and so how late it is when the server dies over it.
constexpr std::chrono::milliseconds lease = 30s;
constexpr int claimedAtOnce = 20;
constexpr int claimedForTransport = 500; ///< Its answers come together, after one round trip or a few.

/// 1, 2, 4 ... seconds, at most five minutes.
std::chrono::milliseconds backOff(int attempts)
{
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(1 << std::clamp(attempts - 1, 0, 10)), 5min);
}

} // namespace

class FactDelivery::Private
{
public:
    Private(Database &database, QString name, Kind kind, Tell tell, int attemptsMax)
        : consumer(std::move(name))
        , task(consumer, lookInterval, [this] { run(); })
        , m_database(database)
        , m_kind(kind)
        , m_tell(std::move(tell))
        , m_attemptsMax(attemptsMax)
    {}

    void stop()
    {
        m_isStopping = true;
        task.stop();
    }

    const QString consumer;
    PeriodicTask task;

private:
    using Claims = std::vector<outbox::Claimed>;

    void run();
    [[nodiscard]] Status deliverSome(bool &isMore);
    [[nodiscard]] Status deliverEach(const Claims &claims, std::chrono::steady_clock::time_point end);
    [[nodiscard]] Status deliverTogether(const Claims &claims, bool &isMore);
    [[nodiscard]] std::vector<Status> tell(std::span<const OutboxFact> facts) const;
    [[nodiscard]] outbox::Settled judge(const outbox::Claimed &claimed, const Status &told);
    [[nodiscard]] Status settle(const std::vector<outbox::Settled> &settled);

    Database &m_database;
    const Kind m_kind;
    const Tell m_tell;
    const int m_attemptsMax;
    std::atomic<bool> m_isStopping = false;
    bool m_isAway = false;
};

void FactDelivery::Private::run()
{
    bool isMore = true;
    while (isMore && !m_isStopping) {
        if (const Status done = deliverSome(isMore); !done) {
            qCWarning(log) << "Facts for" << consumer << "wait:" << done.error().message;
            return;
        }
    }
}

Status FactDelivery::Private::deliverSome(bool &isMore)
{
    const auto end = std::chrono::steady_clock::now() + lease;
    const int most = m_kind == Kind::Transport ? claimedForTransport : claimedAtOnce;
    PT_TRY(const auto claims, m_database.transact([&](Transaction &transaction) -> Result<Claims> {
        return outbox::claim(transaction, consumer, lease, most);
    }));
    isMore = !claims.empty();
    if (claims.empty())
        return {};
    return m_kind == Kind::Transport ? deliverTogether(claims, isMore) : deliverEach(claims, end);
}

Status FactDelivery::Private::deliverEach(const Claims &claims, std::chrono::steady_clock::time_point end)
{
    std::vector<outbox::Settled> untold;
    for (const auto &claimed : claims) {
        // What is left of a lease that runs out, or of a stop, is somebody's again at once.
        if (m_isStopping || std::chrono::steady_clock::now() >= end) {
            untold.push_back({.fact = claimed.fact.id, .outcome = outbox::Outcome::Untold});
            continue;
        }
        if (claimed.attempts > m_attemptsMax) {
            PT_CHECK(settle(
                {{.fact = claimed.fact.id,
                  .outcome = outbox::Outcome::Poisoned,
                  .error = u"The server ended while it told this, or before it had kept the answer, %1 times."_s.arg(
                      m_attemptsMax)}}));
            continue;
        }
        const Status told = tell({&claimed.fact, 1}).front();
        (void)faultPoint("outbox_told");
        PT_CHECK(settle({judge(claimed, told)}));
    }
    return settle(untold);
}

Status FactDelivery::Private::deliverTogether(const Claims &claims, bool &isMore)
{
    std::vector<OutboxFact> facts;
    facts.reserve(claims.size());
    for (const auto &claimed : claims)
        facts.push_back(claimed.fact);
    const auto told = tell(facts);
    (void)faultPoint("outbox_published");
    std::vector<outbox::Settled> settled;
    const Error *away = nullptr;
    for (size_t i = 0; i < claims.size(); ++i) {
        settled.push_back(judge(claims[i], told[i]));
        if (settled.back().outcome == outbox::Outcome::Untold)
            away = &told[i].error();
    }
    if (away && !m_isAway)
        qCWarning(log) << consumer << "cannot be reached; facts wait for it:" << away->message;
    else if (!away && m_isAway)
        qCInfo(log) << consumer << "is reached again";
    m_isAway = away != nullptr;
    isMore = !away; // Until the next look, so that nothing spins.
    return settle(settled);
}

std::vector<Status> FactDelivery::Private::tell(std::span<const OutboxFact> facts) const
{
    try {
        return m_tell(facts);
    } catch (const std::exception &error) {
        return std::vector<Status>(facts.size(), refuse(ErrorCode::Internal, QString::fromUtf8(error.what())));
    }
}

outbox::Settled FactDelivery::Private::judge(const outbox::Claimed &claimed, const Status &told)
{
    outbox::Settled settled{.fact = claimed.fact.id, .outcome = outbox::Outcome::Taken};
    if (told)
        return settled;
    if (m_kind == Kind::Transport && told.error().code == ErrorCode::Unavailable) {
        settled.outcome = outbox::Outcome::Untold;
        return settled;
    }
    const bool isLast = claimed.attempts >= m_attemptsMax;
    qCWarning(log).noquote() << consumer << "refused fact" << claimed.fact.id << claimed.fact.topic << "for the"
                             << claimed.attempts << (isLast ? "and last time:" : "time:") << told.error().message;
    settled.outcome = isLast ? outbox::Outcome::Poisoned : outbox::Outcome::Refused;
    settled.wait = backOff(claimed.attempts);
    settled.error = told.error().message;
    return settled;
}

Status FactDelivery::Private::settle(const std::vector<outbox::Settled> &settled)
{
    if (settled.empty())
        return {};
    return m_database.transact([&](Transaction &transaction) -> Status {
        outbox::settle(transaction, consumer, settled);
        return {};
    });
}

FactDelivery::FactDelivery(Database &database, QString consumer, Kind kind, Tell tell, int attemptsMax)
    : m_private(std::make_unique<Private>(database, std::move(consumer), kind, std::move(tell), attemptsMax))
{}

FactDelivery::~FactDelivery()
{
    stop();
}

const QString &FactDelivery::consumer() const
{
    return m_private->consumer;
}

void FactDelivery::start()
{
    m_private->task.start();
    m_private->task.wake();
}

void FactDelivery::stop()
{
    m_private->stop();
}

void FactDelivery::wake()
{
    m_private->task.wake();
}

} // namespace parterre::server
