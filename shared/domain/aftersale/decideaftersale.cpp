#include "domain/aftersale/decideaftersale.h"

#include "base/assert.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

constexpr auto repaymentArrows = std::to_array<std::pair<RepaymentState, RepaymentState>>({
    {RepaymentState::Created, RepaymentState::Repaid},
    {RepaymentState::Created, RepaymentState::InDoubt},
    {RepaymentState::Repaid, RepaymentState::InDoubt},
    {RepaymentState::InDoubt, RepaymentState::Created},
    {RepaymentState::InDoubt, RepaymentState::PaidOut},
    {RepaymentState::Owed, RepaymentState::PaidOut},
});

std::unexpected<Error> needsSupervisor()
{
    return refuse(ErrorCode::Forbidden, u"A supervisor or a manager must do this. Ask one to sign in."_s);
}

constexpr Seconds firstPause{5};
constexpr Seconds pauseMax{600};

QDate dayOf(Instant instant, const QTimeZone &zone)
{
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(milliseconds, zone).date();
}

QString timeText(Instant instant, const QTimeZone &zone)
{
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(milliseconds, zone), u"d MMMM yyyy, HH:mm"_s);
}

bool isRefundable(const SoldOrder &order, Instant now)
{
    return order.refundableUntil && now < *order.refundableUntil;
}

std::unexpected<Error> timeIsOver(const SoldOrder &order, const QString &askWhom)
{
    return refuse(Error{.code = ErrorCode::Forbidden,
                        .message = u"These tickets could be given back until %1. %2"_s.arg(
                            timeText(*order.refundableUntil, QTimeZone(order.timeZone.toLatin1())), askWhom),
                        .details = {{u"refundable_until"_s, instantToText(*order.refundableUntil)}}});
}

/// A buyer's own right.
Status checkBuyer(const SoldOrder &order, const RefundActor &actor, Instant now)
{
    if (order.owner != actor.principal)
        return refuse(ErrorCode::Forbidden, u"This is not an order of yours."_s);
    if (!order.refundableUntil)
        return refuse(ErrorCode::Forbidden, u"Tickets of this performance are given back at the box office only."_s);
    return isRefundable(order, now) ? Status() : timeIsOver(order, u"Ask the box office."_s);
}

Status checkRight(const SoldOrder &order, const RefundActor &actor, Instant now)
{
    switch (actor.right) {
    case RefundRight::Any:
        return {};
    case RefundRight::None:
        return refuse(ErrorCode::Forbidden, u"Tickets are given back at the box office only."_s);
    case RefundRight::OwnWhileRefundable:
        return checkBuyer(order, actor, now);
    case RefundRight::OwnOfToday:
        break;
    }
    if (isRefundable(order, now)) // What its buyer may do alone, a clerk may do for them.
        return {};
    if (order.owner != actor.principal && order.refundableUntil)
        return timeIsOver(order, u"Ask a supervisor to refund them."_s);
    if (order.owner != actor.principal)
        return refuse(ErrorCode::Forbidden, u"This is not a sale of yours. Ask a supervisor to refund it."_s);
    const QTimeZone zone(order.timeZone.toLatin1());
    const bool isToday = order.confirmedAt && zone.isValid() && dayOf(*order.confirmedAt, zone) == dayOf(now, zone);
    if (!isToday && order.refundableUntil)
        return timeIsOver(order, u"Ask a supervisor to refund them."_s);
    if (!isToday)
        return refuse(ErrorCode::Forbidden, u"This sale is not of today. Ask a supervisor to refund it."_s);
    return {};
}

/// The lines that are meant, ascending.
Result<std::vector<int>> linesMeant(const SoldOrder &order, const std::vector<int> &named)
{
    std::vector<int> meant;
    for (const OrderLine &line : order.lines) {
        if (named.empty() && line.state == LineState::Sold)
            meant.push_back(line.number);
    }
    for (size_t i = 0; i < named.size(); ++i) {
        const QString field = u"/lines/%1"_s.arg(i);
        const auto line = std::ranges::find(order.lines, named[i], &OrderLine::number);
        if (line == order.lines.end())
            return refuse(ErrorCode::NotFound, u"The order has no line %1."_s.arg(named[i]), field);
        if (line->state != LineState::Sold)
            return refuse(ErrorCode::WrongState, u"%1 was given back already."_s.arg(line->placeName), field);
        if (std::ranges::find(meant, line->number) != meant.end())
            return refuse(ErrorCode::InvalidInput, u"Line %1 is named twice."_s.arg(line->number), field);
        meant.push_back(line->number);
    }
    std::ranges::sort(meant);
    for (const int line : meant) {
        if (std::ranges::find(order.inExchange, line) != order.inExchange.end())
            return refuse(ErrorCode::WrongState,
                          u"Places of this order are being exchanged. Wait until that is done."_s, u"/lines"_s);
    }
    return meant;
}

