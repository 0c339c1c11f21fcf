#include "model/rendering.h"

#include "model/objecttext.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonObject renderedMetadata(const Metadata &metadata)
{
    QJsonObject result;
    for (auto it = metadata.begin(); it != metadata.end(); ++it)
        result.insert(it.key(), it.value());
    return result;
}

QByteArray cardText(const TestCard &card)
{
    return ObjectText()
        .text("brand", card.brand)
        .text("country", "US")
        .number("exp_month", 12)
        .number("exp_year", 2040)
        .text("funding", "credit")
        .text("last4", QString::fromLatin1(card.number).right(4))
        .take();
}

QByteArray textOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray metadataText(const Metadata &metadata)
{
    return metadata.isEmpty() ? QByteArrayLiteral("{}") : textOf(renderedMetadata(metadata));
}

QByteArray nextActionText(const PaymentIntent &intent, const QString &baseUrl)
{
    if (intent.status != IntentStatus::RequiresAction)
        return "null";
    const QString page = u"%1/3ds/%2/%3"_s.arg(baseUrl, intent.id, intent.actionSecret);
    if (intent.returnUrl.isEmpty())
        return textOf(
            {{u"type"_s, u"use_stripe_sdk"_s},
             {u"use_stripe_sdk"_s, QJsonObject{{u"type"_s, u"three_d_secure_redirect"_s}, {u"stripe_js"_s, page}}}});
    return textOf({{u"type"_s, u"redirect_to_url"_s},
                   {u"redirect_to_url"_s, QJsonObject{{u"url"_s, page}, {u"return_url"_s, intent.returnUrl}}}});
}

} // namespace

