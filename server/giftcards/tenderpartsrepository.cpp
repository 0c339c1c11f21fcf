#include "giftcards/tenderparts.h"

#include "base/assert.h"
#include "checkout/orderpricing.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"

#include <algorithm>
#include <map>

namespace parterre::server::tenderparts {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> unknownCode(const QString &field)
{
    return refuse(ErrorCode::NotFound, u"No gift card has this code. Check it and type it again."_s, field);
}

/// A row of `payment_attempt` that belongs to a gift card, or is a part of another; null where it is not.
struct PartOf
{
    PaymentId lead{};
    GiftCardId card{};
};

void insert(Transaction &transaction, const PaymentRow &payment, const PartOf &part)
{
    const auto lead = part.lead.isNull() ? std::nullopt : std::optional(part.lead);
    const auto card = part.card.isNull() ? std::nullopt : std::optional(part.card);
    transaction.execute("insert into payment_attempt (id, order_id, method, state, currency, amount, tendered, "
                        "change_given, card_token, deadline, created_at, updated_at, part_of, gift_card_id, "
                        "rounding, provider) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, "
                        "$15)",
                        payment.id, payment.order, enumName(payment.method), enumName(payment.state),
                        payment.amount.currency().code(), payment.amount.minorUnits(), payment.tendered.minorUnits(),
                        payment.change.minorUnits(), payment.cardToken, payment.deadline, payment.createdAt, lead, card,
                        payment.rounding.minorUnits(), payment.provider);
}

void move(Transaction &transaction, const GiftCardId &card, const PaymentId &payment, GiftCardMove kind,
          const Money &amount, Instant now)
{
    const qint64 units = amount.minorUnits();
    const qint64 balance = kind == GiftCardMove::Redeemed ? -units : 0;
    const qint64 reserved = kind == GiftCardMove::Reserved ? units : -units;
    transaction.execute("insert into gift_card_movement (id, card_id, kind, amount, reserved, payment_id, created_at) "
                        "values ($1, $2, $3, $4, $5, $6, $7)",
                        RepaymentId::create(), card, enumName(kind), balance, reserved, payment, now);
}

struct Part
{
    PaymentId payment;
    GiftCardId card; ///< Null for cash.
    Money amount;
};

/// The parts of a payment and, where a gift card leads, that one; by card, since each has its lock.
std::vector<Part> partsOf(Transaction &transaction, const PaymentRow &lead)
{
    std::vector<Part> parts;
    for (const auto &row :
         transaction.query("select id, gift_card_id, amount from payment_attempt where part_of = $1 or "
                           "(id = $1 and gift_card_id is not null) order by gift_card_id, id",
                           lead.id)) {
        parts.push_back({.payment = id<PaymentId>(row["id"]),
                         .card = id<GiftCardId>(row["gift_card_id"]),
                         .amount = Money(number(row["amount"]), lead.amount.currency())});
    }
    return parts;
}

void end(Transaction &transaction, const PaymentRow &lead, GiftCardMove kind, PaymentState state, Instant now)
{
    for (const Part &part : partsOf(transaction, lead)) {
        if (!part.card.isNull())
            move(transaction, part.card, part.payment, kind, part.amount, now);
    }
    transaction.execute("update payment_attempt set state = $2, updated_at = $3 where part_of = $1", lead.id,
                        enumName(state), now);
}

/// A card that pays all of an order, as most do, costs no statement here.
bool mayHaveParts(const salesteps::LockedSale &sale, const PaymentRow &lead)
{
    return lead.method == PaymentMethod::GiftCard || lead.amount != sale.order.total;
}

} // namespace