RepaymentState firstState(PaymentMethod method, RepaymentState ofCash)
{
    if (method == PaymentMethod::GiftCard) // It is on the card with the refund.
        return RepaymentState::Repaid;
    return method == PaymentMethod::Cash ? ofCash : RepaymentState::Created;
}

/// The newest payment first: what came last goes back first.
std::vector<PlannedRepayment> repaymentsOf(const std::vector<PaidPart> &paid, Money amount, RepaymentState ofCash)
{
    std::vector<PlannedRepayment> planned;
    for (auto part = paid.rbegin(); part != paid.rend(); ++part) {
        const Money share = std::min(part->left, amount);
        if (share.isZero())
            continue;
        planned.push_back({.payment = part->payment,
                           .method = part->method,
                           .state = firstState(part->method, ofCash),
                           .amount = share});
        amount -= share;
    }
    PT_ASSERT(amount.isZero(), "the places of an order are paid for");
    return planned;
}

} // namespace

Result<RepaymentState> decideRepayment(RepaymentState from, RepaymentState to)
{
    if (from != to && std::ranges::find(repaymentArrows, std::pair(from, to)) == repaymentArrows.end()) {
        return refuse(ErrorCode::WrongState,
                      u"A repayment that is %1 cannot become %2."_s.arg(enumName(from), enumName(to)));
    }
    return to;
}

RefundRight refundRightOf(Role role)
{
    return may(role, Permission::RefundAnyOrder) ? RefundRight::Any : RefundRight::OwnOfToday;
}

