#pragma once

#include "connection/deskconnection.h"
#include "ports/sessionport.h"

namespace parterre::app {

/// Sign-in over the connection. The password lives here only until the server has answered.
class SessionGateway : public ui::SessionPort
{
    Q_OBJECT

public:
    explicit SessionGateway(DeskConnection &connection, QObject *parent = nullptr);

    [[nodiscard]] ui::ConnectionStatus status() const override { return m_connection.status(); }
    [[nodiscard]] QUrl server() const override { return m_connection.server(); }
    [[nodiscard]] QString house() const override { return m_connection.welcome().house; }
    [[nodiscard]] std::optional<UserView> user() const override { return m_user; }

    void signIn(const QUrl &server, const QString &user, const QString &password, ui::Reply<UserView> reply) override;
    void changePassword(const QString &oldPassword, const QString &newPassword, ui::Reply<UserView> reply) override;
    void signOut() override;
    void tryNow() override { m_connection.tryNow(); }

private:
    struct Waiting
    {
        protocol::SignIn command;
        ui::Reply<UserView> reply;
    };

    void sendWaiting();
    void failWaiting();
    void begin(const protocol::SignedIn &who);

    DeskConnection &m_connection;
    std::optional<UserView> m_user;
    std::optional<Waiting> m_waiting; ///< A sign-in that waits for the handshake.
};

} // namespace parterre::app
