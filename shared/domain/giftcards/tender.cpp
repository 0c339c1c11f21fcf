#include "domain/giftcards/tender.h"

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> isLeft(const Money &due, const QString &message, const QString &field)
{
    return refuse(Error{.code = ErrorCode::AmountMismatch,
                        .message = message,
                        .field = field,
                        .details = {{u"due"_s, JsonWriter::toValue(due)}}});
}

Status checkCashPart(const Money &cash, const Money &due)
{
    if (cash.currency() != due.currency())
        return refuse(ErrorCode::AmountMismatch,
                      u"The order is in %1, the cash in %2."_s.arg(due.currency().code(), cash.currency().code()),
                      u"/cash/currency"_s);
    if (cash >= due)
        return isLeft(due, u"%1 is left to pay, so the cash pays all of it. Take no card."_s.arg(due.plainText()),
                      u"/cash/amount"_s);
    return {};
}

/// Cash and cards for what the gift cards leave.
Result<TenderPlan> decideRest(TenderPlan plan, const Money &due, const PayInParts &command, int cashStep)
{
    if (command.terminal || command.cardToken) {
        if (command.cash) {
            PT_CHECK(checkCashPart(*command.cash, due));
            plan.cash = *command.cash;
            plan.tendered = *command.cash;
        }
        plan.lead = command.terminal ? PaymentMethod::Terminal : PaymentMethod::Card;
        plan.rest = due - plan.cash;
        return plan;
    }
    if (!command.cash)
        return isLeft(due, u"%1 is left to pay. Say with what."_s.arg(due.plainText()),
                      command.giftCards.empty() ? u"/cash"_s : u"/gift_cards"_s);
    plan.lead = PaymentMethod::Cash;
    plan.rest = due;
    plan.rounding = cashRounding(due, cashStep);
    plan.tendered = *command.cash;
    auto change = cashChange(due + plan.rounding, *command.cash);
    if (!change) {
        Error error = change.error();
        error.field.replace(u"/tendered"_s, u"/cash"_s);
        return refuse(std::move(error));
    }
    plan.change = *change;
    return plan;
}

} // namespace

Result<TenderPlan> decideTender(const Money &total, const std::vector<GiftCardFacts> &cards, const PayInParts &command,
                                Instant now, int cashStep)
{
    const Money none(0, total.currency());
    TenderPlan plan{.giftCards = {}, .cash = none, .rest = none, .rounding = none, .tendered = none, .change = none};
    if (command.terminal && command.cardToken)
        return refuse(ErrorCode::InvalidInput, u"One card pays the rest: name a terminal or a card, not both."_s,
                      u"/card_token"_s);
    Money due = total;
    for (size_t i = 0; i < cards.size(); ++i) {
        const QString field = u"/gift_cards/%1"_s.arg(i);
        if (due.isZero())
            return refuse(ErrorCode::InvalidInput, u"Nothing is left for this gift card to pay. Leave it out."_s,
                          field);
        PT_TRY(const Money share, decideReserve(cards[i], due, command.giftCards[i].amount, now, field));
        plan.giftCards.push_back(share);
        due -= share;
    }
    if (due.isZero()) {
        plan.lead = plan.giftCards.empty() ? PaymentMethod::Cash : PaymentMethod::GiftCard;
        return plan;
    }
    return decideRest(std::move(plan), due, command, cashStep);
}

} // namespace parterre
