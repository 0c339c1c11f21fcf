#include "service/courier.h"

#include "edge/asio.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <QUrl>

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace parterre::psp {

using namespace Qt::StringLiterals;
using namespace server;
namespace http = beast::http;
using Steady = std::chrono::steady_clock;

namespace {

constexpr size_t linesMax = 4;      ///< To one receiver.
constexpr size_t receiversMax = 64; ///< Then those that wait for nothing are forgotten.
constexpr std::uint64_t answerBytesMax = 4 * 1024 * 1024;
constexpr size_t bufferBytes = 16 * 1024; ///< More than the head of an answer may have.
constexpr std::chrono::seconds watchInterval{1};

struct Job
{
    QByteArray request;
    Courier::Done done;
};

/// One connection, with one request on its way at most.
struct Line
{
    explicit Line(asio::io_context &context)
        : socket(context)
        , resolver(context)
    {}

    void close()
    {
        boost::system::error_code ignored;
        resolver.cancel();
        socket.close(ignored);
        buffer.clear();
    }

    tcp::socket socket;
    tcp::resolver resolver;
    beast::flat_buffer buffer{bufferBytes};
    Steady::time_point deadline{};
    bool isBusy = false;
    bool isLate = false;
};

struct Receiver
{
    std::string host;
    std::string port;
    QByteArray head; ///< Of every request, as far as it is the same.
    std::deque<Job> waiting{};
    std::vector<std::shared_ptr<Line>> lines{};
};

QString words(const boost::system::error_code &error)
{
    return QString::fromStdString(error.message());
}

asio::awaitable<boost::system::error_code> connect(Line &line, const Receiver &receiver)
{
    boost::system::error_code error;
    const auto address = asio::ip::make_address(receiver.host, error);
    if (!error) {
        const tcp::endpoint endpoint(address, static_cast<unsigned short>(std::stoi(receiver.port)));
        error = std::get<0>(co_await line.socket.async_connect(endpoint, awaitTuple));
    } else {
        const auto [unknown, found] = co_await line.resolver.async_resolve(receiver.host, receiver.port, awaitTuple);
        error = unknown;
        if (!error)
            error = std::get<0>(co_await asio::async_connect(line.socket, found, awaitTuple));
    }
    boost::system::error_code ignored;
    if (!error)
        line.socket.set_option(tcp::no_delay(true), ignored);
    co_return error;
}

/// The status of the answer, or why there is none. Interim answers are read over.
asio::awaitable<Courier::Outcome> readAnswer(Line &line)
{
    for (;;) {
        http::response_parser<http::string_body> parser;
        parser.body_limit(answerBytesMax);
        const auto [error, size] = co_await http::async_read(line.socket, line.buffer, parser, awaitTuple);
        if (error)
            co_return Courier::Outcome{.reason = words(error)};
        const auto status = static_cast<int>(parser.get().result_int());
        if (status / 100 == 1)
            continue;
        if (!parser.keep_alive() || line.buffer.size() > 0)
            line.close();
        co_return Courier::Outcome{.status = status};
    }
}

asio::awaitable<Courier::Outcome> bring(Line &line, const Receiver &receiver, const QByteArray &request)
{
    if (!line.socket.is_open()) {
        if (const auto error = co_await connect(line, receiver))
            co_return Courier::Outcome{.reason = words(error)};
    }
    const auto [error, size] = co_await asio::async_write(
        line.socket, asio::buffer(request.constData(), static_cast<size_t>(request.size())), awaitTuple);
    if (error)
        co_return Courier::Outcome{.reason = words(error)};
    co_return co_await readAnswer(line);
}

} // namespace

class Courier::Private
{
public:
    Private(asio::io_context &context, std::chrono::milliseconds timeout)
        : m_context(context)
        , m_watch(context)
        , m_timeout(timeout)
    {}

    std::shared_ptr<Receiver> receiver(const QString &url);
    void begin(const std::shared_ptr<Receiver> &receiver);

private:
    asio::awaitable<void> serve(std::shared_ptr<Receiver> receiver, std::shared_ptr<Line> line, Job job);
    void watch();

    asio::io_context &m_context;
    asio::steady_timer m_watch;
    const std::chrono::milliseconds m_timeout;
    std::map<QString, std::shared_ptr<Receiver>> m_receivers;
    bool m_isWatching = false;
};

std::shared_ptr<Receiver> Courier::Private::receiver(const QString &url)
{
    if (const auto known = m_receivers.find(url); known != m_receivers.end())
        return known->second;
    if (m_receivers.size() >= receiversMax) {
        std::erase_if(m_receivers, [](const auto &each) {
            return each.second->waiting.empty() &&
                   std::ranges::none_of(each.second->lines, [](const auto &line) { return line->isBusy; });
        });
    }
    const QUrl parts(url);
    const QByteArray target = parts.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment);
    QString host = parts.host(QUrl::FullyEncoded);
    auto added = std::make_shared<Receiver>();
    added->host = host.toStdString();
    added->port = std::to_string(parts.port(80));
    if (host.contains(u':'))
        host = u'[' + host + u']';
    added->head = "POST " + (target.startsWith('/') ? target : '/' + target) + " HTTP/1.1\r\nHost: " + host.toLatin1() +
                  (parts.port() > 0 ? ":" + QByteArray::number(parts.port()) : QByteArray()) +
                  "\r\nUser-Agent: parterre\r\nAccept: */*\r\n";
    m_receivers.emplace(url, added);
    return added;
}

