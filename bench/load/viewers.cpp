#include "load/viewers.h"

#include "load/asio.h"
#include "load/shownmap.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <optional>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t readBytesMax = 256 * 1024;
constexpr qsizetype eventBytesMax = 64 * 1024 * 1024; // More than a snapshot of the largest house.
constexpr int openingAtOnce = 200;
constexpr qint64 reconnectAfter = second;

/// The number after `name` in an event's text, or nothing.
std::optional<qint64> numberAfter(QByteArrayView text, QByteArrayView name)
{
    const qsizetype at = text.indexOf(name);
    if (at < 0)
        return std::nullopt;
    qsizetype end = at + name.size();
    qint64 number = 0;
    for (; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end)
        number = number * 10 + (text[end] - '0');
    return number;
}

} // namespace

class Viewers::Private
{
public:
    class Viewer;

    Private(Loop &theLoop, ViewersPlan thePlan)
        : loop(theLoop)
        , plan(std::move(thePlan))
        , endpoint(asio::ip::address_v4::loopback(), plan.port)
        , request("GET /v1/performances/" + plan.performance.text().toLatin1() +
                  "/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n")
    {}

    void openMore();
    void delivered(qint64 from, qint64 seq, qsizetype size);

    Loop &loop;
    const ViewersPlan plan;
    const tcp::endpoint endpoint;
    const QByteArray request;
    std::vector<std::shared_ptr<Viewer>> viewers;
    std::array<char, readBytesMax> buffer{}; ///< One for all: each read is taken apart at once.
    size_t started = 0;
    int opening = 0;
    int ready = 0; ///< Have had a snapshot.
    qint64 deliveries = 0;
    qint64 bytes = 0;
    qint64 reconnects = 0;
    std::unordered_map<qint64, Push> pushes;
};

class Viewers::Private::Viewer : public std::enable_shared_from_this<Viewer>
{
public:
    Viewer(Private &owner, int number)
        : m_owner(&owner)
        , m_number(number)
        , m_socket(owner.loop.context())
    {}

    void connect();
    void leave()
    {
        m_owner = nullptr;
        boost::system::error_code ignored;
        m_socket.close(ignored);
    }
    [[nodiscard]] qint64 seq() const { return m_seq; }
    [[nodiscard]] check::Event map() const;

private:
    void ask();
    void wait();
    void readAll();
    void take(QByteArrayView bytes);
    void takeBlock(QByteArrayView block);
    void takeSnapshot(qint64 seq, QByteArrayView data);
    void takeDelta(qint64 seq, QByteArrayView block, QByteArrayView data);
    void comeBack();

    Private *m_owner;
    int m_number;
    tcp::socket m_socket;
    QByteArray m_head;
    QByteArray m_unread; ///< The begin of an event whose end has not come yet.
    bool m_isHeadRead = false;
    bool m_isReady = false;
    qint64 m_seq = -1;
    int m_gaps = 0;
    std::optional<MapSnapshot> m_map;
};

void Viewers::Private::Viewer::connect()
{
    m_socket = tcp::socket(m_owner->loop.context());
    m_isHeadRead = false;
    m_unread.clear();
    m_socket.async_connect(m_owner->endpoint, [self = shared_from_this()](const boost::system::error_code &error) {
        if (!self->m_owner)
            return;
        if (error)
            return self->comeBack();
        self->ask();
    });
}

void Viewers::Private::Viewer::ask()
{
    m_head = m_owner->request;
    if (m_seq >= 0)
        m_head += "Last-Event-ID: " + QByteArray::number(m_seq) + "\r\n";
    m_head += "\r\n";
    boost::system::error_code error;
    m_socket.non_blocking(true, error);
    // A new connection takes a line of text at once.
    if (!error)
        m_socket.write_some(asio::buffer(m_head.constData(), static_cast<size_t>(m_head.size())), error);
    if (error)
        return comeBack();
    wait();
}

void Viewers::Private::Viewer::wait()
{
    m_socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code &error) {
        if (!self->m_owner)
            return;
        if (error)
            return self->comeBack();
        self->readAll();
    });
}

void Viewers::Private::Viewer::readAll()
{
    boost::system::error_code error;
    const size_t size = m_socket.read_some(asio::buffer(m_owner->buffer), error);
    if (error && error != asio::error::would_block)
        return comeBack();
    take({m_owner->buffer.data(), static_cast<qsizetype>(size)});
    wait();
}

void Viewers::Private::Viewer::take(QByteArrayView bytes)
{
    const auto end = m_isHeadRead ? QByteArrayView("\n\n") : QByteArrayView("\r\n\r\n");
    if (!m_unread.isEmpty()) {
        m_unread.append(bytes.data(), bytes.size());
        bytes = m_unread;
    }
    qsizetype begin = 0;
    if (!m_isHeadRead) {
        const qsizetype headEnd = bytes.indexOf(end);
        m_isHeadRead = headEnd >= 0;
        begin = m_isHeadRead ? headEnd + end.size() : 0;
    }
    while (m_isHeadRead) {
        const qsizetype blockEnd = bytes.indexOf("\n\n", begin);
        if (blockEnd < 0)
            break;
        takeBlock(bytes.sliced(begin, blockEnd - begin));
        begin = blockEnd + 2;
    }
    const QByteArrayView rest = bytes.sliced(begin);
    m_unread = rest.size() > eventBytesMax ? QByteArray() : rest.toByteArray();
}

