#include "connection/deskconnection.h"

#include "base/assert.h"

#include <QCoreApplication>
#include <QRandomGenerator>

#include <algorithm>

namespace parterre::app {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;
using ui::ConnectionState;

int backoffMilliseconds(int attempt, double jitter)
{
    const int whole = std::min(1 << std::clamp(attempt, 0, 10), backoffSecondsMax) * 1000;
    return whole - static_cast<int>(whole / 2 * std::clamp(jitter, 0.0, 1.0));
}

DeskConnection::DeskConnection(QObject *parent)
    : QObject(parent)
{
    m_socket.setMaxAllowedIncomingMessageSize(limits::deskReplyBytesMax);
    m_socket.setMaxAllowedIncomingFrameSize(limits::deskReplyBytesMax);
    m_retry.setSingleShot(true);
    m_tick.setInterval(1000);
    connect(&m_socket, &QWebSocket::connected, this, &DeskConnection::shakeHands);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &DeskConnection::onText);
    connect(&m_socket, &QWebSocket::disconnected, this, &DeskConnection::onDisconnected);
    connect(&m_retry, &QTimer::timeout, this, &DeskConnection::connectSocket);
    connect(&m_tick, &QTimer::timeout, this, &DeskConnection::onTick);
}

DeskConnection::~DeskConnection()
{
    // The socket tells its end while it is destroyed, when the members that onDisconnected() uses are gone already.
    m_socket.disconnect(this);
    m_socket.abort();
}

void DeskConnection::open(const QUrl &server)
{
    if (server == m_server && m_status.state != ConnectionState::Closed && m_status.state != ConnectionState::Refused)
        return tryNow();
    close();
    m_server = server;
    m_attempt = 0;
    setStatus({.state = ConnectionState::Connecting});
    m_tick.start();
    connectSocket();
}

void DeskConnection::close()
{
    m_retry.stop();
    m_tick.stop();
    setStatus({});
    m_hello.reset();
    m_resume.reset();
    m_socket.abort();
    dropPending(true, {.code = ErrorCode::OutcomeUnknown,
                       .message = tr("The connection was closed before the server answered. Look the order up.")});
}

void DeskConnection::tryNow()
{
    if (m_retry.isActive()) {
        m_retry.stop();
        connectSocket();
    }
}

void DeskConnection::setToken(const QString &token)
{
    m_token = token;
}

void DeskConnection::connectSocket()
{
    m_connectingSince.start();
    ui::ConnectionStatus trying = m_status;
    trying.secondsToRetry = 0;
    setStatus(std::move(trying));
    m_socket.abort();
    QUrl url = m_server;
    url.setPath(u"/v1/desk"_s);
    m_socket.open(url);
}

void DeskConnection::shakeHands()
{
    m_hello = CommandId::create();
    const QString software = u"parterre "_s + QCoreApplication::applicationVersion();
    transmit(protocol::request(MessageType::Hello, *m_hello, protocol::Hello{.software = software}));
}

void DeskConnection::onText(const QString &text)
{
    const auto envelope = protocol::decode(text.toUtf8(), limits::deskReplyBytesMax);
    if (!envelope) {
        // A newer server may push what this build does not know; a reply is waited for and will be late instead.
        qWarning("A message of the server was passed over: %s", qUtf8Printable(envelope.error().message));
        return;
    }
    if (!envelope->re) {
        if (envelope->type == MessageType::SignedOut) {
            m_token.clear();
            Q_EMIT sessionLost(tr("The server ended this session. Sign in again."));
        } else {
            Q_EMIT pushed(*envelope);
        }
        return;
    }
    if (envelope->re == m_hello)
        return onWelcome(*envelope);
    Result<Envelope> answer = *envelope;
    if (envelope->type == MessageType::Refused)
        answer = refuse(errorFromJson(envelope->body));
    if (envelope->re == m_resume)
        return onResumed(answer);
    answerTo(*envelope->re, std::move(answer));
}

void DeskConnection::onWelcome(const Envelope &envelope)
{
    m_hello.reset();
    if (envelope.type == MessageType::Refused) {
        const Error error = errorFromJson(envelope.body);
        return error.code == ErrorCode::VersionMismatch ? refuseForGood(error.message) : retryLater(error.message);
    }
    const auto welcome = fromJson<protocol::Welcome>(envelope.body);
    if (envelope.type != MessageType::Welcome || !welcome)
        return refuseForGood(tr("What answers there is not a Parterre server. Check the address."));
    if (welcome->version < protocol::protocolVersionMin || welcome->version > protocol::protocolVersion) {
        return refuseForGood(tr("The server speaks version %1 of the desk protocol, which this desktop does not. "
                                "Install the desktop of the server's version.")
                                 .arg(welcome->version));
    }
    m_welcome = *welcome;
    if (m_token.isEmpty())
        return goOnline();
    m_resume = CommandId::create();
    transmit(protocol::request(MessageType::Resume, *m_resume, protocol::Resume{.token = m_token}));
}

