#include "load/deskviewers.h"

#include "base/ids.h"
#include "load/asio.h"
#include "load/shownmap.h"

#include <boost/beast/websocket/stream.hpp>

#include <QJsonDocument>

#include <algorithm>
#include <optional>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mapBytesMax = 64 * 1024 * 1024; ///< More than a snapshot of the largest house, with its layout.
constexpr qint64 comeBackAfter = second;

using WebSocket = beast::websocket::stream<tcp::socket>;

} // namespace

class DeskViewers::Private
{
public:
    class Desk;

    Private(Loop &theLoop, DeskViewersPlan thePlan)
        : loop(theLoop)
        , plan(std::move(thePlan))
    {}

    Loop &loop;
    const DeskViewersPlan plan;
    std::vector<std::shared_ptr<Desk>> desks;
};

class DeskViewers::Private::Desk : public std::enable_shared_from_this<Desk>
{
public:
    Desk(Private &owner, int number)
        : m_owner(&owner)
        , m_number(number)
    {}

    void connect();
    void leave()
    {
        m_owner = nullptr;
        close();
    }
    [[nodiscard]] bool hasMap() const { return m_map.has_value(); }
    [[nodiscard]] qint64 seq() const { return m_map ? m_map->seq : -1; }
    [[nodiscard]] check::Event map() const;

private:
    void shakeHands();
    void send(const QString &type, const QJsonObject &body);
    void write();
    void openMap(std::optional<qint64> since);
    void read();
    void hear(const QJsonObject &message);
    void takeOpened(const QJsonObject &body);
    void takeDelta(const QJsonObject &json);
    void close();
    void comeBack();
    /// True for what happens to a line that is not the present one, or once we have left.
    [[nodiscard]] bool isOver(const std::shared_ptr<WebSocket> &line) const { return !m_owner || line != m_line; }

    Private *m_owner;
    int m_number;
    std::shared_ptr<WebSocket> m_line; ///< Beast's cannot be used a second time.
    std::vector<QByteArray> m_unsent;
    bool m_isWriting = false;
    beast::flat_buffer m_buffer;
    bool m_isAsking = false; ///< For the map; what is pushed before the answer is of what we have.
    int m_gaps = 0;
    std::optional<MapSnapshot> m_map;
};

void DeskViewers::Private::Desk::connect()
{
    m_line = std::make_shared<WebSocket>(m_owner->loop.context());
    m_line->read_message_max(mapBytesMax);
    m_unsent.clear();
    m_buffer.clear();
    m_isWriting = m_isAsking = false;
    const tcp::endpoint server(asio::ip::address_v4::loopback(), m_owner->plan.port);
    m_line->next_layer().async_connect(
        server, [self = shared_from_this(), line = m_line](const boost::system::error_code &error) {
            if (self->isOver(line))
                return;
            if (error)
                return self->comeBack();
            self->shakeHands();
        });
}

void DeskViewers::Private::Desk::shakeHands()
{
    m_line->async_handshake(
        "127.0.0.1", "/v1/desk", [self = shared_from_this(), line = m_line](const boost::system::error_code &error) {
            if (self->isOver(line))
                return;
            if (error)
                return self->comeBack();
            self->send(u"hello"_s, {{u"version"_s, 1}, {u"version_min"_s, 1}, {u"software"_s, u"parterre-bench"_s}});
            self->send(u"resume"_s, {{u"token"_s, self->m_owner->plan.token}});
            self->openMap(self->m_map ? std::optional(self->m_map->seq) : std::nullopt);
            self->read();
        });
}

void DeskViewers::Private::Desk::send(const QString &type, const QJsonObject &body)
{
    const QJsonObject message{
        {u"type"_s, type}, {u"id"_s, newUuidV7().toString(QUuid::WithoutBraces)}, {u"body"_s, body}};
    m_unsent.push_back(QJsonDocument(message).toJson(QJsonDocument::Compact));
    if (!m_isWriting)
        write();
}

void DeskViewers::Private::Desk::write()
{
    m_isWriting = true;
    const QByteArray &text = m_unsent.front();
    m_line->async_write(asio::buffer(text.constData(), static_cast<size_t>(text.size())),
                        [self = shared_from_this(), line = m_line](const boost::system::error_code &error, size_t) {
                            if (self->isOver(line))
                                return;
                            if (error)
                                return self->comeBack();
                            self->m_isWriting = false;
                            self->m_unsent.erase(self->m_unsent.begin());
                            if (!self->m_unsent.empty())
                                self->write();
                        });
}

