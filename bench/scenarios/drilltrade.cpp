#include "scenarios/drilltrade.h"

#include <algorithm>
#include <array>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int cardsMax = 8;
constexpr int usesMax = 4; ///< By then there is nothing on it any more, mostly.
constexpr int voucherPercent = 40;
constexpr int byGiftCardPercent = 35;
constexpr int forTheNextPercent = 35; ///< Of those who come: for the performance after the one in front.
constexpr int samePerformancePercent = 50;
constexpr int amountMin = 2'000; ///< Less than any place costs, in minor units.
constexpr int amountMax = 24'000;

/// Of the cards that pay; the others are plain.
struct Special
{
    const char *token;
    int percent;
};
constexpr auto specialCards = std::to_array<Special>({
    {"pm_card_threeDSecure2Required", 12},             ///< Its holder has to confirm, and does mostly.
    {"pm_card_threeDSecureRequiredChargeDeclined", 3}, ///< And is declined all the same.
    {"pm_card_refundFail", 8},                         ///< Takes nothing back, which is known a second later.
    {"pm_card_pendingRefund", 4},
});

constexpr qint64 issueEvery = 400 * millisecond;
constexpr qint64 cancelEvery = 12 * second;

} // namespace

DrillTrade::DrillTrade(World &world)
    : m_world(world)
    , m_isCancelled(static_cast<size_t>(world.performanceCount()))
{}

void DrillTrade::start()
{
    tick();
}

void DrillTrade::tick()
{
    if (!m_isOpen)
        return;
    if (static_cast<int>(m_cards.size()) + m_issuing < cardsMax)
        issue();
    m_world.loop().at(Loop::now() + issueEvery, [this] { tick(); });
}

void DrillTrade::issue()
{
    check::Event event{.client = drillStaff + m_world.random().bounded(m_world.nodeCount()),
                       .intended = Loop::now(),
                       .giftCard = GiftCardId::create(),
                       .amount = m_world.random().bounded(amountMin, amountMax)};
    ++m_issuing;
    const GiftCardKind kind = isUnder(voucherPercent) ? GiftCardKind::Voucher : GiftCardKind::GiftCard;
    m_world.issueGiftCard(std::move(event), kind, [this](const check::Event &issued, const QString &code) {
        --m_issuing;
        if (issued.outcome == check::Outcome::Ok && !code.isEmpty())
            m_cards.push_back({.id = issued.giftCard, .code = code});
    });
}

int DrillTrade::next(int performance) const
{
    const int count = m_world.performanceCount();
    for (int later = performance + 1; later < count; ++later) {
        if (!m_isCancelled[static_cast<size_t>(later)])
            return later;
    }
    return performance;
}

void DrillTrade::turnPage()
{
    m_front = next(m_front);
}

int DrillTrade::performanceToBuy()
{
    return isUnder(forTheNextPercent) ? next(m_front) : m_front;
}

/// The one after the one in front, which has sold a few by then. The screens look at the first.
void DrillTrade::cancelOne()
{
    const int performance = next(m_front);
    const bool isEnough = next(performance) != performance;
    if (!m_isOpen || !isEnough || (m_cancelledAt > 0 && Loop::now() - m_cancelledAt < cancelEvery))
        return;
    m_cancelledAt = Loop::now();
    // While it is being cancelled people still come for it, and those who do are turned away or lose their places.
    m_world.cancel({.client = drillStaff, .intended = Loop::now(), .performance = performance},
                   [this, performance](const check::Event &) {
                       m_isCancelled[static_cast<size_t>(performance)] = true;
                       if (m_front == performance)
                           turnPage();
                   });
}

DrillTrade::Paying DrillTrade::paying(bool isDeclined)
{
    Paying paying;
    if (isDeclined) {
        paying.tender.card = "pm_card_visa_chargeDeclined";
    } else {
        int chance = m_world.random().bounded(100);
        for (const Special &special : specialCards) {
            if (chance >= 0 && chance < special.percent)
                paying.tender.card = special.token;
            chance -= special.percent;
        }
    }
    if (m_cards.empty() || !isUnder(byGiftCardPercent))
        return paying;
    const auto chosen = static_cast<size_t>(m_world.random().bounded(static_cast<int>(m_cards.size())));
    Card &card = m_cards[chosen];
    paying.tender.giftCardCode = card.code;
    paying.giftCard = card.id;
    if (++card.uses == usesMax)
        m_cards.erase(m_cards.begin() + static_cast<std::ptrdiff_t>(chosen));
    return paying;
}

/// One that has nothing left is thrown away.
void DrillTrade::hasPaid(const check::Event &event)
{
    if (!event.giftCard.isNull() && event.code == u"amount_mismatch"_s)
        std::erase_if(m_cards, [&](const Card &card) { return card.id == event.giftCard; });
}

void DrillTrade::giveBack(const check::Event &hold)
{
    m_world.release(
        {.client = hold.client, .intended = Loop::now(), .performance = hold.performance, .hold = hold.hold}, {});
}

void DrillTrade::exchange(const check::Event &order, std::function<void(const check::Event &)> done)
{
    if (!m_isOpen)
        return;
    const int performance = isUnder(samePerformancePercent) ? order.performance : performanceToBuy();
    const int size = m_world.random().bounded(1, 4);
    check::Event take{
        .client = order.client, .intended = Loop::now(), .performance = performance, .hold = HoldId::create()};
    const int first = m_world.random().bounded(m_world.hall(performance).seats - size);
    for (int i = 0; i < size; ++i)
        take.seats.push_back(first + i); // Dearer or cheaper, wherever that is.
    m_world.take(std::move(take), [this, order, done = std::move(done)](const check::Event &held) {
        if (held.outcome == check::Outcome::Ok)
            orderAndExchange(held, order, done);
    });
}

void DrillTrade::orderAndExchange(const check::Event &held, const check::Event &from,
                                  const std::function<void(const check::Event &)> &done)
{
    check::Event wanted{.client = held.client,
                        .intended = Loop::now(),
                        .performance = held.performance,
                        .hold = held.hold,
                        .order = OrderId::create(),
                        .seats = held.seats};
    m_world.order(wanted, [this, wanted, from, done](const check::Event &ordered) {
        if (ordered.outcome != check::Outcome::Ok)
            return;
        const Paying by = paying(isUnder(10));
        check::Event exchange = wanted;
        exchange.intended = Loop::now();
        exchange.giftCard = by.giftCard;
        const check::Event old{
            .client = from.client, .performance = from.performance, .hold = from.hold, .order = from.order};
        m_world.exchange(
            exchange, old,
            [this, wanted, done](const check::Event &exchanged) {
                hasPaid(exchanged);
                if (exchanged.outcome != check::Outcome::Ok)
                    return giveBack(wanted);
                if (done)
                    done(wanted);
            },
            by.tender);
    });
}

void DrillTrade::replaceTicket(const check::Event &order)
{
    if (!m_isOpen)
        return;
    m_world.ticketsOf(order.client, order.order, [this, order](const std::vector<TicketId> &tickets) {
        if (tickets.empty())
            return;
        check::Event event{.client = order.client,
                           .intended = Loop::now(),
                           .performance = order.performance,
                           .hold = order.hold,
                           .order = order.order,
                           .ticket = tickets.front()};
        if (isUnder(60))
            event.holder = u"Sebastian %1"_s.arg(++m_names);
        m_world.replaceTicket(std::move(event), {});
    });
}

} // namespace parterre::bench
