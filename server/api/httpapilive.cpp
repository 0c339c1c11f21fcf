#include "api/httpapirequest.h"
#include "catalog/catalogservice.h"
#include "realtime/livemap.h"

#include <QRandomGenerator>

#include <algorithm>
#include <mutex>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// A viewer that lost its stream comes back after this long; spread, so that a restart does not call them all at once.
constexpr int reconnectMillisecondsMin = 1'000;
constexpr int reconnectMillisecondsMax = 4'000;

/// The streams that were opened. A stream does not tell when its viewer leaves, and a map without changes would never
/// find out by writing; so whoever comes clears away those who left, at a cost that each newcomer pays once.
class Streams
{
public:
    explicit Streams(LiveMap &liveMap)
        : m_liveMap(liveMap)
    {}

    void add(LiveMap::ViewerId viewer, std::shared_ptr<EventStream> stream)
    {
        std::vector<LiveMap::ViewerId> gone;
        {
            const std::lock_guard guard(m_mutex);
            m_open.push_back({viewer, std::move(stream)});
            if (m_open.size() < m_sweepAt)
                return;
            std::erase_if(m_open, [&gone](const Open &one) {
                if (!one.stream->isOpen())
                    gone.push_back(one.viewer);
                return !one.stream->isOpen();
            });
            m_sweepAt = std::max(sweepAtMin, 2 * m_open.size());
        }
        for (const auto one : gone)
            m_liveMap.leave(one);
    }

private:
    struct Open
    {
        LiveMap::ViewerId viewer = 0;
        std::shared_ptr<EventStream> stream;
    };
    static constexpr size_t sweepAtMin = 64;

    LiveMap &m_liveMap;
    std::mutex m_mutex;
    std::vector<Open> m_open;
    size_t m_sweepAt = sweepAtMin;
};

std::optional<qint64> lastEventId(const HttpRequest &request)
{
    bool isNumber = false;
    const qint64 seq = request.header("last-event-id").toLongLong(&isNumber);
    return isNumber && seq >= 0 ? std::optional(seq) : std::nullopt;
}

void begin(EventStream &stream, const Result<LiveMap::Start> &start)
{
    if (!start) {
        // What the viewer has may be old by now: it asks for the map, and comes back by itself.
        stream.write(std::make_shared<const QByteArray>("event: reset\ndata: {}\n\n"));
        stream.close();
    } else {
        stream.write(start->event);
    }
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
                                   const Services &services, Streams &streams)
{
    const auto id = publicPerformance(request, services);
    if (!id)
        return refusal(id.error(), request);
    const int pause = QRandomGenerator::global()->bounded(reconnectMillisecondsMin, reconnectMillisecondsMax);
    stream->write(std::make_shared<const QByteArray>("retry: " + QByteArray::number(pause) + "\n\n"));
    const auto viewer = services.liveMap.join(
        *id, {.audience = MapAudience::Public,
              .since = lastEventId(request),
              .onStart = [stream](const Result<LiveMap::Start> &start) { begin(*stream, start); },
              .onDelta = [stream](const SharedBytes &bytes, qint64) { return stream->write(bytes); }});
    streams.add(viewer, stream);
    return std::nullopt;
}

} // namespace

void addLiveRoutes(Router &router, const Services &services)
{
    router.add("GET", u"/v1/performances/{id}/map"_s,
               answering([services](const HttpRequest &request) { return getMap(request, services); }));
    router.addEventStream(u"/v1/performances/{id}/live"_s,
                          [services, streams = std::make_shared<Streams>(services.liveMap)](
                              const HttpRequest &request, const std::shared_ptr<EventStream> &stream) {
                              return follow(request, stream, services, *streams);
                          });
}

} // namespace parterre::server::api
