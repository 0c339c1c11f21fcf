#pragma once

#include "check/salebooks.h"
#include "payments/stripecardprovider.h"
#include "support/runningpsp.h"
#include "support/saleworld.h"
#include "support/scriptedprovider.h"

namespace parterre::test {

/// A clock that goes ahead of, or behind, the machine's.
class ShiftedClock final : public Clock
{
public:
    void shift(Seconds by) { m_by += by; }
    [[nodiscard]] Instant now() const override { return SystemClock().now() + m_by; }

private:
    Seconds m_by{0};
};

struct StripeWorldOptions
{
    Seconds paymentDeadline{limits::paymentSecondsMax};
    std::chrono::milliseconds callTimeout{5'000};
    int failuresMax = 1'000'000; ///< The breaker stays out of tests that are not about it.
    std::chrono::milliseconds breakerPause{200};
    std::function<QString()> readKeyAgain{}; ///< What is in the file of Stripe's key now.
};

/// The playhouse with its cards taken by Stripe's wire: the real adapter, over real sockets, against the real
/// parterre-psp. A scripted line stands between, so that a test can play the death of a server at each step.
class StripeWorld
{
public:
    using Options = StripeWorldOptions;

    explicit StripeWorld(const Options &options = {})
        : stripe({.url = psp.url(),
                  .secretKey = RunningPsp::secretKey(),
                  .readKeyAgain = options.readKeyAgain,
                  .keyFile = QStringLiteral("/etc/parterre/stripe.key"),
                  .callTimeout = options.callTimeout,
                  .firstPause = std::chrono::milliseconds(10),
                  .breaker = {.failuresMax = options.failuresMax,
                              .pause = options.breakerPause,
                              .pauseMax = 4 * options.breakerPause}},
                 clock, [] { return QStringLiteral("http://shop.test"); })
        , world({.provider = &line, .paymentDeadline = options.paymentDeadline})
    {
        line.setProvider(stripe);
    }

    [[nodiscard]] OrderView openOrder(const std::vector<QString> &seats, int standing = 0)
    {
        TakeHold command{.hold = HoldId::create(), .performance = world.performance(), .seats = seats, .areas = {}};
        if (standing > 0)
            command.areas = {{SaleWorld::yard(), standing}};
        return need(world.order(world.buyer(), need(world.take(world.buyer(), command))));
    }
    /// Lets the provider be asked for everything that has no end yet, until it has or `rounds` are over.
    int settle(int rounds = 1)
    {
        int settled = 0;
        for (int round = 0; round < rounds; ++round) {
            world.sql(QStringLiteral("update payment_attempt set deadline = now() where state in ('authorising', "
                                     "'requires_action', 'in_doubt')"));
            settled += need(world.checkout().settleOverdue());
        }
        return settled;
    }
    [[nodiscard]] QString attempt() { return world.sqlText(QStringLiteral("select state from payment_attempt")); }
    [[nodiscard]] qint64 soldPence()
    {
        return world.sqlNumber(
            QStringLiteral("select coalesce(sum(l.amount), 0) from order_line l join sale_order o on o.id = l.order_id "
                           "where o.state in ('confirmed', 'partly_refunded') and not exists (select from refund_line "
                           "r where r.order_id = l.order_id and r.line_no = l.line_no)"));
    }
    /// What is wrong between our books and the processor's; empty where all is well.
    [[nodiscard]] QStringList faults()
    {
        QStringList found;
        for (const QString &fault : world.books().faults() + world.books().unfinished()) {
            if (!fault.contains(QLatin1StringView("provider"))) // Those look into the test provider's books.
                found.append(fault);
        }
        for (const QString &order : psp.paidTwice())
            found.append(QStringLiteral("paid twice: ") + order);
        if (psp.sum(QStringLiteral("net")) != soldPence())
            found.append(QStringLiteral("the processor has %1, and %2 are sold")
                             .arg(psp.sum(QStringLiteral("net")))
                             .arg(soldPence()));
        if (psp.sum(QStringLiteral("authorised")) != 0)
            found.append(QStringLiteral("the processor keeps a reservation that nobody asks for"));
        return found;
    }

    RunningPsp psp;
    ShiftedClock clock;
    server::StripeCardProvider stripe;
    ScriptedProvider line;
    SaleWorld world;
};

} // namespace parterre::test
