#include "support/saleworld.h"

#include "inventory/inventoryrepository.h"

#include <QJsonDocument>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;

namespace {

QString stalls(int number)
{
    return SaleWorld::seatKey(u"Stalls"_s, u"A"_s, number);
}

QString circle(int number)
{
    return SaleWorld::seatKey(u"Circle"_s, u"C"_s, number);
}

} // namespace

class TestCheckout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(); }
    void cleanup() { m_world.reset(); }

    // Orders.

    void anOrderHasThePriceOfEachPlace()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1), circle(10)}));
        const HoldView whole = need(m_world->takeYard(m_world->buyer(), 2, hold.id));
        const OrderView order = need(m_world->order(m_world->buyer(), whole));
        QCOMPARE(order.state, OrderState::Open);
        QCOMPARE(order.total, SaleWorld::money(5000 + 3000 + 2 * 1000));
        QCOMPARE(order.lines.size(), size_t(4));
        QCOMPARE(order.lines[0].placeName, u"Stalls, row A, seat 1"_s);
        QCOMPARE(order.lines[0].zoneName, u"Stalls"_s);
        QCOMPARE(order.lines[0].priceTypeName, u"Adult"_s);
        QCOMPARE(order.lines[1].note, u"Restricted view"_s);
        QVERIFY(order.lines[2].isArea && order.lines[3].isArea);
        QCOMPARE(order.buyer.email, u"olivia@example.org"_s);
        QCOMPARE(order.venueName, u"The Playhouse"_s);
        QVERIFY(order.number.startsWith(u"P-"_s));
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).number, order.number);
    }

    void everyPlaceHasItsOwnPriceType()
    {
        const HoldView hold = need(m_world->takeYard(m_world->buyer(), 3));
        const OrderView order = need(create(m_world->buyer(), {.order = OrderId::create(),
                                                               .hold = hold.id,
                                                               .lines = {{SaleWorld::yard(), type(u"Adult"_s), 2},
                                                                         {SaleWorld::yard(), type(u"Concession"_s), 1}},
                                                               .buyer = olivia()}));
        QCOMPARE(order.total, SaleWorld::money(2 * 1000 + 800));
    }

    void anOrderThatCannotBePricedIsRefusedByField_data()
    {
        QTest::addColumn<QStringList>("places"); // key, price type and quantity of each line
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("field");
        QTest::newRow("forgotten seat") << QStringList{u"Stalls-A-1 Adult 1"_s, u"yard Adult 2"_s} << u"invalid_input"_s
                                        << u"/lines"_s;
        QTest::newRow("forgotten standing place")
            << QStringList{u"Stalls-A-1 Adult 1"_s, u"Stalls-A-2 Adult 1"_s, u"yard Adult 1"_s} << u"invalid_input"_s
            << u"/lines"_s;
        QTest::newRow("not held") << QStringList{u"Stalls-A-1 Adult 1"_s, u"Stalls-A-3 Adult 1"_s} << u"invalid_input"_s
                                  << u"/lines/1/place"_s;
        QTest::newRow("named twice") << QStringList{u"Stalls-A-1 Adult 1"_s, u"Stalls-A-1 Concession 1"_s}
                                     << u"invalid_input"_s << u"/lines/1/quantity"_s;
        QTest::newRow("more than held") << QStringList{u"yard Adult 3"_s} << u"invalid_input"_s
                                        << u"/lines/0/quantity"_s;
        QTest::newRow("unknown price type")
            << QStringList{u"Stalls-A-1 none 1"_s} << u"invalid_input"_s << u"/lines/0/price_type"_s;
        QTest::newRow("a clerk's price type")
            << QStringList{u"Stalls-A-1 Press 1"_s} << u"forbidden"_s << u"/lines/0/price_type"_s;
    }

    void anOrderThatCannotBePricedIsRefusedByField()
    {
        QFETCH(QStringList, places);
        QFETCH(QString, code);
        QFETCH(QString, field);
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1), stalls(2)}));
        need(m_world->takeYard(m_world->buyer(), 2, hold.id));
        CreateOrder command{.order = OrderId::create(), .hold = hold.id, .lines = {}, .buyer = olivia()};
        for (const QString &place : places) {
            const QStringList words = place.split(u' ');
            command.lines.push_back(
                {words[0], words[1] == u"none" ? PriceTypeId::create() : type(words[1]), words[2].toInt()});
        }
        const auto refused = create(m_world->buyer(), command);
        QCOMPARE(refusal(refused), code);
        QCOMPARE(refused.error().field, field);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order"_s), 0);
    }

    void aForgottenPlaceIsNamed()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1), stalls(2)}));
        const auto refused = create(m_world->buyer(), {.order = OrderId::create(),
                                                       .hold = hold.id,
                                                       .lines = {{stalls(1), type(u"Adult"_s), 1}},
                                                       .buyer = olivia()});
        QCOMPARE(refused.error().message, u"Stalls, row A, seat 2 is held but has no price type."_s);
    }

    void onlyAClerkGivesPressTickets()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {stalls(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold, u"Press"_s));
        QVERIFY(order.total.isZero());
        const OrderView paid = need(m_world->payCash(m_world->desk(), order, SaleWorld::money(0)));
        QCOMPARE(paid.state, OrderState::Confirmed);
    }

    void aBuyerOnTheWebSaysWhoHeIs_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("email");
        QTest::addColumn<QString>("field");
        QTest::newRow("no name") << u" "_s << u"olivia@example.org"_s << u"/buyer/name"_s;
        QTest::newRow("no address") << u"Olivia"_s << u""_s << u"/buyer/email"_s;
        QTest::newRow("two addresses") << u"Olivia"_s << u"a@b@c"_s << u"/buyer/email"_s;
        QTest::newRow("a header in it") << u"Olivia"_s << u"a@b.org\nBcc:x@y.org"_s << u"/buyer/email"_s;
    }

    void aBuyerOnTheWebSaysWhoHeIs()
    {
        QFETCH(QString, name);
        QFETCH(QString, email);
        QFETCH(QString, field);
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        const auto refused = create(m_world->buyer(), {.order = OrderId::create(),
                                                       .hold = hold.id,
                                                       .lines = {{stalls(1), type(u"Adult"_s), 1}},
                                                       .buyer = {.name = name, .email = email}});
        QCOMPARE(refusal(refused), u"invalid_input"_s);
        QCOMPARE(refused.error().field, field);
    }

    void aHoldThatRanOutCannotBeOrdered()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        m_world->letHoldRunOut(hold.id);
        QCOMPARE(refusal(m_world->order(m_world->buyer(), hold)), u"hold_gone"_s);
    }

    void theHoldOfAnotherCannotBeOrdered()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        QCOMPARE(refusal(m_world->order(m_world->otherBuyer(), hold)), u"hold_gone"_s);
    }

    void anOrderIdIsUsedOnce()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        const CreateOrder command{.order = OrderId::create(),
                                  .hold = hold.id,
                                  .lines = {{stalls(1), type(u"Adult"_s), 1}},
                                  .buyer = olivia()};
        need(create(m_world->buyer(), command));
        const auto again = create(m_world->buyer(), command);
        QCOMPARE(refusal(again), u"key_reused"_s);
        QCOMPARE(again.error().field, u"/order"_s);
    }

    void aNewOrderOfTheHoldReplacesTheOld()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        const OrderView old = need(m_world->order(m_world->buyer(), hold));
        const OrderView next = need(m_world->order(m_world->buyer(), hold, u"Concession"_s));
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), old.id)).state, OrderState::Expired);
        QCOMPARE(m_world->tickets().ticketsOf(old.id, {}).error().message,
                 u"The order ended before it was paid, so it has no tickets."_s);
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), old)), u"wrong_state"_s);
        QCOMPARE(need(m_world->payCard(m_world->buyer(), next)).total, SaleWorld::money(4500));
    }

    void aCartThatChangedIsNotSold_data()
    {
        QTest::addColumn<QString>("change");
        for (const char *change : {"seat more", "seat less", "standing more", "standing less"})
            QTest::newRow(change) << QString::fromLatin1(change);
    }

    void aCartThatChangedIsNotSold()
    {
        QFETCH(QString, change);
        const SaleParty &buyer = m_world->buyer();
        const HoldView hold = need(m_world->takeSeats(buyer, {stalls(1), stalls(2)}));
        const OrderView order = need(m_world->order(buyer, need(m_world->takeYard(buyer, 2, hold.id))));
        if (change == u"seat more")
            need(m_world->takeSeats(buyer, {stalls(3)}, hold.id));
        else if (change == u"seat less")
            need(m_world->release(buyer, {.hold = hold.id, .seats = {stalls(2)}, .areas = {}}));
        else if (change == u"standing more")
            need(m_world->takeYard(buyer, 1, hold.id));
        else
            need(m_world->release(buyer, {.hold = hold.id, .seats = {}, .areas = {{SaleWorld::yard(), 1}}}));
        const auto refused = m_world->payCard(buyer, order);
        QCOMPARE(refusal(refused), u"wrong_state"_s);
        QCOMPARE(refused.error().message, u"The cart has changed since this order was made. Make the order again."_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 0);
        QCOMPARE(m_world->seatState(stalls(1)), u"held"_s);
    }

    void anOrderOfAnotherIsNotFound()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        QCOMPARE(refusal(m_world->checkout().find(m_world->otherBuyer(), order.id)), u"not_found"_s);
        QCOMPARE(refusal(m_world->payCard(m_world->otherBuyer(), order)), u"not_found"_s);
    }

    // Cash.

    void cashSellsAndGivesChange()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {stalls(1), stalls(2)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        const OrderView paid = need(m_world->payCash(m_world->desk(), order, SaleWorld::money(12000)));
        QCOMPARE(paid.state, OrderState::Confirmed);
        QVERIFY(paid.confirmedAt.has_value());
        QCOMPARE(paid.change, SaleWorld::money(2000));
        QCOMPARE(*paid.paymentMethod, PaymentMethod::Cash);
        QCOMPARE(*paid.paymentState, PaymentState::Captured);
        QCOMPARE(paid.tickets.size(), size_t(2));
        QCOMPARE(m_world->seatState(stalls(1)), u"sold"_s);
        QCOMPARE(need(m_world->holds().find(m_world->desk(), hold.id)).state, HoldState::Converted);
    }

    void tooLittleCashIsRefusedWithWhatIsMissing()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {stalls(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        const auto refused = m_world->payCash(m_world->desk(), order, SaleWorld::money(4000));
        QCOMPARE(refusal(refused), u"amount_mismatch"_s);
        QVERIFY2(refused.error().message.contains(u"10.00 GBP is missing"_s), qPrintable(refused.error().message));
        QCOMPARE(m_world->seatState(stalls(1)), u"held"_s);
        need(m_world->payCash(m_world->desk(), order, SaleWorld::money(5000)));
    }

    void cashIsForTheDesk()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {stalls(1)}));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        QCOMPARE(refusal(m_world->payCash(m_world->buyer(), order, order.total)), u"forbidden"_s);
    }

    void anOrderIsPaidOnce()
    {
        const OrderView paid = need(m_world->sell(m_world->desk(), {stalls(1)}));
        const auto again = m_world->payCash(m_world->desk(), paid, paid.total);
        QCOMPARE(refusal(again), u"wrong_state"_s);
        QCOMPARE(again.error().message, u"This order is paid already."_s);
    }

    void aHoldThatRanOutCannotBePaid()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {stalls(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        m_world->letHoldRunOut(hold.id);
        QCOMPARE(refusal(m_world->payCash(m_world->desk(), order, order.total)), u"hold_gone"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 0);
    }

    void aSoldSeatIsRefusedWithItsName()
    {
        need(m_world->sell(m_world->desk(), {stalls(7)}));
        const auto refused = m_world->takeSeats(m_world->buyer(), {stalls(7)});
        QCOMPARE(refusal(refused), u"seat_taken"_s);
        QCOMPARE(refused.error().message, u"Stalls, row A, seat 7 is taken. Choose another seat."_s);
    }

    // What a sale leaves behind.

    void aSaleHasOneTicketAPlace()
    {
        const OrderView paid = need(m_world->sell(m_world->desk(), {stalls(1), circle(10)}, 2));
        QCOMPARE(paid.tickets.size(), size_t(4));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ticket where state = 'valid'"_s), 4);
        QCOMPARE(m_world->sqlNumber(u"select count(distinct code) from ticket"_s), 4);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ticket "
                                    "where human_code ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'"_s),
                 4);
    }

    void aSaleMarksItsPlacesAsSold()
    {
        const OrderView paid = need(m_world->sell(m_world->desk(), {stalls(1), circle(10)}, 3));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sold_place p join order_line l using (order_id, line_no) "
                                    "where p.seat_no = l.place_no and order_id = '%1'"_s.arg(paid.id.text())),
                 2);
        QCOMPARE(m_world->yardCounts(), u"0 3"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from area_hold"_s), 0);
    }

    void theDatabaseItselfRefusesASecondSaleOfASeat()
    {
        need(m_world->sell(m_world->desk(), {stalls(1)}));
        need(m_world->sell(m_world->desk(), {stalls(2)}));
        QCOMPARE(m_world->sqlRefusal(u"update sold_place set seat_no = (select min(seat_no) from sold_place)"_s),
                 u"23505"_s);
    }

    void theDatabaseItselfRefusesOneStandingPlaceTooMany()
    {
        QCOMPARE(m_world->sqlRefusal(u"update area_inventory set held = capacity, sold = 1"_s), u"23514"_s);
    }

    void aSaleIsToldThroughTheOutbox()
    {
        const OrderView paid = need(m_world->sell(m_world->desk(), {stalls(1)}, 1));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from outbox"_s), 1);
        QCOMPARE(m_world->sqlText(u"select key from outbox where topic = 'order.confirmed'"_s), paid.id.text());
        const QJsonObject fact =
            QJsonDocument::fromJson(m_world->sqlText(u"select payload from outbox"_s).toUtf8()).object();
        QCOMPARE(fact.value(u"number"_s).toString(), paid.number);
        QCOMPARE(fact.value(u"places"_s).toInt(), 2);
        QCOMPARE(fact.value(u"total"_s).toObject().value(u"amount"_s).toInt(), 6000);
        QCOMPARE(fact.value(u"channel"_s).toString(), u"desk"_s);
    }

    // The map.

    void everyChangeOfTheMapIsNumberedWithoutAGap()
    {
        makeAHistory();
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        QVERIFY(seq > 8);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from map_change"_s), seq);
        QCOMPARE(m_world->sqlNumber(u"select max(seq) from map_change"_s), seq);
        QCOMPARE(m_world->sqlNumber(u"select min(seq) from map_change"_s), 1);
    }

    void theSnapshotIsWhatTheChangesMakeOfTheOld()
    {
        const std::vector<MapSnapshot> seen = makeAHistory();
        const MapSnapshot last = snapshot();
        QVERIFY(seen.front() != last);
        for (MapSnapshot old : seen) {
            const auto delta = changesSince(old.seq);
            QVERIFY(delta);
            QVERIFY(applyDelta(old, *delta) != DeltaOutcome::Gap);
            QCOMPARE(old, last);
        }
    }

    void aMapThatIsUpToDateGetsAnEmptyDelta()
    {
        makeAHistory();
        const MapSnapshot now = snapshot();
        const auto delta = changesSince(now.seq);
        QVERIFY(delta && delta->seats.empty() && delta->areas.empty());
        QCOMPARE(delta->seq, now.seq);
        QVERIFY(!changesSince(now.seq + 1));
    }

    void aMapThatIsTooOldIsToldToLoadAnew()
    {
        makeAHistory();
        m_world->sql(u"update map_change set created_at = now() - interval '2 hours' where seq <= 3"_s);
        const auto trimmed = m_world->database().transact(
            [](Transaction &transaction) -> Result<qint64> { return inventory::trimChanges(transaction, 100); });
        QCOMPARE(need(trimmed), 3);
        QVERIFY(!changesSince(0));
        QVERIFY(changesSince(3));
    }

