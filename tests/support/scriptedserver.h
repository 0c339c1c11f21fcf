#pragma once

#include "protocol/codec.h"

#include <QHash>
#include <QHostAddress>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>

#include <functional>

/// A server of the desk protocol on a real socket that says exactly what a test wants. It answers hello, sign_in and
/// resume by itself; everything else by the handler of its type, and is silent where there is none.
namespace parterre::tests {

class ScriptedServer
{
public:
    using Handler = std::function<std::optional<protocol::Envelope>(const protocol::Envelope &)>;

    ScriptedServer()
        : m_server(QStringLiteral("scripted"), QWebSocketServer::NonSecureMode)
    {
        QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server, [this] { accept(); });
        on(protocol::MessageType::Hello, [](const protocol::Envelope &hello) {
            return protocol::reply(protocol::MessageType::Welcome, *hello.id,
                                   protocol::Welcome{.version = protocol::protocolVersion,
                                                     .software = QStringLiteral("scripted"),
                                                     .house = QStringLiteral("Old Court Theatre"),
                                                     .serverTime = {}});
        });
        const Handler letIn = [this](const protocol::Envelope &request) {
            return protocol::reply(protocol::MessageType::SignedIn, *request.id,
                                   protocol::SignedIn{.token = QStringLiteral("token"), .user = user});
        };
        on(protocol::MessageType::SignIn, letIn);
        on(protocol::MessageType::Resume, letIn);
        listen();
    }

    void on(protocol::MessageType type, Handler handler) { m_handlers[type] = std::move(handler); }
    void beSilentOn(protocol::MessageType type) { m_handlers.remove(type); }

    /// Again on the same port after stop().
    void listen()
    {
        m_isListening = m_server.listen(QHostAddress::LocalHost, m_port) && (m_port = m_server.serverPort());
    }
    /// Nobody can connect, and whoever was connected is cut off without a word.
    void stop()
    {
        m_server.close();
        cut();
    }
    void cut()
    {
        for (QWebSocket *socket : std::exchange(m_sockets, {})) {
            socket->abort();
            socket->deleteLater();
        }
    }

    void push(const protocol::Envelope &envelope) { sendText(QString::fromUtf8(protocol::encode(envelope))); }
    void sendText(const QString &text)
    {
        for (QWebSocket *socket : m_sockets)
            socket->sendTextMessage(text);
    }

    [[nodiscard]] QUrl url() const { return QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(m_port)); }
    [[nodiscard]] bool isListening() const { return m_isListening; }
    [[nodiscard]] bool hasDesk() const { return !m_sockets.isEmpty(); }
    [[nodiscard]] QList<protocol::Envelope> received(protocol::MessageType type) const
    {
        QList<protocol::Envelope> found;
        for (const protocol::Envelope &envelope : all) {
            if (envelope.type == type)
                found += envelope;
        }
        return found;
    }

    QList<protocol::Envelope> all; ///< Everything that came, in order, over all connections.
    UserView user{.id = UserId::create(),
                  .name = QStringLiteral("clara"),
                  .displayName = QStringLiteral("Clara Kemp"),
                  .role = Role::Clerk,
                  .mustChangePassword = false};

private:
    void accept()
    {
        QWebSocket *socket = m_server.nextPendingConnection();
        m_sockets += socket;
        QObject::connect(socket, &QWebSocket::disconnected, &m_server, [this, socket] {
            if (m_sockets.removeAll(socket) > 0)
                socket->deleteLater();
        });
        QObject::connect(socket, &QWebSocket::textMessageReceived, &m_server,
                         [this, socket](const QString &text) { answer(socket, text); });
    }
    void answer(QWebSocket *socket, const QString &text)
    {
        const auto envelope = protocol::decode(text.toUtf8(), limits::deskMessageBytesMax);
        if (!envelope)
            qFatal("the desk sent what is no message: %s", qPrintable(envelope.error().message));
        all += *envelope;
        const Handler handler = m_handlers.value(envelope->type);
        const std::optional<protocol::Envelope> reply = handler ? handler(*envelope) : std::nullopt;
        if (reply)
            socket->sendTextMessage(QString::fromUtf8(protocol::encode(*reply)));
    }

    QHash<protocol::MessageType, Handler> m_handlers;
    QList<QWebSocket *> m_sockets;
    quint16 m_port = 0;
    bool m_isListening = false;
    QWebSocketServer m_server; ///< Last: it goes first, with all that is connected to it.
};

} // namespace parterre::tests