void Viewers::Private::Viewer::takeBlock(QByteArrayView block)
{
    const auto seq = block.startsWith("id: ") ? numberAfter(block, "id: ") : std::nullopt;
    const qsizetype data = block.indexOf("data: ");
    if (!seq || data < 0)
        return; // A comment that keeps the line open, or how long to wait before coming back.
    const QByteArrayView text = block.sliced(data + 6);
    if (block.indexOf("event: snapshot\n") >= 0)
        takeSnapshot(*seq, text);
    else if (block.indexOf("event: delta\n") >= 0)
        takeDelta(*seq, block, text);
    else
        m_seq = -1; // A reset: what we have is old, and the server closes.
}

void Viewers::Private::Viewer::takeSnapshot(qint64 seq, QByteArrayView data)
{
    m_seq = seq;
    if (m_number < m_owner->plan.readers) {
        const auto map = mapSnapshotFromJson(QJsonDocument::fromJson(data.toByteArray()).object());
        if (map)
            m_map = *map;
        else
            ++m_gaps;
    }
    if (!std::exchange(m_isReady, true)) {
        ++m_owner->ready;
        --m_owner->opening;
        m_owner->openMore();
    }
}

void Viewers::Private::Viewer::takeDelta(qint64 seq, QByteArrayView block, QByteArrayView data)
{
    const auto from = numberAfter(data, "\"from\":");
    if (!from || *from > m_seq)
        ++m_gaps;
    m_owner->delivered(from.value_or(m_seq), seq, block.size() + 2);
    if (m_map) {
        const auto delta = mapDeltaFromJson(QJsonDocument::fromJson(data.toByteArray()).object());
        const auto outcome = delta ? applyDelta(*m_map, *delta) : DeltaOutcome::Foreign;
        if (outcome == DeltaOutcome::Foreign)
            ++m_gaps;
    }
    m_seq = std::max(m_seq, seq);
}

void Viewers::Private::Viewer::comeBack()
{
    boost::system::error_code ignored;
    m_socket.close(ignored);
    ++m_owner->reconnects;
    m_owner->loop.at(Loop::now() + reconnectAfter, [self = shared_from_this()] {
        if (self->m_owner)
            self->connect();
    });
}

check::Event Viewers::Private::Viewer::map() const
{
    return shownMap(m_number, m_owner->plan.performanceIndex, {.seq = std::max<qint64>(m_seq, 0), .gaps = m_gaps},
                    m_map);
}

void Viewers::Private::openMore()
{
    while (opening < openingAtOnce && started < viewers.size()) {
        ++opening;
        viewers[started++]->connect();
    }
}

void Viewers::Private::delivered(qint64 from, qint64 seq, qsizetype size)
{
    const qint64 now = Loop::now();
    ++deliveries;
    bytes += size;
    Push &push = pushes[seq];
    if (push.first == 0)
        push = {.from = from, .first = now};
    push.afterFirst.push_back(static_cast<quint32>(std::min<qint64>((now - push.first) / 1'000, UINT32_MAX)));
}

Viewers::Viewers(Loop &loop, ViewersPlan plan)
    : m_private(std::make_unique<Private>(loop, std::move(plan)))
{
    for (int i = 0; i < m_private->plan.count; ++i)
        m_private->viewers.push_back(std::make_shared<Private::Viewer>(*m_private, i));
}

Viewers::~Viewers()
{
    close();
}

void Viewers::close()
{
    for (const auto &viewer : m_private->viewers)
        viewer->leave();
}

Status Viewers::open(std::chrono::seconds atMost)
{
    m_private->openMore();
    PT_TRY(const bool isDone, m_private->loop.run([this] { return m_private->ready == m_private->plan.count; },
                                                  Loop::now() + atMost.count() * second));
    if (isDone)
        return {};
    return refuse(ErrorCode::Unavailable,
                  u"Only %1 of %2 viewers were shown the map."_s.arg(m_private->ready).arg(m_private->plan.count));
}

Result<bool> Viewers::waitFor(qint64 seq, std::chrono::seconds atMost)
{
    const auto isThere = [&] {
        return std::ranges::all_of(m_private->viewers, [seq](const auto &viewer) { return viewer->seq() >= seq; });
    };
    return m_private->loop.run(isThere, Loop::now() + atMost.count() * second);
}

qint64 Viewers::deliveries() const
{
    return m_private->deliveries;
}

qint64 Viewers::bytes() const
{
    return m_private->bytes;
}

qint64 Viewers::reconnects() const
{
    return m_private->reconnects;
}

const std::unordered_map<qint64, Push> &Viewers::pushes() const
{
    return m_private->pushes;
}

std::vector<check::Event> Viewers::maps() const
{
    std::vector<check::Event> events;
    for (const auto &viewer : m_private->viewers)
        events.push_back(viewer->map());
    return events;
}

} // namespace parterre::bench
