#include "api/desksession.h"

#include "base/clock.h"
#include "base/limits.h"
#include "catalog/catalogservice.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>
#include <array>

namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

namespace {

Q_LOGGING_CATEGORY(logSession, "parterre.desk")

constexpr int policyViolation = 1008; ///< RFC 6455 section 7.4.1.

std::unexpected<Error> signInFirst()
{
    return refuse(ErrorCode::Unauthenticated, u"Sign in first."_s);
}

} // namespace

const DeskSession::Handling *DeskSession::handlingOf(MessageType type)
{
    using enum MessageType;
    static constexpr std::array handlings{
        Handling{Hello, Needs::Nothing, &DeskSession::hello},
        Handling{SignIn, Needs::Hello, &DeskSession::signIn},
        Handling{Resume, Needs::Hello, &DeskSession::resume},
        Handling{SignOut, Needs::Session, &DeskSession::signOut},
        Handling{ChangePassword, Needs::Session, &DeskSession::changePassword},
        Handling{ListPerformances, Needs::OwnPassword, &DeskSession::listPerformances},
        Handling{OpenMap, Needs::OwnPassword, &DeskSession::openMap},
        Handling{CloseMap, Needs::OwnPassword, &DeskSession::closeMap},
        Handling{TakeHold, Needs::OwnPassword, &DeskSession::takeHold},
        Handling{RenewHold, Needs::OwnPassword, &DeskSession::renewHold},
        Handling{ReleaseHold, Needs::OwnPassword, &DeskSession::releaseHold},
        Handling{GetHold, Needs::OwnPassword, &DeskSession::getHold},
        Handling{CreateOrder, Needs::OwnPassword, &DeskSession::createOrder},
        Handling{PayCash, Needs::OwnPassword, &DeskSession::payCash},
        Handling{GetOrder, Needs::OwnPassword, &DeskSession::getOrder},
        Handling{FindOrders, Needs::OwnPassword, &DeskSession::findOrders},
        Handling{GetTickets, Needs::OwnPassword, &DeskSession::getTickets},
        Handling{GetTicket, Needs::OwnPassword, &DeskSession::getTicket},
        Handling{GetOrderTickets, Needs::OwnPassword, &DeskSession::getOrderTickets},
        Handling{ResendTickets, Needs::OwnPassword, &DeskSession::resendTickets},
        Handling{ReissueTicket, Needs::OwnPassword, &DeskSession::reissueTicket},
        Handling{TransferTicket, Needs::OwnPassword, &DeskSession::transferTicket},
        Handling{SetPerformanceState, Needs::OwnPassword, &DeskSession::setPerformanceState},
        Handling{GetHouseSeats, Needs::OwnPassword, &DeskSession::getHouseSeats},
        Handling{PutHouseCode, Needs::OwnPassword, &DeskSession::putHouseCode},
        Handling{MoveSeats, Needs::OwnPassword, &DeskSession::moveSeats},
        Handling{OfferHandover, Needs::OwnPassword, &DeskSession::offerHandover},
        Handling{TakeOverHold, Needs::OwnPassword, &DeskSession::takeOverHold},
        Handling{ListTerminals, Needs::OwnPassword, &DeskSession::listTerminals},
        Handling{PayTerminal, Needs::OwnPassword, &DeskSession::payTerminal},
        Handling{StopTerminal, Needs::OwnPassword, &DeskSession::stopTerminal},
        Handling{RefundLines, Needs::OwnPassword, &DeskSession::refundLines},
        Handling{PayOut, Needs::OwnPassword, &DeskSession::payOut},
        Handling{AskRefundAgain, Needs::OwnPassword, &DeskSession::askRefundAgain},
        Handling{ListOpenRefunds, Needs::OwnPassword, &DeskSession::listOpenRefunds},
        Handling{CancelPerformance, Needs::OwnPassword, &DeskSession::cancelPerformance},
        Handling{CancellationProgress, Needs::OwnPassword, &DeskSession::cancellationProgress},
        Handling{ExchangeOrder, Needs::OwnPassword, &DeskSession::exchangeOrder},
        Handling{AskQuote, Needs::OwnPassword, &DeskSession::askQuote},
        Handling{GetReceipt, Needs::OwnPassword, &DeskSession::getReceipt},
        Handling{Approve, Needs::OwnPassword, &DeskSession::approve},
        Handling{ListOverrides, Needs::OwnPassword, &DeskSession::listOverrides},
        Handling{IssueGiftCard, Needs::OwnPassword, &DeskSession::issueGiftCard},
        Handling{RenewGiftCardCode, Needs::OwnPassword, &DeskSession::renewGiftCardCode},
        Handling{BlockGiftCard, Needs::OwnPassword, &DeskSession::blockGiftCard},
        Handling{GetGiftCard, Needs::OwnPassword, &DeskSession::getGiftCard},
        Handling{FindGiftCards, Needs::OwnPassword, &DeskSession::findGiftCards},
        Handling{PayInParts, Needs::OwnPassword, &DeskSession::payInParts},
        Handling{GetCreditNote, Needs::OwnPassword, &DeskSession::getCreditNote},
        Handling{ListPaymentsInDoubt, Needs::OwnPassword, &DeskSession::listPaymentsInDoubt},
        Handling{ResolvePayment, Needs::OwnPassword, &DeskSession::resolvePayment},
    };
    const auto found = std::ranges::find(handlings, type, &Handling::type);
    return found == handlings.end() ? nullptr : &*found;
}