namespace {

/// What these lines are worth, whatever becomes of the money, and what the order is without them; `whole` is the state
/// where nothing is left.
Result<RefundPlan> planOf(const SoldOrder &order, std::vector<int> lines, OrderState whole)
{
    RefundPlan plan{
        .lines = std::move(lines), .amount = Money(0, order.currency), .after = order.state, .repayments = {}};
    bool isAll = true;
    for (const OrderLine &line : order.lines) {
        if (std::ranges::binary_search(plan.lines, line.number))
            plan.amount += line.total;
        else
            isAll = isAll && line.state != LineState::Sold;
    }
    if (isAll)
        plan.amount += order.fee;
    PT_TRY(plan.after, decideOrder(order.state, isAll ? whole : OrderState::PartlyRefunded));
    return plan;
}

/// What is given back by who may, and what that is worth.
Result<RefundPlan> planGiveBack(const SoldOrder &order, const std::vector<int> &named, const QString &reason,
                                const RefundActor &actor, OrderState whole, Instant now)
{
    PT_CHECK(checkRight(order, actor, now));
    if (reason.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say why the places are given back."_s, u"/reason"_s);
    if (order.state == OrderState::Refunded || order.state == OrderState::Exchanged)
        return refuse(ErrorCode::WrongState, u"All places of this order were given back already."_s, u"/order"_s);
    if (!hasSoldPlaces(order.state))
        return refuse(ErrorCode::WrongState, u"This order is not paid, so there is nothing to refund."_s, u"/order"_s);

    PT_TRY(std::vector<int> lines, linesMeant(order, named));
    return planOf(order, std::move(lines), whole);
}

/// `credit` of what is given back pays for the new places, and the rest goes back.
ExchangePlan payFor(const SoldOrder &order, RefundPlan given, const Money &total, const Money &credit,
                    RepaymentState ofCash)
{
    ExchangePlan plan{.given = std::move(given), .credit = credit, .due = total - credit, .credits = {}};
    std::vector<PaidPart> paid = order.paid;
    Money open = credit;
    for (PaidPart &part : paid) {
        const Money share = std::min(part.left, open);
        if (share.isZero())
            continue;
        plan.credits.push_back({.payment = part.payment, .amount = share});
        part.left -= share;
        open -= share;
    }
    PT_ASSERT(open.isZero(), "the places of an order are paid for");
    plan.given.repayments = repaymentsOf(paid, plan.given.amount - credit, ofCash);
    return plan;
}

} // namespace

Result<RefundPlan> decideRefund(const SoldOrder &order, const RefundLines &command, const RefundActor &actor,
                                RefundCause cause, Instant now)
{
    PT_TRY(RefundPlan plan, planGiveBack(order, command.lines, command.reason, actor, OrderState::Refunded, now));
    const bool isCustomerHere = actor.isAtDesk && cause != RefundCause::PerformanceCancelled;
    plan.repayments =
        repaymentsOf(order.paid, plan.amount, isCustomerHere ? RepaymentState::Repaid : RepaymentState::Owed);
    return plan;
}

Result<ExchangePlan> decideExchange(const SoldOrder &order, const ExchangeOrder &command, const Money &total,
                                    const RefundActor &actor, Instant now)
{
    if (order.currency != total.currency())
        return refuse(ErrorCode::WrongState, u"Places are exchanged within one currency."_s, u"/order"_s);
    PT_TRY(RefundPlan given, planGiveBack(order, command.lines, command.reason, actor, OrderState::Exchanged, now));
    const Money credit = std::min(given.amount, total);
    return payFor(order, std::move(given), total, credit,
                  actor.isAtDesk ? RepaymentState::Repaid : RepaymentState::Owed);
}

ExchangePlan completeExchange(const SoldOrder &order, const std::vector<int> &lines, const Money &total,
                              const Money &paid, RepaymentState ofCash)
{
    for (const int number : lines) {
        const auto line = std::ranges::find(order.lines, number, &OrderLine::number);
        PT_ASSERT(line != order.lines.end() && line->state == LineState::Sold,
                  "lines that wait for their exchange are nobody else's");
    }
    auto given = planOf(order, lines, OrderState::Exchanged);
    PT_ASSERT(given.has_value(), "an order with sold places may be exchanged");
    const Money credit = total - paid;
    PT_ASSERT(!credit.isNegative() && credit <= given->amount, "places are worth no less than they were before");
    return payFor(order, *std::move(given), total, credit, ofCash);
}

Status checkPayOut(RepaymentState state, const RefundActor &actor)
{
    switch (state) {
    case RepaymentState::Owed:
        if (actor.right == RefundRight::None)
            break;
        return {};
    case RepaymentState::InDoubt:
        if (actor.right != RefundRight::Any)
            break;
        return {};
    case RepaymentState::Created:
        return refuse(ErrorCode::WrongState,
                      u"The card provider is still being asked, and may pay the money back. Wait for its answer."_s);
    case RepaymentState::Repaid:
    case RepaymentState::PaidOut:
        return refuse(ErrorCode::WrongState, u"This money was given back already."_s);
    }
    return needsSupervisor();
}

Status checkAskAgain(RepaymentState state, const RefundActor &actor)
{
    switch (state) {
    case RepaymentState::InDoubt:
        return actor.right == RefundRight::Any ? Status() : needsSupervisor();
    case RepaymentState::Created:
        return refuse(ErrorCode::WrongState, u"The card provider is being asked already. Wait for its answer."_s);
    case RepaymentState::Repaid:
        return refuse(ErrorCode::WrongState, u"This money is back already."_s);
    case RepaymentState::PaidOut:
        return refuse(ErrorCode::WrongState, u"This money was paid in cash, so it must not go to the card too."_s);
    case RepaymentState::Owed:
        break;
    }
    return refuse(ErrorCode::WrongState, u"This money was paid in cash, so no card can be asked for it. Pay it out."_s);
}

void hideFromBuyer(OrderView &order)
{
    for (RefundView &refund : order.refunds) {
        refund.by.clear();
        if (refund.cause != RefundCause::PerformanceCancelled)
            refund.reason.clear();
        for (RepaymentView &repayment : refund.repayments)
            repayment.failure.clear();
    }
}

Seconds pauseBeforeAsking(int attempts)
{
    Seconds pause = firstPause;
    for (int i = 1; i < attempts && pause < pauseMax; ++i)
        pause *= 2;
    return std::min(pause, pauseMax);
}

} // namespace parterre
