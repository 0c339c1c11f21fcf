#pragma once

#include "api/deskhub.h"
#include "api/services.h"
#include "edge/edge.h"
#include "protocol/codec.h"
#include "realtime/livemap.h"
#include "support/saleworld.h"

#include <QHash>
#include <QTest>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace parterre::test {

/// The playhouse with its live maps behind a real edge on a free port, as desks reach it; the shop is there too.
class DeskHouse
{
public:
    explicit DeskHouse(const SaleWorldOptions &options = {})
        : world(options)
        , liveMap(world.mirror())
        , workers(4, 1'000)
    {
        world.whenChanged([this](const PerformanceId &performance) { liveMap.changed(performance); });
        liveMap.start();
        const server::Services services{.database = world.database(),
                                        .catalog = world.catalog(),
                                        .identity = world.identity(),
                                        .holds = world.holds(),
                                        .houseSeats = world.houseSeats(),
                                        .handovers = world.handovers(),
                                        .checkout = world.checkout(),
                                        .afterSale = world.afterSale(),
                                        .cancellations = world.cancellations(),
                                        .giftCards = world.giftCards(),
                                        .tickets = world.tickets(),
                                        .fulfilment = world.fulfilment(),
                                        .liveMap = liveMap};
        server::addHttpApi(router, services);
        server::addDeskApi(router, services, hub);
        edge = std::make_unique<server::Edge>(server::EdgeConfig{}, router, workers);
        if (const auto listening = edge->listen(); !listening)
            qFatal("%s", qPrintable(listening.error().message));
    }
    ~DeskHouse()
    {
        edge->shutDown(std::chrono::milliseconds(2'000));
        workers.stop();
        liveMap.stop();
    }
    DeskHouse(const DeskHouse &) = delete;
    DeskHouse &operator=(const DeskHouse &) = delete;

    /// A user with a password of their own, signed in.
    [[nodiscard]] QString tokenOf(const QString &name, Role role)
    {
        const QString own = QStringLiteral("the own password of ") + name;
        world.employ(name, role, own);
        return need(world.identity().signIn(name, own, QStringLiteral("192.0.2.9"))).token;
    }

    SaleWorld world;
    server::LiveMap liveMap;
    server::DeskHub hub;
    server::Router router;
    server::WorkerPool workers;
    std::unique_ptr<server::Edge> edge;
};

/// One desk over a real WebSocket. Asks one thing at a time and keeps every push.
class DeskClient
{
public:
    explicit DeskClient(DeskHouse &house)
        : DeskClient(house.edge->port())
    {}
    explicit DeskClient(quint16 port)
        : m_url(QStringLiteral("ws://127.0.0.1:%1/v1/desk").arg(port))
    {
        QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket, [this](const QString &text) {
            const auto envelope = need(protocol::decode(text.toUtf8(), limits::deskReplyBytesMax));
            if (envelope.re)
                m_replies.insert(*envelope.re, envelope);
            else
                pushes.push_back(envelope);
        });
        m_socket.setMaxAllowedIncomingMessageSize(limits::deskReplyBytesMax);
    }

    void connect()
    {
        m_socket.open(m_url);
        if (!QTest::qWaitFor([this] { return m_socket.state() == QAbstractSocket::ConnectedState; }, 10'000))
            qFatal("the edge does not accept: %s", qPrintable(m_socket.errorString()));
    }
    /// Connects and says hello; with a token it resumes that session.
    void begin(const QString &token = {})
    {
        connect();
        (void)need(
            get<protocol::Welcome>(protocol::MessageType::Hello, protocol::Hello{.software = QStringLiteral("test")}));
        if (!token.isEmpty())
            (void)need(get<protocol::SignedIn>(protocol::MessageType::Resume, protocol::Resume{.token = token}));
    }
    /// As when the network goes: nothing is said.
    void lose() { m_socket.abort(); }
    void sendText(const QString &text) { m_socket.sendTextMessage(text); }

    template <Described Body>
    CommandId send(protocol::MessageType type, const Body &body, const CommandId &id = CommandId::create())
    {
        m_replies.remove(id);
        sendText(QString::fromUtf8(protocol::encode(protocol::request(type, id, body))));
        return id;
    }
    /// Nothing where the connection ended first.
    [[nodiscard]] std::optional<protocol::Envelope> replyOrLoss(const CommandId &id)
    {
        if (!QTest::qWaitFor([&] { return m_replies.contains(id) || !isOpen(); }, 15'000))
            qFatal("no reply came");
        return m_replies.contains(id) ? std::optional(m_replies.take(id)) : std::nullopt;
    }
    [[nodiscard]] protocol::Envelope replyTo(const CommandId &id)
    {
        auto reply = replyOrLoss(id);
        if (!reply)
            qFatal("the connection was lost");
        return *std::move(reply);
    }
    template <Described Body>
    [[nodiscard]] Result<protocol::Envelope> ask(protocol::MessageType type, const Body &body,
                                                 const CommandId &id = CommandId::create())
    {
        const auto reply = replyTo(send(type, body, id));
        if (reply.type == protocol::MessageType::Refused)
            return refuse(errorFromJson(reply.body));
        return reply;
    }
    /// Asks and reads the body of the reply.
    template <Described View, Described Body>
    [[nodiscard]] Result<View> get(protocol::MessageType type, const Body &body,
                                   const CommandId &id = CommandId::create())
    {
        PT_TRY(const auto reply, ask(type, body, id));
        return fromJson<View>(reply.body);
    }

    [[nodiscard]] bool isOpen() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    [[nodiscard]] int closeCode() const { return m_socket.closeCode(); }
    [[nodiscard]] int pushCount(protocol::MessageType type) const
    {
        return static_cast<int>(std::ranges::count(pushes, type, &protocol::Envelope::type));
    }

    std::vector<protocol::Envelope> pushes;

private:
    QUrl m_url;
    QHash<CommandId, protocol::Envelope> m_replies;
    QWebSocket m_socket;
};

} // namespace parterre::test