void DeskViewers::Private::Desk::openMap(std::optional<qint64> since)
{
    QJsonObject body{{u"performance"_s, m_owner->plan.performance.text()}};
    if (since)
        body.insert(u"since"_s, *since);
    m_isAsking = true;
    send(u"open_map"_s, body);
}

void DeskViewers::Private::Desk::read()
{
    m_line->async_read(
        m_buffer, [self = shared_from_this(), line = m_line](const boost::system::error_code &error, size_t) {
            if (self->isOver(line))
                return;
            if (error)
                return self->comeBack();
            const auto data = self->m_buffer.data();
            const QByteArray text(static_cast<const char *>(data.data()), static_cast<qsizetype>(data.size()));
            self->m_buffer.consume(data.size());
            self->hear(QJsonDocument::fromJson(text).object());
            if (!self->isOver(line))
                self->read();
        });
}

void DeskViewers::Private::Desk::hear(const QJsonObject &message)
{
    const QString type = message.value(u"type"_s).toString();
    const QJsonObject body = message.value(u"body"_s).toObject();
    if (type == u"map_opened"_s)
        takeOpened(body);
    else if (type == u"map_changed"_s)
        takeDelta(body.value(u"delta"_s).toObject());
    else if (type == u"map_reset"_s && !m_isAsking)
        openMap(std::nullopt);
    else if (type == u"refused"_s || type == u"signed_out"_s)
        comeBack(); // The server cannot at the moment.
}

void DeskViewers::Private::Desk::takeOpened(const QJsonObject &body)
{
    m_isAsking = false;
    if (const QJsonValue snapshot = body.value(u"snapshot"_s); snapshot.isObject()) {
        const auto map = mapSnapshotFromJson(snapshot.toObject());
        if (map)
            m_map = *map;
        else
            ++m_gaps;
    }
    if (const QJsonValue delta = body.value(u"delta"_s); delta.isObject())
        takeDelta(delta.toObject());
}

void DeskViewers::Private::Desk::takeDelta(const QJsonObject &json)
{
    if (!m_map)
        return;
    const auto delta = mapDeltaFromJson(json);
    const auto outcome = delta ? applyDelta(*m_map, *delta) : DeltaOutcome::Foreign;
    if (outcome == DeltaOutcome::Applied || outcome == DeltaOutcome::Old)
        return;
    // What is pushed while we ask may be after something that the answer will have.
    if (m_isAsking && outcome == DeltaOutcome::Gap)
        return;
    ++m_gaps;
    if (!m_isAsking)
        openMap(m_map->seq);
}

void DeskViewers::Private::Desk::close()
{
    if (!m_line)
        return;
    boost::system::error_code ignored;
    m_line->next_layer().close(ignored);
    m_line.reset();
}

void DeskViewers::Private::Desk::comeBack()
{
    close();
    m_owner->loop.at(Loop::now() + comeBackAfter, [self = shared_from_this()] {
        if (self->m_owner && !self->m_line)
            self->connect();
    });
}

check::Event DeskViewers::Private::Desk::map() const
{
    return shownMap(m_number, m_owner->plan.performanceIndex,
                    {.seq = std::max<qint64>(seq(), 0), .gaps = m_gaps, .isDesk = true}, m_map);
}

DeskViewers::DeskViewers(Loop &loop, DeskViewersPlan plan)
    : m_private(std::make_unique<Private>(loop, std::move(plan)))
{
    for (int i = 0; i < m_private->plan.count; ++i)
        m_private->desks.push_back(std::make_shared<Private::Desk>(*m_private, i));
}

DeskViewers::~DeskViewers()
{
    for (const auto &desk : m_private->desks)
        desk->leave();
}

Status DeskViewers::open(std::chrono::seconds atMost)
{
    for (const auto &desk : m_private->desks)
        desk->connect();
    const auto isDone = [this] {
        return std::ranges::all_of(m_private->desks, [](const auto &desk) { return desk->hasMap(); });
    };
    PT_TRY(const bool inTime, m_private->loop.run(isDone, Loop::now() + atMost.count() * second));
    return inTime ? Status() : refuse(ErrorCode::Unavailable, u"Not all desks were shown the map."_s);
}

Result<bool> DeskViewers::waitFor(qint64 seq, std::chrono::seconds atMost)
{
    const auto isThere = [&] {
        return std::ranges::all_of(m_private->desks, [seq](const auto &desk) { return desk->seq() >= seq; });
    };
    return m_private->loop.run(isThere, Loop::now() + atMost.count() * second);
}

std::vector<check::Event> DeskViewers::maps() const
{
    std::vector<check::Event> events;
    for (const auto &desk : m_private->desks)
        events.push_back(desk->map());
    return events;
}

} // namespace parterre::bench
