#include "payments/stripecardprovider.h"

#include "payments/stripewebhook.h"

#include <QJsonArray>
#include <QLoggingCategory>

namespace parterre::server {

using namespace Qt::StringLiterals;
using Kind = StripeReply::Kind;
using Step = StripeCardProvider::Step;

namespace {

Q_LOGGING_CATEGORY(logProvider, "parterre.stripe")

/// Stripe keeps keys for 24 hours at least. After that making an intent under its key would make a second one.
constexpr std::chrono::hours keyAgeMax{23};
/// Keys that are tried for one step: a new one is needed where Stripe has kept a 500 under the old one.
constexpr int keysOfStep = 3;
/// Each 500 uses one up for a day, and all who try go through them in the same order, so the refund happens once.
constexpr int keysOfRefund = 24;
constexpr int listPagesMax = 20;
constexpr std::chrono::hours listMargin{1}; // Between our clock and Stripe's.

QString idOf(const QJsonObject &object)
{
    return object.value(u"id"_s).toString();
}

ProviderAnswer answerFrom(const QJsonObject &intent)
{
    const QString status = intent.value(u"status"_s).toString();
    const QJsonObject fault = intent.value(u"last_payment_error"_s).toObject();
    ProviderAnswer answer{.reference = idOf(intent)};
    if (status == u"requires_payment_method" && !fault.isEmpty()) {
        answer.state = ProviderState::Declined;
        answer.reason = fault.value(u"message"_s).toString();
    } else if (status == u"requires_payment_method" || status == u"requires_confirmation") {
        answer.state = ProviderState::Unknown;
    } else if (status == u"requires_action") {
        answer.state = ProviderState::AsksHolder;
        answer.actionUrl =
            intent.value(u"next_action"_s).toObject().value(u"redirect_to_url"_s).toObject().value(u"url"_s).toString();
    } else if (status == u"requires_capture") {
        answer.state = ProviderState::Authorised;
    } else if (status == u"succeeded") {
        answer.state = ProviderState::Captured;
    } else if (status == u"canceled") {
        answer.state = ProviderState::Cancelled;
    } // Else `processing`, or a state that Stripe has invented since: only asking again tells.
    return answer;
}

/// What a refund of Stripe's has come to; one that is pending counts as done until we hear that it failed.
ProviderAnswer answerFromRefund(const QJsonObject &refund)
{
    const QString status = refund.value(u"status"_s).toString();
    if (!stripeRefundIsLost(status))
        return {.state = ProviderState::Refunded, .reference = idOf(refund)};
    return {.state = ProviderState::Declined,
            .reference = idOf(refund),
            .reason =
                u"The card did not take the refund: %1."_s.arg(refund.value(u"failure_reason"_s).toString(status))};
}

/// The intent that a reply is about, in its body or in its error; empty where it names none.
QJsonObject intentOf(const StripeReply &reply)
{
    return reply.kind == Kind::Done ? reply.body : reply.error().value(u"payment_intent"_s).toObject();
}

QString messageOf(const StripeReply &reply)
{
    return reply.error().value(u"message"_s).toString();
}

/// Stripe takes no payment of nothing, and a free ticket needs none.
ProviderAnswer nothingToPay()
{
    return {.state = ProviderState::Captured, .reference = u"nothing to pay"_s};
}

ProviderAnswer notAsked(const QString &intent = {})
{
    return {
        .state = ProviderState::NotAsked, .reference = intent, .reason = u"Card payments do not work at the moment."_s};
}

/// Whether the step is still to be done.
bool isAhead(Step step, ProviderState state)
{
    return state == ProviderState::Authorised ||
           (step == Step::Cancel && (state == ProviderState::Unknown || state == ProviderState::AsksHolder));
}

void logRefusal(const char *what, const StripeReply &reply)
{
    qCCritical(logProvider).noquote() << "Stripe refuses" << what << reply.status << messageOf(reply);
}

} // namespace

StripeCardProvider::StripeCardProvider(StripeClientConfig config, const Clock &clock, std::function<QString()> shopUrl)
    : m_client(std::move(config))
    , m_clock(clock)
    , m_shopUrl(std::move(shopUrl))
{}

StripeReply StripeCardProvider::create(const ProviderPayment &payment)
{
    return m_client.post(u"payment_intents"_s,
                         {{"amount", QString::number(payment.amount.minorUnits())},
                          {"currency", payment.amount.currency().code().toLower()},
                          {"capture_method", u"manual"_s},
                          {"payment_method_types[0]", u"card"_s},
                          {"metadata[payment]", payment.id.text()},
                          {"metadata[order]", payment.order.text()}},
                         payment.id.text() + u"-create"_s);
}

bool StripeCardProvider::isAtHand(const PaymentId &payment) const
{
    return m_atHand.has(payment, std::chrono::steady_clock::now());
}

ProviderAnswer StripeCardProvider::authorise(const ProviderPayment &payment, const QString &cardToken)
{
    if (payment.amount.isZero())
        return nothingToPay();
    m_atHand.add(payment.id, std::chrono::steady_clock::now());
    ProviderAnswer answer = makeAndConfirm(payment, cardToken);
    if (answer.state != ProviderState::Authorised)
        m_atHand.remove(payment.id);
    return answer;
}

ProviderAnswer StripeCardProvider::makeAndConfirm(const ProviderPayment &payment, const QString &cardToken)
{
    // Without an intent nothing can be charged, and nobody else confirms the one of this payment: whatever went wrong
    // here, the buyer may be told that nothing was charged.
    const StripeReply made = create(payment);
    if (made.kind == Kind::Refused && made.status != 409 && made.status != 429) {
        logRefusal("a payment:", made);
        return {.state = ProviderState::Declined, .reason = u"The card provider does not take this payment."_s};
    }
    if (made.kind != Kind::Done || idOf(made.body).isEmpty())
        return notAsked();
    return confirm(payment, idOf(made.body), cardToken);
}

ProviderAnswer StripeCardProvider::confirm(const ProviderPayment &payment, const QString &intent,
                                           const QString &cardToken)
{
    const StripeReply reply = m_client.post(
        u"payment_intents/%1/confirm"_s.arg(intent),
        {{"payment_method", cardToken}, {"return_url", u"%1/#/orders/%2"_s.arg(m_shopUrl(), payment.order.text())}},
        payment.id.text() + u"-confirm"_s);
    if (reply.kind == Kind::Done)
        return answerFrom(reply.body);
    if (reply.kind == Kind::NotSent || (reply.kind == Kind::Refused && reply.status == 429))
        return notAsked(intent);
    if (reply.status == 402)
        return {.state = ProviderState::Declined, .reference = intent, .reason = messageOf(reply)};
    if (reply.kind == Kind::Refused && reply.status != 409) {
        ProviderAnswer known = answerFrom(intentOf(reply));
        if (known.reference.isEmpty()) // It was not even tried: a card that Stripe does not know.
            known = {.state = ProviderState::Declined, .reference = intent, .reason = messageOf(reply)};
        return known;
    }
    // It may have happened, or may be happening still. Where it has not, cancelling sees to it that it never will: the
    // buyer hears that nothing was charged, instead of waiting for what we cannot know.
    const ProviderAnswer known = ask(intent);
    return known.state == ProviderState::Unknown ? take(Step::Cancel, payment, intent) : known;
}

ProviderAnswer StripeCardProvider::ask(const QString &intent)
{
    const StripeReply reply = m_client.get(u"payment_intents/"_s + intent);
    ProviderAnswer answer = reply.kind == Kind::Done ? answerFrom(reply.body) : ProviderAnswer{};
    answer.reference = intent;
    return answer;
}

ProviderAnswer StripeCardProvider::lookUp(const ProviderPayment &payment)
{
    if (payment.amount.isZero())
        return nothingToPay();
    if (!payment.reference.isEmpty())
        return ask(payment.reference);
    if (m_clock.now() - payment.madeAt > keyAgeMax)
        return findInList(payment);
    const StripeReply made = create(payment);
    if (made.kind == Kind::Done)
        return ask(idOf(made.body)); // What is kept under the key is the intent as it was when it was made.
    if (made.kind == Kind::Refused)
        logRefusal("to look up a payment:", made);
    // Where the key keeps an error, nobody was ever told of an intent, so none was confirmed. One that was made all the
    // same has no card. Looking for it would be going through all the payments of an hour.
    return made.kind == Kind::Failed && made.isOld ? ProviderAnswer{.state = ProviderState::Unknown} : ProviderAnswer{};
}

ProviderAnswer StripeCardProvider::findInList(const ProviderPayment &payment)
{
    const auto since = std::chrono::floor<Seconds>(payment.madeAt - listMargin).time_since_epoch().count();
    QString last;
    for (int page = 0; page < listPagesMax; ++page) {
        StripeClient::Form query{{"limit", u"100"_s}, {"created[gte]", QString::number(since)}};
        if (!last.isEmpty())
            query.emplace_back("starting_after", last);
        const StripeReply reply = m_client.get(u"payment_intents"_s, query);
        if (reply.kind != Kind::Done)
            return {};
        const QJsonArray intents = reply.body.value(u"data"_s).toArray();
        for (const QJsonValue &intent : intents) {
            if (intent[u"metadata"_s][u"payment"_s].toString() == payment.id.text())
                return answerFrom(intent.toObject());
        }
        if (!reply.body.value(u"has_more"_s).toBool() || intents.isEmpty())
            return {.state = ProviderState::Unknown};
        last = idOf(intents.last().toObject());
    }
    return {}; // Not seen in two thousand: a person has to look.
}

ProviderAnswer StripeCardProvider::take(Step step, const ProviderPayment &payment, const QString &intent)
{
    const QString verb = step == Step::Capture ? u"capture"_s : u"cancel"_s;
    const StripeClient::Form form =
        step == Step::Capture ? StripeClient::Form{} : StripeClient::Form{{"cancellation_reason", u"abandoned"_s}};
    for (int tried = 0; tried < keysOfStep; ++tried) {
        // The intent's own states see to it that the step happens once, so a key serves the repeats of one call only.
        const QString key = u"%1-%2-%3"_s.arg(payment.id.text(), verb, CommandId::create().text());
        const StripeReply reply = m_client.post(u"payment_intents/%1/%2"_s.arg(intent, verb), form, key);
        if (const QJsonObject known = intentOf(reply); !known.isEmpty())
            return answerFrom(known);
        if (reply.kind == Kind::NotSent)
            break;
        const ProviderAnswer now = ask(intent);
        if (!isAhead(step, now.state))
            return now;
        if (reply.kind != Kind::Failed)
            break; // It may be under way still.
    }
    return {.reference = intent};
}

ProviderAnswer StripeCardProvider::capture(const ProviderPayment &payment)
{
    if (!payment.reference.isEmpty()) {
        ProviderAnswer answer = take(Step::Capture, payment, payment.reference);
        if (answer.state != ProviderState::Captured)
            m_atHand.remove(payment.id);
        return answer;
    }
    const ProviderAnswer known = lookUp(payment);
    return known.state == ProviderState::Authorised ? take(Step::Capture, payment, known.reference) : known;
}

ProviderAnswer StripeCardProvider::cancel(const ProviderPayment &payment)
{
    const ProviderAnswer known = lookUp(payment);
    if (!isAhead(Step::Cancel, known.state))
        return known;
    if (known.reference.isEmpty()) // Its key is spent or too old, so no intent can be made for it any more.
        return {.state = ProviderState::Cancelled};
    return take(Step::Cancel, payment, known.reference);
}

ProviderAnswer StripeCardProvider::query(const ProviderPayment &payment)
{
    return lookUp(payment);
}

ProviderAnswer StripeCardProvider::refund(const ProviderPayment &payment, const QString &refund, const Money &amount)
{
    const ProviderAnswer known =
        payment.reference.isEmpty() ? lookUp(payment) : ProviderAnswer{.reference = payment.reference};
    if (known.reference.isEmpty())
        return known;
    // What was asked for before is found by our id for ever, while Stripe forgets its keys after a day.
    ProviderAnswer before = findRefund(known.reference, refund);
    if (before.state != ProviderState::Unknown)
        return before;
    int usedUp = 0; // Of the keys, by this call.
    for (int key = 1; key <= keysOfRefund; ++key) {
        const StripeReply reply = m_client.post(u"refunds"_s,
                                                {{"payment_intent", known.reference},
                                                 {"amount", QString::number(amount.minorUnits())},
                                                 {"metadata[refund]", refund},
                                                 {"metadata[payment]", payment.id.text()}},
                                                u"%1-refund-%2"_s.arg(refund).arg(key));
        if (reply.kind == Kind::Done)
            return answerFromRefund(reply.body);
        if (reply.kind == Kind::Refused && reply.status != 409 && reply.status != 429)
            return {.state = ProviderState::Declined, .reference = known.reference, .reason = messageOf(reply)};
        if (reply.kind == Kind::NotSent)
            return {.reference = known.reference};
        ProviderAnswer found = findRefund(known.reference, refund);
        if (found.state != ProviderState::Unknown)
            return found;
        if (reply.kind != Kind::Failed)
            return {.reference = known.reference}; // It may be under way still.
        usedUp += reply.isOld ? 0 : 1;
        if (usedUp == keysOfStep)
            return {.reference = known.reference}; // Stripe is not well: later again.
    }
    return {.reference = known.reference};
}

ProviderAnswer StripeCardProvider::findRefund(const QString &intent, const QString &refund)
{
    const StripeReply reply = m_client.get(u"refunds"_s, {{"payment_intent", intent}, {"limit", u"100"_s}});
    if (reply.kind != Kind::Done)
        return {.reference = intent};
    for (const QJsonValue &each : reply.body.value(u"data"_s).toArray()) {
        if (each[u"metadata"_s][u"refund"_s].toString() == refund)
            return answerFromRefund(each.toObject());
    }
    return {.state = ProviderState::Unknown};
}

} // namespace parterre::server
