#pragma once

#include "api/deskhub.h"
#include "api/openedmap.h"
#include "api/services.h"
#include "domain/aftersale/decideaftersale.h"
#include "domain/giftcards/decidegiftcard.h"
#include "holds/handoverservice.h"
#include "holds/holdservice.h"
#include "identity/identityservice.h"
#include "protocol/codec.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

namespace parterre::server {

/// One desk's connection, from hello to its end (PROTOCOL.md).
///
///     connected --hello--> greeted --sign_in, resume--> signed in --sign_out, the session ends--> greeted
///
/// Messages are handled one after the other on worker threads, each to its answer, so the answers are in their order;
/// but for a payment at a card terminal, which takes a customer's time and is answered when it is done.
/// What a signed-in desk may do is decided by the principal behind its token, which is asked anew for every message.
/// Commands go to the services under the command id, so a repeat is answered with the first outcome (design D5).
class DeskSession : public std::enable_shared_from_this<DeskSession>
{
public:
    /// Messages in a row that cannot be read, until the connection is closed with 1008.
    static constexpr int faultsMax = 16;
    static constexpr std::chrono::seconds helloWait{10};

    DeskSession(const Services &services, DeskHub &hub, std::shared_ptr<WebSocketPeer> peer);
    DeskSession(const DeskSession &) = delete;
    DeskSession &operator=(const DeskSession &) = delete;
    ~DeskSession();

    void start();
    void onText(const QByteArray &text);
    void onClosed();

    // For the hub's watch, on its thread.
    void closeWithoutHello();
    void sessionEnded(const SessionId &session);

    using Answer = Result<protocol::Envelope>;

private:
    /// What a message needs before it is looked at.
    enum class Needs { Nothing, Hello, Session, OwnPassword };
    struct Handling
    {
        protocol::MessageType type;
        Needs needs;
        Answer (DeskSession::*handle)(const protocol::Envelope &request);
    };
    static const Handling *handlingOf(protocol::MessageType type);

    // desksession.cpp
    [[nodiscard]] Answer answerTo(const protocol::Envelope &request);
    [[nodiscard]] Status checkNeeds(Needs needs);
    void send(const protocol::Envelope &envelope);
    /// The body, or a refusal that counts as a fault.
    template <Described Body>
    [[nodiscard]] Result<Body> read(const protocol::Envelope &request)
    {
        auto body = fromJson<Body>(request.body);
        m_isFault = !body;
        return body;
    }
    void unreadable(const QByteArray &text, const Error &error);
    void countFault();
    [[nodiscard]] Answer hello(const protocol::Envelope &request);
    [[nodiscard]] Answer signIn(const protocol::Envelope &request);
    [[nodiscard]] Answer resume(const protocol::Envelope &request);
    [[nodiscard]] Answer changePassword(const protocol::Envelope &request);
    [[nodiscard]] Answer signOut(const protocol::Envelope &request);
    [[nodiscard]] Answer begin(const protocol::Envelope &request, const StaffSession &session);
    /// Forgets the session and closes the map; returns whose it was.
    std::optional<QString> forgetSession();
    void endSession();

    // deskcommands.cpp
    [[nodiscard]] Answer listPerformances(const protocol::Envelope &request);
    [[nodiscard]] Answer openMap(const protocol::Envelope &request);
    [[nodiscard]] Answer closeMap(const protocol::Envelope &request);
    [[nodiscard]] Answer takeHold(const protocol::Envelope &request);
    [[nodiscard]] Answer renewHold(const protocol::Envelope &request);
    [[nodiscard]] Answer releaseHold(const protocol::Envelope &request);
    [[nodiscard]] Answer getHold(const protocol::Envelope &request);
    [[nodiscard]] Answer offerHandover(const protocol::Envelope &request);
    [[nodiscard]] Answer takeOverHold(const protocol::Envelope &request);
    [[nodiscard]] Answer createOrder(const protocol::Envelope &request);
    [[nodiscard]] Answer payCash(const protocol::Envelope &request);
    [[nodiscard]] Answer listTerminals(const protocol::Envelope &request);
    [[nodiscard]] Answer payTerminal(const protocol::Envelope &request);
    [[nodiscard]] Answer stopTerminal(const protocol::Envelope &request);
    [[nodiscard]] Answer getOrder(const protocol::Envelope &request);
    [[nodiscard]] Answer findOrders(const protocol::Envelope &request);
    [[nodiscard]] Answer setPerformanceState(const protocol::Envelope &request);
    [[nodiscard]] Answer getHouseSeats(const protocol::Envelope &request);
    [[nodiscard]] Answer putHouseCode(const protocol::Envelope &request);
    [[nodiscard]] Answer moveSeats(const protocol::Envelope &request);

