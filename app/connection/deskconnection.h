#pragma once

#include "ports/sessionport.h"
#include "protocol/codec.h"

#include <QElapsedTimer>
#include <QHash>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <deque>

namespace parterre::app {

/// Seconds to wait before try `attempt` (from 0): doubles from 1 to `backoffSecondsMax`. `jitter` from 0 to 1 takes up
/// to half of it away, so that the desks of a house do not all come back in the same moment.
inline constexpr int backoffSecondsMax = 30;
[[nodiscard]] int backoffMilliseconds(int attempt, double jitter);

/// What happens to a command whose connection is lost before the answer.
enum class Replay {
    SameId, ///< It is sent again under its id after the reconnect, until its outcome is known.
    Never,  ///< It is answered with Unavailable; whoever asked asks anew.
};

/// The one connection of this desk: handshake, session, commands with ids, and coming back by itself.
///
///     Closed --open--> Connecting --welcome--> Online --lost--> Reconnecting --welcome, resumed--> Online
///     Connecting, Reconnecting --version refused--> Refused        any --close--> Closed
///
/// Online while a session exists means that it was resumed: commands are sent in that state only.
class DeskConnection : public QObject
{
    Q_OBJECT

public:
    static constexpr int answerMillisecondsMax = 15'000; ///< Then answerIsLate; the command stays pending.
    static constexpr int handshakeMillisecondsMax = 10'000;

    using Answer = std::function<void(Result<protocol::Envelope>)>;

    explicit DeskConnection(QObject *parent = nullptr);
    ~DeskConnection() override; ///< What is open is not answered any more.

    void open(const QUrl &server);
    void close();
    void tryNow();
    /// Resumed with after each reconnect; empty ends the session.
    void setToken(const QString &token);

    [[nodiscard]] QUrl server() const { return m_server; }
    [[nodiscard]] const ui::ConnectionStatus &status() const { return m_status; }
    [[nodiscard]] const protocol::Welcome &welcome() const { return m_welcome; }
    [[nodiscard]] int pendingCount() const { return static_cast<int>(m_pending.size()); }

    template <Described Body>
    void send(protocol::MessageType type, const Body &body, Replay replay, Answer answer)
    {
        enqueue(protocol::request(type, CommandId::create(), body), replay, std::move(answer));
    }

Q_SIGNALS:
    void statusChanged();
    void welcomed();                                       ///< The handshake is done; a session may follow.
    void resumed(const parterre::protocol::SignedIn &who); ///< Online again with the session that there was.
    void sessionLost(const QString &reason);
    void pushed(const parterre::protocol::Envelope &push);

private:
    struct Pending
    {
        protocol::Envelope request;
        Replay replay = Replay::SameId;
        Answer answer;
        QElapsedTimer sentAt;
    };

    void connectSocket();
    void shakeHands();
    void onText(const QString &text);
    void onDisconnected();
    void onTick();
    void onWelcome(const protocol::Envelope &envelope);
    void onResumed(const Result<protocol::Envelope> &answer);
    void goOnline();
    void retryLater(const QString &why);
    void refuseForGood(const QString &why);
    void enqueue(protocol::Envelope request, Replay replay, Answer answer);
    void transmit(const protocol::Envelope &envelope);
    void answerTo(const CommandId &id, Result<protocol::Envelope> answer);
    void dropPending(bool all, const Error &error);
    void setStatus(ui::ConnectionStatus status);

    QWebSocket m_socket;
    QUrl m_server;
    QString m_token;
    protocol::Welcome m_welcome;
    ui::ConnectionStatus m_status;
    std::deque<Pending> m_pending; ///< In the order in which they were made.
    std::optional<CommandId> m_hello;
    std::optional<CommandId> m_resume;
    QTimer m_tick; ///< Countdown, late answers, stuck handshakes: once a second.
    QTimer m_retry;
    QElapsedTimer m_connectingSince;
    int m_attempt = 0;
};

} // namespace parterre::app
