#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"

#include <array>

/// A performance that does not take place: off sale at once, then every order is refunded (docs/refunds.md).
namespace parterre {

struct CancelPerformance
{
    PerformanceId performance;
    QString reason; ///< Kept with each refund.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

/// running --the card provider is down--> paused --it is back--> running --nothing is left--> done
enum class CancellationState { Running, Paused, Done };

template <>
struct EnumNames<CancellationState>
{
    static constexpr auto names = std::to_array<std::pair<CancellationState, const char *>>({
        {CancellationState::Running, "running"},
        {CancellationState::Paused, "paused"},
        {CancellationState::Done, "done"},
    });
};

/// How far a cancellation is. Orders are refunded first; their money follows.
struct CancellationView
{
    PerformanceId performance;
    CancellationState state = CancellationState::Running;
    QString reason;
    QString by; ///< The name of who did it.
    Instant at;
    int orders = 0;            ///< That had sold places; may grow while payments end.
    int refunded = 0;          ///< Of these.
    Money amount;              ///< Of the refunds so far.
    int repaymentsWaiting = 0; ///< For the card provider.
    int repaymentsInDoubt = 0; ///< For a supervisor.
    int repaymentsOwed = 0;    ///< For the customers who paid cash.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("state", state);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax});
        fields("by", by);
        fields("at", at);
        fields("orders", orders, {.min = 0});
        fields("refunded", refunded, {.min = 0});
        fields("amount", amount);
        fields("repayments_waiting", repaymentsWaiting, {.min = 0});
        fields("repayments_in_doubt", repaymentsInDoubt, {.min = 0});
        fields("repayments_owed", repaymentsOwed, {.min = 0});
    }
};

} // namespace parterre
