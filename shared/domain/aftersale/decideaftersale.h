#pragma once

#include "domain/aftersale/exchange.h"
#include "domain/checkout/order.h"
#include "domain/identity/user.h"

#include <optional>
#include <vector>

/// The rules of what comes after a sale, as pure functions (docs/refunds.md): what the order is, who asks for what, the
/// time; out comes what is given back, or why not.
namespace parterre {

/// What is left of a payment in an order: it may be given back, once.
struct PaidPart
{
    PaymentId payment;
    PaymentMethod method = PaymentMethod::Cash;
    Money left;
};

/// An order as its refund sees it, under lock.
struct SoldOrder
{
    OrderState state = OrderState::Confirmed;
    QString owner;
    QString timeZone; ///< Of the venue: its day is the day of a clerk's drawer.
    std::optional<Instant> confirmedAt;
    std::vector<OrderLine> lines;
    std::vector<int> inExchange{}; ///< Lines whose exchange waits for its payment: nobody else may give them back.
    std::vector<PaidPart> paid;    ///< The oldest payment first; their sum is what is sold and `fee` cost.
    Currency currency;
    Money fee{}; ///< Of the order, beside its lines' fees: it goes back with the last line.
    std::optional<Instant> refundableUntil{}; ///< Of the performance: until then its buyer may give places back.
};

/// Which orders somebody may refund: buyers their own until the time that the performance names, clerks besides what
/// they have sold on the same day, supervisors any.
enum class RefundRight { None, OwnWhileRefundable, OwnOfToday, Any };

struct RefundActor
{
    QString principal;
    RefundRight right = RefundRight::None;
    bool isAtDesk = true; ///< Cash goes out of its drawer at once; else it is kept for who has paid it.
};
[[nodiscard]] RefundRight refundRightOf(Role role);

struct PlannedRepayment
{
    PaymentId payment;
    PaymentMethod method = PaymentMethod::Cash;
    RepaymentState state = RepaymentState::Created;
    Money amount;
};

struct RefundPlan
{
    std::vector<int> lines; ///< Ascending, each once.
    Money amount;           ///< What the lines cost, with their fees and taxes.
    OrderState after = OrderState::Refunded;
    std::vector<PlannedRepayment> repayments; ///< None of nothing.
};

/// All or nothing. NotFound for a line that the order does not have, WrongState for one that was given back already and
/// for an order without sold places, Forbidden for who may not refund this order; where that is since its time is over,
/// the message names it and `details.refundable_until` has it.
[[nodiscard]] Result<RefundPlan> decideRefund(const SoldOrder &order, const RefundLines &command,
                                              const RefundActor &actor, RefundCause cause, Instant now);

/// What a payment of the old order pays of the new one.
struct ExchangeCredit
{
    PaymentId payment;
    Money amount;
};

struct ExchangePlan
{
    RefundPlan given; ///< What is given back; its repayments are what the new places cost less.
    Money credit;     ///< What the places given back pay of the new ones.
    Money due;        ///< What is to be paid besides.
    std::vector<ExchangeCredit> credits;
};

/// As decideRefund(), for places worth `total` instead. The oldest payments pay for the new places, the newest go back.
[[nodiscard]] Result<ExchangePlan> decideExchange(const SoldOrder &order, const ExchangeOrder &command,
                                                  const Money &total, const RefundActor &actor, Instant now);

/// An exchange that was decided before, now that `paid` has come for places worth `total`. What its customer has agreed
/// to pay stays what it was, whatever others have given back of the order meanwhile: where these lines are the last of
/// it now, its fee goes back beside them. PT_ASSERTs that they are sold: they are nobody else's while they wait.
/// `ofCash` is the state of what goes back in cash.
[[nodiscard]] ExchangePlan completeExchange(const SoldOrder &order, const std::vector<int> &lines, const Money &total,
                                            const Money &paid, RepaymentState ofCash);

/// Who may pay a repayment out in cash: what is owed anybody at the desk, what is in doubt a supervisor, and nobody
/// what the provider may still do.
[[nodiscard]] Status checkPayOut(RepaymentState state, const RefundActor &actor);
/// Who may have the provider asked once more: a supervisor, for what it has refused and nobody has paid in cash.
[[nodiscard]] Status checkAskAgain(RepaymentState state, const RefundActor &actor);

/// Takes out of an order what is between the box office and itself: who has refunded and why. Why a performance does
/// not take place is no secret.
void hideFromBuyer(OrderView &order);

/// When the provider is asked again after so many times without an answer: 5, 10, 20 ... seconds up to ten minutes.
[[nodiscard]] Seconds pauseBeforeAsking(int attempts);

} // namespace parterre
