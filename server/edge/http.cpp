#include "edge/http.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace parterre::server {

QByteArray HttpRequest::header(const QByteArray &name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

QByteArray HttpRequest::bearerToken() const
{
    const QByteArray value = header(QByteArrayLiteral("authorization"));
    constexpr qsizetype schemeLength = 7; // "Bearer ", whose case does not matter (RFC 9110 section 11.1).
    if (value.size() <= schemeLength || value.left(schemeLength).toLower() != "bearer ")
        return {};
    return value.mid(schemeLength).trimmed();
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

} // namespace parterre::server
