#include "model/processor.h"

#include "model/lists.h"
#include "model/refunds.h"
#include "model/rendering.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

ApiError unknownUrl(const Call &call)
{
    return {.status = 404,
            .message = u"Unrecognized request URL (%1: /v1/%2). parterre-psp knows payment_intents, payment_methods, "
                       "refunds, charges, events and webhook_endpoints."_s.arg(call.method, call.path.join(u'/'))};
}

QByteArray fingerprintOf(const Call &call)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(call.path.join(u'/').toUtf8() + '\n');
    hash.addData(QJsonDocument(call.form).toJson(QJsonDocument::Compact)); // Sorted by name, so the order is no matter.
    return hash.result();
}

QByteArray textOfObject(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Reply<QByteArray> inText(const Reply<QJsonObject> &reply)
{
    return reply ? Reply<QByteArray>(textOfObject(*reply)) : std::unexpected(reply.error());
}

Answer answerOf(const Reply<QByteArray> &reply)
{
    return {.status = reply ? 200 : reply.error().status, .body = reply ? *reply : textOfObject(reply.error().body())};
}

std::optional<ApiError> refusedByFate(const Fate &fate, const Call &call)
{
    switch (fate.failure) {
    case Fate::Failure::LockTimeout:
        return lockTimeout();
    case Fate::Failure::TooManyRequests:
        return tooManyRequests();
    case Fate::Failure::KeyInUse:
        return idempotencyKeyInUse(call.idempotencyKey);
    case Fate::Failure::NotPermitted:
        return notPermitted();
    default:
        return std::nullopt;
    }
}

QJsonObject expandedAt(QJsonObject object, const Books &books, QStringList path)
{
    const QString name = path.takeFirst();
    const QJsonValue value = object.value(name);
    QJsonObject inner = value.isString() ? books.shownById(value.toString()) : value.toObject();
    if (value.isArray()) {
        QJsonArray items;
        for (const QJsonValue &item : value.toArray())
            items.append(path.isEmpty() ? item : QJsonValue(expandedAt(item.toObject(), books, path)));
        object.insert(name, items);
    } else if (!inner.isEmpty()) {
        object.insert(name, path.isEmpty() ? inner : expandedAt(inner, books, path));
    }
    return object;
}

} // namespace

QString Processor::operationName(const Call &call)
{
    if (call.method == u"GET"_s)
        return u"read"_s;
    const QString area = call.path.value(0);
    if (area == u"refunds"_s && call.path.size() == 1)
        return u"refund"_s;
    if (area != u"payment_intents"_s)
        return u"other"_s;
    if (call.path.size() == 1)
        return u"create"_s;
    return call.path.size() == 3 ? call.path.at(2) : u"other"_s;
}

Answer Processor::handle(const Call &call, const Fate &fate, Instant now)
{
    const QString key = call.method == u"POST"_s ? call.idempotencyKey : QString();
    if (key.size() > limits::idempotencyKeyCharactersMax)
        return answerOf(std::unexpected(
            badParameter({}, u"idempotency_key_too_long"_s, u"Idempotency keys have up to 255 characters."_s)));
    forgetOldKeys(now);
    const QByteArray fingerprint = key.isEmpty() ? QByteArray() : fingerprintOf(call);
    if (const auto saved = m_saved.constFind(key); !key.isEmpty() && saved != m_saved.constEnd()) {
        if (saved->fingerprint != fingerprint)
            return answerOf(std::unexpected(idempotencyMismatch(key)));
        return {.status = saved->status, .body = saved->body, .isReplay = true};
    }
    if (const auto refusal = refusedByFate(fate, call))
        return answerOf(std::unexpected(*refusal));
    Reply<QByteArray> reply = std::unexpected(serverError());
    if (fate.failure != Fate::Failure::ErrorInstead)
        reply = execute(call, fate, {.now = now, .requestId = call.requestId, .idempotencyKey = call.idempotencyKey});
    if (fate.failure == Fate::Failure::ErrorAfterwards)
        reply = std::unexpected(serverError());
    Answer answer = answerOf(reply);
    if (!key.isEmpty() && (reply || reply.error().began)) {
        m_saved.insert(key, {.at = now, .fingerprint = fingerprint, .status = answer.status, .body = answer.body});
        m_savedOrder.push_back(key);
        m_books.changed();
    }
    return answer;
}

void Processor::forgetOldKeys(Instant now)
{
    while (!m_savedOrder.empty() && m_saved.value(m_savedOrder.front()).at + limits::idempotencyKeyAge < now) {
        m_saved.remove(m_savedOrder.front());
        m_savedOrder.pop_front();
    }
}

