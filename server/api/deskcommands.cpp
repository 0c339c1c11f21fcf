#include "api/desksession.h"

#include "api/deskanswer.h"
#include "catalog/catalogservice.h"
#include "checkout/checkoutservice.h"
#include "giftcards/giftcardservice.h"
#include "houseseats/houseseatservice.h"
#include "runtime/workerpool.h"
#include "ticketing/ticketservice.h"

#include <QJsonDocument>

#include <future>

/// What a desk may ask for once it is signed in. No rule lives here: a message is read, handed to its service under its
/// command id, and what comes back is told.
namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

namespace {

/// Services may answer on another thread and later; the messages of a desk are answered in their order, so we wait.
template <class Ask>
Result<HoldView> outcomeOf(const Ask &ask)
{
    std::promise<Result<HoldView>> outcome;
    ask([&outcome](Result<HoldView> view) { outcome.set_value(std::move(view)); });
    return outcome.get_future().get();
}

} // namespace

SaleParty DeskSession::party() const
{
    return {.owner = m_principal.text, .channel = SalesChannel::Desk};
}

CommandKey DeskSession::commandKey(const Envelope &request) const
{
    return CommandKey::make(m_principal.text, request.id->text(), enumName(request.type), request.body);
}

QString DeskSession::visibleOwner() const
{
    return m_principal.may(Permission::SeeAllOrders) ? QString() : m_principal.text;
}

DeskSession::Answer DeskSession::listPerformances(const Envelope &request)
{
    PT_TRY(auto performances, m_services.catalog.performances(false));
    return protocol::reply(MessageType::Performances, *request.id,
                           protocol::Performances{.performances = std::move(performances)});
}

DeskSession::Answer DeskSession::openMap(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OpenMap>(request));
    PT_TRY(auto detail, m_services.catalog.performance(command.performance, false));
    protocol::MapOpened opened{
        .detail = std::move(detail), .layout = std::nullopt, .snapshot = std::nullopt, .delta = std::nullopt};
    if (command.haveLayout != opened.detail.layout) {
        PT_TRY(const QByteArray json, m_services.catalog.layoutJson(opened.detail.layout));
        opened.layout = QJsonDocument::fromJson(json).object();
    }
    if (const auto before = exchangeMap(nullptr))
        before->end();
    const auto map = std::make_shared<OpenedMap>(m_services.liveMap, command.performance, m_peer);
    PT_TRY(const LiveMap::Start start, map->begin(command.since));
    if (start.snapshot)
        opened.snapshot = mapSnapshotToJson(*start.snapshot);
    if (start.delta)
        opened.delta = mapDeltaToJson(*start.delta);
    {
        const std::lock_guard lock(m_mutex);
        if (!m_signed) // The session ended meanwhile; the map goes with it.
            return refuse(ErrorCode::Unauthenticated, u"Your session has ended. Sign in again."_s);
        m_map = map;
    }
    m_afterAnswer = [map] { map->answered(); };
    return protocol::reply(MessageType::MapOpened, *request.id, opened);
}

DeskSession::Answer DeskSession::closeMap(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OnePerformance>(request));
    std::shared_ptr<OpenedMap> closed;
    {
        const std::lock_guard lock(m_mutex);
        if (m_map && m_map->performance() == command.performance)
            closed = std::exchange(m_map, nullptr);
    }
    if (closed)
        closed->end();
    return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
}

DeskSession::Answer DeskSession::takeHold(const Envelope &request)
{
    PT_TRY(const auto command, read<TakeHold>(request));
    return answerWith(MessageType::Hold, request, outcomeOf([&](const HoldService::Done &done) {
                          m_services.holds.take(party(), commandKey(request), command, done);
                      }));
}

DeskSession::Answer DeskSession::renewHold(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneHold>(request));
    return answerWith(MessageType::Hold, request, outcomeOf([&](const HoldService::Done &done) {
                          m_services.holds.renew(party(), commandKey(request), command.hold, done);
                      }));
}

DeskSession::Answer DeskSession::releaseHold(const Envelope &request)
{
    PT_TRY(const auto command, read<ReleaseHold>(request));
    return answerWith(MessageType::Hold, request, outcomeOf([&](const HoldService::Done &done) {
                          m_services.holds.release(party(), commandKey(request), command, done);
                      }));
}

DeskSession::Answer DeskSession::getHold(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneHold>(request));
    return answerWith(MessageType::Hold, request, m_services.holds.find(party(), command.hold));
}

DeskSession::Answer DeskSession::offerHandover(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneHold>(request));
    return answerWith(MessageType::Handover, request, m_services.handovers.offer(party(), command.hold));
}

