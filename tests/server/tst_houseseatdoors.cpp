#include "support/apiserver.h"
#include "support/deskclient.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

namespace {

PutHouseCode friendsOf(const PerformanceId &performance)
{
    return {.performance = performance,
            .code = u"FRIENDS"_s,
            .name = u"Friends of the house"_s,
            .kind = HouseCodeKind::Allocation,
            .color = u"#7b5ea7"_s,
            .accessCode = u"FRIENDS-26"_s};
}

/// The playhouse with three seats in an allocation.
void setFriendsAside(SaleWorld &world)
{
    const auto put = world.houseSeats().putCode(SaleNode::newKey(world.desk()), friendsOf(world.performance()));
    const auto moved = world.houseSeats().move(
        SaleNode::newKey(world.desk()),
        {.performance = world.performance(), .seats = {a(1), a(2), a(3)}, .code = u"FRIENDS"_s});
    if (!put || !moved)
        qFatal("the allocation was refused");
}

} // namespace

/// House seats through the two doors: what a desk and a caller of the API may ask, and what they are told.
class TestHouseSeatDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The desk.

    void aSupervisorMovesSeatsAndEveryDeskSeesIt()
    {
        DeskHouse house;
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"orsino"_s, Role::Supervisor));
        const PerformanceId performance = house.world.performance();
        (void)need(desk.get<protocol::MapOpened>(MessageType::OpenMap, protocol::OpenMap{performance, {}, {}}));
        const auto codes = need(desk.get<HouseSeats>(MessageType::PutHouseCode, friendsOf(performance)));
        QCOMPARE(codes.codes.size(), 1U);
        QVERIFY(codes.codes[0].code.hasAccess);
        const auto moved = need(desk.get<MovedSeats>(
            MessageType::MoveSeats,
            MoveSeats{.performance = performance, .seats = {a(1), a(2)}, .code = u"FRIENDS"_s, .reason = u"Gala"_s}));
        QCOMPARE(moved.before, (std::vector<MovedSeats::Group>{{.code = {}, .seats = {a(1), a(2)}}}));
        QTRY_COMPARE(desk.pushCount(MessageType::MapChanged), 1);
        const auto delta = need(mapDeltaFromJson(need(fromJson<protocol::MapChanged>(desk.pushes.back().body)).delta));
        QCOMPARE(delta.seats.size(), 2U);
        QCOMPARE(delta.seats[0].state, SeatState::House);
        const auto seats =
            need(desk.get<HouseSeats>(MessageType::GetHouseSeats, protocol::OnePerformance{performance}));
        QCOMPARE(seats.codes[0].seats, (std::vector{delta.seats[0].number, delta.seats[1].number}));
        QCOMPARE(seats.changes.at(0).reason, u"Gala"_s);
        QCOMPARE(seats.changes.at(0).by, u"orsino"_s);
    }

    void aClerkSeesAndSellsThemButDoesNotMoveThem()
    {
        DeskHouse house;
        setFriendsAside(house.world);
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"feste"_s, Role::Clerk));
        const PerformanceId performance = house.world.performance();
        QCOMPARE(refusal(desk.ask(MessageType::MoveSeats,
                                  MoveSeats{.performance = performance, .move = SeatMove::Release, .seats = {a(1)}})),
                 u"forbidden"_s);
        QCOMPARE(refusal(desk.ask(MessageType::PutHouseCode, friendsOf(performance))), u"forbidden"_s);
        const auto seats =
            need(desk.get<HouseSeats>(MessageType::GetHouseSeats, protocol::OnePerformance{performance}));
        QCOMPARE(seats.codes.at(0).seats.size(), 3U);
        TakeHold command{.hold = HoldId::create(), .performance = performance, .seats = {a(1)}, .areas = {}};
        QCOMPARE(refusal(desk.ask(MessageType::TakeHold, command)), u"seat_taken"_s);
        command.houseCode = u"FRIENDS"_s;
        QCOMPARE(need(desk.get<HoldView>(MessageType::TakeHold, command)).places.size(), 1U);
    }

    // The API.

    void anAccessCodeOpensSeatsThatLookSold()
    {
        ApiServer api;
        setFriendsAside(api.world());
        const QString path = u"/v1/performances/%1"_s.arg(api.world().performance().text());
        const QString letters = api.get(path + u"/map"_s).json().value(u"seats"_s).toString();
        QCOMPARE(letters.left(4), u"sssa"_s);
        const Answer opened = api.send("GET", path + u"/allocation"_s, {.headers = {{"Access-Code", "friends 26"}}});
        QCOMPARE(opened.status, 200);
        QCOMPARE(opened.headers.value("cache-control"), "no-store");
        QCOMPARE(opened.json(),
                 (QJsonObject{{u"name"_s, u"Friends of the house"_s}, {u"seats"_s, QJsonArray{0, 1, 2}}}));
        QJsonObject body = api.takeBody({a(1)});
        QCOMPARE(api.post(u"/v1/holds"_s, body).code(), u"seat_taken"_s);
        body = api.takeBody({a(1)});
        body.insert(u"access_code"_s, u"Friends 26"_s);
        QCOMPARE(api.post(u"/v1/holds"_s, body).status, 201);
        const Answer left = api.send("GET", path + u"/allocation"_s, {.headers = {{"Access-Code", "friends 26"}}});
        QCOMPARE(left.json().value(u"seats"_s).toArray(), (QJsonArray{1, 2}));
    }

    void whatOnlyACodeOpensIsNotCountedAsFree()
    {
        ApiServer api;
        const QString path = u"/v1/performances/%1"_s.arg(api.world().performance().text());
        const auto counted = [&] {
            return api.get(path).json().value(u"performance"_s).toObject().value(u"available"_s).toInt();
        };
        const auto listed = [&] {
            const QJsonArray list = api.get(u"/v1/performances"_s).json().value(u"performances"_s).toArray();
            return list.at(0).toObject().value(u"available"_s).toInt();
        };
        const int all = counted();
        QCOMPARE(all, SaleWorld::seatCount + SaleWorld::yardCapacity);
        setFriendsAside(api.world());
        QTRY_COMPARE(counted(), all - 3);
        QCOMPARE(listed(), all - 3);
        QJsonObject body = api.takeBody({a(1)});
        body.insert(u"access_code"_s, u"Friends 26"_s);
        const Answer held = api.post(u"/v1/holds"_s, body);
        QCOMPARE(held.status, 201);
        QCOMPARE(counted(), all - 3);
        const QString hold = held.json().value(u"id"_s).toString();
        QCOMPARE(api.post(u"/v1/holds/%1/release"_s.arg(hold), {}).status, 200);
        QCOMPARE(counted(), all - 3); // Back at its code, not on general sale.
    }

    void aWrongAccessCodeIsForbiddenByName()
    {
        ApiServer api;
        setFriendsAside(api.world());
        const QString path = u"/v1/performances/%1/allocation"_s.arg(api.world().performance().text());
        const Answer wrong = api.send("GET", path, {.headers = {{"Access-Code", "open sesame"}}});
        QCOMPARE(wrong.status, 403);
        QCOMPARE(wrong.pointer(), u"/access_code"_s);
        const Answer none = api.get(path);
        QCOMPARE(none.status, 400);
        QCOMPARE(none.pointer(), u"/Access-Code"_s);
        QJsonObject body = api.takeBody({a(1)});
        body.insert(u"access_code"_s, u"open sesame"_s);
        const Answer refused = api.post(u"/v1/holds"_s, body);
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.pointer(), u"/access_code"_s);
    }

    void takesThatGuessAreSlowedDownToo()
    {
        ApiServer api;
        setFriendsAside(api.world());
        for (int i = 0; i < FailureThrottle::failuresOfAddressMax; ++i) {
            QJsonObject body = api.takeBody({a(1)});
            body.insert(u"access_code"_s, u"GUESS-%1"_s.arg(i));
            QCOMPARE(api.post(u"/v1/holds"_s, body).status, 403);
        }
        QJsonObject body = api.takeBody({a(1)});
        body.insert(u"access_code"_s, u"FRIENDS-26"_s);
        const Answer refused = api.post(u"/v1/holds"_s, body);
        QCOMPARE(refused.status, 429);
        QVERIFY(refused.headers.contains("retry-after"));
        QCOMPARE(api.post(u"/v1/holds"_s, api.takeBody({a(4)})).status, 201); // Who guesses nothing buys on.
    }

    void houseCodesAreNotForTheApi()
    {
        ApiServer api;
        setFriendsAside(api.world());
        QJsonObject body = api.takeBody({a(1)});
        body.insert(u"house_code"_s, u"FRIENDS"_s);
        const Answer refused = api.post(u"/v1/holds"_s, body);
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.pointer(), u"/house_code"_s);
    }
};

QTEST_GUILESS_MAIN(TestHouseSeatDoors)
#include "tst_houseseatdoors.moc"
