#include "edge/http.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace parterre::server {

QByteArray HttpRequest::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

QByteArray HttpRequest::bearerToken() const
{
    const QByteArray value = header("authorization");
    constexpr QByteArrayView scheme("bearer "); // Its case does not matter (RFC 9110 section 11.1).
    const auto begin = QByteArrayView(value).first(qMin(scheme.size(), value.size()));
    if (value.size() <= scheme.size() || begin.compare(scheme, Qt::CaseInsensitive) != 0)
        return {};
    return value.mid(scheme.size()).trimmed();
}

HttpResponse HttpResponse::json(int status, const QJsonObject &object)
{
    return bytes(status, QByteArrayLiteral("application/json; charset=utf-8"),
                 QJsonDocument(object).toJson(QJsonDocument::Compact));
}

HttpResponse HttpResponse::bytes(int status, const QByteArray &contentType, QByteArray body)
{
    HttpResponse response;
    response.status = status;
    response.headers.reserve(4);
    response.headers.emplace_back(QByteArrayLiteral("Content-Type"), contentType);
    response.body = std::move(body);
    return response;
}

HttpResponse HttpResponse::empty(int status)
{
    HttpResponse response;
    response.status = status;
    return response;
}

HttpResponse &HttpResponse::with(QByteArray name, QByteArray value)
{
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

QByteArray etagOf(const QByteArray &content)
{
    constexpr qsizetype digits = 32; // 128 bits: no two versions of one thing meet by chance.
    return '"' + QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex().left(digits) + '"';
}

bool etagMatches(const QByteArray &ifNoneMatch, const QByteArray &etag)
{
    const auto tags = ifNoneMatch.split(',');
    return std::any_of(tags.begin(), tags.end(), [&](const QByteArray &tag) {
        const auto text = tag.trimmed();
        return text == "*" || text == etag || text == "W/" + etag;
    });
}

} // namespace parterre::server
