#include "domain/plainhouse.h"
#include "support/randomness.h"

#include <QtTest>

#include <algorithm>
#include <optional>

using namespace parterre;
using namespace parterre::tests;

namespace {

/// What a party that needs accessible places may be told of a house of a dozen seats, found by trying every set of
/// them.
class PlainCompany : private PlainHouse
{
public:
    PlainCompany(const SmallHouse &house, const BestRequest &request)
        : PlainHouse(house, request)
        , m_house(house)
        , m_request(request)
        , m_placeKind(request.wheelchairs > 0 ? Accessibility::Wheelchair : Accessibility::StepFree)
        , m_placeCount(request.wheelchairs + request.stepFree)
    {
        std::vector<int> open;
        for (int seat = 0; seat < count(); ++seat) {
            const bool other = kind(seat) != Accessibility::None && kind(seat) != Accessibility::Companion;
            if (isOpen(seat) && (!other || kind(seat) == m_placeKind))
                open.push_back(seat);
        }
        for (int mask = 0; mask < (1 << open.size()); ++mask) {
            if (static_cast<int>(qPopulationCount(static_cast<uint>(mask))) != request.partySize)
                continue;
            std::vector<int> seats;
            for (const int i : seatsOfMask(mask))
                seats.push_back(open[static_cast<size_t>(i)]);
            if (mayBe(seats))
                m_rung = m_rung ? std::min(*m_rung, rungOf(seats)) : rungOf(seats);
        }
    }

    /// The best that there is.
    [[nodiscard]] QString rung() const
    {
        if (!m_rung || (m_request.together == Together::Must && *m_rung > Seated::LeavingSingle))
            return u"sold_out"_s;
        return name(*m_rung);
    }

    /// Of several places only those near the first are looked at that have companion seats, which is not always what is
    /// best of all: it may be worse then than rung() says, but side by side and no false refusal.
    [[nodiscard]] QString fault(const Result<BestPick> &pick) const
    {
        const QString expected = rung();
        const bool isOneOfSeveral =
            m_placeCount > 1 && m_rung && *m_rung > Seated::SideBySide && expected != u"sold_out"_s;
        if (rungName(pick) != expected && !(isOneOfSeveral && pick))
            return u"instead of %1"_s.arg(expected);
        if (!pick)
            return {};
        if (!mayBe(pick->seats))
            return u"these seats are not for this party"_s;
        const Seated seated = rungOf(pick->seats);
        if (name(seated) != rungName(pick) || (seated > *m_rung && !isOneOfSeveral))
            return u"the seats are %1"_s.arg(name(seated));
        return pick->alone.empty() || pick->rung != BestRung::Together ? QString() : u"somebody is left alone"_s;
    }

private:
    enum class Seated { SideBySide, Together, LeavingSingle, Rows, Apart };

    static QString name(Seated seated)
    {
        const QStringList names{u"together"_s, u"together"_s, u"leaving single"_s, u"rows"_s, u"apart"_s};
        return names.at(static_cast<int>(seated));
    }
    [[nodiscard]] std::vector<int> placesIn(const std::vector<int> &seats) const
    {
        std::vector<int> places;
        std::ranges::copy_if(seats, std::back_inserter(places), [&](int seat) { return kind(seat) == m_placeKind; });
        return places;
    }
    [[nodiscard]] bool isCompanionOf(int seat, const std::vector<int> &places) const
    {
        const QString space = m_house.index().seat(seat).companionOf;
        return kind(seat) == Accessibility::Companion &&
               std::ranges::any_of(places, [&](int place) { return m_house.index().seat(place).key == space; });
    }
    [[nodiscard]] bool mayBe(const std::vector<int> &seats) const
    {
        const std::vector<int> places = placesIn(seats);
        return static_cast<int>(seats.size()) == m_request.partySize &&
               static_cast<int>(places.size()) == m_placeCount && std::ranges::all_of(seats, [&](int seat) {
                   return isOpen(seat) && (isFree(seat) || kind(seat) == m_placeKind || isCompanionOf(seat, places));
               });
    }
    [[nodiscard]] std::vector<int> rowOf(int seat) const
    {
        std::vector<int> row;
        for (int other = 0; other < count(); ++other) {
            if (m_house.runs().row(other) == m_house.runs().row(seat))
                row.push_back(other);
        }
        return row;
    }
    [[nodiscard]] bool areRowsNear(int a, int b) const
    {
        return m_house.runs().row(a) == m_house.runs().row(b) || near(rowOf(a), rowOf(b));
    }

