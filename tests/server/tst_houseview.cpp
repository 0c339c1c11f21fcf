#include "domain/smallhouses.h"

#include "holds/houseview.h"

#include <QJsonArray>
#include <QtTest>

#include <thread>

using namespace parterre;
using namespace parterre::server;
using namespace parterre::tests;

namespace {

/// A performance in a small house: `rows` as the mirror sees them, `later` as the database does, where that differs.
class Evening
{
public:
    explicit Evening(const std::vector<QString> &rows, const std::vector<QString> &later = {})
        : m_house(rows)
        , m_runs(std::make_shared<const SeatRuns>(m_house.index()))
    {
        m_facts.layout = std::make_shared<const LayoutIndex>(m_house.index().layout());
        m_facts.detail.summary.currency = u"GBP"_s;
        const PriceType adult{.id = PriceTypeId::create(), .name = u"Adult"_s, .isPublic = true};
        const PriceType press{.id = PriceTypeId::create(), .name = u"Press"_s, .isPublic = false};
        m_facts.detail.types = {adult, press};
        for (const auto &[category, pence] : {std::pair(u"One"_s, 5'000), std::pair(u"Two"_s, 3'000)}) {
            const PriceZone zone{.id = PriceZoneId::create(), .category = category, .name = category, .color = {}};
            m_facts.detail.zones.push_back(zone);
            m_facts.detail.prices.push_back({.zone = zone.id, .type = adult.id, .amount = pounds(pence)});
            m_facts.detail.prices.push_back({.zone = zone.id, .type = press.id, .amount = pounds(0)});
        }
        if (!later.empty())
            m_later = mapOf(SmallHouse(later));
    }

    static Money pounds(qint64 pence) { return {pence, *Currency::fromCode(u"GBP"_s)}; }
    void setRule(OrphanRule rule) { m_facts.detail.orphanRule = rule; }
    [[nodiscard]] PriceZoneId zone(int index) const { return m_facts.detail.zones[static_cast<size_t>(index)].id; }
    [[nodiscard]] HouseView view()
    {
        HouseView view(m_facts, m_runs, mapOf(m_house));
        view.setConfirm([this](qint64) {
            ++m_asked;
            return m_later;
        });
        return view;
    }
    [[nodiscard]] int asked() const { return m_asked; }
    [[nodiscard]] HouseView::Map laterMap(qint64 seq) const
    {
        MapSnapshot map = *m_later;
        map.seq = seq;
        return std::make_shared<const MapSnapshot>(std::move(map));
    }

private:
    static HouseView::Map mapOf(const SmallHouse &house)
    {
        return std::make_shared<const MapSnapshot>(MapSnapshot{.seq = 1, .seats = house.states, .areas = {}});
    }

    SmallHouse m_house;
    std::shared_ptr<const SeatRuns> m_runs;
    PerformanceFacts m_facts;
    HouseView::Map m_later;
    int m_asked = 0;
};

QString outcome(const Result<BestPick> &pick)
{
    if (!pick)
        return errorCodeName(pick.error().code) + pick.error().field;
    QStringList texts;
    for (const int seat : pick->seats)
        texts.append(QString::number(seat));
    return texts.join(u' ');
}

QString outcome(const Status &judged)
{
    if (judged)
        return u"taken"_s;
    QStringList keys;
    for (const auto &seat : judged.error().details.value(u"seats"_s).toArray())
        keys.append(seat.toObject().value(u"key"_s).toString());
    return errorCodeName(judged.error().code) + u": "_s + keys.join(u' ');
}

/// A pair for one batch of those that stand on a floor.
Result<BestPick> chooseOn(Evening &evening, ChoosingFloor::Batch &batch)
{
    HouseView view = evening.view();
    view.setFloor(batch, [] { return HouseView::Map(); });
    const auto turn = view.startChoosing();
    return view.choose({.size = 2}, SalesChannel::Web, 1);
}

constexpr Instant now{};

SeatRecord heldSeat(int number, Instant until)
{
    return {.number = number, .state = SeatState::Held, .hold = HoldId::create(), .heldUntil = until};
}

} // namespace

