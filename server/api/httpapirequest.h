#pragma once

#include "api/problems.h"
#include "api/quickbody.h"
#include "api/services.h"
#include "commands/commandfingerprint.h"
#include "commands/commandlog.h"
#include "domain/checkout/order.h"
#include "edge/router.h"
#include "holds/holdservice.h"
#include "identity/identityservice.h"
#include "runtime/faultpoint.h"

#include "base/jsonfields.h"
#include "base/jsontext.h"

/// What the routes of the HTTP API share: who asks, what is asked, and how an outcome is told.
namespace parterre::server::api {

/// The command id of a write: the value of Idempotency-Key, bare or as a quoted string (RFC 8941 section 3.3.3), one to
/// limits::idempotencyKeyCharactersMax printable characters of ASCII.
[[nodiscard]] Result<QString> idempotencyKey(const HttpRequest &request);

/// The JSON object of the body; none at all is an empty one. InvalidInput for a body that says it is something else.
[[nodiscard]] Result<QJsonObject> bodyObject(const HttpRequest &request);

/// Whether the body is, or may be, JSON by what its sender says.
[[nodiscard]] bool saysJson(const HttpRequest &request);

template <Described Body>
[[nodiscard]] Result<Body> readBody(const HttpRequest &request)
{
    if (saysJson(request)) {
        if (auto body = readQuickly<Body>(request.body))
            return *std::move(body);
    }
    PT_TRY(const QJsonObject object, bodyObject(request));
    return fromJson<Body>(object, UnknownFields::Refuse);
}

/// The `{id}` of the path, or another of its names. What is no id names nothing, so it is NotFound as an unknown one
/// is.
template <class IdType>
[[nodiscard]] Result<IdType> pathId(const HttpRequest &request, const QString &name = QStringLiteral("id"))
{
    const auto id = IdType::fromText(request.pathValues.value(name));
    if (!id)
        return refuse(ErrorCode::NotFound, QStringLiteral("There is nothing at this address. Check the id in it."));
    return *id;
}

/// Who buys, by the bearer token alone: a token in the address would end in logs. A buyer's session or the key of a
/// seller; Forbidden for staff, who sell at the desk.
[[nodiscard]] Result<SaleParty> buyerOf(const HttpRequest &request, const Services &services);

/// As buyerOf() where that needs nobody: nothing for a token that was not seen for a while, and for every refusal.
[[nodiscard]] std::optional<SaleParty> knownBuyerOf(const HttpRequest &request, const Services &services);

/// Who asks for an order: its buyer as buyerOf(), or anybody who has its key, which stands in the buyer's mail, as
/// header Order-Key. NotFound where the key is another order's.
[[nodiscard]] Result<SaleParty> readerOf(const HttpRequest &request, const Services &services, const OrderId &order);

/// Who writes, and under which key.
struct Writer
{
    SaleParty party;
    QString key;

    template <Described Command>
    [[nodiscard]] CommandKey commandKey(const QString &name, const Command &command) const
    {
        return {.principal = party.owner, .key = key, .fingerprint = commandFingerprint(name, JsonText::of(command))};
    }
};
[[nodiscard]] Result<Writer> writerOf(const HttpRequest &request, const Services &services);
/// As writerOf(), for who may have the order's key.
[[nodiscard]] Result<Writer> writerOf(const HttpRequest &request, const Services &services, const OrderId &order);

inline constexpr const char *jsonType = "application/json; charset=utf-8";

/// JSON that is the caller's alone and of this moment.
template <Described View>
[[nodiscard]] HttpResponse privateJson(int status, const View &view)
{
    static const QByteArray type(jsonType); // Shared by all answers.
    return HttpResponse::bytes(status, type, JsonText::of(view))
        .with(QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("no-store"));
}

/// An order as its buyer may see it.
[[nodiscard]] HttpResponse orderJson(int status, OrderView order);

/// A file to keep, which is the caller's alone.
[[nodiscard]] HttpResponse attachment(const QByteArray &contentType, const QString &name, const QByteArray &bytes);

/// Bytes with a validator: 304 where the caller has them already.
[[nodiscard]] HttpResponse validated(const HttpRequest &request, const QByteArray &contentType, const QByteArray &body,
                                     const QByteArray &etag, const QByteArray &cacheControl);

/// A refusal of something that the path names, not the body: a pointer into the body would mislead.
[[nodiscard]] Error ofPath(Error error);

/// A handler from a function that returns the answer or the refusal.
template <class Work>
[[nodiscard]] HttpHandler answering(Work work)
{
    return [work = std::move(work)](const HttpRequest &request, const HttpReply &reply) {
        Result<HttpResponse> response = work(request);
        (void)faultPoint("reply_before_send");
        reply.send(response ? *std::move(response) : refusal(response.error(), request));
    };
}

/// As answering(), on the threads that wait for card providers: they may take their time, and all others need the
/// threads that only wait for the database.
[[nodiscard]] HttpHandler onCardWorkers(const Services &services,
                                        std::function<Result<HttpResponse>(const HttpRequest &)> work);

void addServiceRoutes(Router &router, const Services &services);
void addCatalogRoutes(Router &router, const Services &services);
void addLiveRoutes(Router &router, const Services &services);
void addHoldRoutes(Router &router, const Services &services);
void addOrderRoutes(Router &router, const Services &services);
void addTicketRoutes(Router &router, const Services &services);
void addPaymentRoutes(Router &router, const Services &services);
void addAfterSaleRoutes(Router &router, const Services &services);
void addGiftCardRoutes(Router &router, const Services &services);

} // namespace parterre::server::api
