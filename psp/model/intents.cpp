#include "model/intents.h"

#include "model/limits.h"
#include "model/rendering.h"

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

using Conduct = TestCard::Conduct;

/// Nothing changes but the named entries; an empty value takes one away.
void mergeMetadata(Metadata &metadata, const Metadata &changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        if (it.value().isEmpty())
            metadata.remove(it.key());
        else
            metadata.insert(it.key(), it.value());
    }
}

bool isCurrency(const QString &code)
{
    return code.size() == 3 && std::ranges::all_of(code, [](QChar c) { return c >= u'a' && c <= u'z'; });
}

void readTexts(PaymentIntent &intent, Params &params)
{
    if (params.names(u"description"_s))
        intent.description = params.text(u"description"_s);
    if (params.names(u"receipt_email"_s))
        intent.receiptEmail = params.text(u"receipt_email"_s);
    if (params.names(u"statement_descriptor_suffix"_s))
        intent.statementDescriptorSuffix = params.text(u"statement_descriptor_suffix"_s);
    mergeMetadata(intent.metadata, params.metadata());
}

void readKinds(Params &params)
{
    for (const QString &type : params.list(u"payment_method_types"_s)) {
        if (type != u"card"_s)
            params.fail(badParameter(
                u"payment_method_types"_s, u"payment_intent_invalid_parameter"_s,
                u"The payment method type \"%1\" is not activated here; only card is."_s.arg(type.left(40))));
    }
    // With one kind of payment the automatic choice is that kind.
    (void)params.group(u"automatic_payment_methods"_s);
}

} // namespace

Intents::Confirmation Intents::readConfirmation(Params &params)
{
    return {.method = params.text(u"payment_method"_s),
            .returnUrl = params.url(u"return_url"_s),
            .isOffSession = params.flag(u"off_session"_s),
            .refusesAction = params.flag(u"error_on_requires_action"_s)};
}

ApiError Intents::wrongState(const PaymentIntent &intent, const QString &message) const
{
    return {.code = u"payment_intent_unexpected_state"_s,
            .message = message,
            .paymentIntent = m_books.shown(intent),
            .began = true};
}

Reply<PaymentMethod *> Intents::method(const QString &idOrToken, const Cause &cause)
{
    if (PaymentMethod *known = m_books.methods.find(idOrToken))
        return known;
    const TestCard *card = findCardByToken(idOrToken);
    if (!card) {
        ApiError error = noSuchObject(u"PaymentMethod"_s, idOrToken, u"payment_method"_s);
        error.status = 400;
        return std::unexpected(error);
    }
    return &m_books.methods.add({.id = m_books.makeId(u"pm"_s), .created = cause.now, .card = card});
}

Reply<PaymentMethod *> Intents::methodFromData(const QJsonObject &data, const QString &name, const Cause &cause)
{
    Params fields(data, name);
    (void)fields.oneOf(u"type"_s, {u"card"_s}, u"card"_s);
    fields.ignore({u"billing_details"_s, u"metadata"_s, u"allow_redisplay"_s});
    Params card(fields.group(u"card"_s), u"card"_s);
    if (auto read = fields.finish(); !read)
        return std::unexpected(std::move(read).error());
    const QString number = card.requiredText(u"number"_s);
    (void)card.integer(u"exp_month"_s, 1, 12);
    (void)card.integer(u"exp_year"_s, 2000, 2099);
    (void)card.text(u"cvc"_s);
    if (auto read = card.finish(); !read)
        return std::unexpected(std::move(read).error());
    const TestCard *known = findCardByNumber(QString(number).remove(u' '));
    if (!known)
        return std::unexpected(ApiError{.status = 402,
                                        .type = u"card_error"_s,
                                        .code = u"incorrect_number"_s,
                                        .message = u"Your card number is not one of the test cards."_s,
                                        .param = u"number"_s});
    return &m_books.methods.add({.id = m_books.makeId(u"pm"_s), .created = cause.now, .card = known});
}