DeskSession::DeskSession(const Services &services, DeskHub &hub, std::shared_ptr<WebSocketPeer> peer)
    : m_services(services)
    , m_hub(hub)
    , m_peer(std::move(peer))
{}

DeskSession::~DeskSession() = default;

void DeskSession::start()
{
    m_hubId = m_hub.enter(weak_from_this(), m_peer);
}

void DeskSession::onClosed()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isClosed = true;
    }
    // The session lives on: the desk resumes it when it is back.
    m_hub.leave(m_hubId);
    if (const auto map = exchangeMap(nullptr))
        map->end();
}

void DeskSession::onText(const QByteArray &text)
{
    const auto request = protocol::decode(text, limits::deskMessageBytesMax);
    if (!request)
        return unreadable(text, request.error());
    if (!request->id) {
        send(protocol::refusal(std::nullopt, {.code = ErrorCode::InvalidInput,
                                              .message = u"Every request needs an id of its own."_s,
                                              .field = u"/id"_s}));
        return countFault();
    }
    m_isFault = false;
    m_isAnsweredLater = false;
    m_afterAnswer = nullptr;
    const Answer answer = answerTo(*request);
    if (!m_isAnsweredLater)
        send(answer ? *answer : protocol::refusal(request->id, answer.error()));
    if (m_afterAnswer)
        m_afterAnswer();
    if (m_isFault)
        countFault();
    else
        m_faults = 0;
}

DeskSession::Answer DeskSession::answerTo(const Envelope &request)
{
    const Handling *handling = handlingOf(request.type);
    if (!handling) {
        m_isFault = true;
        return refuse(ErrorCode::InvalidInput, u"'%1' is for the server to send."_s.arg(enumName(request.type)),
                      u"/type"_s);
    }
    PT_CHECK(checkNeeds(handling->needs));
    return (this->*handling->handle)(request);
}

Status DeskSession::checkNeeds(Needs needs)
{
    QString token;
    {
        const std::lock_guard lock(m_mutex);
        if (needs != Needs::Nothing && !m_isGreeted)
            return refuse(ErrorCode::Unauthenticated, u"Say hello first."_s);
        if (m_signed)
            token = m_signed->token;
    }
    if (needs == Needs::Nothing || needs == Needs::Hello)
        return {};
    if (token.isEmpty())
        return signInFirst();
    auto principal = m_services.identity.principalForToken(token);
    if (!principal) {
        if (principal.error().code == ErrorCode::Unauthenticated)
            endSession();
        return refuse(principal.error());
    }
    m_principal = *std::move(principal);
    if (needs == Needs::OwnPassword && !m_principal.may(Permission::Sell))
        return refuse(ErrorCode::Forbidden, u"Choose a password of your own first."_s);
    return {};
}

void DeskSession::send(const Envelope &envelope)
{
    m_peer->sendText(std::make_shared<const QByteArray>(protocol::encode(envelope)));
}

/// A newer desk may send what we do not know: where the id can be read the refusal names it, since the desk waits.
void DeskSession::unreadable(const QByteArray &text, const Error &error)
{
    std::optional<CommandId> id;
    if (const auto object = parseJsonObject(text, limits::deskMessageBytesMax, u"The message"_s))
        id = CommandId::fromText(object->value(u"id"_s).toString());
    send(protocol::refusal(id, error));
    countFault();
}