DeskSession::Answer DeskSession::takeOverHold(const Envelope &request)
{
    PT_TRY(const auto command, read<TakeOverHold>(request));
    return answerWith(MessageType::Hold, request,
                      m_services.handovers.takeOver(party(), commandKey(request), command, m_peer->peerAddress()));
}

DeskSession::Answer DeskSession::createOrder(const Envelope &request)
{
    PT_TRY(const auto command, read<CreateOrder>(request));
    const auto supervisor =
        m_principal.may(Permission::OverridePrices) ? std::optional(m_principal.user->id) : std::nullopt;
    return answerWith(MessageType::Order, request,
                      m_services.checkout.createOrder(party(), commandKey(request), command, supervisor));
}

DeskSession::Answer DeskSession::payCash(const Envelope &request)
{
    PT_TRY(const auto command, read<PayCash>(request));
    return answerWith(MessageType::Order, request, m_services.checkout.payCash(party(), commandKey(request), command));
}

DeskSession::Answer DeskSession::listTerminals(const Envelope &request)
{
    PT_CHECK(read<protocol::Nothing>(request));
    return protocol::reply(
        MessageType::Terminals, *request.id,
        protocol::Terminals{.names = {m_services.cardTerminals.begin(), m_services.cardTerminals.end()}});
}

DeskSession::Answer DeskSession::payTerminal(const Envelope &request)
{
    PT_TRY(const auto command, read<PayTerminal>(request));
    const auto pay = [self = shared_from_this(), request, command, party = party(), key = commandKey(request)] {
        const auto order = self->m_services.checkout.payTerminal(party, key, command);
        const Answer answer = answerWith(MessageType::Order, request, order);
        self->send(answer ? *answer : protocol::refusal(request.id, answer.error()));
    };
    // Not on this thread: the desk may want to stop it, and a customer takes a minute.
    m_isAnsweredLater = m_services.cardWorkers && m_services.cardWorkers->tryRun(pay);
    if (m_isAnsweredLater)
        return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
    return refuse(ErrorCode::Overloaded, u"Too many payments are under way. Try again in a moment, or take cash."_s);
}

DeskSession::Answer DeskSession::stopTerminal(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OnePayment>(request));
    if (!m_services.giftCards.stopSale(giftCardActor(), command.payment))
        PT_CHECK(m_services.checkout.stopTerminal(party(), command.payment));
    return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
}

DeskSession::Answer DeskSession::getOrder(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneOrder>(request));
    return answerWith(MessageType::Order, request,
                      m_principal.may(Permission::SeeAllOrders) ? m_services.checkout.findForStaff(command.order)
                                                                : m_services.checkout.find(party(), command.order));
}

DeskSession::Answer DeskSession::findOrders(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::FindOrders>(request));
    PT_TRY(auto found, m_services.checkout.search(visibleOwner(), command.text.trimmed(), command.countMax));
    return protocol::reply(MessageType::Orders, *request.id, protocol::Orders{.orders = std::move(found)});
}

DeskSession::Answer DeskSession::setPerformanceState(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::SetPerformanceState>(request));
    if (!m_principal.may(Permission::ChangePerformanceState)) {
        return refuse(ErrorCode::Forbidden, u"A manager must do this. Ask one to sign in."_s);
    }
    PT_TRY(const PerformanceSummary changed,
           m_services.catalog.setState(commandKey(request), command.performance, command.state));
    m_hub.performanceChanged(changed);
    return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
}

DeskSession::Answer DeskSession::getHouseSeats(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OnePerformance>(request));
    PT_TRY(const HouseSeats seats, m_services.houseSeats.seats(command.performance));
    return protocol::reply(MessageType::HouseSeats, *request.id, seats);
}

DeskSession::Answer DeskSession::putHouseCode(const Envelope &request)
{
    PT_TRY(const auto command, read<PutHouseCode>(request));
    if (!m_principal.may(Permission::MoveHouseSeats))
        return askASupervisor();
    PT_CHECK(m_services.houseSeats.putCode(commandKey(request), command));
    PT_TRY(const HouseSeats seats, m_services.houseSeats.seats(command.performance));
    return protocol::reply(MessageType::HouseSeats, *request.id, seats);
}

DeskSession::Answer DeskSession::moveSeats(const Envelope &request)
{
    PT_TRY(const auto command, read<MoveSeats>(request));
    if (!m_principal.may(Permission::MoveHouseSeats))
        return askASupervisor();
    return answerWith(MessageType::SeatsMoved, request, m_services.houseSeats.move(commandKey(request), command));
}

} // namespace parterre::server
