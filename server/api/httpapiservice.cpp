#include "api/httpapirequest.h"

#include "base/assert.h"
#include "db/database.h"
#include "protocol/messages.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

struct Health
{
    QString status;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("status", status);
    }
};

struct NewSession
{
    QString token;
    Instant expiresAt;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("token", token, {.charactersMax = limits::tokenCharactersMax});
        fields("expires_at", expiresAt);
    }
};

QByteArray openApiDocument()
{
    QFile file(u":/parterre/openapi.json"_s);
    const bool isThere = file.open(QIODevice::ReadOnly);
    PT_ASSERT(isThere, "the document is compiled in");
    return file.readAll();
}

/// The key is asked for as of every write, yet a repeat begins another session: to answer with the first one's token it
/// would have to be kept in the clear. An unused session costs nothing and ends by itself.
Result<HttpResponse> createSession(const HttpRequest &request, const Services &services)
{
    PT_CHECK(idempotencyKey(request));
    PT_CHECK(readBody<protocol::Nothing>(request));
    PT_TRY(const BuyerSession session, services.identity.createBuyerSession());
    return privateJson(201, NewSession{.token = session.token, .expiresAt = session.expiresAt});
}

Result<HttpResponse> readiness(const Services &services)
{
    if (services.isStopping && services.isStopping())
        return refuse(ErrorCode::Unavailable, u"The server is stopping. Ask another one."_s);
    if (const Status reached = services.database.ping(); !reached) // Why is for the log, not for strangers.
        return refuse(ErrorCode::Unavailable, u"The database cannot be reached. Try again in a moment."_s);
    return privateJson(200, Health{.status = u"ready"_s});
}

} // namespace

void addServiceRoutes(Router &router, const Services &services)
{
    router.add("POST", u"/v1/sessions"_s,
               answering([services](const HttpRequest &request) { return createSession(request, services); }));
    router.add("GET", u"/v1/openapi.json"_s,
               answering([document = openApiDocument()](const HttpRequest &request) -> Result<HttpResponse> {
                   return validated(request, "application/json; charset=utf-8", document, etagOf(document),
                                    "public, max-age=300, must-revalidate");
               }));
    router.add("GET", u"/healthz"_s, answering([](const HttpRequest &) -> Result<HttpResponse> {
                   return privateJson(200, Health{.status = u"alive"_s});
               }));
    router.add("GET", u"/readyz"_s, answering([services](const HttpRequest &) { return readiness(services); }));
}

} // namespace parterre::server::api