/// What the takes of a batch know of the house beyond the places that they lock.
class TestHouseView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoOfOneBatchAreNotSentToTheSameSeats()
    {
        Evening evening({u"....."_s, u"xxxxx"_s});
        HouseView view = evening.view();
        QSet<int> chosen;
        for (quint64 seed = 0; seed < 5; ++seed) {
            const auto pick = view.choose({.size = 1}, SalesChannel::Web, seed);
            QVERIFY(pick);
            chosen.insert(pick->seats.front());
        }
        QCOMPARE(chosen.size(), 5);
    }
    void whatOthersOfTheBatchNamedIsNotOffered()
    {
        Evening evening({u"..x..x."_s});
        HouseView view = evening.view();
        view.reserve(std::vector{0, 1});
        QCOMPARE(outcome(view.choose({.size = 2}, SalesChannel::Web, 1)), u"3 4"_s);
    }
    void nobodyIsRefusedForWhatOthersOfTheBatchOnlyWant()
    {
        Evening evening({u"..x"_s});
        HouseView view = evening.view();
        QVERIFY(view.choose({.size = 2}, SalesChannel::Web, 1));
        QCOMPARE(outcome(view.choose({.size = 2}, SalesChannel::Web, 2)), u"in_progress"_s);
        QCOMPARE(evening.asked(), 0);
    }
    void twoBatchesOfOneServerAreNotSentToTheSameSeats()
    {
        Evening evening({u"..x..x."_s});
        const auto floor = std::make_shared<ChoosingFloor>();
        ChoosingFloor::Batch first(floor);
        auto second = std::make_unique<ChoosingFloor::Batch>(floor);
        QCOMPARE(outcome(chooseOn(evening, first)), u"3 4"_s); // The nearest to the focal point.
        QCOMPARE(outcome(chooseOn(evening, *second)), u"0 1"_s);
        ChoosingFloor::Batch third(floor);
        QCOMPARE(outcome(chooseOn(evening, third)), u"in_progress"_s);
        second.reset();
        QCOMPARE(outcome(chooseOn(evening, third)), u"0 1"_s);
    }
    void whoWaitsForAnotherBatchIsWoken()
    {
        const auto floor = std::make_shared<ChoosingFloor>();
        ChoosingFloor::Batch waiting(floor);
        waiting.waitForAnother(std::chrono::minutes(1)); // Nobody is there to wait for.
        auto other = std::make_unique<ChoosingFloor::Batch>(floor);
        std::jthread ends([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            other.reset();
        });
        waiting.waitForAnother(std::chrono::minutes(1));
        QVERIFY(!other);
    }
    void theMirrorAloneRefusesNobody()
    {
        Evening evening({u"xxxxxx"_s}, {u"xx..xx"_s});
        HouseView view = evening.view();
        QCOMPARE(outcome(view.choose({.size = 2}, SalesChannel::Web, 1)), u"2 3"_s);
        QCOMPARE(evening.asked(), 1);
    }
    void theDatabaseIsAskedOnceABatch()
    {
        Evening evening({u"xxxxxx"_s});
        HouseView view = evening.view();
        for (int i = 0; i < 3; ++i)
            QCOMPARE(outcome(view.choose({.size = 2}, SalesChannel::Web, 1)), u"sold_out"_s);
        QCOMPARE(evening.asked(), 1);
    }
    void zonePriceAndSectionAreUnderstood_data()
    {
        QTest::addColumn<int>("zone"); // -1 for none, 9 for one of another performance.
        QTest::addColumn<int>("pence");
        QTest::addColumn<QString>("section");
        QTest::addColumn<QString>("expected");
        QTest::newRow("the second zone") << 1 << -1 << QString() << u"2 3"_s;
        QTest::newRow("a zone of another evening") << 9 << -1 << QString() << u"invalid_input/best/zone"_s;
        QTest::newRow("the cheaper one") << -1 << 4'000 << QString() << u"2 3"_s;
        QTest::newRow("nothing is so cheap for the public") << -1 << 100 << QString() << u"sold_out"_s;
        QTest::newRow("a section") << -1 << -1 << u"1"_s << u"4 5"_s;
        QTest::newRow("no such section") << -1 << -1 << u"Attic"_s << u"invalid_input/best/section"_s;
    }
    void zonePriceAndSectionAreUnderstood()
    {
        QFETCH(int, zone);
        QFETCH(int, pence);
        QFETCH(QString, section);
        QFETCH(QString, expected);
        Evening evening({u"AA"_s, u"BB"_s, u"/AA"_s});
        HouseView view = evening.view();
        BestPlaces best{.size = 2};
        if (zone >= 0)
            best.zone = zone == 9 ? PriceZoneId::create() : evening.zone(zone);
        if (pence >= 0)
            best.priceMax = Evening::pounds(pence);
        if (!section.isEmpty())
            best.section = section;
        QCOMPARE(outcome(view.choose(best, SalesChannel::Web, 1)), expected);
    }
    void atTheDeskALimitIsHeldAgainstWhatThePublicPays()
    {
        // There are tickets for less there, as for the press; a limit would mean nothing beside them.
        Evening evening({u"AA"_s});
        const BestPlaces best{.size = 2, .priceMax = Evening::pounds(100)};
        QCOMPARE(outcome(evening.view().choose(best, SalesChannel::Web, 1)), u"sold_out"_s);
        QCOMPARE(outcome(evening.view().choose(best, SalesChannel::Desk, 1)), u"sold_out"_s);
    }
    void anotherCurrencyIsRefused()
    {
        Evening evening({u"AA"_s});
        const BestPlaces best{.size = 2, .priceMax = Money(9'000, Currency())};
        QCOMPARE(outcome(evening.view().choose(best, SalesChannel::Web, 1)), u"invalid_input/best/price_max"_s);
    }
    void whatHasNoPriceIsNotOffered()
    {
        Evening evening({u"CC"_s});
        QCOMPARE(outcome(evening.view().choose({.size = 2}, SalesChannel::Desk, 1)), u"sold_out"_s);
    }
    void aPartyThatCannotBeIsRefusedByItsField()
    {
        Evening evening({u"AA"_s});
        const auto refused = evening.view().choose({.size = 1, .wheelchairs = 2}, SalesChannel::Web, 1);
        QCOMPARE(outcome(refused), u"invalid_input/best/wheelchairs"_s);
    }

    void whatTheMirrorLearntMeanwhileIsSeen()
    {
        Evening evening({u"....."_s}, {u"...xx"_s});
        ChoosingFloor::Batch batch(std::make_shared<ChoosingFloor>());
        HouseView view = evening.view();
        view.setFloor(batch, [&] { return evening.laterMap(2); });
        const auto turn = view.startChoosing();
        QCOMPARE(outcome(view.choose({.size = 3}, SalesChannel::Web, 1)), u"0 1 2"_s);
    }
    void aSeatLeftAloneIsRefusedByName()
    {
        Evening evening({u"......"_s});
        evening.setRule(OrphanRule::Lenient);
        const Status judged = evening.view().judge(std::vector{1, 2});
        QCOMPARE(outcome(judged), u"seat_left_alone: 0"_s);
        QVERIFY2(judged.error().message.startsWith(u"0, row 1"_s), qPrintable(judged.error().message));
    }
    void withoutARuleNothingIsRefused()
    {
        Evening evening({u"......"_s});
        QCOMPARE(outcome(evening.view().judge(std::vector{1, 2})), u"taken"_s);
        QCOMPARE(evening.asked(), 0);
    }
    void whatTheBatchHasDecidedCounts()
    {
        Evening evening({u"......"_s});
        evening.setRule(OrphanRule::Lenient);
        HouseView view = evening.view();
        const std::vector<SeatRecord> decided{heldSeat(0, now + Seconds(600)), {.number = 1}, {.number = 2}};
        view.learn(decided, now);
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"taken"_s);
    }
    void theLatestDecisionOfASeatCounts()
    {
        Evening evening({u"......"_s});
        evening.setRule(OrphanRule::Lenient);
        HouseView view = evening.view();
        view.learn(std::vector{heldSeat(0, now + Seconds(600))}, now);
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"taken"_s);
        view.learn(std::vector{SeatRecord{.number = 0}}, now);
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"seat_left_alone: 0"_s);
    }
    void whatWasDecidedOutlivesTheDatabasesWord()
    {
        Evening evening({u"......"_s}, {u"......"_s});
        evening.setRule(OrphanRule::Lenient);
        HouseView view = evening.view();
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"seat_left_alone: 0"_s);
        QCOMPARE(evening.asked(), 1);
        view.learn(std::vector{heldSeat(0, now + Seconds(600))}, now);
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"taken"_s);
        HouseView other = evening.view();
        other.learn(std::vector{heldSeat(0, now + Seconds(600))}, now);
        QCOMPARE(outcome(other.judge(std::vector{4, 5})), u"taken"_s);
        QCOMPARE(outcome(other.judge(std::vector{2, 3})), u"seat_left_alone: 1"_s);
    }
    void aHoldThatHasRunOutIsFree()
    {
        Evening evening({u"x....."_s});
        evening.setRule(OrphanRule::Lenient);
        HouseView view = evening.view();
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"taken"_s);
        view.learn(std::vector{heldSeat(0, now)}, now);
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"seat_left_alone: 0"_s);
    }
    void theMirrorAloneLeavesNobodyRefused()
    {
        Evening evening({u"......"_s}, {u"x....."_s});
        evening.setRule(OrphanRule::Strict);
        HouseView view = evening.view();
        QCOMPARE(outcome(view.judge(std::vector{1, 2})), u"taken"_s);
        QCOMPARE(evening.asked(), 1);
    }
};

QTEST_APPLESS_MAIN(TestHouseView)
#include "tst_houseview.moc"
