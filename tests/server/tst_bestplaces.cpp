#include "support/saleworld.h"

#include <QSet>
#include <QtTest>

#include <latch>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::answerOf;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::SaleWorldOptions;

namespace {

QStringList keysOf(const HoldView &hold)
{
    QStringList keys;
    for (const HeldPlace &place : hold.places)
        keys.append(place.isArea ? u"%1 x %2"_s.arg(place.key).arg(place.quantity) : place.key);
    return keys;
}

QStringList aloneOf(const HoldView &hold)
{
    QStringList keys;
    for (const LoneSeat &seat : hold.leftAlone)
        keys.append(seat.key);
    return keys;
}

} // namespace

/// Places that the server chooses, and the rule that no seat is left alone, through the whole path of a sale.
class TestBestPlaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { m_world.reset(); }

    void thePartyIsSeatedAndTheSeatsAreHeld()
    {
        open();
        const HoldView hold = need(best({.size = 4}));
        QCOMPARE(hold.places.size(), size_t(4));
        for (const HeldPlace &place : hold.places) {
            QCOMPARE(place.category, u"Stalls"_s);
            QCOMPARE(m_world->seatState(place.key), u"held"_s);
        }
    }

    void aRepeatIsAnsweredWithTheSamePlaces()
    {
        open();
        const TakeHold command{.hold = HoldId::create(),
                               .performance = m_world->performance(),
                               .seats = {},
                               .areas = {},
                               .best = BestPlaces{.size = 3}};
        const CommandKey key = SaleNode::newKey(m_world->buyer());
        const auto take = [&] {
            return answerOf([&](auto done) { m_world->holds().take(m_world->buyer(), key, command, done); });
        };
        const HoldView first = need(take());
        QCOMPARE(keysOf(need(take())), keysOf(first));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from seat_inventory where state = 'held'"_s), 3);
    }

    void whatIsNamedIsTakenToo()
    {
        open();
        TakeHold command = commandFor({.size = 2, .section = u"Circle"_s});
        command.seats = {a(1)};
        command.areas = {{.area = SaleWorld::yard(), .quantity = 1}};
        const HoldView hold = need(m_world->take(m_world->buyer(), command));
        QCOMPARE(hold.places.size(), size_t(4));
        QVERIFY(keysOf(hold).contains(a(1)) && keysOf(hold).contains(u"yard x 1"_s));
    }

    void aNamedSeatThatIsTakenIsRefusedByName()
    {
        open();
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        TakeHold command = commandFor({.size = 2});
        command.seats = {a(1)};
        QCOMPARE(refusal(m_world->take(m_world->buyer(), command)), u"seat_taken"_s);
    }

    void zonePriceAndAccessAreKeptTo()
    {
        open();
        const PerformanceDetail detail = m_world->detail();
        const HoldView circle = need(best({.size = 2, .zone = detail.zoneForCategory(u"Circle"_s)->id}));
        QCOMPARE(circle.places.front().category, u"Circle"_s);
        const HoldView cheap = need(best({.size = 2, .priceMax = SaleWorld::money(900)}));
        QCOMPARE(keysOf(cheap), QStringList{u"yard x 2"_s});
        // The free ticket of the press, which only the desk gives, makes no zone cheap.
        const HoldView atTheDesk =
            need(m_world->take(m_world->desk(), commandFor({.size = 2, .priceMax = SaleWorld::money(900)})));
        QCOMPARE(keysOf(atTheDesk), QStringList{u"yard x 2"_s});
        const HoldView wheelchair = need(best({.size = 2, .wheelchairs = 1}));
        const QStringList row{SaleWorld::seatKey(u"Stalls"_s, u"W"_s, 1), SaleWorld::seatKey(u"Stalls"_s, u"W"_s, 2)};
        QCOMPARE(keysOf(wheelchair), row);
        QCOMPARE(refusal(best({.size = 1, .zone = PriceZoneId::create()})), u"invalid_input"_s);
    }

    void thePurchaseLimitCounts()
    {
        open({.purchaseLimit = 4});
        const HoldView hold = need(best({.size = 3}));
        QCOMPARE(refusal(best({.size = 2}, hold.id)), u"purchase_limit"_s);
        QCOMPARE(need(best({.size = 1}, hold.id)).places.size(), size_t(4));
    }

    /// 60 ordinary seats and 20 standing places are 40 parties of two, however they fall over each other.
    void aHerdGetsEveryPlaceOnceAndNoneIsRefusedTooEarly()
    {
        open();
        constexpr int parties = 44;
        std::mutex mutex;
        std::latch answered(parties);
        QSet<QString> seats;
        int standing = 0;
        QMap<QString, int> outcomes;
        for (int i = 0; i < parties; ++i) {
            m_world->holds().take(m_world->buyer(), SaleNode::newKey(m_world->buyer()), commandFor({.size = 2}),
                                  [&](const Result<HoldView> &hold) {
                                      const std::lock_guard guard(mutex);
                                      ++outcomes[refusal(hold)];
                                      for (const HeldPlace &place : hold ? hold->places : std::vector<HeldPlace>()) {
                                          if (place.isArea)
                                              standing += place.quantity;
                                          else
                                              seats.insert(place.key);
                                      }
                                      answered.count_down();
                                  });
        }
        answered.wait();
        const QMap<QString, int> expected{{u"ok"_s, 40}, {u"sold_out"_s, 4}};
        QCOMPARE(outcomes, expected);
        QCOMPARE(seats.size(), 60);
        QCOMPARE(standing, 20);
    }

    /// The mirror of the other server is a moment behind; nobody may pay for that.
    void whatAnotherServerGaveBackIsOffered()
    {
        open();
        SaleNode other(m_world->dsn());
        QStringList all;
        for (int seat = 0; seat < m_world->layout().seatCount(); ++seat)
            all.append(m_world->layout().seat(seat).key);
        const HoldView whole = need(m_world->take(m_world->buyer(), {.hold = HoldId::create(),
                                                                     .performance = m_world->performance(),
                                                                     .seats = {all.begin(), all.end()},
                                                                     .areas = {{SaleWorld::yard(), 20}}}));
        QVERIFY(other.mirror().refresh(other.performance()));
        QCOMPARE(refusal(bestAt(other, {.size = 2})), u"sold_out"_s);
        need(m_world->release(m_world->buyer(), {.hold = whole.id, .seats = {a(5), a(6)}, .areas = {}}));
        QCOMPARE(keysOf(need(bestAt(other, {.size = 2}))), (QStringList{a(5), a(6)}));
    }

    void whatAnotherServerSoldIsChosenAgain()
    {
        open();
        SaleNode other(m_world->dsn());
        QVERIFY(other.mirror().map(other.performance())); // From here on it is behind.
        QSet<QString> taken;
        for (int round = 0; round < 12; ++round) {
            for (SaleNode *node : {static_cast<SaleNode *>(m_world.get()), &other}) {
                for (const QString &key : keysOf(need(bestAt(*node, {.size = 2})))) {
                    QVERIFY2(!taken.contains(key), qPrintable(key));
                    taken.insert(key);
                }
            }
        }
    }

    void whatHasRunOutIsOfferedBeforeTheSweeperComes()
    {
        open();
        need(best({.size = 20, .section = u"Stalls"_s}));
        const HoldView rest = need(best({.size = 10, .section = u"Stalls"_s}));
        QCOMPARE(refusal(best({.size = 6, .section = u"Stalls"_s})), u"sold_out"_s);
        m_world->letHoldRunOut(rest.id);
        QCOMPARE(need(best({.size = 6, .section = u"Stalls"_s})).places.size(), size_t(6));
    }

    void aTakeThatLeavesASeatAloneIsRefusedByName()
    {
        open({.orphanRule = OrphanRule::Lenient});
        const auto refused = m_world->takeSeats(m_world->buyer(), {a(2), a(3)});
        QCOMPARE(refusal(refused), u"seat_left_alone"_s);
        QCOMPARE(refused.error().details.value(u"seats"_s).toArray().at(0).toObject().value(u"key"_s).toString(), a(1));
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1), a(2)})), u"ok"_s);
    }

    void theWholeHoldIsJudged()
    {
        open({.orphanRule = OrphanRule::Lenient});
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(4)}, hold.id)), u"seat_left_alone"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(3), a(4)}, hold.id)), u"ok"_s);
    }

    void clicksAreJudgedByTheOrder()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView clicked = need(click({a(2)}));
        QCOMPARE(aloneOf(clicked), QStringList{a(1)});
        QCOMPARE(refusal(m_world->order(m_world->buyer(), clicked)), u"seat_left_alone"_s);
        const HoldView whole = need(click({a(1)}, clicked.id));
        QCOMPARE(aloneOf(whole), QStringList{});
        QCOMPARE(refusal(m_world->order(m_world->buyer(), whole)), u"ok"_s);
    }

    /// Who comes back to a hold is told as well, and of a seat that is alone no more nothing is said.
    void aHoldThatIsFoundTellsWhatItLeavesAlone()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView clicked = need(click({a(2)}));
        QCOMPARE(aloneOf(need(m_world->holds().find(m_world->buyer(), clicked.id))), QStringList{a(1)});
        need(m_world->takeSeats(m_world->desk(), {a(1)}));
        QTRY_COMPARE(aloneOf(need(m_world->holds().find(m_world->buyer(), clicked.id))), QStringList{});
        const HoldView chosen = need(best({.size = 2}));
        QCOMPARE(aloneOf(need(m_world->holds().find(m_world->buyer(), chosen.id))), QStringList{});
    }

    void whatIsGivenBackMayLeaveASeatAlone()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2), a(3)}));
        const HoldView less = need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {a(1)}, .areas = {}}));
        QCOMPARE(aloneOf(less), QStringList{a(1)});
        QCOMPARE(refusal(m_world->order(m_world->buyer(), less)), u"seat_left_alone"_s);
    }

    /// The hold is looked at before the transaction that locks it, and may be another by then.
    void aClickBehindTheOrdersBackIsJudgedAllTheSame()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView whole = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2), a(3)}));
        HoldView rest;
        const auto lookup = [&, looks = 0](const PerformanceId &id) mutable {
            if (looks++ == 0)
                rest = need(m_world->release(m_world->buyer(), {.hold = whole.id, .seats = {a(1)}, .areas = {}}));
            return m_world->lookup()(id);
        };
        Houses houses(m_world->mirror());
        TestCardProvider provider(m_world->database());
        CheckoutService checkout(
            m_world->database(), lookup, houses, provider, [](const TicketPayload &) { return QString(); },
            [](const PerformanceId &) {});
        const CreateOrder command{.order = OrderId::create(),
                                  .hold = whole.id,
                                  .lines = {{.place = a(2), .priceType = m_world->priceType()},
                                            {.place = a(3), .priceType = m_world->priceType()}},
                                  .buyer = {.name = u"Orsino"_s, .email = u"orsino@example.org"_s}};
        const CommandKey key = SaleNode::newKey(m_world->buyer());
        QCOMPARE(refusal(checkout.createOrder(m_world->buyer(), key, command)), u"seat_left_alone"_s);
        QCOMPARE(aloneOf(rest), QStringList{a(1)});
        QCOMPARE(refusal(checkout.createOrder(m_world->buyer(), key, command)), u"seat_left_alone"_s); // The same word.
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order"_s), 0);
    }

    void aClerkMayLeaveASeatAloneForAReason()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {a(2), a(3)}));
        QCOMPARE(aloneOf(hold), QStringList{a(1)});
        CreateOrder command{.order = OrderId::create(), .hold = hold.id, .lines = {}, .buyer = {}};
        for (const HeldPlace &place : hold.places)
            command.lines.push_back({.place = place.key, .priceType = m_world->priceType()});
        const auto order = [&] {
            return m_world->checkout().createOrder(m_world->desk(), SaleNode::newKey(m_world->desk()), command);
        };
        QCOMPARE(refusal(order()), u"seat_left_alone"_s);
        command.leaveSingleReason = u"A pillar stands before it."_s;
        QCOMPARE(refusal(order()), u"ok"_s);
        QCOMPARE(m_world->sqlText(u"select reason || ' ' || seats::text from orphan_override"_s),
                 u"A pillar stands before it. {0}"_s);
    }

    void thePublicHasNoReasons()
    {
        open({.orphanRule = OrphanRule::Strict});
        const HoldView hold = need(click({a(2)}));
        const CreateOrder command{.order = OrderId::create(),
                                  .hold = hold.id,
                                  .lines = {{.place = a(2), .priceType = m_world->priceType()}},
                                  .buyer = {.name = u"Orsino"_s, .email = u"orsino@example.org"_s},
                                  .leaveSingleReason = u"I like it."_s};
        QCOMPARE(
            refusal(m_world->checkout().createOrder(m_world->buyer(), SaleNode::newKey(m_world->buyer()), command)),
            u"forbidden"_s);
    }

    void chosenPlacesAreNeverRefused()
    {
        open({.orphanRule = OrphanRule::Strict});
        for (int sold = 0; sold < 60; sold += 3) {
            const HoldView hold = need(best({.size = 3}));
            QCOMPARE(refusal(m_world->order(m_world->buyer(), hold)), u"ok"_s);
        }
    }

    void withoutARuleEverybodySitsAsTheyLike()
    {
        open();
        const HoldView hold = need(click({a(2)}));
        QCOMPARE(aloneOf(hold), QStringList{});
        QCOMPARE(refusal(m_world->order(m_world->buyer(), hold)), u"ok"_s);
    }

private:
    void open(const SaleWorldOptions &options = {}) { m_world = std::make_unique<SaleWorld>(options); }
    [[nodiscard]] TakeHold commandFor(const BestPlaces &best, const HoldId &hold = HoldId::create())
    {
        return {.hold = hold, .performance = m_world->performance(), .seats = {}, .areas = {}, .best = best};
    }
    [[nodiscard]] Result<HoldView> best(const BestPlaces &best, const HoldId &hold = HoldId::create())
    {
        return m_world->take(m_world->buyer(), commandFor(best, hold));
    }
    [[nodiscard]] Result<HoldView> bestAt(SaleNode &node, const BestPlaces &best)
    {
        return node.take(m_world->otherBuyer(), commandFor(best));
    }
    [[nodiscard]] Result<HoldView> click(const std::vector<QString> &seats, const HoldId &hold = HoldId::create())
    {
        return m_world->take(
            m_world->buyer(),
            {.hold = hold, .performance = m_world->performance(), .seats = seats, .areas = {}, .stillChoosing = true});
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestBestPlaces)
#include "tst_bestplaces.moc"
