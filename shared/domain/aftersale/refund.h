#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "domain/payments/payment.h"

#include <array>
#include <vector>

/// Places that are given back after the sale, and the money for them (docs/refunds.md). A refund says which lines of an
/// order are given back and why. What goes back for it are repayments, one for each payment that the money came from:
///
///     card    created --the provider did it--> repaid        created --it refuses--> in_doubt
///             repaid --it says later that it failed--> in_doubt
///             in_doubt --a supervisor has it asked again--> created
///             in_doubt --a supervisor pays cash--> paid_out
///     gift card   repaid at once, onto it
///     cash    repaid at once, out of the drawer at which it was asked for
///             owed, where the customer is not there (a cancelled performance, the shop) --he comes--> paid_out
///
/// decideRepayment() is the only way from one state to another.
namespace parterre {

enum class LineState { Sold, Refunded, Exchanged };

template <>
struct EnumNames<LineState>
{
    static constexpr auto names = std::to_array<std::pair<LineState, const char *>>({
        {LineState::Sold, "sold"},
        {LineState::Refunded, "refunded"},
        {LineState::Exchanged, "exchanged"},
    });
};

enum class RepaymentState { Created, Repaid, InDoubt, Owed, PaidOut };

template <>
struct EnumNames<RepaymentState>
{
    static constexpr auto names = std::to_array<std::pair<RepaymentState, const char *>>({
        {RepaymentState::Created, "created"},
        {RepaymentState::Repaid, "repaid"},
        {RepaymentState::InDoubt, "in_doubt"},
        {RepaymentState::Owed, "owed"},
        {RepaymentState::PaidOut, "paid_out"},
    });
};

/// WrongState where the machine has no such arrow. Staying where one is, is allowed: answers may come twice.
[[nodiscard]] Result<RepaymentState> decideRepayment(RepaymentState from, RepaymentState to);

/// Why places came back.
enum class RefundCause { Desk, PerformanceCancelled, Exchange, Buyer };

template <>
struct EnumNames<RefundCause>
{
    static constexpr auto names = std::to_array<std::pair<RefundCause, const char *>>({
        {RefundCause::Desk, "desk"},
        {RefundCause::PerformanceCancelled, "performance_cancelled"},
        {RefundCause::Exchange, "exchange"},
        {RefundCause::Buyer, "buyer"},
    });
};

struct RefundLines
{
    RefundId refund;
    OrderId order;
    std::vector<int> lines; ///< Numbers of its lines; none for all that are not given back yet.
    QString reason;         ///< Kept with the refund.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("refund", refund);
        fields("order", order);
        fields.optional("lines", lines, {.min = 1, .max = limits::orderLinesMax, .countMax = limits::orderLinesMax});
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

/// Money that goes back by the way it came.
struct RepaymentView
{
    RepaymentId id;
    PaymentMethod method = PaymentMethod::Cash; ///< Of the payment; paid_out is cash whatever that was.
    RepaymentState state = RepaymentState::Created;
    Money amount;
    QString failure; ///< In doubt: what the provider said, in words for the box office.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("method", method);
        fields("state", state);
        fields("amount", amount);
        fields.optional("failure", failure, {.charactersMax = limits::noteCharactersMax});
    }
};

struct RefundView
{
    RefundId id;
    RefundCause cause = RefundCause::Desk;
    std::vector<int> lines;
    Money amount;
    QString reason;
    QString by; ///< The name of who did it.
    Instant at;
    std::vector<RepaymentView> repayments; ///< None where the places had cost nothing, or all went into other places.
    QString creditNote{};                  ///< The number of its paper, e.g. `C-2026-000012`; none for nothing.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("cause", cause);
        fields("lines", lines, {.countMax = limits::orderLinesMax});
        fields("amount", amount);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax});
        fields("by", by);
        fields("at", at);
        fields("repayments", repayments, {.countMax = limits::orderLinesMax});
        fields.optional("credit_note", creditNote);
    }
};

/// Cash for a repayment that has not come to the customer by itself: one in doubt, or one that is owed.
struct PayOut
{
    RepaymentId repayment;
    QString note; ///< E.g. that the card is closed and who has seen the passport.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("repayment", repayment);
        fields("note", note, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

/// The provider refused it and is asked once more: the reason may be gone. It is the same repayment, so what it has
/// done already it does not do again.
struct AskRefundAgain
{
    RepaymentId repayment;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("repayment", repayment);
    }
};

/// A repayment that waits: for the provider, for a supervisor or for the customer.
struct OpenRepayment
{
    RepaymentView repayment;
    OrderId order;
    QString orderNumber;
    QString eventTitle;
    QString buyerName;
    Instant since;
    int attempts = 0; ///< How often the provider was asked.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("repayment", repayment);
        fields("order", order);
        fields("order_number", orderNumber);
        fields("event", eventTitle);
        fields.optional("buyer", buyerName);
        fields("since", since);
        fields("attempts", attempts, {.min = 0});
    }
};

} // namespace parterre