    // deskticketcommands.cpp
    [[nodiscard]] Answer getTickets(const protocol::Envelope &request);
    [[nodiscard]] Answer getTicket(const protocol::Envelope &request);
    [[nodiscard]] Answer getOrderTickets(const protocol::Envelope &request);
    [[nodiscard]] Answer resendTickets(const protocol::Envelope &request);
    [[nodiscard]] Answer reissueTicket(const protocol::Envelope &request);
    [[nodiscard]] Answer transferTicket(const protocol::Envelope &request);
    // deskaftersale.cpp
    [[nodiscard]] Answer refundLines(const protocol::Envelope &request);
    [[nodiscard]] Answer payOut(const protocol::Envelope &request);
    [[nodiscard]] Answer askRefundAgain(const protocol::Envelope &request);
    [[nodiscard]] Answer listOpenRefunds(const protocol::Envelope &request);
    [[nodiscard]] Answer cancelPerformance(const protocol::Envelope &request);
    [[nodiscard]] Answer cancellationProgress(const protocol::Envelope &request);
    [[nodiscard]] Answer exchangeOrder(const protocol::Envelope &request);
    [[nodiscard]] RefundActor actor() const;
    // deskprices.cpp
    [[nodiscard]] Answer askQuote(const protocol::Envelope &request);
    [[nodiscard]] Answer getReceipt(const protocol::Envelope &request);
    [[nodiscard]] Answer getCreditNote(const protocol::Envelope &request);
    [[nodiscard]] Answer approve(const protocol::Envelope &request);
    [[nodiscard]] Answer listOverrides(const protocol::Envelope &request);

    // deskpayments.cpp
    [[nodiscard]] Answer listPaymentsInDoubt(const protocol::Envelope &request);
    [[nodiscard]] Answer resolvePayment(const protocol::Envelope &request);

    // deskgiftcards.cpp
    [[nodiscard]] Answer issueGiftCard(const protocol::Envelope &request);
    [[nodiscard]] Answer payInParts(const protocol::Envelope &request);
    [[nodiscard]] Answer answerLater(const protocol::Envelope &request, const std::function<Answer()> &work);
    [[nodiscard]] Answer renewGiftCardCode(const protocol::Envelope &request);
    [[nodiscard]] Answer blockGiftCard(const protocol::Envelope &request);
    [[nodiscard]] Answer getGiftCard(const protocol::Envelope &request);
    [[nodiscard]] Answer findGiftCards(const protocol::Envelope &request);
    [[nodiscard]] GiftCardActor giftCardActor() const;

    [[nodiscard]] SaleParty party() const;
    [[nodiscard]] CommandKey commandKey(const protocol::Envelope &request) const;
    /// Whose orders this desk may see: its own user's, or an empty text for everybody's.
    [[nodiscard]] QString visibleOwner() const;
    std::shared_ptr<OpenedMap> exchangeMap(std::shared_ptr<OpenedMap> map);

    const Services m_services;
    DeskHub &m_hub;
    const std::shared_ptr<WebSocketPeer> m_peer;
    const std::chrono::steady_clock::time_point m_connectedAt = std::chrono::steady_clock::now();
    DeskHub::DeskId m_hubId = 0;
    int m_faults = 0;
    bool m_isFault = false;              ///< The message that is being handled cannot be read.
    bool m_isAnsweredLater = false;      ///< By whoever has taken it over.
    Principal m_principal;               ///< Behind the message that is being handled.
    std::function<void()> m_afterAnswer; ///< Of the message that is being handled.

    struct Signed
    {
        QString token;
        SessionId session;
    };
    std::mutex m_mutex; ///< Guards the rest, which the hub's watch reaches too.
    bool m_isGreeted = false;
    bool m_isClosed = false;
    std::optional<Signed> m_signed;
    std::shared_ptr<OpenedMap> m_map;
};

} // namespace parterre::server
