#include "support/scriptedhouse.h"

#include <algorithm>

namespace parterre::tests {

using namespace Qt::StringLiterals;

/// One promotion is known here: SUMMER takes ten per cent off every ticket. `malvolio` signs with `yellow stockings`.
Result<OrderQuote> ScriptedHouse::quote(const AskQuote &question)
{
    quotes.push_back(question);
    PT_TRY(std::vector<OrderLine> lines,
           priceLines(question.lines, m_holds.value(question.hold.text()), detail, SalesChannel::Desk));
    OrderQuote quote;
    if (question.promotion) {
        const Promotion summer{.code = u"SUMMER"_s, .name = u"Summer treat"_s, .rateBasisPoints = 1'000};
        if (*question.promotion != summer.code) {
            return refuse(ErrorCode::InvalidInput,
                          u"There is no code %1. Check it, or go on without."_s.arg(*question.promotion),
                          u"/promotion"_s);
        }
        PT_CHECK(applyPromotion(lines, summer));
        quote.promotion = summer.name;
    }
    const Currency currency = *Currency::fromCode(detail.summary.currency);
    const std::vector<Charge> charges = chargeLines(lines, detail, SalesChannel::Desk);
    quote.total = totalOf(charges, currency);
    quote.fee = quote.total;
    for (const OrderLine &line : lines)
        quote.fee -= line.total;
    quote.fees = feeSums(charges);
    quote.taxes = taxSums(charges);
    quote.discount = Money(0, currency);
    for (const OrderLine &line : lines)
        quote.discount += line.discount;
    quote.lines = std::move(lines);
    return quote;
}

void ScriptedHouse::Sales::askQuote(const AskQuote &question, ui::Reply<OrderQuote> reply)
{
    m_house.answer<OrderQuote>(reply, [&] { return m_house.quote(question); });
}

void ScriptedHouse::Sales::fetchReceipt(const OrderId &order, ui::Reply<ui::TicketDocument> reply)
{
    fetchTickets(order, std::move(reply));
}

void ScriptedHouse::Sales::fetchCreditNote(const RefundId &refund, ui::Reply<ui::TicketDocument> reply)
{
    m_house.creditNotesAsked.push_back(refund);
    fetchTickets(m_house.m_orders.front().id, std::move(reply));
}

void ScriptedHouse::Sales::approve(const Approve &command, ui::Reply<Approval> reply)
{
    m_house.answer<Approval>(reply, [&]() -> Result<Approval> {
        if (command.user != u"malvolio" || command.password != u"yellow stockings")
            return refuse(ErrorCode::Unauthenticated,
                          u"User name and password do not match. Check both and try again."_s);
        return Approval{.token = u"a-signature"_s, .approvedBy = u"Malvolio"_s, .secondsLeft = 600};
    });
}

void ScriptedHouse::Sales::listOverrides(const std::optional<PerformanceId> &performance,
                                         ui::Reply<std::vector<OverrideRecord>> reply)
{
    m_house.overridesAsked.push_back(performance);
    m_house.answer<std::vector<OverrideRecord>>(reply, [&] { return m_house.overrides; });
}

} // namespace parterre::tests