void DeskConnection::onResumed(const Result<Envelope> &answer)
{
    m_resume.reset();
    if (!answer && answer.error().code != ErrorCode::Unauthenticated && answer.error().code != ErrorCode::NotFound)
        return retryLater(answer.error().message);
    const auto who = answer ? fromJson<protocol::SignedIn>(answer->body) : refuse(answer.error());
    if (!who) {
        m_token.clear();
        dropPending(true, {.code = ErrorCode::OutcomeUnknown,
                           .message = tr("The session ended before the server answered. Look the order up.")});
        goOnline();
        Q_EMIT sessionLost(tr("The session has ended. Sign in again."));
        return;
    }
    if (!who->token.isEmpty())
        m_token = who->token;
    goOnline();
    Q_EMIT resumed(*who);
}

void DeskConnection::goOnline()
{
    m_attempt = 0;
    // Before anybody hears of it: what they ask then comes after what was asked before, and is sent once.
    for (Pending &pending : m_pending) {
        pending.sentAt.start();
        transmit(pending.request);
    }
    setStatus({.state = ConnectionState::Online});
    Q_EMIT welcomed();
}

void DeskConnection::onDisconnected()
{
    if (m_status.state == ConnectionState::Closed || m_status.state == ConnectionState::Refused || m_retry.isActive())
        return;
    const QString reason = m_socket.closeReason().isEmpty() ? m_socket.errorString() : m_socket.closeReason();
    retryLater(m_status.state == ConnectionState::Online
                   ? tr("The connection to the server was lost.")
                   : tr("%1 cannot be reached: %2.").arg(m_server.toString(QUrl::RemovePath), reason));
}

void DeskConnection::retryLater(const QString &why)
{
    m_hello.reset();
    m_resume.reset();
    const int wait = backoffMilliseconds(m_attempt++, QRandomGenerator::global()->generateDouble());
    m_retry.start(wait);
    m_socket.abort();
    setStatus({.state = ConnectionState::Reconnecting, .secondsToRetry = (wait + 999) / 1000, .message = why});
    dropPending(false, {.code = ErrorCode::Unavailable, .message = why});
}

void DeskConnection::refuseForGood(const QString &why)
{
    m_retry.stop();
    setStatus({.state = ConnectionState::Refused, .message = why});
    m_socket.abort();
    dropPending(true, {.code = ErrorCode::VersionMismatch, .message = why});
}

void DeskConnection::onTick()
{
    ui::ConnectionStatus next = m_status;
    if (m_retry.isActive()) {
        next.secondsToRetry = (m_retry.remainingTime() + 999) / 1000;
    } else if (next.state == ConnectionState::Online) {
        next.answerIsLate = std::ranges::any_of(
            m_pending, [](const Pending &pending) { return pending.sentAt.hasExpired(answerMillisecondsMax); });
        m_socket.ping(); // Finds a dead peer: without traffic TCP notices nothing.
    } else if (next.state != ConnectionState::Refused && m_connectingSince.hasExpired(handshakeMillisecondsMax)) {
        return retryLater(tr("The server does not answer."));
    }
    setStatus(std::move(next));
}

void DeskConnection::enqueue(Envelope request, Replay replay, Answer answer)
{
    if (m_status.state != ConnectionState::Online) {
        answer(refuse(ErrorCode::Unavailable, tr("The server cannot be reached, so nothing was done. Try again when "
                                                 "the connection is back.")));
        return;
    }
    m_pending.push_back({std::move(request), replay, std::move(answer), {}});
    m_pending.back().sentAt.start();
    transmit(m_pending.back().request);
}

void DeskConnection::transmit(const Envelope &envelope)
{
    const QByteArray text = protocol::encode(envelope);
    PT_ASSERT(text.size() <= limits::deskMessageBytesMax,
              "the limits of the fields keep every command below the message limit");
    m_socket.sendTextMessage(QString::fromUtf8(text));
}

void DeskConnection::answerTo(const CommandId &id, Result<Envelope> answer)
{
    const auto found =
        std::ranges::find_if(m_pending, [&](const Pending &pending) { return pending.request.id == id; });
    if (found == m_pending.end())
        return;
    // The first time is still being carried out: the outcome is worth waiting for.
    if (!answer && answer.error().code == ErrorCode::InProgress) {
        const int wait = std::max(1, answer.error().retryAfterSeconds) * 1000;
        QTimer::singleShot(wait, this, [this, id] {
            const auto again = std::ranges::find_if(m_pending, [&](const Pending &p) { return p.request.id == id; });
            if (again != m_pending.end() && m_status.state == ConnectionState::Online)
                transmit(again->request);
        });
        return;
    }
    const Answer reply = std::move(found->answer);
    m_pending.erase(found);
    reply(std::move(answer));
}

void DeskConnection::dropPending(bool all, const Error &error)
{
    std::deque<Pending> dropped;
    for (auto it = m_pending.begin(); it != m_pending.end();) {
        if (all || it->replay == Replay::Never) {
            dropped.push_back(std::move(*it));
            it = m_pending.erase(it);
        } else {
            ++it;
        }
    }
    for (const Pending &pending : dropped)
        pending.answer(refuse(error));
}

void DeskConnection::setStatus(ui::ConnectionStatus status)
{
    if (status == m_status)
        return;
    m_status = std::move(status);
    Q_EMIT statusChanged();
}

} // namespace parterre::app
