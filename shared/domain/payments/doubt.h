#pragma once

#include "base/clock.h"
#include "domain/payments/payment.h"

#include <array>
#include <vector>

/// Payments whose end nobody but a person can say (docs/payments.md). An attempt in doubt keeps its places for as long
/// as its provider does not answer: the terminal is destroyed, took another amount, or the account is gone. A
/// supervisor who has looked at the receipt or at the bank's books decides then:
///
///     in_doubt    --the money came--> captured: the sale is confirmed as if the provider had said so
///                 --no money came-->  cancelled: the hold thaws, and money that comes after all goes back
///     a review    --seen to-->        closed: what the provider contradicts was looked at
///
/// After either of the first two the provider is asked on until it says something (a review as well), so that money
/// that is only reserved is taken, and a contradiction is told.
namespace parterre {

namespace limits {
/// What is known of one payment is a sentence or two, with a note of noteCharactersMax in it.
inline constexpr int knownCharactersMax = 2 * noteCharactersMax;
} // namespace limits

enum class PaymentDecision { MoneyCame, NoMoney, Closed };

template <>
struct EnumNames<PaymentDecision>
{
    static constexpr auto names = std::to_array<std::pair<PaymentDecision, const char *>>({
        {PaymentDecision::MoneyCame, "money_came"},
        {PaymentDecision::NoMoney, "no_money"},
        {PaymentDecision::Closed, "closed"},
    });
};

/// Who ends it, if nothing else comes.
enum class DoubtWaitsFor {
    Decision, ///< Somebody says whether the money came.
    Person,   ///< The provider contradicts what was sold; somebody looks at it.
    Provider, ///< It is asked on: what was decided has to be borne out, or money that came late goes back.
};

template <>
struct EnumNames<DoubtWaitsFor>
{
    static constexpr auto names = std::to_array<std::pair<DoubtWaitsFor, const char *>>({
        {DoubtWaitsFor::Decision, "decision"},
        {DoubtWaitsFor::Person, "person"},
        {DoubtWaitsFor::Provider, "provider"},
    });
};

/// What may be decided of a payment in this state; none where there is nothing to decide.
[[nodiscard]] std::vector<PaymentDecision> possibleDecisions(PaymentState state, bool isUnderReview);

struct ResolvePayment
{
    PaymentId payment;
    PaymentDecision decision = PaymentDecision::Closed;
    QString note; ///< What was seen and where, such as the number on the terminal's receipt.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("decision", decision);
        fields("note", note, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

/// What somebody has decided, and answers for.
struct DecisionView
{
    PaymentDecision decision = PaymentDecision::Closed;
    QString note;
    QString by; ///< The name of who it was.
    Instant at;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("decision", decision);
        fields("note", note, {.charactersMax = limits::noteCharactersMax});
        fields("by", by);
        fields("at", at);
    }
};

struct PaymentInDoubt
{
    PaymentId payment;
    OrderId order;
    QString orderNumber;
    QString eventTitle;
    Instant startsAt;
    QString timeZone; ///< Of the venue.
    std::vector<QString> places;
    QString buyer; ///< Empty for a walk-up.
    PaymentMethod method = PaymentMethod::Card;
    PaymentState state = PaymentState::InDoubt;
    DoubtWaitsFor waitsFor = DoubtWaitsFor::Decision;
    Money amount;
    QString terminal;  ///< Where the card was in one.
    QString reference; ///< The provider's own id, where it has told one.
    QString known;     ///< In words: what the provider said last, or what it contradicts.
    Instant since;
    std::optional<Instant> askedAt; ///< When the provider was asked last, of one in doubt.
    std::vector<PaymentDecision> possible;
    std::optional<DecisionView> decided; ///< The last decision, where there was one.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("order", order);
        fields("order_number", orderNumber);
        fields("event", eventTitle);
        fields("starts_at", startsAt);
        fields("time_zone", timeZone);
        fields("places", places, {.countMax = limits::orderLinesMax});
        fields.optional("buyer", buyer);
        fields("method", method);
        fields("state", state);
        fields("waits_for", waitsFor);
        fields("amount", amount);
        fields.optional("terminal", terminal);
        fields.optional("reference", reference);
        fields("known", known, {.charactersMax = limits::knownCharactersMax});
        fields("since", since);
        fields("asked_at", askedAt);
        fields("possible", possible, {.countMax = static_cast<int>(EnumNames<PaymentDecision>::names.size())});
        fields("decided", decided);
    }
};

} // namespace parterre
