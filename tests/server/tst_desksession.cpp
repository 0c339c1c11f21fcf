#include "support/deskclient.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

namespace {

const QString a1 = SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 1);
const QString a2 = SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 2);

/// The map as a desk keeps it: what it opened, and every push since.
struct DeskMap
{
    explicit DeskMap(const protocol::MapOpened &opened)
    {
        if (opened.snapshot)
            map = need(mapSnapshotFromJson(*opened.snapshot));
    }
    void apply(const MapDelta &delta)
    {
        const DeltaOutcome outcome = applyDelta(map, delta);
        if (outcome != DeltaOutcome::Applied && outcome != DeltaOutcome::Old)
            qFatal("a delta does not fit");
    }
    SeatState seat(DeskClient &desk, DeskHouse &house, const QString &key)
    {
        for (; m_applied < desk.pushes.size(); ++m_applied) {
            if (desk.pushes[m_applied].type == MessageType::MapChanged)
                apply(need(mapDeltaFromJson(need(fromJson<protocol::MapChanged>(desk.pushes[m_applied].body)).delta)));
        }
        return map.seats.at(static_cast<size_t>(*house.world.layout().seatNumber(key)));
    }
    MapSnapshot map;

private:
    size_t m_applied = 0;
};

protocol::MapOpened openMap(DeskClient &desk, DeskHouse &house, std::optional<qint64> since = std::nullopt,
                            std::optional<LayoutId> haveLayout = std::nullopt)
{
    return need(desk.get<protocol::MapOpened>(
        MessageType::OpenMap,
        protocol::OpenMap{.performance = house.world.performance(), .since = since, .haveLayout = haveLayout}));
}

TakeHold taking(DeskHouse &house, const std::vector<QString> &seats)
{
    return {.hold = HoldId::create(), .performance = house.world.performance(), .seats = seats, .areas = {}};
}

Result<HoldView> take(DeskClient &desk, DeskHouse &house, const std::vector<QString> &seats)
{
    return desk.get<HoldView>(MessageType::TakeHold, taking(house, seats));
}

Result<OrderView> sell(DeskClient &desk, DeskHouse &house, const std::vector<QString> &seats)
{
    PT_TRY(const HoldView hold, take(desk, house, seats));
    CreateOrder command{.order = OrderId::create(), .hold = hold.id, .lines = {}, .buyer = {}};
    for (const QString &seat : seats)
        command.lines.push_back({.place = seat, .priceType = house.world.priceType()});
    PT_TRY(const OrderView order, desk.get<OrderView>(MessageType::CreateOrder, command));
    return desk.get<OrderView>(MessageType::PayCash,
                               PayCash{.payment = PaymentId::create(), .order = order.id, .tendered = order.total});
}

/// One message of every type that a desk may send, with a body that can be read.
std::vector<std::pair<MessageType, QJsonObject>> everyRequest(DeskHouse &house)
{
    const HoldId hold = HoldId::create();
    const OrderId order = OrderId::create();
    const PerformanceId performance = house.world.performance();
    return {
        {MessageType::SignOut, {}},
        {MessageType::ChangePassword, toJson(protocol::ChangePassword{u"old password"_s, u"new password"_s})},
        {MessageType::ListPerformances, {}},
        {MessageType::OpenMap, toJson(protocol::OpenMap{performance, std::nullopt, std::nullopt})},
        {MessageType::CloseMap, toJson(protocol::OnePerformance{performance})},
        {MessageType::TakeHold, toJson(taking(house, {a1}))},
        {MessageType::RenewHold, toJson(protocol::OneHold{hold})},
        {MessageType::ReleaseHold, toJson(ReleaseHold{.hold = hold, .seats = {}, .areas = {}})},
        {MessageType::GetHold, toJson(protocol::OneHold{hold})},
        {MessageType::CreateOrder,
         toJson(CreateOrder{.order = order, .hold = hold, .lines = {{a1, PriceTypeId::create(), 1}}, .buyer = {}})},
        {MessageType::PayCash, toJson(PayCash{PaymentId::create(), order, SaleWorld::money(5000)})},
        {MessageType::GetOrder, toJson(protocol::OneOrder{order})},
        {MessageType::FindOrders, toJson(protocol::FindOrders{u"P-"_s, 10})},
        {MessageType::GetTickets, toJson(protocol::OneOrder{order})},
        {MessageType::GetTicket, toJson(protocol::OneTicket{TicketId::create()})},
        {MessageType::GetOrderTickets, toJson(protocol::OneOrder{order})},
        {MessageType::ResendTickets, toJson(ResendTickets{.order = order})},
        {MessageType::ReissueTicket, toJson(protocol::OneTicket{TicketId::create()})},
        {MessageType::TransferTicket,
         toJson(TransferTicket{.ticket = TicketId::create(), .name = u"Sebastian"_s, .email = std::nullopt})},
        {MessageType::SetPerformanceState,
         toJson(protocol::SetPerformanceState{performance, PerformanceState::Paused})},
        {MessageType::GetHouseSeats, toJson(protocol::OnePerformance{performance})},
        {MessageType::PutHouseCode,
         toJson(PutHouseCode{.performance = performance, .code = u"CAST"_s, .name = u"Cast"_s, .color = u"#7b5ea7"_s})},
        {MessageType::MoveSeats, toJson(MoveSeats{.performance = performance, .seats = {a1}, .code = u"CAST"_s})},
    };
}