Reply<QByteArray> Processor::execute(const Call &call, const Fate &fate, const Cause &cause)
{
    Params params(call.form);
    const QStringList expand = params.list(u"expand"_s);
    const QString area = call.path.value(0);
    Reply<QByteArray> reply;
    if (area == u"payment_intents"_s)
        reply = onIntents(call, params, fate, cause);
    else if (area == u"refunds"_s)
        reply = inText(onRefunds(call, params, cause));
    else if (area == u"webhook_endpoints"_s)
        reply = inText(onEndpoints(call, params, cause));
    else
        reply = inText(onReadings(call, params, cause));
    if (!reply || expand.isEmpty())
        return reply;
    return expanded(*reply, expand);
}

Reply<QByteArray> Processor::onIntents(const Call &call, Params &params, const Fate &fate, const Cause &cause)
{
    Intents intents(m_books);
    const bool isPost = call.method == u"POST"_s;
    const QString id = call.path.value(1);
    const QString verb = call.path.value(2);
    if (call.path.size() == 1 && call.method != u"DELETE"_s)
        return isPost ? intents.create(params, fate, cause) : inText(Lists(m_books).intents(params));
    if (call.path.size() == 2 && call.method == u"GET"_s) {
        if (id == u"search"_s)
            return inText(Lists(m_books).searchIntents(params));
        params.ignore({u"client_secret"_s});
        const PaymentIntent *intent = m_books.intents.find(id);
        if (!intent)
            return std::unexpected(noSuchObject(u"payment_intent"_s, id, u"intent"_s));
        if (auto read = params.finish(); !read)
            return std::unexpected(std::move(read).error());
        return m_books.shownText(*intent);
    }
    if (isPost && call.path.size() == 2)
        return intents.update(id, params, cause);
    if (isPost && call.path.size() == 3 && verb == u"confirm"_s)
        return intents.confirm(id, params, fate, cause);
    if (isPost && call.path.size() == 3 && verb == u"capture"_s)
        return intents.capture(id, params, cause);
    if (isPost && call.path.size() == 3 && verb == u"cancel"_s)
        return intents.cancel(id, params, cause);
    return std::unexpected(unknownUrl(call));
}

Reply<QJsonObject> Processor::onRefunds(const Call &call, Params &params, const Cause &cause)
{
    Refunds refunds(m_books);
    if (call.path.size() == 1 && call.method == u"POST"_s)
        return refunds.create(params, cause);
    if (call.path.size() == 1 && call.method == u"GET"_s)
        return Lists(m_books).refunds(params);
    if (call.path.size() == 2 && call.method == u"POST"_s)
        return refunds.update(call.path.at(1), params);
    if (call.path.size() != 2 || call.method != u"GET"_s)
        return std::unexpected(unknownUrl(call));
    const Refund *refund = m_books.refunds.find(call.path.at(1));
    if (!refund)
        return std::unexpected(noSuchObject(u"refund"_s, call.path.at(1)));
    return rendered(*refund);
}

Reply<QJsonObject> Processor::onReadings(const Call &call, Params &params, const Cause &cause)
{
    const QString area = call.path.value(0);
    const QString id = call.path.value(1);
    if (call.path.size() == 1 && call.method == u"POST"_s && area == u"payment_methods"_s)
        return Intents(m_books).createMethod(params, cause);
    if (call.method == u"GET"_s && call.path.size() == 1 && area == u"charges"_s)
        return Lists(m_books).charges(params);
    if (call.method == u"GET"_s && call.path.size() == 1 && area == u"events"_s)
        return Lists(m_books).events(params);
    if (call.method != u"GET"_s || call.path.size() != 2)
        return std::unexpected(unknownUrl(call));
    if (area == u"events"_s) {
        const Event *event = m_books.events.find(id);
        return event ? Reply<QJsonObject>(rendered(*event)) : std::unexpected(noSuchObject(u"event"_s, id));
    }
    if (area == u"charges"_s) {
        const Charge *charge = m_books.charges.find(id);
        return charge ? Reply<QJsonObject>(m_books.shown(*charge)) : std::unexpected(noSuchObject(u"charge"_s, id));
    }
    if (area != u"payment_methods"_s)
        return std::unexpected(unknownUrl(call));
    const PaymentMethod *method = m_books.methods.find(id);
    return method ? Reply<QJsonObject>(rendered(*method)) : std::unexpected(noSuchObject(u"PaymentMethod"_s, id));
}