Result<std::vector<GiftCardId>> cardsBehind(Transaction &transaction, const std::vector<GiftCardTender> &tenders)
{
    std::vector<GiftCardId> ids;
    for (size_t i = 0; i < tenders.size(); ++i) {
        const QString field = u"/gift_cards/%1/code"_s.arg(i);
        PT_TRY(const QString code, readGiftCardCode(tenders[i].code, field));
        const auto card = giftcards::findByCode(transaction, code);
        if (!card)
            return unknownCode(field);
        if (std::ranges::find(ids, card->id) != ids.end())
            return refuse(ErrorCode::InvalidInput, u"This gift card is named twice."_s, field);
        ids.push_back(card->id);
    }
    return ids;
}

Result<Tender> plan(Transaction &transaction, const OrderRow &order, const Money &total, const PayInParts &command)
{
    PT_TRY(const std::vector<GiftCardId> ids, cardsBehind(transaction, command.giftCards));
    std::vector<GiftCardId> sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    std::map<GiftCardId, GiftCardRow> locked;
    for (const GiftCardId &id : sorted)
        locked.emplace(id, *giftcards::lock(transaction, id));
    (void)faultPoint("gift_card_read");
    Tender tender;
    std::vector<GiftCardFacts> facts;
    for (size_t i = 0; i < ids.size(); ++i) {
        const GiftCardRow &card = locked.at(ids[i]);
        // Again, since whoever renewed the code had the lock.
        if (!giftcards::hasCode(transaction, card.id, *readGiftCardCode(command.giftCards[i].code)))
            return unknownCode(u"/gift_cards/%1/code"_s.arg(i));
        tender.cards.push_back(card);
        facts.push_back(card.facts());
    }
    PT_TRY(tender.plan,
           decideTender(total, facts, command, transaction.now(), orderpricing::cashStep(transaction, order.id)));
    return tender;
}

void begin(Transaction &transaction, PaymentRow &lead, const Tender &tender)
{
    const TenderPlan &plan = tender.plan;
    const bool cardLeads = plan.lead == PaymentMethod::GiftCard;
    lead.method = plan.lead;
    if (cardLeads || plan.lead == PaymentMethod::Cash)
        lead.provider.clear(); // Nobody has to be asked.
    lead.amount = cardLeads ? plan.giftCards.front() : plan.rest;
    if (plan.lead == PaymentMethod::Cash) {
        lead.tendered = plan.tendered;
        lead.change = plan.change;
        lead.rounding = plan.rounding;
    }
    insert(transaction, lead, {.lead = {}, .card = cardLeads ? tender.cards.front().id : GiftCardId()});
    PaymentRow part = lead;
    part.state = PaymentState::Authorised;
    part.cardToken.clear();
    part.provider.clear();
    part.tendered = part.change = part.rounding = Money(0, lead.amount.currency());
    for (size_t i = 0; i < plan.giftCards.size(); ++i) {
        const bool leads = cardLeads && i == 0;
        part.id = leads ? lead.id : PaymentId::create();
        part.method = PaymentMethod::GiftCard;
        part.amount = plan.giftCards[i];
        if (!leads)
            insert(transaction, part, {.lead = lead.id, .card = tender.cards[i].id});
        move(transaction, tender.cards[i].id, part.id, GiftCardMove::Reserved, part.amount, lead.createdAt);
    }
    if (plan.cash.isZero())
        return;
    part.id = PaymentId::create();
    part.method = PaymentMethod::Cash;
    part.amount = part.tendered = plan.cash;
    insert(transaction, part, {.lead = lead.id, .card = {}});
}

void capture(Transaction &transaction, const salesteps::LockedSale &sale, const PaymentRow &lead, Instant now)
{
    if (mayHaveParts(sale, lead))
        end(transaction, lead, GiftCardMove::Redeemed, PaymentState::Captured, now);
}

void release(Transaction &transaction, const salesteps::LockedSale &sale, const PaymentRow &lead, Instant now)
{
    if (mayHaveParts(sale, lead))
        end(transaction, lead, GiftCardMove::Released, PaymentState::Cancelled, now);
}

} // namespace parterre::server::tenderparts
