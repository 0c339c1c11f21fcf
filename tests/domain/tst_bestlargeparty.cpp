#include "domain/plainhouse.h"
#include "support/randomness.h"

#include "domain/inventory/orphanrule.h"

#include <QtTest>

#include <algorithm>
#include <optional>

using namespace parterre;
using namespace parterre::tests;

namespace {

/// People alone and groups.
using Company = std::pair<int, int>;

/// What the ladder says of parties that are too large for every set of seats to be tried: it looks at windows, and at
/// how many of the party each run takes.
class PlainRuns : private PlainHouse
{
public:
    PlainRuns(const SmallHouse &house, const BestRequest &request)
        : PlainHouse(house, request)
        , m_size(request.partySize)
        , m_together(request.together)
    {
        for (const std::vector<int> &piece : pieces()) {
            for (auto first = piece.begin(); piece.end() - first >= m_size; ++first)
                consider({first, first + m_size});
        }
        considerRows();
        considerApart();
    }

    [[nodiscard]] bool isTogether() const { return m_cleanBest || m_leavingBest; }

    /// Nothing to say when the pick is as good as the ladder asks, else what is wrong with it.
    [[nodiscard]] QString fault(const Result<BestPick> &pick) const
    {
        if (rungName(pick) != rung())
            return u"instead of %1"_s.arg(rung());
        if (!pick)
            return {};
        if (static_cast<int>(pick->seats.size()) != m_size ||
            !std::ranges::all_of(pick->seats, [&](int seat) { return isWanted(seat); }))
            return u"these seats are not for this party"_s;
        const Groups groups = groupsOf(pick->seats);
        const Company company(peopleAlone(groups), static_cast<int>(groups.size()));
        if (isTogether()) {
            const double nearest = m_cleanBest ? *m_cleanBest : *m_leavingBest;
            if (groups.size() != 1 || strands(pick->seats) != !m_cleanBest)
                return u"not together, or somebody is left alone"_s;
            return distance(pick->seats) > nearest + 2 * pitch() * m_size + m_size ? u"much farther than need be"_s
                                                                                   : QString();
        }
        const Company best = m_rows ? *m_rows : *m_apart;
        return company == best ? QString()
                               : u"%1 alone in %2 groups instead of %3 in %4"_s.arg(company.first)
                                     .arg(company.second)
                                     .arg(best.first)
                                     .arg(best.second);
    }

private:
    [[nodiscard]] QString rung() const
    {
        if (isTogether())
            return m_cleanBest ? u"together"_s : u"leaving single"_s;
        if (m_together == Together::Must || !m_apart)
            return u"sold_out"_s;
        return m_rows ? u"rows"_s : u"apart"_s;
    }

    void consider(const std::vector<int> &window)
    {
        auto &best = strands(window) ? m_leavingBest : m_cleanBest;
        best = best ? std::min(*best, distance(window)) : distance(window);
    }

    /// The best that the party can be in these runs, in groups of `groupMin` and more, with some in the first where
    /// that is asked for.
    [[nodiscard]] std::optional<Company> seated(const Groups &runs, int groupMin, bool mustUseFirst) const
    {
        std::vector<std::optional<Company>> best(static_cast<size_t>(m_size) + 1);
        best[0] = Company(0, 0);
        for (size_t run = 0; run < runs.size(); ++run) {
            auto next = best;
            if (run == 0 && mustUseFirst)
                next.assign(best.size(), std::nullopt);
            for (int before = 0; before < m_size; ++before) {
                const auto &base = best[static_cast<size_t>(before)];
                for (int group = groupMin; base && group <= static_cast<int>(runs[run].size()); ++group) {
                    if (before + group > m_size)
                        break;
                    const Company company(base->first + (group == 1 ? 1 : 0), base->second + 1);
                    auto &known = next[static_cast<size_t>(before + group)];
                    known = known ? std::min(*known, company) : company;
                }
            }
            best = next;
        }
        return best.back();
    }

    static void keepBest(std::optional<Company> &best, const std::optional<Company> &other)
    {
        if (other)
            best = best ? std::min(*best, *other) : *other;
    }

    void considerRows()
    {
        for (const std::vector<int> &anchor : pieces()) {
            Groups company{anchor};
            for (const std::vector<int> &piece : pieces()) {
                if (piece != anchor && near(anchor, piece))
                    company.push_back(piece);
            }
            keepBest(m_rows, seated(company, 2, true));
        }
    }