Reply<QJsonObject> Processor::onEndpoints(const Call &call, Params &params, const Cause &cause)
{
    const QString id = call.path.value(1);
    if (call.path.size() == 1 && call.method == u"GET"_s)
        return Lists(m_books).endpoints(params);
    if (call.path.size() > 2)
        return std::unexpected(unknownUrl(call));
    const WebhookEndpoint *endpoint = m_books.endpoints.find(id);
    if (call.path.size() == 2 && !endpoint)
        return std::unexpected(noSuchObject(u"webhook endpoint"_s, id));
    if (call.method == u"POST"_s)
        return saveEndpoint(id, params, cause);
    if (call.method == u"GET"_s)
        return rendered(*endpoint, Secret::Hidden);
    m_books.endpoints.remove(id);
    m_books.changed();
    return QJsonObject{{u"id"_s, id}, {u"object"_s, u"webhook_endpoint"_s}, {u"deleted"_s, true}};
}

Reply<QJsonObject> Processor::saveEndpoint(const QString &id, Params &params, const Cause &cause)
{
    WebhookEndpoint *known = m_books.endpoints.find(id);
    WebhookEndpoint endpoint = known ? *known : WebhookEndpoint();
    if (!known)
        (void)params.requiredText(u"url"_s);
    if (const QString url = params.url(u"url"_s); !url.isEmpty())
        endpoint.url = url;
    if (const QStringList events = params.list(u"enabled_events"_s); !events.isEmpty())
        endpoint.enabledEvents = events;
    else if (!known)
        params.fail(
            badParameter(u"enabled_events"_s, u"parameter_missing"_s, u"Missing required param: enabled_events."_s));
    if (params.names(u"description"_s))
        endpoint.description = params.text(u"description"_s);
    if (params.names(u"disabled"_s))
        endpoint.isEnabled = !params.flag(u"disabled"_s);
    if (params.names(u"metadata"_s))
        endpoint.metadata = params.metadata();
    params.ignore({u"api_version"_s, u"connect"_s});
    if (!known && m_books.endpoints.size() >= limits::webhookEndpointsMax)
        params.fail(badParameter({}, {}, u"You have reached the maximum of 16 webhook endpoints."_s));
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    m_books.changed();
    if (known) {
        *known = endpoint;
        return rendered(*known, Secret::Hidden);
    }
    endpoint.id = m_books.makeId(u"we"_s);
    endpoint.created = cause.now;
    endpoint.secret = u"whsec_"_s + m_books.makeSecret(32);
    return rendered(m_books.endpoints.add(std::move(endpoint)), Secret::Shown); // Shown this once.
}

const WebhookEndpoint &Processor::keepEndpoint(const QString &url, const QString &secret, Instant now)
{
    for (const auto &known : m_books.endpoints.inOrder()) {
        if (known->url == url && (secret.isEmpty() || known->secret == secret))
            return *known;
    }
    WebhookEndpoint endpoint;
    endpoint.id = m_books.makeId(u"we"_s);
    endpoint.created = now;
    endpoint.url = url;
    endpoint.secret = secret.isEmpty() ? u"whsec_"_s + m_books.makeSecret(32) : secret;
    endpoint.enabledEvents = {u"*"_s};
    return m_books.endpoints.add(std::move(endpoint));
}

QByteArray Processor::expanded(const QByteArray &text, const QStringList &paths) const
{
    QJsonObject object = QJsonDocument::fromJson(text).object();
    for (const QString &path : paths)
        object = expandedAt(std::move(object), m_books, path.split(u'.'));
    return textOfObject(object);
}

const PaymentIntent *Processor::findAction(const QString &intentId, const QString &secret) const
{
    const PaymentIntent *intent = m_books.intents.find(intentId);
    return intent && !secret.isEmpty() && intent->actionSecret == secret ? intent : nullptr;
}

bool Processor::answerAction(const QString &intentId, const QString &secret, Intents::Holder holder, Instant now)
{
    return findAction(intentId, secret) &&
           Intents(m_books).answerAction(*m_books.intents.find(intentId), holder, {.now = now});
}

bool Processor::hasDue(Instant now) const
{
    return !m_books.dues.empty() && m_books.dues.begin()->first <= now;
}

void Processor::settleDue(Instant now)
{
    while (hasDue(now)) {
        const QString id = m_books.dues.begin()->second;
        m_books.dues.erase(m_books.dues.begin());
        m_books.changed();
        if (PaymentIntent *intent = m_books.intents.find(id))
            Intents(m_books).settle(*intent, {.now = now});
        else if (Refund *refund = m_books.refunds.find(id))
            Refunds(m_books).settle(*refund, {.now = now});
    }
}

void Processor::delivered(const QString &eventId, const QString &endpointId)
{
    if (Event *event = m_books.events.find(eventId); event && event->pending.remove(endpointId))
        m_books.changed();
}

} // namespace parterre::psp
