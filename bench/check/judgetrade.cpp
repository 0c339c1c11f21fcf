#include "check/trial.h"

#include <algorithm>
#include <map>
#include <set>

/// What comes after the sale, or beside it: exchanges, gift cards, replaced tickets, cancelled performances. What the
/// money says is looked at in the books (salebooksrepository.cpp); here it is what people were told.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

/// The orders that some order was wanted in exchange for, and whether all of it was to go.
struct ExchangeStory
{
    int performance = 0; ///< Of the old order.
    bool isWhole = true;
    std::vector<const Event *> wanted{}; ///< Of the new orders.
};

/// By the old order. Each event of its own end says where that is.
std::map<OrderId, ExchangeStory> exchangesOf(const History &history)
{
    std::map<OrderId, ExchangeStory> stories;
    for (const Event &event : history.events) {
        if (event.operation == Operation::Exchange)
            stories[event.otherOrder].wanted.push_back(&event);
        if (event.operation != Operation::ExchangeFrom)
            continue;
        ExchangeStory &story = stories[event.order];
        story.performance = event.performance;
        story.isWhole = story.isWhole && event.seats.empty() && event.areas.empty();
    }
    return stories;
}

bool isSoldFor(const Trial &trial, const Event &exchange)
{
    const FinalOrder *order = trial.finalOrder(exchange.performance, exchange.order);
    return order && order->wasSold && order->exchangedFrom == exchange.otherOrder;
}

} // namespace

/// Both orders say that it was done, or neither does; and as they were told.
void judgeExchanges(Trial &trial)
{
    for (const auto &[from, story] : exchangesOf(trial.history)) {
        std::set<OrderId> done;
        for (const Event *event : story.wanted) {
            const bool isSold = isSoldFor(trial, *event);
            if (isSold)
                done.insert(event->order);
            if (event->outcome == Outcome::Ok && !isSold) {
                trial.accuse(Rule::ExchangeHalved,
                             u"Order %1 was exchanged for order %2, which is not sold for it in the database."_s.arg(
                                 from.text(), event->order.text()));
            }
            if (event->outcome == Outcome::Refused && isSold) {
                trial.accuse(Rule::RefusedTookEffect, u"Order %1 is exchanged for order %2, which was refused."_s.arg(
                                                          from.text(), event->order.text()));
            }
        }
        const FinalOrder *old = trial.finalOrder(story.performance, from);
        const bool isGone = old && old->isExchanged;
        if (story.isWhole && isGone != (done.size() == 1)) {
            trial.accuse(Rule::ExchangeHalved, u"Order %1 is %2 in the database, and %3 orders are sold for it."_s
                                                   .arg(from.text(), isGone ? u"exchanged"_s : u"not exchanged"_s)
                                                   .arg(done.size()));
        }
    }
}

void judgeGiftCards(Trial &trial)
{
    std::map<OrderId, int> maySell; ///< Events of an order that were not refused.
    for (const Event &event : trial.history.events)
        maySell[event.order] += event.isSale() && event.outcome != Outcome::Refused;
    for (const Event &event : trial.history.events) {
        if (event.giftCard.isNull() || event.outcome == Outcome::Unknown)
            continue;
        const auto found = trial.final.giftCards.find(event.giftCard);
        const bool isThere = found != trial.final.giftCards.end() && found->second.isGood;
        const auto accuse = [&](const QString &what) {
            trial.accuse(Rule::GiftCardWrong, u"Gift card %1 "_s.arg(event.giftCard.text()) + what);
        };
        const bool isDone = event.outcome == Outcome::Ok;
        if (event.operation == Operation::IssueGiftCard) {
            if (isDone && (!isThere || found->second.amount != event.amount))
                accuse(u"was issued with %1, and is not so in the database."_s.arg(event.amount));
            if (!isDone && isThere)
                accuse(u"was refused, and is good in the database."_s);
            continue;
        }
        const bool hasPaid = isThere && std::ranges::find(found->second.paid, event.order) != found->second.paid.end();
        if (isDone && !hasPaid)
            accuse(u"has paid for order %1, and has not in the database."_s.arg(event.order.text()));
        if (!isDone && hasPaid && maySell[event.order] == 0)
            accuse(u"has paid for order %1 in the database, and that was refused."_s.arg(event.order.text()));
    }
}

