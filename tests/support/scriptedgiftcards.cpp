#include "support/scriptedhouse.h"

#include <algorithm>
#include <utility>

/// The gift cards of the box office in memory: their codes are good ones, and pay what is on them.
namespace parterre::tests {

using namespace Qt::StringLiterals;

namespace {

/// Fifteen characters that say which card it is, and the one that checks them.
QString goodCode(size_t number)
{
    return giftCardCode(u"giftcards"_s.replace(u'i', u'y').leftJustified(14, u'a') + QChar(u"abcdefghjk"[number % 10]));
}

} // namespace

QString ScriptedHouse::addGiftCard(qint64 minorUnits)
{
    const QString code = goodCode(giftCardsSold.size());
    const Currency currency = detail.prices.front().amount.currency();
    giftCardsSold.emplace_back(code, GiftCardView{.id = GiftCardId::create(),
                                                  .kind = GiftCardKind::GiftCard,
                                                  .state = GiftCardState::Active,
                                                  .lastFour = lastCharactersOf(code),
                                                  .amount = Money(minorUnits, currency),
                                                  .balance = Money(minorUnits, currency),
                                                  .reserved = Money(0, currency),
                                                  .expiresAt = SystemClock().now() + std::chrono::days(365),
                                                  .issuedAt = SystemClock().now(),
                                                  .issuedBy = user.displayName,
                                                  .reason = {},
                                                  .blockReason = {}});
    GiftCardView &card = giftCardsSold.back().second;
    card.movements.push_back({.kind = GiftCardMove::Issued,
                              .amount = card.amount,
                              .reserved = card.reserved,
                              .orderNumber = {},
                              .at = card.issuedAt});
    return code;
}

GiftCardView *ScriptedHouse::giftCard(const GiftCardId &card)
{
    const auto found = std::ranges::find(giftCardsSold, card, [](const auto &sold) { return sold.second.id; });
    return found == giftCardsSold.end() ? nullptr : &found->second;
}

Result<OrderView> ScriptedHouse::pay(const PayInParts &command)
{
    partPayments.push_back(command);
    const auto order = std::ranges::find(m_orders, command.order, &OrderView::id);
    PT_CHECK(holdView(order->hold));
    PT_TRY(const PaymentMethod lead, takeTender(*order, order->total, command));
    sell(*order, command.payment, lead);
    return *order;
}

Result<PaymentMethod> ScriptedHouse::takeTender(OrderView &order, const Money &due, const PayInParts &command)
{
    std::vector<GiftCardView *> cards;
    std::vector<GiftCardFacts> facts;
    for (const GiftCardTender &tender : command.giftCards) {
        const auto sold = std::ranges::find(giftCardsSold, tender.code, &std::pair<QString, GiftCardView>::first);
        if (sold == giftCardsSold.end())
            return refuse(ErrorCode::NotFound, u"No gift card has this code."_s, u"/gift_cards/0/code"_s);
        const GiftCardView &card = sold->second;
        cards.push_back(&sold->second);
        facts.push_back({card.state, card.lastFour, card.balance, card.reserved, card.expiresAt});
    }
    PT_TRY(const TenderPlan plan, decideTender(due, facts, command, SystemClock().now(), detail.cashStep));
    for (size_t i = 0; i < cards.size(); ++i) {
        cards[i]->balance -= plan.giftCards[i];
        order.tenders.push_back({PaymentMethod::GiftCard, plan.giftCards[i], cards[i]->lastFour});
    }
    if (plan.lead != PaymentMethod::GiftCard)
        order.tenders.push_back({plan.lead, plan.rest, {}});
    if (!plan.cash.isZero())
        order.tenders.push_back({PaymentMethod::Cash, plan.cash, {}});
    if (order.tenders.size() == 1 && plan.lead != PaymentMethod::GiftCard)
        order.tenders.clear(); // One way, and no gift card: the order says it by itself.
    order.tendered = plan.tendered;
    order.change = plan.change;
    return plan.lead;
}

void ScriptedHouse::Sales::payInParts(const PayInParts &command, ui::Reply<OrderView> reply)
{
    m_house.answer<OrderView>(reply, [&] { return m_house.pay(command); });
}

void ScriptedHouse::Sales::findGiftCards(const QString &code, ui::Reply<std::vector<GiftCardView>> reply)
{
    m_house.giftCards().find(code, std::move(reply));
}

void ScriptedHouse::GiftCards::issue(const IssueGiftCard &command, ui::Reply<IssuedGiftCard> reply)
{
    m_house.answer<IssuedGiftCard>(reply, [&]() -> Result<IssuedGiftCard> {
        m_house.issues.push_back(command);
        const QString code = m_house.addGiftCard(command.amount.minorUnits());
        GiftCardView &card = m_house.giftCardsSold.back().second;
        card.id = command.card;
        card.kind = command.kind;
        card.reason = command.reason;
        return IssuedGiftCard{.card = card,
                              .code = giftCardCodeText(code),
                              .change = command.tendered ? *command.tendered - command.amount : card.reserved};
    });
}

void ScriptedHouse::GiftCards::stop(const PaymentId &payment, ui::Reply<void> reply)
{
    m_house.stopped.push_back(payment);
    m_house.later([reply] { reply({}); });
}

void ScriptedHouse::GiftCards::renewCode(const GiftCardId &id, ui::Reply<IssuedGiftCard> reply)
{
    m_house.answer<IssuedGiftCard>(reply, [&]() -> Result<IssuedGiftCard> {
        const GiftCardView &card = *m_house.giftCard(id);
        return IssuedGiftCard{.card = card, .code = u"K7PM-3XQT-9BCD-EFGH"_s, .change = card.reserved};
    });
}

void ScriptedHouse::GiftCards::block(const BlockGiftCard &command, ui::Reply<GiftCardView> reply)
{
    m_house.answer<GiftCardView>(reply, [&]() -> Result<GiftCardView> {
        m_house.blocks.push_back(command);
        GiftCardView &card = *m_house.giftCard(command.card);
        PT_TRY(card.state, decideBlock(card.state, command.isBlocked));
        card.blockReason = command.isBlocked ? command.reason : QString();
        return card;
    });
}

void ScriptedHouse::GiftCards::fetch(const GiftCardId &id, ui::Reply<GiftCardView> reply)
{
    m_house.later([reply, card = *m_house.giftCard(id)] { reply(card); });
}

void ScriptedHouse::GiftCards::find(const QString &text, ui::Reply<std::vector<GiftCardView>> reply)
{
    m_house.answer<std::vector<GiftCardView>>(reply, [&]() -> Result<std::vector<GiftCardView>> {
        const QString code = readGiftCardCode(text).value_or(QString());
        std::vector<GiftCardView> found;
        for (const auto &[known, card] : m_house.giftCardsSold) {
            if (text.isEmpty() || known == code || card.lastFour == text.toUpper())
                found.insert(found.begin(), card);
        }
        return found;
    });
}

} // namespace parterre::tests
