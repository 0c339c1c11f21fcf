#include "edge/problem.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace parterre::server {

const char *statusPhrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return status < 400 ? "OK" : "Error";
    }
}

HttpResponse problemResponse(const Problem &problem)
{
    QJsonObject object = problem.more;
    object.insert(u"type"_s, u"urn:parterre:problem:"_s + problem.code);
    object.insert(u"title"_s,
                  problem.title.isEmpty() ? QString::fromLatin1(statusPhrase(problem.status)) : problem.title);
    object.insert(u"status"_s, problem.status);
    object.insert(u"detail"_s, problem.detail);
    object.insert(u"code"_s, problem.code);
    if (problem.retryAfterSeconds > 0)
        object.insert(u"retry_after"_s, problem.retryAfterSeconds);
    auto response = HttpResponse::bytes(problem.status, QByteArrayLiteral("application/problem+json; charset=utf-8"),
                                        QJsonDocument(object).toJson(QJsonDocument::Compact));
    response.with("Cache-Control", "no-store");
    if (problem.retryAfterSeconds > 0)
        response.with("Retry-After", QByteArray::number(problem.retryAfterSeconds));
    return response;
}

} // namespace parterre::server
