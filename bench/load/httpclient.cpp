#include "load/httpclient.h"

#include "load/asio.h"

#include <boost/beast/core/flat_buffer.hpp>

#include <deque>
#include <optional>
#include <vector>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr auto callTimeout = 30 * second;
constexpr size_t answerBytesMax = 64 * 1024 * 1024; // A stadium's layout.

struct Job
{
    HttpCall call;
    HttpClient::Done done;
    HttpAnswer answer{};
};

/// Into the memory of the request before it.
void writeRequest(QByteArray &bytes, const HttpCall &call)
{
    const auto add = [&bytes](const auto &...pieces) { (bytes.append(pieces), ...); };
    bytes.resize(0);
    add(call.method, " ", call.target, " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    if (!call.token.isEmpty())
        add("Authorization: Bearer ", call.token, "\r\n");
    if (!call.key.isEmpty())
        add("Idempotency-Key: ", call.key, "\r\n");
    if (!call.body.isEmpty())
        add("Content-Type: application/json\r\n");
    if (!call.body.isEmpty() || call.method != "GET")
        add("Content-Length: ", QByteArray::number(call.body.size()), "\r\n");
    add("\r\n", call.body);
}

/// Keeps status and body of an answer and lets its headers go: a list of them would be a dozen allocations for nothing.
class AnswerParser final : public http::basic_parser<false>
{
public:
    AnswerParser()
    {
        eager(true);
        body_limit(answerBytesMax);
    }
    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] QByteArray takeBody() { return std::move(m_body); }

private:
    using Code = boost::system::error_code;
    using Text = beast::string_view;

    void on_request_impl(http::verb, Text, Text, int, Code &) override {}
    void on_response_impl(int code, Text, int, Code &) override { m_status = code; }
    void on_field_impl(http::field, Text, Text, Code &) override {}
    void on_header_impl(Code &) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t> &length, Code &) override
    {
        if (length && *length <= answerBytesMax)
            m_body.reserve(static_cast<qsizetype>(*length));
    }
    size_t on_body_impl(Text body, Code &) override
    {
        m_body.append(body.data(), static_cast<qsizetype>(body.size()));
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, Code &) override {}
    size_t on_chunk_body_impl(std::uint64_t, Text body, Code &error) override { return on_body_impl(body, error); }
    void on_finish_impl(Code &) override {}

    int m_status = 0;
    QByteArray m_body;
};

} // namespace

class HttpClient::Private
{
public:
    class Connection;

    Private(Loop &theLoop, quint16 thePort, int theMax)
        : loop(theLoop)
        , endpoint(asio::ip::address_v4::loopback(), thePort)
        , connectionsMax(theMax)
    {}

    void dispatch();
    void idle(const std::shared_ptr<Connection> &connection);
    void lost(const std::shared_ptr<Connection> &connection);
    void finish(Job job);

    Loop &loop;
    const tcp::endpoint endpoint;
    const int connectionsMax;
    std::deque<Job> waiting;
    std::vector<std::shared_ptr<Connection>> connections;
    std::vector<std::shared_ptr<Connection>> idles; ///< The one that was used last first: its memory is warm.
    int open = 0;
};

class HttpClient::Private::Connection : public std::enable_shared_from_this<Connection>
{
public:
    explicit Connection(Private &owner)
        : m_owner(&owner)
        , m_socket(owner.loop.context())
    {}

    void begin(Job job)
    {
        m_job = std::move(job);
        if (m_isConnected)
            return write();
        m_socket.async_connect(m_owner->endpoint, [self = shared_from_this()](const boost::system::error_code &error) {
            if (error || !self->m_owner)
                return self->fail();
            boost::system::error_code ignored;
            self->m_socket.set_option(tcp::no_delay(true), ignored);
            self->m_socket.non_blocking(true, ignored);
            self->m_isConnected = true;
            self->write();
        });
    }
    /// The owner goes, or gives up: nobody is to be called any more but the one who waits.
    void drop()
    {
        boost::system::error_code ignored;
        m_socket.close(ignored);
    }
    void disown() { m_owner = nullptr; }

private:
    void write();
    void read();
    void consume();
    void fail();
    void finish();

    Private *m_owner;
    tcp::socket m_socket;
    bool m_isConnected = false;
    std::optional<Job> m_job;
    QByteArray m_request;
    beast::flat_buffer m_buffer;
    std::optional<AnswerParser> m_parser;
};