Result<protocol::Envelope> askRaw(DeskClient &desk, MessageType type, const QJsonObject &body)
{
    const CommandId id = CommandId::create();
    desk.sendText(QString::fromUtf8(protocol::encode({.type = type, .id = id, .re = std::nullopt, .body = body})));
    const auto reply = desk.replyTo(id);
    if (reply.type == MessageType::Refused)
        return refuse(errorFromJson(reply.body));
    return reply;
}

} // namespace

class DeskSessionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void helloIsAnsweredWithTheHouse();
    void aDeskOfAnotherVersionIsRefused_data();
    void aDeskOfAnotherVersionIsRefused();
    void nothingIsDoneBeforeHello();
    void nothingIsDoneWithoutASession();
    void aRequestWithoutAnIdIsRefused();
    void whoMustChooseAPasswordMayDoNothingElse();
    void aSaleFromMapToTickets();
    void twoDesksSeeEachOthersHolds();
    void aDeskThatWasAwayIsGivenWhatItMissed();
    void aDeskThatWasAwayTooLongGetsTheMap();
    void aSecondOpenReplacesTheFirst();
    void aClosedMapIsNotPushed();
    void aRepeatAfterAReconnectHasTheFirstOutcomeAndOneEffect();
    void aRefusalIsRepeatedToo();
    void anIdThatIsReusedForSomethingElseIsRefused();
    void clerksSeeTheirOwnOrdersAndSupervisorsAll();
    void aManagerMovesAPerformanceAndAllDesksAreTold();
    void everyoneIsToldOfASale();
    void aSessionThatIsEndedElsewhereIsToldToItsDesk();
    void signingOutEndsTheSessionAndTheMap();
    void aDeskThatLeavesIsForgottenAndItsSessionLivesOn();
    void tooMuchThatCannotBeReadClosesTheConnection();
    void randomMessagesNeitherBreakASessionNorTheBooks();
};

void DeskSessionTest::helloIsAnsweredWithTheHouse()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.connect();
    const auto welcome = need(desk.get<protocol::Welcome>(MessageType::Hello, protocol::Hello{.software = u"test"_s}));
    QCOMPARE(welcome.house, u"The Playhouse"_s);
    QCOMPARE(welcome.version, protocol::protocolVersion);
    QVERIFY(welcome.software.startsWith(u"parterred "_s));
    QCOMPARE(refusal(desk.ask(MessageType::Hello, protocol::Hello{.software = u"test"_s})), u"wrong_state"_s);
}

void DeskSessionTest::aDeskOfAnotherVersionIsRefused_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<int>("versionMin");
    QTest::addColumn<QString>("advice");
    QTest::newRow("newer than we speak") << protocol::protocolVersion + 2 << protocol::protocolVersion + 1
                                         << u"Update the server."_s;
}

