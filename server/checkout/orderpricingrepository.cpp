#include "checkout/orderpricing.h"

#include "base/assert.h"
#include "checkout/checkoutservice.h"
#include "checkout/promotions.h"
#include "db/database.h"
#include "db/transaction.h"
#include "holds/holdsteps.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace orderpricing {

namespace {

/// Numbers and notes that only the layout knows.
void completeLines(std::vector<OrderLine> &lines, const LayoutIndex &layout)
{
    for (OrderLine &line : lines) {
        const auto number = line.isArea ? layout.areaNumber(line.place) : layout.seatNumber(line.place);
        PT_ASSERT(number.has_value(), "what is held is in the layout");
        line.placeNumber = *number;
        if (line.isArea)
            continue;
        const LayoutSeat &seat = layout.seat(*number);
        line.note = seat.note.isEmpty() && seat.restrictedView ? u"Restricted view"_s : seat.note;
    }
}

} // namespace

Result<Priced> price(Transaction &transaction, const Question &question)
{
    const SaleParty &party = question.party;
    const PerformanceFacts &facts = question.facts;
    const auto currency = Currency::fromCode(facts.detail.summary.currency);
    PT_ASSERT(currency.has_value(), "a currency was checked before it was stored");
    Priced priced;
    PT_TRY(priced.lines, priceLines(question.lines, question.held, facts.detail, party.channel));
    completeLines(priced.lines, *facts.layout);
    if (question.promotion) {
        PT_TRY(const auto found,
               promotions::find(transaction, facts.detail.summary.id, *question.promotion, transaction.now()));
        PT_CHECK(applyPromotion(priced.lines, found.promotion));
        PT_CHECK(promotions::checkUses(transaction, found, question.customer, party.owner));
        priced.promotion = found.id;
        priced.promotionName = found.promotion.name;
    }
    priced.charges = chargeLines(priced.lines, facts.detail, party.channel);
    priced.fee = priced.total = priced.discount = Money(0, *currency);
    for (const OrderLine &line : priced.lines)
        priced.discount += line.discount;
    for (const Charge &charge : priced.charges) {
        priced.total += charge.total();
        if (charge.line == 0)
            priced.fee += charge.total();
    }
    return priced;
}

OrderRow orderOf(const CreateOrder &command, const SaleParty &party, const HoldRow &hold, Priced priced, Instant now)
{
    return {.id = command.order,
            .number = {},
            .performance = hold.performance,
            .hold = hold.id,
            .owner = party.owner,
            .channel = party.channel,
            .state = OrderState::Open,
            .total = priced.total,
            .buyer = command.buyer,
            .createdAt = now,
            .lines = std::move(priced.lines),
            .charges = std::move(priced.charges),
            .fee = priced.fee,
            .promotion = priced.promotion};
}

int cashStep(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query("select v.cash_step from sale_order o join performance p on "
                                        "p.id = o.performance_id join event e on e.id = p.event_id "
                                        "join venue v on v.id = e.venue_id where o.id = $1",
                                        order);
    return smallNumber(rows[0]["cash_step"]);
}

Money cashRounding(Transaction &transaction, const OrderId &order, const Money &amount)
{
    return parterre::cashRounding(amount, cashStep(transaction, order));
}

} // namespace orderpricing

Result<OrderQuote> CheckoutService::quote(const SaleParty &party, const AskQuote &question)
{
    PT_TRY(const holdsteps::KnownHold known, holdsteps::known(m_database, m_lookup, question.hold));
    return m_database.transact([&](Transaction &transaction) -> Result<OrderQuote> {
        PT_TRY(const HoldRow hold, holdsteps::lockOwn(transaction, party, question.hold));
        const HoldView held = viewOf(holdsteps::snapshot(transaction, hold), known.performance);
        PT_TRY(auto priced, orderpricing::price(transaction, {.party = party,
                                                              .facts = known.performance,
                                                              .held = held.places,
                                                              .lines = question.lines,
                                                              .promotion = question.promotion,
                                                              .customer = party.owner}));
        return OrderQuote{.total = priced.total,
                          .lines = std::move(priced.lines),
                          .fee = priced.fee,
                          .fees = feeSums(priced.charges),
                          .taxes = taxSums(priced.charges),
                          .discount = priced.discount,
                          .promotion = priced.promotionName};
    });
}

} // namespace parterre::server
