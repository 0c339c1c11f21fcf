#include "api/httpapirequest.h"
#include "catalog/catalogservice.h"
#include "realtime/livemap.h"

#include <QRandomGenerator>

#include <vector>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// A viewer that lost its stream comes back after this long; spread, so that a restart does not call them all at once.
constexpr int reconnectMillisecondsMin = 1'000;
constexpr int reconnectMillisecondsMax = 4'000;
constexpr int reconnectMillisecondsStep = 100;

/// `retry:` lines with a few different pauses, made once.
const std::vector<SharedBytes> &retryTexts()
{
    static const std::vector<SharedBytes> texts = [] {
        std::vector<SharedBytes> made;
        for (int pause = reconnectMillisecondsMin; pause <= reconnectMillisecondsMax;
             pause += reconnectMillisecondsStep)
            made.push_back(std::make_shared<const QByteArray>("retry: " + QByteArray::number(pause) + "\n\n"));
        return made;
    }();
    return texts;
}

std::optional<qint64> lastEventId(const HttpRequest &request)
{
    bool isNumber = false;
    const qint64 seq = request.header("last-event-id").toLongLong(&isNumber);
    return isNumber && seq >= 0 ? std::optional(seq) : std::nullopt;
}

/// NotFound for what the public may not see: the maps themselves know nothing of drafts.
Result<PerformanceId> publicPerformance(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<PerformanceId>(request));
    PT_CHECK(services.catalog.performance(id, true));
    return id;
}

Result<HttpResponse> getMap(const HttpRequest &request, const Services &services)
{
    PT_TRY(const PerformanceId id, publicPerformance(request, services));
    PT_TRY(const LiveMap::PublicMap map, services.liveMap.publicMap(id));
    return validated(request, jsonType, map.json, map.etag, "no-cache");
}

std::optional<HttpResponse> follow(const HttpRequest &request, const std::shared_ptr<EventStream> &stream,
                                   const Services &services)
{
    const auto id = publicPerformance(request, services);
    if (!id)
        return refusal(id.error(), request);
    const auto &texts = retryTexts();
    stream->write(texts.at(QRandomGenerator::global()->bounded(static_cast<quint32>(texts.size()))));
    (void)services.liveMap.join(*id,
                                {.audience = MapAudience::Public, .since = lastEventId(request), .stream = stream});
    return std::nullopt;
}

} // namespace

void addLiveRoutes(Router &router, const Services &services)
{
    router.add("GET", u"/v1/performances/{id}/map"_s,
               answering([services](const HttpRequest &request) { return getMap(request, services); }));
    router.addEventStream(u"/v1/performances/{id}/live"_s,
                          [services](const HttpRequest &request, const std::shared_ptr<EventStream> &stream) {
                              return follow(request, stream, services);
                          });
}

} // namespace parterre::server::api