Reply<QJsonObject> Intents::createMethod(Params &params, const Cause &cause)
{
    const QString type = params.requiredText(u"type"_s);
    const QJsonObject card = params.group(u"card"_s);
    params.ignore({u"billing_details"_s, u"metadata"_s});
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    auto made = methodFromData({{u"type"_s, type}, {u"card"_s, card}}, {}, cause);
    if (!made)
        return std::unexpected(std::move(made).error());
    return rendered(**made);
}

/// The id of the method that a call names by id, by token or by its data; empty where it names none.
Reply<QString> Intents::givenMethod(Params &params, const QString &id, const QJsonObject &data, const Cause &cause)
{
    if (auto read = params.finish(); !read) // Before anything is made: a refused call leaves the books alone.
        return std::unexpected(std::move(read).error());
    if (id.isEmpty() && data.isEmpty())
        return QString();
    auto found = id.isEmpty() ? methodFromData(data, u"payment_method_data"_s, cause) : method(id, cause);
    if (!found)
        return std::unexpected(std::move(found).error());
    return (*found)->id;
}

Reply<QByteArray> Intents::create(Params &params, const Fate &fate, const Cause &cause)
{
    PaymentIntent intent;
    (void)params.requiredText(u"amount"_s);
    intent.amount = params.integer(u"amount"_s, 1, limits::amountMax).value_or(0);
    intent.currency = params.requiredText(u"currency"_s).toLower();
    if (!intent.currency.isEmpty() && !isCurrency(intent.currency))
        params.fail(badParameter(u"currency"_s, {}, u"Invalid currency: %1"_s.arg(intent.currency.left(10))));
    const QString capture =
        params.oneOf(u"capture_method"_s, {u"automatic"_s, u"automatic_async"_s, u"manual"_s}, u"automatic"_s);
    intent.isManualCapture = capture == u"manual"_s;
    intent.isManualConfirmation =
        params.oneOf(u"confirmation_method"_s, {u"automatic"_s, u"manual"_s}, u"automatic"_s) == u"manual"_s;
    readKinds(params);
    readTexts(intent, params);
    const bool isConfirmed = params.flag(u"confirm"_s);
    const Confirmation how = readConfirmation(params);
    if (!isConfirmed && !how.returnUrl.isEmpty())
        params.fail(badParameter(u"return_url"_s, {}, u"You cannot provide a `return_url` without `confirm=true`."_s));
    const QJsonObject data = params.group(u"payment_method_data"_s);
    auto given = givenMethod(params, how.method, data, cause);
    if (!given)
        return std::unexpected(std::move(given).error());

    intent.id = m_books.makeId(u"pi"_s);
    intent.clientSecret = u"%1_secret_%2"_s.arg(intent.id, m_books.makeSecret(25));
    intent.created = cause.now;
    intent.paymentMethod = *given;
    intent.status = given->isEmpty() ? IntentStatus::RequiresPaymentMethod : IntentStatus::RequiresConfirmation;
    PaymentIntent &kept = m_books.intents.add(std::move(intent));
    m_books.tell(u"payment_intent.created"_s, m_books.shownText(kept), cause);
    return isConfirmed ? confirmed(kept, how, fate, cause) : m_books.shownText(kept);
}

Reply<QByteArray> Intents::update(const QString &id, Params &params, const Cause &cause)
{
    PaymentIntent *intent = m_books.intents.find(id);
    if (!intent)
        return std::unexpected(noSuchObject(u"payment_intent"_s, id, u"intent"_s));
    PaymentIntent changed = *intent;
    readTexts(changed, params);
    changed.amount = params.integer(u"amount"_s, 1, limits::amountMax).value_or(changed.amount);
    const QString methodId = params.text(u"payment_method"_s);
    const bool isOpen = intent->status == IntentStatus::RequiresPaymentMethod ||
                        intent->status == IntentStatus::RequiresConfirmation ||
                        intent->status == IntentStatus::RequiresAction;
    auto given = givenMethod(params, methodId, {}, cause);
    if (!given)
        return std::unexpected(std::move(given).error());
    if (!isOpen && (changed.amount != intent->amount || !given->isEmpty()))
        return std::unexpected(wrongState(
            *intent,
            u"This PaymentIntent could not be updated because it has a status of %1."_s.arg(enumName(intent->status))));
    if (!given->isEmpty()) {
        changed.paymentMethod = *given;
        changed.status = IntentStatus::RequiresConfirmation;
        changed.actionSecret.clear();
        changed.isHolderKnown = false;
    }
    *intent = std::move(changed);
    m_books.changed();
    return m_books.shownText(*intent);
}