void Courier::Private::begin(const std::shared_ptr<Receiver> &receiver)
{
    while (!receiver->waiting.empty()) {
        auto idle = std::ranges::find_if(receiver->lines, [](const auto &line) { return !line->isBusy; });
        if (idle == receiver->lines.end() && receiver->lines.size() == linesMax)
            return;
        if (idle == receiver->lines.end())
            idle = receiver->lines.insert(idle, std::make_shared<Line>(m_context));
        (*idle)->isBusy = true;
        Job job = std::move(receiver->waiting.front());
        receiver->waiting.pop_front();
        asio::co_spawn(
            m_context,
            [this, receiver, line = *idle, job = std::move(job)]() mutable {
                return serve(receiver, line, std::move(job));
            },
            asio::detached);
    }
}

asio::awaitable<void> Courier::Private::serve(std::shared_ptr<Receiver> receiver, std::shared_ptr<Line> line, Job job)
{
    line->isLate = false;
    line->deadline = Steady::now() + m_timeout;
    watch();
    const bool wasOpen = line->socket.is_open();
    Outcome outcome = co_await bring(*line, *receiver, job.request);
    if (outcome.status == 0)
        line->close();
    if (outcome.status == 0 && wasOpen && !line->isLate) {
        outcome = co_await bring(*line, *receiver, job.request);
        if (outcome.status == 0)
            line->close();
    }
    if (line->isLate)
        outcome.reason = u"No answer came in time."_s;
    line->isBusy = false;
    begin(receiver);
    job.done(outcome);
}

/// Nearly every answer comes long before its deadline, and a timer for each would cost as much as reading it.
void Courier::Private::watch()
{
    if (m_isWatching)
        return;
    m_isWatching = true;
    m_watch.expires_after(watchInterval);
    m_watch.async_wait([this](const boost::system::error_code &error) {
        m_isWatching = false;
        bool isNeeded = false;
        for (const auto &[url, receiver] : m_receivers) {
            for (const auto &line : receiver->lines) {
                isNeeded = isNeeded || line->isBusy;
                if (line->isBusy && line->deadline < Steady::now()) {
                    line->isLate = true;
                    line->close();
                }
            }
        }
        if (!error && isNeeded)
            watch();
    });
}

Courier::Courier(boost::asio::io_context &context, std::chrono::milliseconds timeout)
    : m_private(std::make_unique<Private>(context, timeout))
{}

Courier::~Courier() = default;

bool Courier::reaches(const QString &url)
{
    const QUrl parts(url, QUrl::StrictMode);
    return parts.isValid() && parts.scheme() == u"http" && !parts.host().isEmpty() && parts.userInfo().isEmpty();
}

void Courier::post(const Parcel &parcel, Done done)
{
    const auto receiver = m_private->receiver(parcel.url);
    QByteArray request;
    request.reserve(receiver->head.size() + parcel.headers.size() + parcel.body.size() + 64);
    request += receiver->head;
    request += parcel.headers;
    request += "Content-Length: ";
    request += QByteArray::number(parcel.body.size());
    request += "\r\n\r\n";
    request += parcel.body;
    receiver->waiting.push_back({.request = std::move(request), .done = std::move(done)});
    m_private->begin(receiver);
}

} // namespace parterre::psp
