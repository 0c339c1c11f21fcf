#pragma once

#include "domain/identity/user.h"
#include "ports/reply.h"

#include <QUrl>

#include <optional>

namespace parterre::ui {

enum class ConnectionState {
    Closed,       ///< Nobody asked for a connection.
    Connecting,   ///< The first time; nothing was shown yet.
    Online,       ///< The server answers.
    Reconnecting, ///< Lost; `secondsToRetry` until the next try.
    Refused,      ///< The versions do not fit; trying again does not help.
};

struct ConnectionStatus
{
    ConnectionState state = ConnectionState::Closed;
    int secondsToRetry = 0;
    QString message{};         ///< Why it is so, for a person.
    bool answerIsLate = false; ///< A command has waited longer than it should.

    bool operator==(const ConnectionStatus &) const = default;
};

/// Who works at this desk, and whether the server can be reached. Implemented in app over the connection.
class SessionPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual ConnectionStatus status() const = 0;
    [[nodiscard]] virtual QUrl server() const = 0;
    [[nodiscard]] virtual QString house() const = 0; ///< The venue's name, once known.
    [[nodiscard]] virtual std::optional<UserView> user() const = 0;

    virtual void signIn(const QUrl &server, const QString &user, const QString &password, Reply<UserView> reply) = 0;
    virtual void changePassword(const QString &oldPassword, const QString &newPassword, Reply<UserView> reply) = 0;
    virtual void signOut() = 0;
    virtual void tryNow() = 0; ///< Does not wait for the next try.

Q_SIGNALS:
    void statusChanged();
    void signedIn();
    void signedOut(const QString &reason); ///< `reason` is empty when the user asked for it.
};

} // namespace parterre::ui