void DeskSessionTest::aDeskOfAnotherVersionIsRefused()
{
    QFETCH(int, version);
    QFETCH(int, versionMin);
    QFETCH(QString, advice);
    DeskHouse house;
    DeskClient desk(house);
    desk.connect();
    const auto refused = desk.ask(MessageType::Hello, protocol::Hello{version, versionMin, u"test"_s});
    QCOMPARE(refusal(refused), u"version_mismatch"_s);
    QVERIFY2(refused.error().message.contains(advice), qPrintable(refused.error().message));
    QCOMPARE(refusal(desk.ask(MessageType::SignIn, protocol::SignIn{u"viola"_s, u"a password"_s})),
             u"unauthenticated"_s);
}

void DeskSessionTest::nothingIsDoneBeforeHello()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.connect();
    const QString token = house.world.signInDesk().token;
    QCOMPARE(refusal(desk.ask(MessageType::Resume, protocol::Resume{token})), u"unauthenticated"_s);
    for (const auto &[type, body] : everyRequest(house))
        QCOMPARE(refusal(askRaw(desk, type, body)), u"unauthenticated"_s);
}

void DeskSessionTest::nothingIsDoneWithoutASession()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin();
    for (const auto &[type, body] : everyRequest(house))
        QCOMPARE(refusal(askRaw(desk, type, body)), u"unauthenticated"_s);
    QCOMPARE(refusal(desk.ask(MessageType::Resume, protocol::Resume{house.world.buyerToken()})), u"unauthenticated"_s);
    QCOMPARE(house.world.sqlNumber(u"select count(*) from hold"_s), 0);
    QCOMPARE(house.hub.deskCount(), 0);
}

void DeskSessionTest::aRequestWithoutAnIdIsRefused()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    desk.sendText(u"{\"type\": \"list_performances\", \"body\": {}}"_s);
    QTRY_COMPARE(desk.pushes.size(), 1U);
    QCOMPARE(desk.pushes[0].type, MessageType::Refused);
    QCOMPARE(errorFromJson(desk.pushes[0].body).field, u"/id"_s);
}

void DeskSessionTest::whoMustChooseAPasswordMayDoNothingElse()
{
    DeskHouse house;
    const QString oneTime = need(house.world.identity().addUser(u"feste"_s, u"Feste"_s, Role::Clerk));
    DeskClient desk(house);
    desk.begin();
    const auto first = need(desk.get<protocol::SignedIn>(MessageType::SignIn, protocol::SignIn{u"feste"_s, oneTime}));
    QVERIFY(first.user.mustChangePassword);
    QCOMPARE(refusal(desk.ask(MessageType::ListPerformances, protocol::Nothing{})), u"forbidden"_s);
    QCOMPARE(refusal(take(desk, house, {a1})), u"forbidden"_s);
    QCOMPARE(house.hub.deskCount(), 0);
    const protocol::ChangePassword change{oneTime, u"the rain it raineth"_s};
    const auto second = need(desk.get<protocol::SignedIn>(MessageType::ChangePassword, change));
    QVERIFY(!second.user.mustChangePassword);
    QVERIFY(desk.ask(MessageType::ListPerformances, protocol::Nothing{}).has_value());
    QCOMPARE(house.hub.deskCount(), 1);
}

