#include "gateways/sessiongateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;
using ui::ConnectionState;

SessionGateway::SessionGateway(DeskConnection &connection, QObject *parent)
    : ui::SessionPort(parent)
    , m_connection(connection)
{
    connect(&connection, &DeskConnection::statusChanged, this, [this] {
        failWaiting();
        Q_EMIT statusChanged();
    });
    connect(&connection, &DeskConnection::welcomed, this, &SessionGateway::sendWaiting);
    connect(&connection, &DeskConnection::resumed, this, [this](const protocol::SignedIn &who) { m_user = who.user; });
    connect(&connection, &DeskConnection::sessionLost, this, [this](const QString &reason) {
        if (std::exchange(m_user, std::nullopt))
            Q_EMIT signedOut(reason);
    });
}

void SessionGateway::signIn(const QUrl &server, const QString &user, const QString &password, ui::Reply<UserView> reply)
{
    m_waiting = Waiting{{.user = user, .password = password}, std::move(reply)};
    if (m_connection.status().state == ConnectionState::Online && m_connection.server() == server)
        return sendWaiting();
    m_connection.setToken({});
    m_connection.open(server);
}

void SessionGateway::sendWaiting()
{
    if (!m_waiting)
        return;
    const Waiting waiting = *std::exchange(m_waiting, std::nullopt);
    ask<protocol::SignedIn>(
        m_connection, MessageType::SignIn, waiting.command, MessageType::SignedIn,
        [this, reply = waiting.reply](Result<protocol::SignedIn> who) {
            if (!who)
                return reply(refuse(who.error()));
            begin(*who);
            reply(who->user);
        },
        Replay::Never);
}

void SessionGateway::failWaiting()
{
    const ConnectionState state = m_connection.status().state;
    if (!m_waiting || (state != ConnectionState::Reconnecting && state != ConnectionState::Refused))
        return;
    const Waiting waiting = *std::exchange(m_waiting, std::nullopt);
    const QString why = m_connection.status().message;
    m_connection.close();
    waiting.reply(refuse(ErrorCode::Unavailable, why));
}

void SessionGateway::begin(const protocol::SignedIn &who)
{
    m_connection.setToken(who.token);
    m_user = who.user;
    Q_EMIT signedIn();
}

void SessionGateway::changePassword(const QString &oldPassword, const QString &newPassword, ui::Reply<UserView> reply)
{
    const protocol::ChangePassword command{.oldPassword = oldPassword, .newPassword = newPassword};
    ask<protocol::SignedIn>(
        m_connection, MessageType::ChangePassword, command, MessageType::SignedIn,
        [this, reply = std::move(reply)](Result<protocol::SignedIn> who) {
            if (!who)
                return reply(refuse(who.error()));
            if (!who->token.isEmpty())
                m_connection.setToken(who->token);
            m_user = who->user;
            reply(who->user);
        },
        Replay::Never);
}

void SessionGateway::signOut()
{
    m_connection.send(MessageType::SignOut, protocol::Nothing{}, Replay::Never,
                      [](const Result<protocol::Envelope> &) {}); // The token is forgotten whatever it says.
    m_connection.setToken({});
    if (std::exchange(m_user, std::nullopt))
        Q_EMIT signedOut({});
}

} // namespace parterre::app
