#include "model/rendering.h"

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

QJsonObject renderedCard(const TestCard &card)
{
    const QString number = QString::fromLatin1(card.number);
    return {{u"brand"_s, QString::fromLatin1(card.brand)},
            {u"country"_s, u"US"_s},
            {u"exp_month"_s, 12},
            {u"exp_year"_s, 2040},
            {u"funding"_s, u"credit"_s},
            {u"last4"_s, number.right(4)}};
}

QJsonValue nextAction(const PaymentIntent &intent, const QString &baseUrl)
{
    if (intent.status != IntentStatus::RequiresAction)
        return {};
    const QString page = u"%1/3ds/%2/%3"_s.arg(baseUrl, intent.id, intent.actionSecret);
    if (intent.returnUrl.isEmpty())
        return QJsonObject{
            {u"type"_s, u"use_stripe_sdk"_s},
            {u"use_stripe_sdk"_s, QJsonObject{{u"type"_s, u"three_d_secure_redirect"_s}, {u"stripe_js"_s, page}}}};
    return QJsonObject{{u"type"_s, u"redirect_to_url"_s},
                       {u"redirect_to_url"_s, QJsonObject{{u"url"_s, page}, {u"return_url"_s, intent.returnUrl}}}};
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
            {u"card"_s, renderedCard(*method.card)},
            {u"billing_details"_s,
             QJsonObject{{u"address"_s, QJsonValue()}, {u"email"_s, QJsonValue()}, {u"name"_s, QJsonValue()}}},
            {u"created"_s, unixSeconds(method.created)},
            {u"customer"_s, QJsonValue()},
            {u"livemode"_s, false},
            {u"metadata"_s, QJsonObject()}};
}

QJsonObject rendered(const PaymentIntent &intent, const QString &baseUrl)
{
    return {{u"id"_s, intent.id},
            {u"object"_s, u"payment_intent"_s},
            {u"amount"_s, intent.amount},
            {u"amount_capturable"_s, intent.amountCapturable},
            {u"amount_received"_s, intent.amountReceived},
            {u"capture_method"_s, intent.isManualCapture ? u"manual"_s : u"automatic"_s},
            {u"confirmation_method"_s, intent.isManualConfirmation ? u"manual"_s : u"automatic"_s},
            {u"client_secret"_s, intent.clientSecret},
            {u"created"_s, unixSeconds(intent.created)},
            {u"currency"_s, intent.currency},
            {u"customer"_s, QJsonValue()},
            {u"description"_s, textOrNull(intent.description)},
            {u"last_payment_error"_s,
             intent.lastPaymentError.isEmpty() ? QJsonValue() : QJsonValue(intent.lastPaymentError)},
            {u"latest_charge"_s, textOrNull(intent.latestCharge)},
            {u"livemode"_s, false},
            {u"metadata"_s, renderedMetadata(intent.metadata)},
            {u"next_action"_s, nextAction(intent, baseUrl)},
            {u"payment_method"_s, textOrNull(intent.paymentMethod)},
            {u"payment_method_types"_s, QJsonArray{u"card"_s}},
            {u"receipt_email"_s, textOrNull(intent.receiptEmail)},
            {u"statement_descriptor_suffix"_s, textOrNull(intent.statementDescriptorSuffix)},
            {u"canceled_at"_s, intent.canceledAt ? QJsonValue(unixSeconds(*intent.canceledAt)) : QJsonValue()},
            {u"cancellation_reason"_s, textOrNull(intent.cancellationReason)},
            {u"status"_s, enumName(intent.status)}};
}

QJsonObject rendered(const Charge &charge, const PaymentMethod *method)
{
    const bool isRefunded = charge.amountRefunded > 0 && charge.amountRefunded == charge.amount;
    const QJsonObject outcome{
        {u"network_status"_s, charge.isPaid ? u"approved_by_network"_s : u"declined_by_network"_s},
        {u"reason"_s, textOrNull(charge.declineCode)},
        {u"type"_s, charge.isPaid ? u"authorized"_s : u"issuer_declined"_s}};
    return {{u"id"_s, charge.id},
            {u"object"_s, u"charge"_s},
            {u"amount"_s, charge.amount},
            {u"amount_captured"_s, charge.amountCaptured},
            {u"amount_refunded"_s, charge.amountRefunded},
            {u"captured"_s, charge.isCaptured},
            {u"created"_s, unixSeconds(charge.created)},
            {u"currency"_s, charge.currency},
            {u"description"_s, textOrNull(charge.description)},
            {u"failure_code"_s, textOrNull(charge.failureCode)},
            {u"failure_message"_s, textOrNull(charge.failureMessage)},
            {u"livemode"_s, false},
            {u"metadata"_s, renderedMetadata(charge.metadata)},
            {u"outcome"_s, outcome},
            {u"paid"_s, charge.isPaid},
            {u"payment_intent"_s, charge.paymentIntent},
            {u"payment_method"_s, textOrNull(charge.paymentMethod)},
            {u"payment_method_details"_s,
             method ? QJsonValue(QJsonObject{{u"type"_s, u"card"_s}, {u"card"_s, renderedCard(*method->card)}})
                    : QJsonValue()},
            {u"receipt_email"_s, textOrNull(charge.receiptEmail)},
            {u"refunded"_s, isRefunded},
            {u"status"_s, charge.isPaid ? u"succeeded"_s : u"failed"_s}};
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

namespace {

QJsonObject envelopeOf(const Event &event)
{
    return {{u"api_version"_s, QString::fromLatin1(apiVersion)},
            {u"created"_s, unixSeconds(event.created)},
            {u"id"_s, event.id},
            {u"livemode"_s, false},
            {u"object"_s, u"event"_s},
            {u"pending_webhooks"_s, event.pending.size()},
            {u"request"_s, QJsonObject{{u"id"_s, textOrNull(event.requestId)},
                                       {u"idempotency_key"_s, textOrNull(event.idempotencyKey)}}},
            {u"type"_s, event.type}};
}

} // namespace

QJsonObject rendered(const Event &event)
{
    QJsonObject data{{u"object"_s, QJsonDocument::fromJson(event.object).object()}};
    if (!event.previous.isEmpty())
        data.insert(u"previous_attributes"_s, event.previous);
    QJsonObject result = envelopeOf(event);
    result.insert(u"data"_s, data);
    return result;
}

QByteArray renderedText(const Event &event)
{
    QByteArray text = QJsonDocument(envelopeOf(event)).toJson(QJsonDocument::Compact);
    text.chop(1);
    text += ",\"data\":{\"object\":" + event.object;
    if (!event.previous.isEmpty())
        text += ",\"previous_attributes\":" + QJsonDocument(event.previous).toJson(QJsonDocument::Compact);
    return text + "}}";
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