void DeskSessionTest::aSaleFromMapToTickets()
{
    DeskHouse house;
    (void)house.world.signInDesk();
    DeskClient desk(house);
    desk.begin();
    const auto who = need(desk.get<protocol::SignedIn>(
        MessageType::SignIn, protocol::SignIn{SaleWorld::deskUserName(), SaleWorld::deskPassword()}));
    QCOMPARE(who.user.name, SaleWorld::deskUserName());
    const auto list = need(desk.get<protocol::Performances>(MessageType::ListPerformances, protocol::Nothing{}));
    QCOMPARE(list.performances.size(), 1U);
    const auto opened = openMap(desk, house);
    QCOMPARE(opened.detail.summary.id, house.world.performance());
    QVERIFY(opened.layout.has_value());
    const auto hold = need(take(desk, house, {a1, a2}));
    QCOMPARE(need(desk.get<HoldView>(MessageType::RenewHold, protocol::OneHold{hold.id})).places.size(), 2U);
    const ReleaseHold one{.hold = hold.id, .seats = {a2}, .areas = {}};
    QCOMPARE(need(desk.get<HoldView>(MessageType::ReleaseHold, one)).places.size(), 1U);
    QCOMPARE(need(desk.get<HoldView>(MessageType::GetHold, protocol::OneHold{hold.id})).places.at(0).key, a1);
    const CreateOrder priced{.order = OrderId::create(),
                             .hold = hold.id,
                             .lines = {{.place = a1, .priceType = house.world.priceType(u"Press"_s)}},
                             .buyer = {}};
    QCOMPARE(need(desk.get<OrderView>(MessageType::CreateOrder, priced)).total, SaleWorld::money(0));
    QVERIFY(desk.get<HoldView>(MessageType::ReleaseHold, ReleaseHold{.hold = hold.id, .seats = {}, .areas = {}}));
    const auto order = need(sell(desk, house, {a1, a2}));
    QCOMPARE(order.state, OrderState::Confirmed);
    QCOMPARE(order.total, SaleWorld::money(10000));
    QCOMPARE(need(desk.get<OrderView>(MessageType::GetOrder, protocol::OneOrder{order.id})).number, order.number);
    const auto tickets = need(desk.get<protocol::Document>(MessageType::GetTickets, protocol::OneOrder{order.id}));
    QCOMPARE(tickets.contentType, u"application/pdf"_s);
    QVERIFY(tickets.bytes.startsWith("%PDF-"));
    QCOMPARE(refusal(desk.ask(MessageType::GetTickets, protocol::OneOrder{priced.order})), u"wrong_state"_s);
}

void DeskSessionTest::twoDesksSeeEachOthersHolds()
{
    DeskHouse house;
    DeskClient one(house);
    DeskClient other(house);
    one.begin(house.world.signInDesk().token);
    other.begin(house.world.signInDesk().token);
    DeskMap mapOfOne(openMap(one, house));
    DeskMap mapOfOther(openMap(other, house));
    QElapsedTimer clock;
    clock.start();
    const auto hold = need(take(one, house, {a1}));
    QTRY_COMPARE(mapOfOther.seat(other, house, a1), SeatState::Held);
    qInfo() << "the other desk saw it after" << clock.elapsed() << "ms";
    QTRY_COMPARE(mapOfOne.seat(one, house, a1), SeatState::Held);
    const auto taken = take(other, house, {a1});
    QCOMPARE(refusal(taken), u"seat_taken"_s);
    QVERIFY(one.get<HoldView>(MessageType::ReleaseHold, ReleaseHold{.hold = hold.id, .seats = {}, .areas = {}}));
    QTRY_COMPARE(mapOfOther.seat(other, house, a1), SeatState::Available);
    QCOMPARE(house.liveMap.counts().viewers, 2);
}

void DeskSessionTest::aDeskThatWasAwayIsGivenWhatItMissed()
{
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    DeskClient desk(house);
    desk.begin(token);
    const auto opened = openMap(desk, house);
    DeskMap map(opened);
    desk.lose();
    QTRY_COMPARE(house.liveMap.counts().viewers, 0);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    (void)need(house.world.takeYard(house.world.desk(), 2));
    DeskClient back(house);
    back.begin(token);
    const auto again = openMap(back, house, map.map.seq, opened.detail.layout);
    QVERIFY(!again.layout);
    QVERIFY(!again.snapshot);
    map.apply(need(mapDeltaFromJson(*again.delta)));
    QTRY_COMPARE(map.seat(back, house, a1), SeatState::Held);
    QCOMPARE(map.map, house.world.storedMap());
}