    [[nodiscard]] Seated rungOf(const std::vector<int> &seats) const
    {
        const Groups groups = groupsOf(seats);
        if (groups.size() == 1)
            return Seated::SideBySide;
        const std::vector<int> places = placesIn(seats);
        int companionSeats = 0; // That they could have, and that they have.
        int companions = 0;
        for (int seat = 0; seat < count(); ++seat)
            companionSeats += isOpen(seat) && isCompanionOf(seat, places) ? 1 : 0;
        std::vector<int> ordinary;
        for (const int seat : seats) {
            companions += isCompanionOf(seat, places) ? 1 : 0;
            if (isFree(seat))
                ordinary.push_back(seat);
        }
        const bool companionsFirst = companions == std::min(companionSeats, m_request.partySize - m_placeCount);
        Seated best = Seated::Apart;
        for (const int anchor : places) {
            if (companionsFirst && std::ranges::all_of(places, [&](int place) { return areRowsNear(anchor, place); }))
                best = std::min(best, around(anchor, groups, ordinary));
        }
        return best;
    }

    [[nodiscard]] Seated around(int anchor, const Groups &groups, const std::vector<int> &ordinary) const
    {
        const auto &beside =
            *std::ranges::find_if(groups, [&](const auto &group) { return std::ranges::count(group, anchor) > 0; });
        std::vector<int> others;
        std::ranges::copy_if(ordinary, std::back_inserter(others),
                             [&](int seat) { return std::ranges::count(beside, seat) == 0; });
        if (others.empty())
            return Seated::Together;
        const auto oneGroupNear = [&](const std::vector<int> &seats) {
            return groupsOf(seats).size() == 1 && areRowsNear(anchor, seats.front());
        };
        if (oneGroupNear(ordinary))
            return strands(ordinary) ? Seated::LeavingSingle : Seated::Together;
        return others.size() > 1 && oneGroupNear(others) ? Seated::Rows : Seated::Apart;
    }

    const SmallHouse &m_house;
    BestRequest m_request;
    Accessibility m_placeKind;
    int m_placeCount;
    std::optional<Seated> m_rung;
};

/// Empty when pickBest() does what plain words say.
QString difference(const SmallHouse &house, const BestRequest &request, quint64 seed)
{
    const auto pick = pickBest(house.runs(), {.seats = house.states}, request, seed);
    const QString fault = PlainCompany(house, request).fault(pick);
    return fault.isEmpty() ? fault : u"%1 (%2): %3"_s.arg(rungName(pick), pick ? shown(pick->seats) : QString(), fault);
}

QString described(const QStringList &rows, const BestRequest &request, const QString &wrong)
{
    return u"%1 for %2 wheelchairs, %3 step-free, %4 in all, %5: %6"_s.arg(rows.join(u' '))
        .arg(request.wheelchairs)
        .arg(request.stepFree)
        .arg(request.partySize)
        .arg(request.together == Together::Must ? u"together"_s : u"split"_s, wrong);
}

} // namespace

/// Who needs a wheelchair space or a step-free seat, with company.
class TestBestAccessible : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoNeedsAnAccessiblePlaceGetsIt_data();
    void whoNeedsAnAccessiblePlaceGetsIt();
    void everySmallRowSeatsThemAsInPlainWords();
    void smallHousesSeatThemAsInPlainWords();
};

