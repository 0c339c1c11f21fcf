#include "api/httpapirequest.h"
#include "ticketing/ticketservice.h"

#include "domain/aftersale/decideaftersale.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// The content of a quoted string, or nothing where it is not closed exactly at its end.
std::optional<QByteArray> unquoted(const QByteArray &text)
{
    QByteArray content;
    for (qsizetype i = 1; i < text.size(); ++i) {
        const char c = text.at(i);
        if (c == '"')
            return i + 1 == text.size() ? std::optional(content) : std::nullopt;
        if (c != '\\') {
            content.append(c);
            continue;
        }
        if (++i == text.size() || (text.at(i) != '"' && text.at(i) != '\\'))
            return std::nullopt;
        content.append(text.at(i));
    }
    return std::nullopt;
}

/// Nobody for staff.
std::optional<SaleParty> partyOf(const Principal &principal)
{
    switch (principal.kind) {
    case PrincipalKind::Buyer:
        return SaleParty{.owner = principal.text, .channel = SalesChannel::Web};
    case PrincipalKind::ApiKey:
        return SaleParty{.owner = principal.text, .channel = SalesChannel::Api, .placesMax = principal.placesMax};
    case PrincipalKind::Staff:
        break;
    }
    return std::nullopt;
}

std::unexpected<Error> badKey(const QString &message)
{
    return refuse(ErrorCode::InvalidInput, message, u"/Idempotency-Key"_s);
}

} // namespace

Result<QString> idempotencyKey(const HttpRequest &request)
{
    const auto count = std::count_if(request.headers.begin(), request.headers.end(),
                                     [](const auto &header) { return header.first == "idempotency-key"; });
    const QByteArray value = request.header("idempotency-key").trimmed();
    if (value.isEmpty())
        return badKey(u"Send an Idempotency-Key: a new id for each new command, the same one for a repeat."_s);
    if (count > 1)
        return badKey(u"Send one Idempotency-Key, not several."_s);
    const auto key = value.startsWith('"') ? unquoted(value) : std::optional(value);
    if (!key)
        return badKey(u"The Idempotency-Key begins with a quote and does not end with one."_s);
    if (key->isEmpty() || key->size() > limits::idempotencyKeyCharactersMax) {
        return badKey(u"The Idempotency-Key has %1 characters; it needs 1 to %2."_s.arg(key->size())
                          .arg(limits::idempotencyKeyCharactersMax));
    }
    if (!std::all_of(key->begin(), key->end(), [](char c) { return c >= ' ' && c <= '~'; }))
        return badKey(u"The Idempotency-Key takes printable characters of ASCII only; a UUID is best."_s);
    return QString::fromLatin1(*key);
}

bool saysJson(const HttpRequest &request)
{
    const QByteArray said = request.header("content-type");
    const qsizetype end = said.indexOf(';');
    const auto type = QByteArrayView(said).first(end < 0 ? said.size() : end).trimmed();
    return type.isEmpty() || type.compare("application/json", Qt::CaseInsensitive) == 0;
}

Result<QJsonObject> bodyObject(const HttpRequest &request)
{
    if (request.body.isEmpty())
        return QJsonObject();
    if (!saysJson(request))
        return refuse(ErrorCode::InvalidInput, u"Send the request body as application/json."_s, u"/Content-Type"_s);
    return parseJsonObject(request.body, limits::httpBodyBytesMax, u"The request body"_s);
}

Result<SaleParty> buyerOf(const HttpRequest &request, const Services &services)
{
    const QByteArray token = request.bearerToken();
    if (token.isEmpty()) {
        return refuse(ErrorCode::Unauthenticated,
                      u"Begin a session with POST /v1/sessions and send its token as Authorization: Bearer."_s);
    }
    PT_TRY(const Principal principal, services.identity.principalForToken(QString::fromLatin1(token)));
    if (auto party = partyOf(principal))
        return *std::move(party);
    return refuse(ErrorCode::Forbidden, u"Staff sell at the desk; begin a buyer's session to buy here."_s);
}

std::optional<SaleParty> knownBuyerOf(const HttpRequest &request, const Services &services)
{
    const auto principal = services.identity.knownPrincipal(QString::fromLatin1(request.bearerToken()));
    return principal ? partyOf(*principal) : std::nullopt;
}

Result<SaleParty> readerOf(const HttpRequest &request, const Services &services, const OrderId &order)
{
    const QByteArray key = request.header("order-key").trimmed();
    if (key.isEmpty())
        return buyerOf(request, services);
    if (!services.tickets.isOrderKey(order, QString::fromLatin1(key)))
        return refuse(ErrorCode::NotFound, u"There is no such order. Open the link of the mail again."_s);
    PT_TRY(QString owner, services.tickets.ownerOf(order));
    return SaleParty{.owner = std::move(owner), .channel = SalesChannel::Web};
}

Result<Writer> writerOf(const HttpRequest &request, const Services &services, const OrderId &order)
{
    PT_TRY(SaleParty party, readerOf(request, services, order));
    PT_TRY(QString key, idempotencyKey(request));
    return Writer{.party = std::move(party), .key = std::move(key)};
}

Result<Writer> writerOf(const HttpRequest &request, const Services &services)
{
    PT_TRY(SaleParty party, buyerOf(request, services));
    PT_TRY(QString key, idempotencyKey(request));
    return Writer{.party = std::move(party), .key = std::move(key)};
}

HttpResponse attachment(const QByteArray &contentType, const QString &name, const QByteArray &bytes)
{
    return HttpResponse::bytes(200, contentType, bytes)
        .with("Content-Disposition", "attachment; filename=\"" + name.toLatin1() + '"')
        .with("Cache-Control", "no-store");
}

HttpResponse validated(const HttpRequest &request, const QByteArray &contentType, const QByteArray &body,
                       const QByteArray &etag, const QByteArray &cacheControl)
{
    auto response = etagMatches(request.header("if-none-match"), etag) ? HttpResponse::empty(304)
                                                                       : HttpResponse::bytes(200, contentType, body);
    response.with("ETag", etag).with("Cache-Control", cacheControl);
    return response;
}

Error ofPath(Error error)
{
    error.field.clear();
    return error;
}

HttpResponse orderJson(int status, OrderView order)
{
    hideFromBuyer(order);
    return privateJson(status, order);
}

} // namespace parterre::server::api