private:
    [[nodiscard]] PriceTypeId type(const QString &name) { return m_world->priceType(name); }
    [[nodiscard]] static Buyer olivia() { return {.name = u"Olivia"_s, .email = u"olivia@example.org"_s}; }

    Result<OrderView> create(const SaleParty &party, const CreateOrder &command)
    {
        return m_world->checkout().createOrder(party, SaleWorld::newKey(party), command);
    }

    /// A bit of everything that changes a map, and the map after each step.
    std::vector<MapSnapshot> makeAHistory()
    {
        std::vector<MapSnapshot> seen{snapshot()};
        const auto see = [&](const auto &result) {
            need(result);
            seen.push_back(snapshot());
        };
        see(m_world->sell(m_world->desk(), {stalls(1), stalls(2)}, 2));
        const HoldView given = need(m_world->takeSeats(m_world->buyer(), {stalls(3), stalls(4)}));
        see(m_world->takeYard(m_world->buyer(), 5, given.id));
        see(m_world->release(m_world->buyer(), {.hold = given.id, .seats = {stalls(3)}, .areas = {}}));
        const HoldView ended = need(m_world->takeSeats(m_world->otherBuyer(), {stalls(5)}));
        see(m_world->takeYard(m_world->otherBuyer(), 4, ended.id));
        m_world->letHoldRunOut(ended.id);
        see(m_world->takeYard(m_world->desk(), 12));
        see(m_world->holds().expireDue());
        const HoldView declined = need(m_world->takeSeats(m_world->otherBuyer(), {circle(1)}));
        const OrderView order = need(m_world->order(m_world->otherBuyer(), declined));
        if (m_world->payCard(m_world->otherBuyer(), order, u"pm_card_visa_chargeDeclined"_s))
            qFatal("the test provider declines this card");
        seen.push_back(snapshot());
        see(m_world->payCard(m_world->otherBuyer(), order));
        return seen;
    }

    MapSnapshot snapshot()
    {
        return need(m_world->database().transact([&](Transaction &transaction) -> Result<MapSnapshot> {
            return *inventory::snapshot(transaction, m_world->performance());
        }));
    }

    std::optional<MapDelta> changesSince(qint64 since)
    {
        return need(m_world->database().transact([&](Transaction &transaction) -> Result<std::optional<MapDelta>> {
            return inventory::changesSince(transaction, m_world->performance(), since);
        }));
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestCheckout)
#include "tst_checkout.moc"