void TestBestAccessible::whoNeedsAnAccessiblePlaceGetsIt_data()
{
    QTest::addColumn<QStringList>("rows");
    QTest::addColumn<QString>("party"); // One letter a person: w, s, or c for a companion.
    QTest::addColumn<Together>("together");
    QTest::addColumn<QString>("rung");
    QTest::addColumn<QString>("seats");
    const auto row = [](const char *name, const QStringList &rows, const QString &party, Together together,
                        const QString &rung,
                        const QString &seats) { QTest::newRow(name) << rows << party << together << rung << seats; };
    const auto must = Together::Must;
    const auto split = Together::MaySplit;
    row("a space alone", {u"....wm"_s}, u"w"_s, must, u"together"_s, u"4"_s);
    row("with a companion", {u"....wm..w.."_s}, u"wc"_s, must, u"together"_s, u"4 5"_s);
    row("a family sits beside them", {u"....wm....."_s}, u"wcc"_s, must, u"together"_s, {});
    row("not in the companion seat of somebody else", {u"wxx"_s, u"xwm"_s}, u"wc"_s, must, u"together"_s, u"4 5"_s);
    row("two spaces with their companions", {u"wm..wm"_s}, u"wwcc"_s, must, u"together"_s, u"0 1 4 5"_s);
    row("three spaces are too many", {u"wm..wm"_s}, u"www"_s, split, u"sold_out"_s, {});
    row("a step-free seat and the one beside it", {u"xxs...."_s}, u"sc"_s, must, u"together"_s, u"2 3"_s);
    row("the only ordinary seats are far away", {u"wmxxxxxxxxxxxx"_s, u"/..."_s}, u"wccc"_s, split, u"apart"_s, {});
    row("and that is not together", {u"wmxxxxxxxxxxxx"_s, u"/..."_s}, u"wccc"_s, must, u"sold_out"_s, {});
    row("side by side, though a seat is left alone", {u"wmxx...x"_s}, u"wccc"_s, must, u"leaving single"_s, {});
    row("a companion on either side", {u".w."_s}, u"wcc"_s, must, u"together"_s, u"0 1 2"_s);
    row("all around the space", {u"..w.."_s}, u"wcccc"_s, split, u"together"_s, u"0 1 2 3 4"_s);
    row("on either side before a row of their own", {u"..w.."_s, u"/......"_s}, u"wcccc"_s, split, u"together"_s,
        u"0 1 2 3 4"_s);
    row("two spaces and who sits between them", {u"xw.w.."_s}, u"wwcc"_s, must, u"together"_s, u"1 2 3 4"_s);
    row("a companion seat before an ordinary one", {u"..wm.."_s}, u"wc"_s, must, u"together"_s, u"2 3"_s);
    row("so that nobody else is left alone", {u"x..w...x"_s}, u"wc"_s, must, u"together"_s, u"3 4"_s);
    row("beside the space and behind it", {u"..w.."_s, u"x..xx"_s}, u"wcccccc"_s, split, u"rows"_s, u"0 1 2 3 4 6 7"_s);
    row("five behind, or some beside and some behind", {u".w..x"_s, u"...xx"_s}, u"wcccccc"_s, split, u"rows"_s,
        u"0 1 2 3 5 6 7"_s);
    row("that is not together", {u"..w.."_s, u"x..xx"_s}, u"wcccccc"_s, must, u"sold_out"_s, {});
    row("a space in another section", {u"w"_s, u"/w"_s}, u"ww"_s, split, u"apart"_s, u"0 1"_s);
    row("which is not together either", {u"w"_s, u"/w"_s}, u"ww"_s, must, u"sold_out"_s, {});
    row("no space is left", {u"......"_s}, u"wc"_s, split, u"sold_out"_s, {});
}

