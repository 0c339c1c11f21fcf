#include "service/service.h"

#include "edge/problem.h"
#include "model/limits.h"

#include <QJsonDocument>

/// Everything below /_psp, which is ours and not Stripe's: what goes wrong, and the sums for whoever compares.
namespace parterre::psp {

using namespace Qt::StringLiterals;
using server::HttpReply;
using server::HttpRequest;
using server::HttpResponse;

namespace {

HttpResponse problem(int status, const QString &code, const QString &detail)
{
    return server::problemResponse({.status = status, .code = code, .title = {}, .detail = detail});
}

HttpResponse problem(const Error &error)
{
    return problem(400, u"invalid_input"_s, error.message);
}

} // namespace

void Service::addRoutes(server::Router &router)
{
    const auto bind = [this](void (Service::*work)(const HttpRequest &, const HttpReply &)) {
        return [this, work](const HttpRequest &request, const HttpReply &reply) { (this->*work)(request, reply); };
    };
    // Most calls are written down for later, which takes less time than to wake a worker.
    const server::RouteOptions options{.bodyBytesMax = limits::formBytesMax,
                                       .prompt = [this](const HttpRequest &request, const HttpReply &reply) {
                                           onApi(request, reply);
                                           return true;
                                       }};
    for (const char *pattern : {"/v1/{area}", "/v1/{area}/{id}", "/v1/{area}/{id}/{verb}"}) {
        for (const char *method : {"GET", "POST", "DELETE"})
            router.add(method, QString::fromLatin1(pattern), bind(&Service::onApi), options);
    }
    router.add("GET", u"/_psp/knobs"_s, bind(&Service::onKnobs));
    router.add("PATCH", u"/_psp/knobs"_s, bind(&Service::onKnobs));
    router.add("PUT", u"/_psp/knobs"_s, bind(&Service::onKnobs));
    router.add("POST", u"/_psp/faults"_s, bind(&Service::onFaults));
    router.add("DELETE", u"/_psp/faults"_s, bind(&Service::onFaults));
    router.add("GET", u"/_psp/totals"_s, bind(&Service::onTotals));
    router.add("POST", u"/_psp/events/{id}/send"_s, bind(&Service::onResend));
    router.add("PUT", u"/_psp/secret-key"_s, bind(&Service::onSecretKey));
    router.add("GET", u"/3ds/{intent}/{secret}"_s, bind(&Service::showAction));
    router.add("POST", u"/3ds/{intent}/{secret}"_s, bind(&Service::takeAction));
}

/// GET tells, PATCH changes those that are named, PUT sets all the others back.
void Service::onKnobs(const HttpRequest &request, const HttpReply &reply)
{
    const std::scoped_lock lock(m_mutex);
    if (request.method != "GET") {
        const QJsonDocument document = QJsonDocument::fromJson(request.body);
        if (!document.isObject())
            return reply.send(problem(400, u"invalid_input"_s, u"Send a JSON object with the knobs to turn."_s));
        const auto changed = withChanges(request.method == "PUT" ? Knobs() : m_misfortune.knobs(), document.object());
        if (!changed)
            return reply.send(problem(changed.error()));
        m_misfortune.setKnobs(*changed);
    }
    reply.send(HttpResponse::json(200, toJson(m_misfortune.knobs())));
}

void Service::onFaults(const HttpRequest &request, const HttpReply &reply)
{
    const std::scoped_lock lock(m_mutex);
    if (request.method == "DELETE") {
        m_misfortune.forgetOrders();
        return reply.send(HttpResponse::empty(204));
    }
    if (const Status ordered = m_misfortune.order(QJsonDocument::fromJson(request.body).object()); !ordered)
        return reply.send(problem(ordered.error()));
    reply.send(HttpResponse::empty(204));
}

void Service::onTotals(const HttpRequest &request, const HttpReply &reply)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_processor)
        return reply.send(HttpResponse::empty(503).with("Retry-After", "1"));
    reply.send(HttpResponse::json(200, m_processor->totals(request.query.value(u"by"_s))));
}

void Service::onResend(const HttpRequest &request, const HttpReply &reply)
{
    const std::scoped_lock lock(m_mutex);
    const Event *known = m_processor ? m_processor->books().events.find(request.pathValues.value(u"id"_s)) : nullptr;
    if (!known)
        return reply.send(problem(404, u"not_found"_s, u"There is no such event."_s));
    Event event = *known;
    for (const auto &endpoint : m_processor->books().endpoints.inOrder()) {
        if (endpoint->wants(event.type))
            event.pending.insert(endpoint->id);
    }
    sendEvent(event);
    reply.send(HttpResponse::empty(204));
}

/// From now on this one is good and the former is refused, as when a key is rolled or revoked at Stripe.
void Service::onSecretKey(const HttpRequest &request, const HttpReply &reply)
{
    const QByteArray key = QJsonDocument::fromJson(request.body)[u"secret_key"_s].toString().toUtf8();
    if (key.isEmpty())
        return reply.send(problem(400, u"invalid_input"_s, u"Send {\"secret_key\": \"sk_...\"}."_s));
    const std::scoped_lock lock(m_mutex);
    m_secretKey = key;
    reply.send(HttpResponse::empty(204));
}

} // namespace parterre::psp