Reply<QByteArray> Intents::confirm(const QString &id, Params &params, const Fate &fate, const Cause &cause)
{
    PaymentIntent *intent = m_books.intents.find(id);
    if (!intent)
        return std::unexpected(noSuchObject(u"payment_intent"_s, id, u"intent"_s));
    readKinds(params);
    Confirmation how = readConfirmation(params);
    if (params.names(u"receipt_email"_s))
        intent->receiptEmail = params.text(u"receipt_email"_s);
    const QJsonObject data = params.group(u"payment_method_data"_s);
    params.ignore({u"use_stripe_sdk"_s, u"client_secret"_s});
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    const bool isOpen = intent->status == IntentStatus::RequiresPaymentMethod ||
                        intent->status == IntentStatus::RequiresConfirmation ||
                        intent->status == IntentStatus::RequiresAction;
    if (!isOpen)
        return std::unexpected(wrongState(
            *intent, u"You cannot confirm this PaymentIntent because it has a status of %1. Only a PaymentIntent with "
                     "one of the following statuses may be confirmed: requires_confirmation, requires_action, "
                     "requires_payment_method."_s.arg(enumName(intent->status))));
    auto given = givenMethod(params, how.method, data, cause);
    if (!given)
        return std::unexpected(std::move(given).error());
    if (!given->isEmpty()) {
        intent->isHolderKnown = intent->isHolderKnown && intent->paymentMethod == *given;
        intent->paymentMethod = *given;
    }
    return confirmed(*intent, how, fate, cause);
}

Reply<QByteArray> Intents::confirmed(PaymentIntent &intent, const Confirmation &how, const Fate &fate,
                                     const Cause &cause)
{
    const PaymentMethod *method = m_books.methods.find(intent.paymentMethod);
    if (!method)
        return std::unexpected(wrongState(
            intent, u"You cannot confirm this PaymentIntent because it's missing a payment method. You can either "
                    "update the PaymentIntent with a payment method and then confirm it again, or confirm it again "
                    "directly with a payment method."_s));
    if (!how.returnUrl.isEmpty())
        intent.returnUrl = how.returnUrl;
    intent.actionSecret.clear(); // The page of an earlier card answers nothing any more.
    m_books.changed();
    const TestCard &card = *method->card;
    const bool asks = card.conduct == Conduct::AsksHolder || card.conduct == Conduct::AsksThenDeclines;
    if (asks && !intent.isHolderKnown) {
        if (how.isOffSession || how.refusesAction)
            return std::unexpected(refuseHolder(intent, card, cause));
        askHolder(intent, cause);
        return m_books.shownText(intent);
    }
    if (auto tried = tryCard(intent, fate, cause); !tried)
        return std::unexpected(std::move(tried).error());
    return m_books.shownText(intent);
}

void Intents::askHolder(PaymentIntent &intent, const Cause &cause)
{
    intent.status = IntentStatus::RequiresAction;
    intent.actionSecret = m_books.makeSecret(32);
    m_books.tell(u"payment_intent.requires_action"_s, m_books.shownText(intent), cause);
}

bool Intents::answerAction(PaymentIntent &intent, Holder holder, const Cause &cause)
{
    if (intent.status != IntentStatus::RequiresAction)
        return false;
    intent.actionSecret.clear();
    m_books.changed();
    if (holder == Holder::Refuses) {
        const ApiError error{
            .code = u"payment_intent_authentication_failure"_s,
            .message = u"The provided PaymentMethod has failed authentication. You can provide payment_method_data or "
                       "a new PaymentMethod to attempt to fulfill this PaymentIntent again."_s};
        intent.status = IntentStatus::RequiresPaymentMethod;
        intent.lastPaymentError = error.body().value(u"error"_s).toObject();
        intent.paymentMethod.clear();
        m_books.tell(u"payment_intent.payment_failed"_s, m_books.shownText(intent), cause);
        return true;
    }
    if (intent.isManualConfirmation) {
        intent.isHolderKnown = true;
        intent.status = IntentStatus::RequiresConfirmation;
        return true;
    }
    (void)tryCard(intent, {}, cause); // A decline is told by the intent and its event.
    return true;
}