void DeskSessionTest::aDeskThatWasAwayTooLongGetsTheMap()
{
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    (void)need(house.world.takeSeats(house.world.desk(), {a2}));
    // As after so long away: neither the rows nor the mirror reach back to what the desk has.
    house.world.sql(u"delete from map_change; update map_clock set seq = 40"_s);
    QVERIFY(house.world.mirror().refresh(house.world.performance()));
    DeskClient desk(house);
    desk.begin(token);
    const auto opened = openMap(desk, house, 0);
    QVERIFY(!opened.delta);
    QCOMPARE(DeskMap(opened).map, house.world.storedMap());
}

void DeskSessionTest::aSecondOpenReplacesTheFirst()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    (void)openMap(desk, house);
    DeskMap map(openMap(desk, house));
    QTRY_COMPARE(house.liveMap.counts().viewers, 1);
    (void)need(take(desk, house, {a1}));
    QTRY_COMPARE(map.seat(desk, house, a1), SeatState::Held);
    QCOMPARE(desk.pushCount(MessageType::MapChanged), 1);
}

void DeskSessionTest::aClosedMapIsNotPushed()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    (void)openMap(desk, house);
    const protocol::OnePerformance other{PerformanceId::create()};
    QVERIFY(desk.ask(MessageType::CloseMap, other).has_value());
    QCOMPARE(house.liveMap.counts().viewers, 1);
    QVERIFY(desk.ask(MessageType::CloseMap, protocol::OnePerformance{house.world.performance()}).has_value());
    QCOMPARE(house.liveMap.counts().viewers, 0);
    QCOMPARE(refusal(desk.ask(MessageType::OpenMap, protocol::OpenMap{other.performance, {}, {}})), u"not_found"_s);
}

void DeskSessionTest::aRepeatAfterAReconnectHasTheFirstOutcomeAndOneEffect()
{
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    const TakeHold command = taking(house, {a1});
    const CommandId id = CommandId::create();
    DeskClient desk(house);
    desk.begin(token);
    desk.send(MessageType::TakeHold, command, id);
    QTRY_COMPARE(house.world.seatState(a1), u"held"_s);
    desk.lose(); // Whether the answer arrived does not matter.
    DeskClient back(house);
    back.begin(token);
    const auto hold = need(back.get<HoldView>(MessageType::TakeHold, command, id));
    QCOMPARE(hold.id, command.hold);
    QCOMPARE(hold.places.size(), 1U);
    QCOMPARE(house.world.sqlNumber(u"select seq from map_clock"_s), 1);
    QVERIFY(back.get<HoldView>(MessageType::ReleaseHold, ReleaseHold{.hold = hold.id, .seats = {}, .areas = {}}));
    const auto third = need(back.get<HoldView>(MessageType::TakeHold, command, id));
    QCOMPARE(toJson(third), toJson(hold));
    QCOMPARE(house.world.seatState(a1), u"available"_s);
}

void DeskSessionTest::aRefusalIsRepeatedToo()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    const auto first = need(house.world.takeSeats(house.world.buyer(), {a1}));
    const TakeHold command = taking(house, {a1});
    const CommandId id = CommandId::create();
    const auto refused = desk.get<HoldView>(MessageType::TakeHold, command, id);
    QCOMPARE(refusal(refused), u"seat_taken"_s);
    (void)need(house.world.release(house.world.buyer(), {.hold = first.id, .seats = {}, .areas = {}}));
    const auto again = desk.get<HoldView>(MessageType::TakeHold, command, id);
    QCOMPARE(again.error(), refused.error());
    QVERIFY(take(desk, house, {a1}).has_value());
}

void DeskSessionTest::anIdThatIsReusedForSomethingElseIsRefused()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    const CommandId id = CommandId::create();
    QVERIFY(desk.ask(MessageType::TakeHold, taking(house, {a1}), id).has_value());
    QCOMPARE(refusal(desk.ask(MessageType::TakeHold, taking(house, {a2}), id)), u"key_reused"_s);
    QCOMPARE(house.world.seatState(a2), u"available"_s);
}