void DeskSession::countFault()
{
    if (++m_faults != faultsMax)
        return;
    qCWarning(logSession) << "A desk at" << m_peer->peerAddress() << "is closed: it sent too much that cannot be read.";
    m_peer->close(policyViolation, "Too many messages that cannot be read.");
}

void DeskSession::closeWithoutHello()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isGreeted || std::chrono::steady_clock::now() - m_connectedAt < helloWait)
            return;
    }
    m_peer->close(policyViolation, "Say hello first.");
}

DeskSession::Answer DeskSession::hello(const Envelope &request)
{
    PT_TRY(const auto hello, read<protocol::Hello>(request));
    PT_TRY(const int version, protocol::agreeOnVersion(hello));
    // A handshake must not fail for want of a name.
    const QString house = m_services.catalog.houseName().value_or(u"Parterre"_s);
    {
        const std::lock_guard lock(m_mutex);
        if (std::exchange(m_isGreeted, true))
            return refuse(ErrorCode::WrongState, u"Hello was said already."_s);
    }
    return protocol::reply(MessageType::Welcome, *request.id,
                           protocol::Welcome{.version = version,
                                             .software = u"parterred "_s + QCoreApplication::applicationVersion(),
                                             .house = house,
                                             .serverTime = SystemClock().now()});
}

DeskSession::Answer DeskSession::signIn(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::SignIn>(request));
    PT_TRY(const StaffSession session,
           m_services.identity.signIn(command.user, command.password, m_peer->peerAddress()));
    qCInfo(logSession) << session.user.name << "signed in from" << m_peer->peerAddress();
    return begin(request, session);
}

DeskSession::Answer DeskSession::resume(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::Resume>(request));
    PT_TRY(const StaffSession session, m_services.identity.resume(command.token));
    return begin(request, session);
}

DeskSession::Answer DeskSession::changePassword(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::ChangePassword>(request));
    QString token;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_signed)
            return signInFirst();
        token = m_signed->token;
    }
    PT_CHECK(m_services.identity.changePassword(token, command.oldPassword, command.newPassword));
    PT_TRY(const StaffSession session, m_services.identity.resume(token));
    return begin(request, session);
}

DeskSession::Answer DeskSession::begin(const Envelope &request, const StaffSession &session)
{
    std::optional<Signed> before;
    {
        const std::lock_guard lock(m_mutex);
        before = std::exchange(m_signed, Signed{.token = session.token, .session = session.sessionId});
        if (!m_isClosed)
            m_hub.setSession(m_hubId, session.sessionId, !session.user.mustChangePassword);
    }
    if (before && before->session != session.sessionId) {
        // Another user at the same desk: nobody has the token of the first any more.
        if (const auto map = exchangeMap(nullptr))
            map->end();
        if (const Status ended = m_services.identity.signOut(before->token); !ended)
            qCWarning(logSession) << "The session before was not ended:" << ended.error().message;
    }
    return protocol::reply(MessageType::SignedIn, *request.id,
                           protocol::SignedIn{.token = session.token, .user = session.user});
}

DeskSession::Answer DeskSession::signOut(const Envelope &request)
{
    if (const auto token = forgetSession())
        PT_CHECK(m_services.identity.signOut(*token));
    return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
}

std::optional<QString> DeskSession::forgetSession()
{
    std::optional<Signed> before;
    std::shared_ptr<OpenedMap> map;
    {
        const std::lock_guard lock(m_mutex);
        before = std::exchange(m_signed, std::nullopt);
        map = std::exchange(m_map, nullptr);
        m_hub.setSession(m_hubId, SessionId(), false);
    }
    if (map)
        map->end();
    return before ? std::optional(before->token) : std::nullopt;
}

void DeskSession::endSession()
{
    if (forgetSession())
        send(protocol::push(MessageType::SignedOut, protocol::Nothing{}));
}

void DeskSession::sessionEnded(const SessionId &session)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_signed || m_signed->session != session)
            return;
    }
    endSession();
}

std::shared_ptr<OpenedMap> DeskSession::exchangeMap(std::shared_ptr<OpenedMap> map)
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_map, std::move(map));
}

} // namespace parterre::server
