#include "load/desk.h"

#include "base/ids.h"
#include "load/asio.h"

#include <boost/beast/websocket/stream.hpp>

#include <QJsonDocument>

#include <deque>
#include <string>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t replyBytesMax = 1024 * 1024;
constexpr qint64 signInTimeMax = 60 * second; ///< To check a password is dear on purpose, and the machine may be busy.

DeskRequest request(const QString &type, const QJsonObject &body)
{
    return {.type = type, .id = newUuidV7().toString(QUuid::WithoutBraces), .body = body};
}

/// Keeps itself alive by what it waits for.
class DeskCall : public std::enable_shared_from_this<DeskCall>
{
public:
    using Done = std::function<void(std::optional<DeskReply>)>;

    DeskCall(Loop &loop, std::deque<DeskRequest> requests, Done done)
        : m_loop(loop)
        , m_stream(loop.context())
        , m_requests(std::move(requests))
        , m_done(std::move(done))
    {}

    void begin(quint16 port, qint64 timeMax)
    {
        m_reply.start = Loop::now();
        m_stream.read_message_max(replyBytesMax);
        m_loop.at(m_reply.start + timeMax, [weak = weak_from_this()] {
            if (const auto self = weak.lock())
                self->end(std::nullopt);
        });
        socket().async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), port),
                               [self = shared_from_this()](const boost::system::error_code &error) {
                                   if (error)
                                       return self->end(std::nullopt);
                                   self->shakeHands();
                               });
    }

private:
    [[nodiscard]] tcp::socket &socket() { return m_stream.next_layer(); }

    void shakeHands()
    {
        m_stream.async_handshake("127.0.0.1", "/v1/desk",
                                 [self = shared_from_this()](const boost::system::error_code &error) {
                                     if (error)
                                         return self->end(std::nullopt);
                                     self->write();
                                 });
    }
    void write()
    {
        const DeskRequest &next = m_requests.front();
        m_text = QJsonDocument(QJsonObject{{u"type"_s, next.type}, {u"id"_s, next.id}, {u"body"_s, next.body}})
                     .toJson(QJsonDocument::Compact);
        m_stream.async_write(asio::buffer(m_text.constData(), static_cast<size_t>(m_text.size())),
                             [self = shared_from_this()](const boost::system::error_code &error, size_t) {
                                 if (error)
                                     return self->end(std::nullopt);
                                 self->read();
                             });
    }
    void read()
    {
        m_buffer.clear();
        m_stream.async_read(m_buffer, [self = shared_from_this()](const boost::system::error_code &error, size_t) {
            if (error)
                return self->end(std::nullopt);
            self->hear();
        });
    }
    void hear()
    {
        const auto data = m_buffer.data();
        const QByteArray text(static_cast<const char *>(data.data()), static_cast<qsizetype>(data.size()));
        const QJsonObject message = QJsonDocument::fromJson(text).object();
        if (message.value(u"re"_s).toString() != m_requests.front().id)
            return read(); // A push.
        m_reply.type = message.value(u"type"_s).toString();
        m_reply.body = message.value(u"body"_s).toObject();
        m_requests.pop_front();
        if (m_requests.empty() || m_reply.type == u"refused"_s)
            return end(m_reply);
        write();
    }
    void end(std::optional<DeskReply> reply)
    {
        if (!m_done)
            return;
        boost::system::error_code ignored;
        socket().close(ignored);
        if (reply)
            reply->end = Loop::now();
        std::exchange(m_done, {})(std::move(reply));
    }

    Loop &m_loop;
    beast::websocket::stream<tcp::socket> m_stream;
    std::deque<DeskRequest> m_requests;
    Done m_done;
    DeskReply m_reply;
    QByteArray m_text;
    beast::flat_buffer m_buffer;
};

} // namespace

void askAtDesk(Loop &loop, quint16 port, const QString &token, DeskRequest wanted,
               std::function<void(std::optional<DeskReply>)> done, qint64 timeMax)
{
    if (wanted.id.isEmpty())
        wanted.id = newUuidV7().toString(QUuid::WithoutBraces);
    std::deque<DeskRequest> requests{
        request(u"hello"_s, {{u"version"_s, 1}, {u"version_min"_s, 1}, {u"software"_s, u"parterre-bench"_s}})};
    if (!token.isEmpty())
        requests.push_back(request(u"resume"_s, {{u"token"_s, token}}));
    requests.push_back(std::move(wanted));
    std::make_shared<DeskCall>(loop, std::move(requests), std::move(done))->begin(port, timeMax);
}

Result<QString> signInAtDesk(Loop &loop, quint16 port, const QString &user, const QString &oneTimePassword)
{
    QString token;
    const auto ask = [&](const QString &type, const QJsonObject &body) -> Status {
        auto heard = std::make_shared<std::optional<std::optional<DeskReply>>>();
        askAtDesk(
            loop, port, token, {.type = type, .id = {}, .body = body},
            [heard](std::optional<DeskReply> reply) { *heard = std::move(reply); }, signInTimeMax);
        PT_TRY(const bool isAnswered, loop.run([&] { return heard->has_value(); }, Loop::now() + 2 * signInTimeMax));
        if (!isAnswered || !**heard || (**heard)->type != u"signed_in"_s) {
            return refuse(
                ErrorCode::Unavailable,
                u"%1 cannot sign in at the desk: %2"_s.arg(
                    user, isAnswered && **heard ? (**heard)->body.value(u"message"_s).toString() : u"no answer"_s));
        }
        token = (**heard)->body.value(u"token"_s).toString();
        return {};
    };
    PT_CHECK(ask(u"sign_in"_s, {{u"user"_s, user}, {u"password"_s, oneTimePassword}}));
    PT_CHECK(ask(u"change_password"_s,
                 {{u"old_password"_s, oneTimePassword}, {u"new_password"_s, u"nothing lost and nothing doubled"_s}}));
    return token;
}

} // namespace parterre::bench