void DeskSessionTest::clerksSeeTheirOwnOrdersAndSupervisorsAll()
{
    DeskHouse house;
    DeskClient clerk(house);
    DeskClient colleague(house);
    DeskClient supervisor(house);
    clerk.begin(house.world.signInDesk().token);
    colleague.begin(house.tokenOf(u"orsino"_s, Role::Clerk));
    supervisor.begin(house.tokenOf(u"malvolio"_s, Role::Supervisor));
    const auto order = need(sell(clerk, house, {a1}));
    const auto find = [](DeskClient &desk, const QString &text) {
        return need(desk.get<protocol::Orders>(MessageType::FindOrders, protocol::FindOrders{text, 50})).orders.size();
    };
    QCOMPARE(find(clerk, {}), 1U);
    QCOMPARE(find(clerk, order.number.toLower()), 1U);
    QCOMPARE(find(clerk, u"no such thing"_s), 0U);
    QCOMPARE(find(colleague, {}), 0U);
    QCOMPARE(find(supervisor, order.number), 1U);
    QCOMPARE(refusal(colleague.ask(MessageType::GetOrder, protocol::OneOrder{order.id})), u"not_found"_s);
    QCOMPARE(refusal(colleague.ask(MessageType::GetTickets, protocol::OneOrder{order.id})), u"not_found"_s);
    QVERIFY(supervisor.ask(MessageType::GetOrder, protocol::OneOrder{order.id}).has_value());
    QVERIFY(supervisor.ask(MessageType::GetTickets, protocol::OneOrder{order.id}).has_value());
    QCOMPARE(refusal(colleague.ask(MessageType::GetHold, protocol::OneHold{order.hold})), u"hold_gone"_s);
}

void DeskSessionTest::aManagerMovesAPerformanceAndAllDesksAreTold()
{
    DeskHouse house;
    DeskClient clerk(house);
    DeskClient manager(house);
    clerk.begin(house.world.signInDesk().token);
    manager.begin(house.tokenOf(u"olivia"_s, Role::Manager));
    const protocol::SetPerformanceState pause{house.world.performance(), PerformanceState::Paused};
    QCOMPARE(refusal(clerk.ask(MessageType::SetPerformanceState, pause)), u"forbidden"_s);
    const CommandId id = CommandId::create();
    QCOMPARE(need(manager.ask(MessageType::SetPerformanceState, pause, id)).type, MessageType::Done);
    QTRY_COMPARE(clerk.pushCount(MessageType::PerformanceChanged), 1);
    const auto news = need(fromJson<protocol::PerformanceChanged>(clerk.pushes.back().body));
    QCOMPARE(news.performance.state, PerformanceState::Paused);
    QCOMPARE(refusal(take(clerk, house, {a1})), u"not_on_sale"_s);
    const protocol::SetPerformanceState resume{house.world.performance(), PerformanceState::OnSale};
    QVERIFY(manager.ask(MessageType::SetPerformanceState, resume).has_value());
    QVERIFY(manager.ask(MessageType::SetPerformanceState, pause, id).has_value());
    QCOMPARE(house.world.detail().summary.state, PerformanceState::OnSale);
}

void DeskSessionTest::everyoneIsToldOfASale()
{
    DeskHouse house;
    DeskClient one(house);
    DeskClient stranger(house);
    one.begin(house.world.signInDesk().token);
    stranger.begin();
    house.hub.saleRecorded({.performance = house.world.performance(),
                            .orderNumber = u"P-000001"_s,
                            .channel = SalesChannel::Web,
                            .places = 2,
                            .total = SaleWorld::money(10000),
                            .at = {}});
    QTRY_COMPARE(one.pushCount(MessageType::SaleRecorded), 1);
    QVERIFY(stranger.pushes.empty());
}

void DeskSessionTest::aSessionThatIsEndedElsewhereIsToldToItsDesk()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    (void)openMap(desk, house);
    QVERIFY(house.world.identity().disableUser(SaleWorld::deskUserName()).has_value());
    QTRY_COMPARE_WITH_TIMEOUT(desk.pushCount(MessageType::SignedOut), 1, 15'000);
    QCOMPARE(house.liveMap.counts().viewers, 0);
    QCOMPARE(house.hub.deskCount(), 0);
    QCOMPARE(refusal(desk.ask(MessageType::ListPerformances, protocol::Nothing{})), u"unauthenticated"_s);
    QCOMPARE(desk.pushCount(MessageType::SignedOut), 1);
}