/// One try to take the money from the card that the intent has.
Reply<void> Intents::tryCard(PaymentIntent &intent, const Fate &fate, const Cause &cause)
{
    const TestCard &card = *m_books.methods.find(intent.paymentMethod)->card;
    if (const TestCard *wanted = findDecline(fate.declineCode))
        return std::unexpected(decline(intent, *wanted, cause));
    if (card.conduct == Conduct::Declines || card.conduct == Conduct::AsksThenDeclines)
        return std::unexpected(decline(intent, card, cause));
    if (fate.processing.count() > 0) {
        intent.status = IntentStatus::Processing;
        setDue(intent, cause.now + fate.processing);
        m_books.tell(u"payment_intent.processing"_s, m_books.shownText(intent), cause);
        return {};
    }
    approve(intent, cause);
    return {};
}

Charge &Intents::addCharge(const PaymentIntent &intent, const Cause &cause)
{
    Charge charge;
    charge.id = m_books.makeId(u"ch"_s);
    charge.created = cause.now;
    charge.paymentIntent = intent.id;
    charge.paymentMethod = intent.paymentMethod;
    charge.currency = intent.currency;
    charge.amount = intent.amount;
    charge.receiptEmail = intent.receiptEmail;
    charge.description = intent.description;
    charge.metadata = intent.metadata;
    return m_books.charges.add(std::move(charge));
}

ApiError Intents::decline(PaymentIntent &intent, const TestCard &reason, const Cause &cause)
{
    Charge &charge = addCharge(intent, cause);
    charge.failureCode = QString::fromLatin1(reason.code);
    charge.failureMessage = QString::fromLatin1(reason.message);
    charge.declineCode = QString::fromLatin1(reason.declineCode);
    ApiError error{.status = 402,
                   .type = u"card_error"_s,
                   .code = charge.failureCode,
                   .message = charge.failureMessage,
                   .declineCode = charge.declineCode,
                   .charge = charge.id,
                   .began = true};
    QJsonObject last = error.body().value(u"error"_s).toObject();
    last.insert(u"payment_method"_s, m_books.shownById(intent.paymentMethod));
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.lastPaymentError = last;
    intent.latestCharge = charge.id;
    intent.paymentMethod.clear();
    intent.isHolderKnown = false;
    error.paymentIntent = m_books.shown(intent);
    m_books.tell(u"charge.failed"_s, m_books.shownText(charge), cause);
    m_books.tell(u"payment_intent.payment_failed"_s, error.paymentIntent, cause);
    return error;
}

/// The card wants its holder, whom the caller says is not there.
ApiError Intents::refuseHolder(PaymentIntent &intent, const TestCard &card, const Cause &cause)
{
    TestCard reason = card;
    reason.code = "authentication_required";
    reason.declineCode = "authentication_required";
    reason.message = "Your card was declined. This transaction requires authentication.";
    return decline(intent, reason, cause);
}

void Intents::approve(PaymentIntent &intent, const Cause &cause)
{
    Charge &charge = addCharge(intent, cause);
    charge.isPaid = true;
    charge.isCaptured = !intent.isManualCapture;
    charge.amountCaptured = intent.isManualCapture ? 0 : charge.amount;
    intent.latestCharge = charge.id;
    intent.lastPaymentError = {};
    intent.due.reset();
    if (intent.isManualCapture) {
        intent.status = IntentStatus::RequiresCapture;
        intent.amountCapturable = intent.amount;
        setDue(intent, cause.now + limits::authorisationAge);
    } else {
        intent.status = IntentStatus::Succeeded;
        intent.amountReceived = intent.amount;
    }
    m_books.tell(u"charge.succeeded"_s, m_books.shownText(charge), cause);
    m_books.tell(intent.isManualCapture ? u"payment_intent.amount_capturable_updated"_s : u"payment_intent.succeeded"_s,
                 m_books.shownText(intent), cause);
}