qint64 unixSeconds(Instant instant)
{
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

bool WebhookEndpoint::wants(const QString &eventType) const
{
    return isEnabled && (enabledEvents.contains(u"*"_s) || enabledEvents.contains(eventType));
}

QJsonObject rendered(const PaymentMethod &method)
{
    return {{u"id"_s, method.id},
            {u"object"_s, u"payment_method"_s},
            {u"type"_s, u"card"_s},
            {u"card"_s, QJsonDocument::fromJson(cardText(*method.card)).object()},
            {u"billing_details"_s,
             QJsonObject{{u"address"_s, QJsonValue()}, {u"email"_s, QJsonValue()}, {u"name"_s, QJsonValue()}}},
            {u"created"_s, unixSeconds(method.created)},
            {u"customer"_s, QJsonValue()},
            {u"livemode"_s, false},
            {u"metadata"_s, QJsonObject()}};
}

QByteArray renderedText(const PaymentIntent &intent, const QString &baseUrl)
{
    constexpr qsizetype bytesExpected = 1'200;
    ObjectText object(bytesExpected);
    object.text("id", intent.id)
        .text("object", "payment_intent")
        .number("amount", intent.amount)
        .number("amount_capturable", intent.amountCapturable)
        .number("amount_received", intent.amountReceived)
        .text("capture_method", intent.isManualCapture ? "manual" : "automatic")
        .text("confirmation_method", intent.isManualConfirmation ? "manual" : "automatic")
        .text("client_secret", intent.clientSecret)
        .number("created", unixSeconds(intent.created))
        .text("currency", intent.currency)
        .null("customer")
        .textOrNull("description", intent.description);
    if (intent.lastPaymentError.isEmpty())
        object.null("last_payment_error");
    else
        object.json("last_payment_error", textOf(intent.lastPaymentError));
    object.textOrNull("latest_charge", intent.latestCharge)
        .flag("livemode", false)
        .json("metadata", metadataText(intent.metadata))
        .json("next_action", nextActionText(intent, baseUrl))
        .textOrNull("payment_method", intent.paymentMethod)
        .json("payment_method_types", R"(["card"])")
        .textOrNull("receipt_email", intent.receiptEmail)
        .textOrNull("statement_descriptor_suffix", intent.statementDescriptorSuffix);
    if (intent.canceledAt)
        object.number("canceled_at", unixSeconds(*intent.canceledAt));
    else
        object.null("canceled_at");
    return object.textOrNull("cancellation_reason", intent.cancellationReason)
        .text("status", enumName(intent.status))
        .take();
}

QJsonObject rendered(const PaymentIntent &intent, const QString &baseUrl)
{
    return QJsonDocument::fromJson(renderedText(intent, baseUrl)).object();
}

QByteArray renderedText(const Charge &charge, const PaymentMethod *method)
{
    constexpr qsizetype bytesExpected = 1'200;
    const QByteArray outcome =
        ObjectText()
            .text("network_status", charge.isPaid ? "approved_by_network" : "declined_by_network")
            .textOrNull("reason", charge.declineCode)
            .text("type", charge.isPaid ? "authorized" : "issuer_declined")
            .take();
    const QByteArray details =
        method ? ObjectText().text("type", "card").json("card", cardText(*method->card)).take() : QByteArray("null");
    return ObjectText(bytesExpected)
        .text("id", charge.id)
        .text("object", "charge")
        .number("amount", charge.amount)
        .number("amount_captured", charge.amountCaptured)
        .number("amount_refunded", charge.amountRefunded)
        .flag("captured", charge.isCaptured)
        .number("created", unixSeconds(charge.created))
        .text("currency", charge.currency)
        .textOrNull("description", charge.description)
        .textOrNull("failure_code", charge.failureCode)
        .textOrNull("failure_message", charge.failureMessage)
        .flag("livemode", false)
        .json("metadata", metadataText(charge.metadata))
        .json("outcome", outcome)
        .flag("paid", charge.isPaid)
        .text("payment_intent", charge.paymentIntent)
        .textOrNull("payment_method", charge.paymentMethod)
        .json("payment_method_details", details)
        .textOrNull("receipt_email", charge.receiptEmail)
        .flag("refunded", charge.amountRefunded > 0 && charge.amountRefunded == charge.amount)
        .text("status", charge.isPaid ? "succeeded" : "failed")
        .take();
}

QJsonObject rendered(const Charge &charge, const PaymentMethod *method)
{
    return QJsonDocument::fromJson(renderedText(charge, method)).object();
}

QJsonObject rendered(const Refund &refund)
{
    QJsonObject result{{u"id"_s, refund.id},
                       {u"object"_s, u"refund"_s},
                       {u"amount"_s, refund.amount},
                       {u"charge"_s, refund.charge},
                       {u"created"_s, unixSeconds(refund.created)},
                       {u"currency"_s, refund.currency},
                       {u"metadata"_s, renderedMetadata(refund.metadata)},
                       {u"payment_intent"_s, refund.paymentIntent},
                       {u"reason"_s, textOrNull(refund.reason)},
                       {u"status"_s, enumName(refund.status)}};
    if (!refund.failureReason.isEmpty())
        result.insert(u"failure_reason"_s, refund.failureReason);
    return result;
}

QByteArray renderedText(const Event &event)
{
    const QByteArray request =
        ObjectText().textOrNull("id", event.requestId).textOrNull("idempotency_key", event.idempotencyKey).take();
    ObjectText data(event.object.size() + 128);
    data.json("object", event.object);
    if (!event.previous.isEmpty())
        data.json("previous_attributes", textOf(event.previous));
    return ObjectText(event.object.size() + 512)
        .text("id", event.id)
        .text("object", "event")
        .text("api_version", apiVersion)
        .number("created", unixSeconds(event.created))
        .flag("livemode", false)
        .number("pending_webhooks", event.pending.size())
        .json("request", request)
        .text("type", event.type)
        .json("data", data.take())
        .take();
}

QJsonObject rendered(const Event &event)
{
    return QJsonDocument::fromJson(renderedText(event)).object();
}

QJsonObject rendered(const WebhookEndpoint &endpoint, Secret secret)
{
    QJsonObject result{{u"id"_s, endpoint.id},
                       {u"object"_s, u"webhook_endpoint"_s},
                       {u"api_version"_s, QString::fromLatin1(apiVersion)},
                       {u"created"_s, unixSeconds(endpoint.created)},
                       {u"description"_s, textOrNull(endpoint.description)},
                       {u"enabled_events"_s, QJsonArray::fromStringList(endpoint.enabledEvents)},
                       {u"livemode"_s, false},
                       {u"metadata"_s, renderedMetadata(endpoint.metadata)},
                       {u"status"_s, endpoint.isEnabled ? u"enabled"_s : u"disabled"_s},
                       {u"url"_s, endpoint.url}};
    if (secret == Secret::Shown)
        result.insert(u"secret"_s, endpoint.secret);
    return result;
}

QJsonObject renderedList(const QString &url, const QJsonArray &data, bool hasMore)
{
    return {{u"object"_s, u"list"_s}, {u"url"_s, url}, {u"has_more"_s, hasMore}, {u"data"_s, data}};
}

} // namespace parterre::psp
