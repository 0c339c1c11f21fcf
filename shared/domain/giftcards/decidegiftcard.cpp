#include "domain/giftcards/decidegiftcard.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

QString nameOf(const GiftCardFacts &card)
{
    return u"The card that ends in %1"_s.arg(card.lastFour);
}

Status checkGood(const GiftCardFacts &card, const Money &due, Instant now, const QString &field)
{
    switch (card.state) {
    case GiftCardState::Unpaid:
    case GiftCardState::Void:
        return refuse(ErrorCode::WrongState, nameOf(card) + u" was not paid for, so nothing can be paid with it."_s,
                      field);
    case GiftCardState::Blocked:
        return refuse(ErrorCode::WrongState, nameOf(card) + u" is blocked. The box office knows why."_s, field);
    case GiftCardState::Active:
        break;
    }
    if (card.expiresAt <= now)
        return refuse(ErrorCode::WrongState,
                      nameOf(card) + u" expired on %1."_s.arg(instantToText(card.expiresAt).left(10)), field);
    if (card.balance.currency() != due.currency()) {
        return refuse(ErrorCode::AmountMismatch,
                      nameOf(card) +
                          u" is in %1, the order in %2."_s.arg(card.balance.currency().code(), due.currency().code()),
                      field);
    }
    return {};
}

} // namespace

GiftCardActor giftCardActor(const QString &principal, Role role)
{
    return {.principal = principal, .isSupervisor = may(role, Permission::ManageGiftCards)};
}

Status checkIssue(const IssueGiftCard &command, const GiftCardActor &actor)
{
    if (command.kind == GiftCardKind::Voucher) {
        if (!actor.isSupervisor)
            return refuse(ErrorCode::Forbidden, u"A supervisor gives vouchers. Ask one to sign in."_s);
        if (command.reason.trimmed().isEmpty())
            return refuse(ErrorCode::InvalidInput, u"Say why the voucher is given."_s, u"/reason"_s);
        if (command.tendered || command.terminal)
            return refuse(ErrorCode::InvalidInput, u"A voucher is given for nothing; sell a gift card instead."_s,
                          command.tendered ? u"/tendered"_s : u"/terminal"_s);
        return {};
    }
    if (command.tendered.has_value() == command.terminal.has_value())
        return refuse(ErrorCode::InvalidInput,
                      u"A gift card is paid in cash or at a card terminal: name one of them."_s, u"/tendered"_s);
    return {};
}

Money availableOf(const GiftCardFacts &card, Instant now)
{
    if (card.state != GiftCardState::Active || card.expiresAt <= now)
        return Money(0, card.balance.currency());
    return card.balance - card.reserved;
}

Result<Money> decideReserve(const GiftCardFacts &card, const Money &due, const std::optional<Money> &wanted,
                            Instant now, const QString &field)
{
    PT_CHECK(checkGood(card, due, now, field));
    const Money available = availableOf(card, now);
    if (wanted && wanted->currency() != due.currency())
        return refuse(ErrorCode::AmountMismatch, u"The order is in %1."_s.arg(due.currency().code()),
                      field + u"/amount/currency"_s);
    if (available.isZero() || (wanted && *wanted > available)) {
        return refuse(Error{.code = ErrorCode::AmountMismatch,
                            .message = nameOf(card) + u" has %1 left."_s.arg(available.plainText()),
                            .field = field,
                            .details = {{u"available"_s, JsonWriter::toValue(available)}}});
    }
    if (wanted && *wanted > due) {
        return refuse(
            Error{.code = ErrorCode::AmountMismatch,
                  .message = u"%1 is left to pay, which is less than the gift card was to pay."_s.arg(due.plainText()),
                  .field = field + u"/amount"_s,
                  .details = {{u"due"_s, JsonWriter::toValue(due)}}});
    }
    return wanted.value_or(std::min(available, due));
}

Result<GiftCardState> decideBlock(GiftCardState from, bool isBlocked)
{
    if (from == GiftCardState::Unpaid || from == GiftCardState::Void)
        return refuse(ErrorCode::WrongState, u"This card was not paid for, so nothing can be paid with it anyhow."_s);
    return isBlocked ? GiftCardState::Blocked : GiftCardState::Active;
}

Instant expiryAfterRefund(Instant expiresAt, Instant now)
{
    return std::max(expiresAt, now + std::chrono::days(giftCardDaysAfterRefund));
}

} // namespace parterre