Reply<QByteArray> Intents::capture(const QString &id, Params &params, const Cause &cause)
{
    PaymentIntent *intent = m_books.intents.find(id);
    if (!intent)
        return std::unexpected(noSuchObject(u"payment_intent"_s, id, u"intent"_s));
    const auto wanted = params.integer(u"amount_to_capture"_s, 1, limits::amountMax);
    (void)params.oneOf(u"final_capture"_s, {u"true"_s}, u"true"_s); // Several captures of one intent need a contract.
    const Metadata metadata = params.metadata();
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    if (intent->status != IntentStatus::RequiresCapture)
        return std::unexpected(wrongState(
            *intent,
            u"This PaymentIntent could not be captured because it has a status of %1. Only a PaymentIntent "
            "with one of the following statuses may be captured: requires_capture."_s.arg(enumName(intent->status))));
    if (wanted.value_or(0) > intent->amountCapturable)
        return std::unexpected(ApiError{.code = u"amount_too_large"_s,
                                        .message = u"The amount to capture is more than what can be captured."_s,
                                        .param = u"amount_to_capture"_s,
                                        .began = true});
    mergeMetadata(intent->metadata, metadata);
    Charge &charge = *m_books.charges.find(intent->latestCharge);
    charge.isCaptured = true;
    charge.amountCaptured = wanted.value_or(intent->amountCapturable);
    intent->amountReceived = charge.amountCaptured;
    intent->amountCapturable = 0;
    intent->due.reset();
    intent->status = IntentStatus::Succeeded;
    m_books.tell(u"charge.captured"_s, m_books.shownText(charge), cause);
    m_books.tell(u"payment_intent.succeeded"_s, m_books.shownText(*intent), cause);
    return m_books.shownText(*intent);
}

Reply<QByteArray> Intents::cancel(const QString &id, Params &params, const Cause &cause)
{
    PaymentIntent *intent = m_books.intents.find(id);
    if (!intent)
        return std::unexpected(noSuchObject(u"payment_intent"_s, id, u"intent"_s));
    const QString reason = params.oneOf(
        u"cancellation_reason"_s, {u"duplicate"_s, u"fraudulent"_s, u"requested_by_customer"_s, u"abandoned"_s}, {});
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    const bool isFinal = intent->status == IntentStatus::Processing || intent->status == IntentStatus::Succeeded ||
                         intent->status == IntentStatus::Canceled;
    if (isFinal)
        return std::unexpected(wrongState(
            *intent, u"You cannot cancel this PaymentIntent because it has a status of %1. Only a PaymentIntent with "
                     "one of the following statuses may be canceled: requires_payment_method, requires_capture, "
                     "requires_confirmation, requires_action."_s.arg(enumName(intent->status))));
    giveUp(*intent, reason, cause);
    return m_books.shownText(*intent);
}

void Intents::giveUp(PaymentIntent &intent, const QString &reason, const Cause &cause)
{
    Charge *reserved =
        intent.status == IntentStatus::RequiresCapture ? m_books.charges.find(intent.latestCharge) : nullptr;
    intent.status = IntentStatus::Canceled;
    intent.canceledAt = cause.now;
    intent.cancellationReason = reason;
    intent.amountCapturable = 0;
    intent.actionSecret.clear();
    intent.due.reset();
    if (reserved) {
        reserved->amountRefunded = reserved->amount;
        m_books.tell(u"charge.refunded"_s, m_books.shownText(*reserved), cause);
    }
    m_books.tell(u"payment_intent.canceled"_s, m_books.shownText(intent), cause);
}

void Intents::setDue(PaymentIntent &intent, Instant due)
{
    intent.due = due;
    m_books.dues.emplace(due, intent.id);
}

void Intents::settle(PaymentIntent &intent, const Cause &cause)
{
    if (!intent.due || *intent.due > cause.now)
        return; // It went on by itself since this was written down.
    if (intent.status == IntentStatus::Processing)
        approve(intent, cause);
    else if (intent.status == IntentStatus::RequiresCapture)
        giveUp(intent, u"automatic"_s, cause);
}

} // namespace parterre::psp