    /// In one section where that leaves nobody more alone.
    void considerApart()
    {
        const Groups all = pieces();
        std::optional<Company> inOne;
        for (const std::vector<int> &run : all) {
            Groups section;
            std::ranges::copy_if(all, std::back_inserter(section), [&](const auto &other) {
                return this->section(other.front()) == this->section(run.front());
            });
            keepBest(inOne, seated(section, 1, false));
        }
        m_apart = seated(all, 1, false);
        if (inOne && m_apart && inOne->first == m_apart->first)
            m_apart = inOne;
    }

    int m_size;
    Together m_together;
    std::optional<double> m_cleanBest;
    std::optional<double> m_leavingBest;
    std::optional<Company> m_rows;
    std::optional<Company> m_apart;
};

void check(const QStringList &rows, const BestRequest &request, quint64 seed)
{
    const SmallHouse house({rows.begin(), rows.end()});
    const PlainRuns plain(house, request);
    const auto pick = pickBest(house.runs(), {.seats = house.states}, request, seed);
    const QString wrong = plain.fault(pick);
    QVERIFY2(wrong.isEmpty(), qPrintable(u"%1 for %2, %3: %4 (%5), %6"_s.arg(rows.join(u' '))
                                             .arg(request.partySize)
                                             .arg(request.together == Together::Must ? u"together"_s : u"split"_s)
                                             .arg(rungName(pick), pick ? shown(pick->seats) : QString(), wrong)));
    if (pick)
        QCOMPARE(pick->alone, seatsLeftAlone(house.runs(), house.states, pick->seats));
}

} // namespace

/// Parties of up to twenty on the ladder of design section 5.
class TestBestLargeParty : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void longRowsSeatThemTogether();
    void twentySitInNineGroupsAroundOne();
    void brokenRowsSeatThemInAsFewGroupsAsCanBe_data();
    void brokenRowsSeatThemInAsFewGroupsAsCanBe();
};

/// Rows of up to forty seats with price zones and aisles.
void TestBestLargeParty::longRowsSeatThemTogether()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 2'000 && !QTest::currentTestFailed(); ++round) {
        QStringList rows;
        for (int r = random.bounded(1, 4); r > 0; --r) {
            QString row;
            const int sold = random.bounded(2, 30); // One of so many.
            for (int i = random.bounded(1, 41); i > 0; --i)
                row.append(random.bounded(sold) == 0 ? u"xb|w"_s.at(random.bounded(4))
                                                     : u"AAAB"_s.at(random.bounded(4)));
            if (row.contains(QRegularExpression(u"[^|]"_s)))
                rows.push_back(row);
        }
        if (rows.empty())
            continue;
        BestRequest request{.partySize = random.bounded(1, limits::partySizeMax + 1), .together = Together::Must};
        if (random.bounded(4) == 0)
            request.categories.set(0);
        check(rows, request, random.generate64());
    }
}

void TestBestLargeParty::twentySitInNineGroupsAroundOne()
{
    check({u"..x..x..x"_s, u"..x....x..x"_s, u"..x..x..x"_s}, {.partySize = 20}, 1);
}

void TestBestLargeParty::brokenRowsSeatThemInAsFewGroupsAsCanBe_data()
{
    QTest::addColumn<int>("longest"); // Run.
    for (const int longest : {1, 2, 3, 4, 6, 9, 14})
        QTest::addRow("runs of up to %d", longest) << longest;
}

/// Houses of one or two sections, whose rows are runs of free seats with one or two sold ones between.
void TestBestLargeParty::brokenRowsSeatThemInAsFewGroupsAsCanBe()
{
    QFETCH(int, longest);
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 600 && !QTest::currentTestFailed(); ++round) {
        QStringList rows;
        for (int r = random.bounded(1, 8); r > 0; --r) {
            QString row = !rows.empty() && random.bounded(5) == 0 ? u"/"_s : QString();
            for (int runs = random.bounded(1, 7); runs > 0; --runs) {
                row.append(QString(random.bounded(3) > 0 ? longest : random.bounded(1, longest + 1), u'.'));
                row.append(QString(random.bounded(1, 3), u'x'));
            }
            rows.push_back(row);
        }
        const BestRequest request{.partySize = random.bounded(2, limits::partySizeMax + 1)};
        check(rows, request, random.generate64());
    }
}

QTEST_APPLESS_MAIN(TestBestLargeParty)
#include "tst_bestlargeparty.moc"
