#include "load/checkoutrepository.h"
#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

#include <atomic>
#include <thread>

/// Whole checkouts: hold, order, card reserved and captured at a provider in another process that takes 50 ms for each
/// call, tickets signed and mailed into a folder. Beside it the provider alone, asked for the same three calls by as
/// many as the server may have under way.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int seatsDefault = 20'000;
constexpr int partyMax = 4;
constexpr double takenShareMax = 0.7;
constexpr std::chrono::seconds mailTimeMax{60}; ///< Then what has not left is reported.
constexpr int providerMilliseconds = 50;
constexpr int cardCalls = 128; ///< Payments that the server may have under way at once.

WorldOptions plan(const ScenarioOptions &options)
{
    const int seats = options.seats > 0 ? options.seats : seatsDefault;
    return {.serverFlags = {u"--card-calls"_s, QString::number(cardCalls)},
            .season = {{{.seats = seats, .performances = options.isQuick ? 2 : 10}}},
            .sessions = 1'000,
            .seed = options.seed,
            .psp = QStringList{u"--delay-ms"_s, QString::number(providerMilliseconds)}};
}

class Checkouts
{
public:
    explicit Checkouts(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
        , m_map(world.hall(0).seats, world.hall(0).seatsPerRow)
    {}

    [[nodiscard]] Stepper &stepper() { return m_stepper; }
    [[nodiscard]] const Histogram &holds() const { return m_holds; }
    [[nodiscard]] const Histogram &payments() const { return m_payments; }

private:
    void arrive(qint64 intended)
    {
        if (m_map.takenShare() > takenShareMax && m_performance + 1 < m_world.performanceCount()) {
            ++m_performance;
            m_map = SeatPicker(m_world.hall(0).seats, m_world.hall(0).seatsPerRow);
        }
        check::Event event{.client = m_nextClient++,
                           .intended = intended,
                           .performance = m_performance,
                           .hold = HoldId::create(),
                           .seats = m_map.pick(m_world.random(), m_world.random().bounded(1, partyMax + 1))};
        if (event.seats.empty())
            return; // The house is full; the step shows it as load that was not offered.
        m_map.setTaken(event.seats, true);
        m_world.take(std::move(event), [this, intended](const check::Event &held) {
            m_holds.record(held.end - held.intended);
            if (goesOn(held, intended))
                order(held, intended);
        });
    }
    void order(const check::Event &held, qint64 intended)
    {
        check::Event event{.client = held.client,
                           .intended = held.end,
                           .performance = held.performance,
                           .hold = held.hold,
                           .order = OrderId::create(),
                           .seats = held.seats};
        m_world.order(event, [this, event, intended](const check::Event &ordered) {
            if (!goesOn(ordered, intended))
                return;
            check::Event payment = event;
            payment.intended = ordered.end;
            m_world.pay(payment, [this, intended](const check::Event &paid) {
                m_payments.record(paid.end - paid.intended);
                end(paid, intended);
            });
        });
    }
    /// What is refused or not answered ends there.
    bool goesOn(const check::Event &answered, qint64 intended)
    {
        if (answered.outcome == check::Outcome::Ok)
            return true;
        end(answered, intended);
        return false;
    }
    void end(check::Event last, qint64 intended)
    {
        last.intended = intended;
        m_stepper.answered(last);
    }

    World &m_world;
    Stepper m_stepper;
    SeatPicker m_map;
    int m_performance = 0;
    int m_nextClient = 0;
    Histogram m_holds;
    Histogram m_payments;
};

/// Payments a second of the provider alone; nobody is told of them, since the server would hear of them all the time
/// that it is measured.
Result<double> measureProvider(Psp &psp, double seconds)
{
    PT_CHECK(psp.setKnobs({{u"delay_ms"_s, providerMilliseconds}, {u"webhook_missing_per_mille"_s, 1'000}}));
    std::atomic<int> paid = 0;
    const qint64 begin = Loop::now();
    const qint64 until = begin + static_cast<qint64>(seconds * second);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < cardCalls; ++i) {
            threads.emplace_back([&psp, &paid, until] {
                while (Loop::now() < until)
                    paid += psp.payOnce() ? 1 : 0;
            });
        }
    }
    const double perSecond = paid * static_cast<double>(second) / static_cast<double>(Loop::now() - begin);
    PT_CHECK(psp.setKnobs({{u"delay_ms"_s, providerMilliseconds}}));
    return perSecond;
}

/// Waits until every mail has left.
Result<Mails> waitForMails(World &world)
{
    const qint64 until = Loop::now() + std::chrono::nanoseconds(mailTimeMax).count();
    for (;;) {
        PT_TRY(Mails mails, mailsOf(world.node().dsn()));
        if (mails.waiting == 0 || Loop::now() > until)
            return mails;
        PT_CHECK(world.loop().runFor(std::chrono::milliseconds(500)));
    }
}

QString providerSentence(const QString &when, const Step &step)
{
    return u"The provider took %1 us of processor time a checkout %2."_s.arg(rateText(step.providerMicroseconds()),
                                                                             when);
}

/// For a pair of builds, and for a profile: the same load for both, for long enough to look at it.
Result<Findings> atOneRate(Checkouts &checkouts, const ScenarioOptions &options)
{
    constexpr double warmUpSeconds = 2;
    PT_TRY(const Step step, checkouts.stepper().run(options.rate, options.isQuick ? 8 : 20, warmUpSeconds));
    Findings findings = findingsOf(step);
    findings.notes = {providerSentence(u"at this rate"_s, step)};
    return findings;
}

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    if (options.rate > 0) {
        Checkouts checkouts(world);
        return atOneRate(checkouts, options);
    }
    PT_TRY(const double alone, measureProvider(*world.psp(), options.isQuick ? 2 : 10));
    if (alone == 0)
        return refuse(ErrorCode::Unavailable, u"The card processor takes no payment."_s);
    Checkouts checkouts(world);
    PT_TRY(const Peak peak, searchPeak(checkouts.stepper(), {.firstRate = 100,
                                                             .warmUpSeconds = 1.5,
                                                             .searchSeconds = options.isQuick ? 2.0 : 3.0,
                                                             .peakSeconds = options.isQuick ? 5.0 : 15.0,
                                                             .calmSeconds = options.isQuick ? 5.0 : 20.0}));
    PT_TRY(const Mails mails, waitForMails(world));
    Findings findings = findingsOf(peak);
    findings.reference = alone;
    findings.referenceName = u"the provider alone, %1 payments at once"_s.arg(cardCalls);
    const auto sentence = [](const QString &what, const Histogram &latency) {
        return u"%1: p50 %2 ms, p99 %3 ms over the whole run."_s.arg(what, millisecondsText(latency.milliseconds(50)),
                                                                     millisecondsText(latency.milliseconds(99)));
    };
    findings.notes = {sentence(u"Holding"_s, checkouts.holds()),
                      sentence(u"Paying, 150 ms of it the provider's"_s, checkouts.payments()),
                      sentence(u"Mails after their order"_s, mails.after),
                      providerSentence(u"at the peak"_s, peak.atPeak)};
    if (mails.waiting + mails.failed > 0) {
        findings.notes.append(u"%1 mails had not left %2 s after the last order, %3 failed."_s.arg(mails.waiting)
                                  .arg(mailTimeMax.count())
                                  .arg(mails.failed));
    }
    findings.more.insert(u"provider_microseconds"_s, peak.atPeak.providerMicroseconds());
    findings.more.insert(u"mails_sent"_s, mails.after.count());
    findings.more.insert(u"mails_waiting"_s, mails.waiting);
    findings.more.insert(u"mail_p50_ms"_s, mails.after.milliseconds(50));
    findings.more.insert(u"mail_p99_ms"_s, mails.after.milliseconds(99));
    return findings;
}

} // namespace

Scenario checkoutScenario()
{
    return {.name = "checkout",
            .unit = "checkouts a second",
            .help = "Hold, order, card reserved and captured at a provider that takes 50 ms a call, tickets.",
            .plan = plan,
            .run = run,
            .checkerFlags = {"--settled"}};
}

} // namespace parterre::bench