void HttpClient::Private::Connection::write()
{
    writeRequest(m_request, m_job->call);
    m_parser.emplace();
    m_job->answer.start = Loop::now();
    const asio::const_buffer request(m_request.constData(), static_cast<size_t>(m_request.size()));
    // It always fits into the socket of who waits for its answer, and then there is nothing to wait for.
    boost::system::error_code error;
    const size_t sent = m_socket.send(asio::buffer(request), 0, error);
    if (sent == request.size())
        return read();
    asio::async_write(m_socket, asio::buffer(request + sent),
                      [self = shared_from_this()](const boost::system::error_code &failure, size_t) {
                          if (failure)
                              return self->fail();
                          self->read();
                      });
}

void HttpClient::Private::Connection::read()
{
    m_socket.async_read_some(m_buffer.prepare(16 * 1024),
                             [self = shared_from_this()](const boost::system::error_code &error, size_t size) {
                                 if (error)
                                     return self->fail();
                                 self->m_buffer.commit(size);
                                 self->consume();
                             });
}

void HttpClient::Private::Connection::consume()
{
    while (m_buffer.size() > 0 && !m_parser->is_done()) {
        boost::system::error_code error;
        m_buffer.consume(m_parser->put(m_buffer.data(), error));
        if (error == http::error::need_more)
            break;
        if (error)
            return fail();
    }
    if (!m_parser->is_done())
        return read();
    finish();
}

void HttpClient::Private::Connection::fail()
{
    drop();
    m_isConnected = false;
    if (!m_owner || !m_job)
        return;
    Job job = *std::exchange(m_job, std::nullopt);
    job.answer.end = Loop::now();
    if (job.answer.start == 0)
        job.answer.start = job.answer.end;
    m_owner->lost(shared_from_this());
    m_owner->finish(std::move(job));
}

void HttpClient::Private::Connection::finish()
{
    Job job = *std::exchange(m_job, std::nullopt);
    job.answer.end = Loop::now();
    job.answer.status = m_parser->status();
    job.answer.body = m_parser->takeBody();
    if (!m_owner)
        return;
    if (m_parser->keep_alive()) {
        m_owner->idle(shared_from_this());
    } else {
        drop();
        m_owner->lost(shared_from_this());
    }
    m_owner->finish(std::move(job));
}

void HttpClient::Private::dispatch()
{
    while (!waiting.empty()) {
        std::shared_ptr<Connection> connection;
        if (!idles.empty()) {
            connection = std::move(idles.back());
            idles.pop_back();
        } else if (static_cast<int>(connections.size()) < connectionsMax) {
            connection = std::make_shared<Connection>(*this);
            connections.push_back(connection);
        } else {
            return;
        }
        Job job = std::move(waiting.front());
        waiting.pop_front();
        connection->begin(std::move(job));
    }
}

void HttpClient::Private::idle(const std::shared_ptr<Connection> &connection)
{
    idles.push_back(connection);
    dispatch();
}

void HttpClient::Private::lost(const std::shared_ptr<Connection> &connection)
{
    std::erase(connections, connection);
    dispatch();
}

void HttpClient::Private::finish(Job job)
{
    --open;
    job.done(std::move(job.answer));
}

HttpClient::HttpClient(Loop &loop, quint16 port, int connectionsMax)
    : m_private(std::make_unique<Private>(loop, port, connectionsMax))
{}

HttpClient::~HttpClient()
{
    for (const auto &connection : m_private->connections) {
        connection->disown();
        connection->drop();
    }
}

void HttpClient::send(HttpCall call, Done done)
{
    ++m_private->open;
    m_private->waiting.push_back({std::move(call), std::move(done)});
    m_private->dispatch();
}

int HttpClient::open() const
{
    return m_private->open;
}

void HttpClient::abandon()
{
    auto waiting = std::exchange(m_private->waiting, {});
    for (const auto &connection : m_private->connections)
        connection->drop(); // Its reads end with an error, which finishes its call.
    for (Job &job : waiting) {
        job.answer.start = job.answer.end = Loop::now();
        m_private->finish(std::move(job));
    }
}

Result<HttpAnswer> HttpClient::call(HttpCall call)
{
    const QByteArray what = call.method + ' ' + call.target;
    auto answer = std::make_shared<std::optional<HttpAnswer>>();
    send(std::move(call), [answer](HttpAnswer got) { *answer = std::move(got); });
    PT_CHECK(m_private->loop.run([&] { return answer->has_value(); }, Loop::now() + callTimeout));
    if (!answer->has_value() || (*answer)->status == 0)
        return refuse(ErrorCode::Unavailable, u"The server does not answer %1."_s.arg(QString::fromLatin1(what)));
    return **answer;
}

} // namespace parterre::bench