void TestBestAccessible::whoNeedsAnAccessiblePlaceGetsIt()
{
    QFETCH(QStringList, rows);
    QFETCH(QString, party);
    QFETCH(Together, together);
    QFETCH(QString, rung);
    QFETCH(QString, seats);
    const SmallHouse house({rows.begin(), rows.end()});
    const BestRequest request{.partySize = static_cast<int>(party.size()),
                              .wheelchairs = static_cast<int>(party.count(u'w')),
                              .stepFree = static_cast<int>(party.count(u's')),
                              .together = together};
    const auto pick = pickBest(house.runs(), {.seats = house.states}, request, 1);
    QCOMPARE(rungName(pick), rung);
    if (!pick)
        return;
    QCOMPARE(static_cast<int>(pick->seats.size()), request.partySize);
    const auto count = [&](Accessibility kind) {
        return static_cast<int>(
            std::ranges::count_if(pick->seats, [&](int seat) { return house.runs().accessibility(seat) == kind; }));
    };
    QCOMPARE(count(Accessibility::Wheelchair), request.wheelchairs);
    QCOMPARE(count(Accessibility::StepFree), request.stepFree);
    if (!seats.isEmpty())
        QCOMPARE(shown(pick->seats), seats);
}

/// All rows of up to five seats of all kinds, all parties.
void TestBestAccessible::everySmallRowSeatsThemAsInPlainWords()
{
    const QString kinds = u".xwms"_s;
    for (int count = 1; count <= 5; ++count) {
        int rows = 1;
        for (int i = 0; i < count; ++i)
            rows *= static_cast<int>(kinds.size());
        for (int row = 0; row < rows; ++row) {
            QString text;
            for (int i = 0, rest = row; i < count; ++i, rest /= static_cast<int>(kinds.size()))
                text.append(kinds.at(rest % kinds.size()));
            const SmallHouse house({text});
            for (int size = 1; size <= count; ++size) {
                for (int places = 1; places <= std::min(size, 3); ++places) {
                    const bool wheelchairs = (row + size) % 3 > 0;
                    const BestRequest request{.partySize = size,
                                              .wheelchairs = wheelchairs ? places : 0,
                                              .stepFree = wheelchairs ? 0 : places,
                                              .together = (row + places) % 2 ? Together::Must : Together::MaySplit};
                    const QString wrong = difference(house, request, static_cast<quint64>(row));
                    QVERIFY2(wrong.isEmpty(), qPrintable(described({text}, request, wrong)));
                }
            }
        }
    }
}

/// Houses of one to three rows with aisles, price zones and a second section.
void TestBestAccessible::smallHousesSeatThemAsInPlainWords()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 3'000; ++round) {
        QStringList rows;
        int seats = 0;
        for (int r = random.bounded(1, 4); r > 0; --r) {
            QString row = !rows.empty() && random.bounded(4) == 0 ? u"/"_s : QString();
            for (int i = random.bounded(2, 8); i > 0 && seats < 13; --i, ++seats)
                row.append(u".....Bxxwwmms|"_s.at(random.bounded(14)));
            if (row.contains(QRegularExpression(u"[^/|]"_s)))
                rows.push_back(row);
        }
        if (rows.empty())
            continue;
        const SmallHouse house({rows.begin(), rows.end()});
        BestRequest request{.partySize = random.bounded(1, 8),
                            .together = random.bounded(2) == 0 ? Together::Must : Together::MaySplit};
        (random.bounded(3) > 0 ? request.wheelchairs : request.stepFree) =
            random.bounded(1, std::min(request.partySize, 3) + 1);
        if (random.bounded(4) == 0)
            request.categories.set(0);
        const QString wrong = difference(house, request, random.generate64());
        QVERIFY2(wrong.isEmpty(), qPrintable(described(rows, request, wrong)));
    }
}

QTEST_APPLESS_MAIN(TestBestAccessible)
#include "tst_bestaccessible.moc"