void DeskSessionTest::signingOutEndsTheSessionAndTheMap()
{
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    DeskClient desk(house);
    desk.begin(token);
    (void)openMap(desk, house);
    QVERIFY(desk.ask(MessageType::SignOut, protocol::Nothing{}).has_value());
    QCOMPARE(house.liveMap.counts().viewers, 0);
    QCOMPARE(house.hub.deskCount(), 0);
    QCOMPARE(refusal(desk.ask(MessageType::ListPerformances, protocol::Nothing{})), u"unauthenticated"_s);
    QCOMPARE(refusal(desk.ask(MessageType::Resume, protocol::Resume{token})), u"unauthenticated"_s);
    QVERIFY(desk.pushes.empty());
}

void DeskSessionTest::aDeskThatLeavesIsForgottenAndItsSessionLivesOn()
{
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    DeskClient desk(house);
    desk.begin(token);
    (void)openMap(desk, house);
    QCOMPARE(house.hub.deskCount(), 1);
    desk.lose();
    QTRY_COMPARE(house.hub.deskCount(), 0);
    QTRY_COMPARE(house.liveMap.counts().viewers, 0);
    DeskClient back(house);
    back.begin(token);
    QVERIFY(back.ask(MessageType::ListPerformances, protocol::Nothing{}).has_value());
}

void DeskSessionTest::tooMuchThatCannotBeReadClosesTheConnection()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.world.signInDesk().token);
    for (int i = 0; i < 15; ++i)
        desk.sendText(u"{"_s);
    QVERIFY(desk.ask(MessageType::ListPerformances, protocol::Nothing{}).has_value());
    for (int i = 0; i < 8; ++i) {
        desk.sendText(u"{\"type\": \"welcome\", \"id\": \"%1\", \"body\": {}}"_s.arg(CommandId::create().text()));
        desk.sendText(u"{\"type\": \"get_hold\", \"id\": \"%1\", \"body\": {}}"_s.arg(CommandId::create().text()));
    }
    QTRY_VERIFY(!desk.isOpen());
    QCOMPARE(desk.closeCode(), 1008);
}

void DeskSessionTest::randomMessagesNeitherBreakASessionNorTheBooks()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    DeskHouse house;
    const QString token = house.world.signInDesk().token;
    const auto requests = everyRequest(house);
    auto desk = std::make_unique<DeskClient>(house);
    desk->begin(token);
    for (int round = 0; round < 400; ++round) {
        const auto &[type, body] = requests[random.bounded(static_cast<quint32>(requests.size()))];
        if (type == MessageType::SignOut || type == MessageType::ChangePassword)
            continue;
        QByteArray text = protocol::encode({.type = type, .id = CommandId::create(), .re = {}, .body = body});
        for (quint32 i = 0, count = random.bounded(4U); i < count; ++i) {
            const auto at = static_cast<qsizetype>(random.bounded(static_cast<quint32>(text.size())));
            const char byte = static_cast<char>(32 + random.bounded(95U));
            random.bounded(2U) != 0 ? text.insert(at, byte) : text.replace(at, 1, QByteArray(1, byte));
        }
        desk->sendText(QString::fromUtf8(text));
        if (!desk->isOpen() || random.bounded(60U) == 0) {
            desk->lose();
            desk = std::make_unique<DeskClient>(house);
            desk->begin(token);
        }
    }
    DeskClient last(house);
    last.begin(token);
    QVERIFY(need(sell(last, house, {SaleWorld::seatKey(u"Circle"_s, u"B"_s, 5)})).state == OrderState::Confirmed);
    QCOMPARE(house.world.sqlNumber(u"select count(*) from seat_inventory where state = 'sold'"_s), 1);
    QCOMPARE(house.world.sqlNumber(u"select count(*) from command_log where outcome is null"_s), 0);
    desk->lose();
    last.lose();
    QTRY_COMPARE(house.liveMap.counts().viewers, 0);
}

QTEST_MAIN(DeskSessionTest) // Tickets are drawn, which needs the fonts of a QGuiApplication.
#include "tst_desksession.moc"