void judgeTickets(Trial &trial)
{
    std::map<OrderId, qint64> newest; ///< The last start of something that may have replaced a ticket of the order.
    const auto replaces = [](const Event &event) {
        return !event.ticket.isNull() && event.outcome != Outcome::Refused;
    };
    for (const Event &event : trial.history.events) {
        if (replaces(event))
            newest[event.order] = std::max(newest[event.order], event.start);
    }
    for (const Event &event : trial.history.events) {
        const FinalOrder *order = event.ticket.isNull() ? nullptr : trial.finalOrder(event.performance, event.order);
        if (!order || event.outcome == Outcome::Unknown)
            continue;
        const auto accuse = [&](const QString &what) {
            trial.accuse(Rule::TicketWrong, u"Ticket %1 "_s.arg(event.ticket.text()) + what);
        };
        const auto old = std::ranges::find(order->tickets, event.ticket, &FinalTicket::id);
        const auto own = std::ranges::find(order->tickets, event.holder, &FinalTicket::holder);
        const bool isTransfer = event.operation == Operation::Transfer;
        const bool isHeld = isTransfer && own != order->tickets.end();
        if (event.outcome == Outcome::Refused) {
            if (isHeld)
                accuse(u"was not to be transferred to %1, who has it in the database."_s.arg(event.holder));
            continue;
        }
        if (old == order->tickets.end() || old->isValid)
            accuse(u"was replaced, and is good in the database."_s);
        if (isTransfer && !isHeld)
            accuse(u"was transferred to %1, who has none in the database."_s.arg(event.holder));
        // A later one, or its place that came back, makes it void again.
        if (isHeld && newest[event.order] == event.start && !own->isValid && own->isSold)
            accuse(u"was transferred to %1, whose ticket is void in the database."_s.arg(event.holder));
    }
}

/// The refunds of a cancelled performance are a job of their own; in the end nothing is left of it.
void judgeCancellations(Trial &trial)
{
    std::map<int, bool> wasDone; ///< By performance: somebody was told that it is.
    for (const Event &event : trial.history.events) {
        if (event.operation == Operation::Cancel)
            wasDone[event.performance] = wasDone[event.performance] || event.outcome == Outcome::Ok;
    }
    for (const auto &[index, isTold] : wasDone) {
        const FinalPerformance &performance = trial.final.performances[static_cast<size_t>(index)];
        const QString id = performance.id.text();
        if (isTold && !performance.isCancelled) {
            trial.accuse(Rule::LostAcknowledgement,
                         u"Performance %1 was cancelled, and is not in the database."_s.arg(id));
        }
        if (!isTold && performance.isCancelled && trial.cancelledAt(index) == never) {
            trial.accuse(Rule::RefusedTookEffect,
                         u"Performance %1 was not to be cancelled, and is in the database."_s.arg(id));
        }
        if (!performance.isCancelled || !trial.options.isSettled)
            continue;
        const auto orders =
            std::ranges::count_if(performance.orders, [](const auto &one) { return one.second.isConfirmed; });
        const auto holds = std::ranges::count_if(performance.holds, [](const auto &one) {
            return one.second.state == HoldState::Live || one.second.state == HoldState::Frozen;
        });
        if (orders > 0 || holds > 0 || !performance.soldPlaces.empty()) {
            trial.accuse(Rule::CancelledStands,
                         u"Performance %1 is cancelled, and has %2 orders that were not refunded, %3 sold seats and %4 "
                         "holds in the database."_s.arg(id)
                             .arg(orders)
                             .arg(performance.soldPlaces.size())
                             .arg(holds));
        }
    }
}

} // namespace parterre::check
