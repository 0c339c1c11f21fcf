#include "outbox/factdelivery.h"

#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/faultpoint.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.outbox")

constexpr std::chrono::milliseconds lookInterval = 1s;
/// What was refused waits for a second at least, so not every new fact has to look for it.
constexpr std::chrono::milliseconds againInterval = 250ms;
/// How long a claimed fact is kept from others, and so how late it is when the server dies over it.
constexpr std::chrono::milliseconds lease = 30s;
constexpr size_t claimedAtOnce = 100;
/// Answers are kept together, since each commit costs as much as most consumers do; a kill repeats what they were
/// about.
constexpr std::chrono::milliseconds settleInterval = 200ms;
/// After something was told: what comes meanwhile is told together, with one claim that keeps the answers as well. A
/// fact that comes alone is told at once.
constexpr std::chrono::milliseconds gatherTime = 100ms;
constexpr size_t claimedForTransport = 500; ///< Its answers come together, after one round trip or a few.

/// 1, 2, 4 ... seconds, at most five minutes.
std::chrono::milliseconds backOff(int attempts)
{
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(1 << std::clamp(attempts - 1, 0, 10)), 5min);
}

/// What may be there to tell after a claim.
enum class More { None, Soon, AtOnce };

/// A later fact of the same order comes once the answer to the earlier is kept: who has told one that was not the first
/// of its order looks for the next without waiting for others.
More moreAfter(const std::vector<outbox::Claimed> &claims, size_t countMax)
{
    if (claims.empty())
        return More::None;
    const bool isFollower =
        std::ranges::any_of(claims, [](const outbox::Claimed &claimed) { return claimed.fact.sequence > 1; });
    return isFollower || claims.size() >= countMax ? More::AtOnce : More::Soon;
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
    [[nodiscard]] Result<More> deliverSome();
    [[nodiscard]] Result<Claims> claim(outbox::Which which, size_t countMax);
    [[nodiscard]] Status deliverEach(const Claims &claims, std::chrono::steady_clock::time_point end);
    /// False where the consumer is away.
    [[nodiscard]] bool deliverTogether(const Claims &claims);
    [[nodiscard]] std::vector<Status> tell(std::span<const OutboxFact> facts) const;
    [[nodiscard]] outbox::Settled judge(const outbox::Claimed &claimed, const Status &told);
    [[nodiscard]] Status settle();

    Database &m_database;
    const Kind m_kind;
    const Tell m_tell;
    const int m_attemptsMax;
    std::atomic<bool> m_isStopping = false;
    bool m_isAway = false;
    std::vector<outbox::Settled> m_unsettled; ///< Answers that are still to be kept, by the next claim at the latest.
    std::chrono::steady_clock::time_point m_nextAgain{};
};

void FactDelivery::Private::run()
{
    for (More more = More::AtOnce; more != More::None && !m_isStopping;) {
        const auto delivered = deliverSome();
        if (!delivered) {
            qCWarning(log) << "Facts for" << consumer << "wait:" << delivered.error().message;
            return;
        }
        more = *delivered;
        if (more == More::Soon && !m_isStopping)
            std::this_thread::sleep_for(gatherTime);
    }
    if (const Status done = settle(); !done)
        qCWarning(log) << "What" << consumer << "answered is not kept yet:" << done.error().message;
}

Result<More> FactDelivery::Private::deliverSome()
{
    if (m_kind == Kind::Transport) {
        PT_TRY(const auto claims, claim(outbox::Which::All, claimedForTransport));
        return claims.empty() || !deliverTogether(claims) ? More::None : moreAfter(claims, claimedForTransport);
    }
    const auto untriedEnd = std::chrono::steady_clock::now() + lease;
    PT_TRY(const auto untried, claim(outbox::Which::Untried, claimedAtOnce));
    More more = moreAfter(untried, claimedAtOnce);
    if (m_kind == Kind::Group && !untried.empty()) {
        if (!deliverTogether(untried))
            more = More::None;
    } else {
        PT_CHECK(deliverEach(untried, untriedEnd));
    }
    const auto now = std::chrono::steady_clock::now();
    if (now < m_nextAgain)
        return more;
    // Alone, so that one over which the server dies each time has no others with it that are counted as often.
    PT_TRY(const auto again, claim(outbox::Which::Again, 1));
    PT_CHECK(deliverEach(again, now + lease));
    if (!again.empty())
        return More::AtOnce;
    m_nextAgain = now + againInterval;
    return more;
}

Result<FactDelivery::Private::Claims> FactDelivery::Private::claim(outbox::Which which, size_t countMax)
{
    PT_TRY(Claims claimed, m_database.transact([&](Transaction &transaction) -> Result<Claims> {
        outbox::settle(transaction, consumer, m_unsettled);
        return outbox::claim(transaction, consumer, which, lease, static_cast<int>(countMax));
    }));
    m_unsettled.clear();
    return claimed;
}

Status FactDelivery::Private::deliverEach(const Claims &claims, std::chrono::steady_clock::time_point end)
{
    auto nextSettle = std::chrono::steady_clock::now() + settleInterval;
    for (const auto &claimed : claims) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= nextSettle) {
            PT_CHECK(settle());
            nextSettle = now + settleInterval;
        }
        if (m_isStopping || now >= end) {
            // What is left of a lease that runs out, or of a stop, is somebody's again at once.
            m_unsettled.push_back({.fact = claimed.fact.id, .outcome = outbox::Outcome::Untold});
        } else if (claimed.attempts > m_attemptsMax) {
            m_unsettled.push_back(
                {.fact = claimed.fact.id,
                 .outcome = outbox::Outcome::Poisoned,
                 .error = u"The server ended while it told this, or before it had kept the answer, %1 times."_s.arg(
                     m_attemptsMax)});
        } else {
            const Status told = tell({&claimed.fact, 1}).front();
            (void)faultPoint("outbox_told");
            m_unsettled.push_back(judge(claimed, told));
        }
    }
    return {};
}

bool FactDelivery::Private::deliverTogether(const Claims &claims)
{
    std::vector<OutboxFact> facts;
    facts.reserve(claims.size());
    for (const auto &claimed : claims)
        facts.push_back(claimed.fact);
    const auto told = tell(facts);
    (void)faultPoint(m_kind == Kind::Transport ? "outbox_published" : "outbox_told");
    const Error *away = nullptr;
    for (size_t i = 0; i < claims.size(); ++i) {
        m_unsettled.push_back(judge(claims[i], told[i]));
        if (m_unsettled.back().outcome == outbox::Outcome::Untold)
            away = &told[i].error();
    }
    if (away && !m_isAway)
        qCWarning(log) << consumer << "cannot be reached; facts wait for it:" << away->message;
    else if (!away && m_isAway)
        qCInfo(log) << consumer << "is reached again";
    m_isAway = away != nullptr;
    return !away; // What is left waits for the next look, so that nothing spins.
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

Status FactDelivery::Private::settle()
{
    if (m_unsettled.empty())
        return {};
    PT_CHECK(m_database.transact([&](Transaction &transaction) -> Status {
        outbox::settle(transaction, consumer, m_unsettled);
        return {};
    }));
    m_unsettled.clear();
    return {};
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
