#include "api/httpapirequest.h"
#include "catalog/catalogservice.h"
#include "houseseats/houseseatservice.h"

#include <QJsonDocument>
#include <QUrl>

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

struct PerformancePage
{
    std::vector<PerformanceSummary> performances;
    std::optional<QString> nextCursor;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performances", performances, {.countMax = limits::pageSizeMax});
        fields("next_cursor", nextCursor);
    }
};

/// Where a page ended: pages go by start and id, so what is put on sale meanwhile neither repeats nor hides anything.
struct Cursor
{
    Instant startsAt;
    QString id; ///< As text, whose order is PostgreSQL's order of uuids.

    static Cursor at(const PerformanceSummary &performance)
    {
        return {.startsAt = performance.startsAt, .id = performance.id.text()};
    }
    [[nodiscard]] QString text() const
    {
        const QByteArray plain = QByteArray::number(startsAt.time_since_epoch().count()) + '.' + id.toLatin1();
        return QString::fromLatin1(plain.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    }
    static std::optional<Cursor> fromText(const QString &text)
    {
        const auto plain = QByteArray::fromBase64Encoding(text.toLatin1(), QByteArray::Base64UrlEncoding |
                                                                               QByteArray::AbortOnBase64DecodingErrors);
        if (!plain)
            return std::nullopt;
        const auto dot = plain.decoded.indexOf('.');
        bool isNumber = false;
        const qint64 microseconds = plain.decoded.left(std::max<qsizetype>(dot, 0)).toLongLong(&isNumber);
        const auto id = PerformanceId::fromText(QString::fromLatin1(plain.decoded.mid(dot + 1)));
        if (!isNumber || !id)
            return std::nullopt;
        return Cursor{.startsAt = Instant(std::chrono::microseconds(microseconds)), .id = id->text()};
    }
    friend bool operator<(const Cursor &a, const Cursor &b)
    {
        return std::tie(a.startsAt, a.id) < std::tie(b.startsAt, b.id);
    }
};

Result<int> pageSize(const HttpRequest &request)
{
    if (!request.query.contains(u"limit"_s))
        return limits::pageSizeDefault;
    bool isNumber = false;
    const int size = request.query.value(u"limit"_s).toInt(&isNumber);
    if (!isNumber || size < 1 || size > limits::pageSizeMax) {
        return refuse(ErrorCode::InvalidInput, u"limit must be a whole number from 1 to %1."_s.arg(limits::pageSizeMax),
                      u"/limit"_s);
    }
    return size;
}

Result<HttpResponse> listPerformances(const HttpRequest &request, const Services &services)
{
    PT_TRY(const int size, pageSize(request));
    std::optional<Cursor> after;
    if (request.query.contains(u"cursor"_s)) {
        after = Cursor::fromText(request.query.value(u"cursor"_s));
        if (!after) {
            return refuse(ErrorCode::InvalidInput,
                          u"This cursor is not one of ours. Begin again with the first page."_s, u"/cursor"_s);
        }
    }
    PT_TRY(std::vector<PerformanceSummary> all, services.catalog.performances(true));
    PerformancePage page;
    for (PerformanceSummary &performance : all) {
        const bool isOffered =
            performance.state == PerformanceState::OnSale || performance.state == PerformanceState::Paused;
        if (!isOffered || (after && !(*after < Cursor::at(performance))))
            continue;
        if (static_cast<int>(page.performances.size()) == size) {
            page.nextCursor = Cursor::at(page.performances.back()).text();
            break;
        }
        page.performances.push_back(std::move(performance));
    }
    const QByteArray body = QJsonDocument(toJson(page)).toJson(QJsonDocument::Compact);
    auto response = validated(request, jsonType, body, etagOf(body), "no-cache");
    if (page.nextCursor) {
        response.with("Link", "</v1/performances?limit=" + QByteArray::number(size) +
                                  "&cursor=" + page.nextCursor->toLatin1() + ">; rel=\"next\"");
    }
    return response;
}

Result<HttpResponse> getPerformance(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<PerformanceId>(request));
    PT_TRY(const PerformanceDetail detail, services.catalog.performance(id, true));
    const QByteArray body = QJsonDocument(toJson(detail)).toJson(QJsonDocument::Compact);
    return validated(request, jsonType, body, etagOf(body), "no-cache");
}

/// A stored layout never changes: a change of a plan is another layout with another id.
Result<HttpResponse> getLayout(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<LayoutId>(request));
    PT_TRY(const QByteArray json, services.catalog.layoutJson(id));
    return validated(request, jsonType, json, '"' + id.text().toLatin1() + '"', "public, max-age=31536000, immutable");
}

/// In a header, since addresses end in logs.
Result<HttpResponse> getAllocation(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<PerformanceId>(request));
    PT_CHECK(services.catalog.performance(id, true));
    // Percent-encoded, since a header has only ASCII for certain.
    const QString code = QString::fromUtf8(QByteArray::fromPercentEncoding(request.header("access-code"))).trimmed();
    if (code.isEmpty() || code.size() > HouseCode::accessCharactersMax) {
        return refuse(ErrorCode::InvalidInput,
                      u"Send the access code in the header Access-Code, at most %1 characters."_s.arg(
                          HouseCode::accessCharactersMax),
                      u"/Access-Code"_s);
    }
    PT_TRY(const Allocation allocation, services.houseSeats.allocation(id, code, request.peer));
    return privateJson(200, allocation);
}

} // namespace

void addCatalogRoutes(Router &router, const Services &services)
{
    const auto add = [&](const QString &pattern, auto work) {
        router.add("GET", pattern,
                   answering([services, work](const HttpRequest &request) { return work(request, services); }));
    };
    add(u"/v1/performances"_s, listPerformances);
    add(u"/v1/performances/{id}"_s, getPerformance);
    add(u"/v1/performances/{id}/allocation"_s, getAllocation);
    add(u"/v1/layouts/{id}"_s, getLayout);
}

} // namespace parterre::server::api
