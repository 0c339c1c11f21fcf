#include "domain/inventory/bestscope.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

// A party that fits nowhere side by side. Its groups are chosen by a small table over candidate runs: the best way to
// seat the first k people in the first runs of the list, for every k; the list is kept short, so the table is tiny.

namespace parterre::best {

namespace {

using Range = SeatRuns::Range;

constexpr int sizesMax = limits::partySizeMax + 1;
/// The longest runs hold an optimal choice (any other can be moved into longer ones group by group); the rest of the
/// list is for a last group that leaves nobody alone.
constexpr size_t candidatesMax = limits::partySizeMax + 8;
/// Nobody of a party is alone in its groups, so there are no more of them; the longest hold an optimal choice here too.
constexpr size_t companyMax = limits::partySizeMax / 2;
/// Which is the best is known from the lengths of their runs; the others are for a seating that is nearer.
constexpr size_t sectionsSeatedMax = 4;
/// Enough anchors to find the nearest few places, and a bound on what a house full of pairs can cost: rows that could
/// take the party in fewer groups, or at all, but are farther away than so many others, are not looked at.
constexpr int anchorsSeatedMax = 48;
constexpr int comparisonsMax = 150'000;

/// A longest run of seats that the request may have, and the free run that it is part of.
struct Piece
{
    Range part;
    Range run;
    int row = 0;
    int section = 0;
    int detour = 0; ///< By chance, added to each person's distance.
};

/// How good a seating is; the first difference decides.
struct Merit
{
    int peopleAlone = 0;
    int groups = 0;
    int seatsAlone = 0;
    qint64 distance = 0;

    Merit operator+(const Merit &other) const
    {
        return {peopleAlone + other.peopleAlone, groups + other.groups, seatsAlone + other.seatsAlone,
                distance + other.distance};
    }
    auto operator<=>(const Merit &) const = default;
};

struct Seating
{
    Merit merit;
    std::vector<Range> groups;

    [[nodiscard]] std::vector<int> seats() const
    {
        std::vector<int> all;
        for (const Range &group : groups) {
            for (int seat = group.first; seat < group.end; ++seat)
                all.push_back(seat);
        }
        std::ranges::sort(all);
        return all;
    }
};

enum class FirstPiece { MustBeUsed, MayBeUsed };

/// The table.
class SeatingTable
{
public:
    SeatingTable(const Scope &scope, int groupMin)
        : m_scope(scope)
        , m_size(scope.request.partySize)
        , m_groupMin(groupMin)
    {}

    [[nodiscard]] std::optional<Seating> seat(std::span<const Piece *const> pieces, FirstPiece first)
    {
        m_steps.assign(pieces.size(), {});
        m_best.fill(std::nullopt);
        m_best[0] = Merit{};
        for (size_t i = 0; i < pieces.size(); ++i) {
            place(*pieces[i], m_steps[i]);
            extend(m_steps[i], i == 0 && first == FirstPiece::MustBeUsed);
        }
        const auto &whole = m_best[static_cast<size_t>(m_size)];
        if (!whole)
            return std::nullopt;
        Seating seating{.merit = *whole, .groups = {}};
        int left = m_size;
        for (size_t i = pieces.size(); i-- > 0;) {
            const int taken = m_steps[i].chosen[static_cast<size_t>(left)];
            if (taken > 0)
                seating.groups.push_back(m_steps[i].places[static_cast<size_t>(taken)]);
            left -= taken;
        }
        return seating;
    }

private:
    /// One piece in the table.
    struct Step
    {
        std::array<Range, sizesMax> places{}; ///< The best place for a group of each size; empty where none is.
        std::array<Merit, sizesMax> merits{};
        std::array<int, sizesMax> chosen{}; ///< How many sit here when so many sit in all pieces up to this one.
    };

    void place(const Piece &piece, Step &step) const
    {
        for (int size = m_groupMin; size <= std::min(piece.part.count(), m_size); ++size) {
            qint64 sum = 0;
            for (int seat = piece.part.first; seat < piece.part.first + size; ++seat)
                sum += m_scope.runs.distance(seat);
            for (int first = piece.part.first;; ++first) {
                const Range group{first, first + size};
                const Merit merit{size == 1 ? 1 : 0, 1, strandedBy(group, piece.run), sum + size * piece.detour};
                auto &known = step.places[static_cast<size_t>(size)];
                if (known.count() == 0 || merit < step.merits[static_cast<size_t>(size)]) {
                    known = group;
                    step.merits[static_cast<size_t>(size)] = merit;
                }
                if (group.end == piece.part.end)
                    break;
                sum += m_scope.runs.distance(group.end) - m_scope.runs.distance(first);
            }
        }
    }

    void extend(Step &step, bool mustBeUsed)
    {
        std::array<std::optional<Merit>, sizesMax> next{};
        if (!mustBeUsed)
            next = m_best;
        for (int before = 0; before <= m_size; ++before) {
            const auto &base = m_best[static_cast<size_t>(before)];
            for (int size = m_groupMin; base && before + size <= m_size; ++size) {
                if (step.places[static_cast<size_t>(size)].count() == 0)
                    continue;
                const Merit merit = *base + step.merits[static_cast<size_t>(size)];
                auto &known = next[static_cast<size_t>(before + size)];
                if (!known || merit < *known) {
                    known = merit;
                    step.chosen[static_cast<size_t>(before + size)] = size;
                }
            }
        }
        m_best = next;
    }

    const Scope &m_scope;
    int m_size;
    int m_groupMin;
    std::array<std::optional<Merit>, sizesMax> m_best{};
    std::vector<Step> m_steps;
};

class SplitParty
{
public:
    SplitParty(const Scope &scope, Chance &chance)
        : m_scope(scope)
        , m_chance(chance)
    {
        m_piecesOfRow.resize(scope.runs.rows().size());
        for (const int index : scope.runs.rowsByDistance()) {
            const SeatRuns::Row &row = scope.runs.rows()[static_cast<size_t>(index)];
            if (!scope.has(row))
                continue;
            Range &mine = m_piecesOfRow[static_cast<size_t>(index)];
            mine.first = static_cast<int>(m_pieces.size());
            scope.forEachPart(row, [&](Range part, Range run) {
                m_pieces.push_back({.part = part, .run = run, .row = index, .section = row.section});
                m_people += part.count();
            });
            mine.end = static_cast<int>(m_pieces.size());
        }
    }

    [[nodiscard]] bool hasRoom() const { return m_people >= m_scope.request.partySize; }

    /// Groups of two and more around one of them, the anchor: in its row or a neighbouring one, within reach.
    [[nodiscard]] std::optional<BestPick> rowsTogether()
    {
        if (m_scope.request.partySize < 4) // The smallest party of two groups with nobody alone.
            return std::nullopt;
        SeatingTable table(m_scope, 2);
        std::optional<Seating> best;
        NearTies<Seating> ties(m_scope.tolerance());
        int seated = 0;
        int comparisons = 0;
        for (const Piece &anchor : m_pieces) {
            if (seated >= anchorsSeatedMax || comparisons >= comparisonsMax)
                break;
            if (anchor.part.count() < 2)
                continue;
            const auto company = companyOf(anchor, comparisons);
            int people = 0;
            for (const Piece *piece : company)
                people += piece->part.count();
            const auto seating =
                people < m_scope.request.partySize ? std::nullopt : table.seat(company, FirstPiece::MustBeUsed);
            if (!seating)
                continue;
            ++seated;
            const auto shape = [](const Seating &s) { return std::pair(s.merit.groups, s.merit.seatsAlone); };
            if (!best || shape(*seating) < shape(*best)) {
                best = seating;
                ties = NearTies<Seating>(m_scope.tolerance());
            }
            if (shape(*seating) == shape(*best))
                ties.offer(seating->merit.distance, *seating);
        }
        if (!best)
            return std::nullopt;
        return BestPick{.rung = BestRung::RowsTogether, .seats = ties.draw(m_chance).seats()};
    }

    /// As few people alone as can be and as few groups, in one section where that leaves no more people alone.
    [[nodiscard]] BestPick apart()
    {
        SeatingTable table(m_scope, 1);
        std::optional<Seating> best;
        for (const int section : likelySections()) {
            const auto pieces = shortlist([section](const Piece &piece) { return piece.section == section; });
            const auto seating = table.seat(pieces, FirstPiece::MayBeUsed);
            if (seating && (!best || seating->merit < best->merit))
                best = seating;
        }
        Lengths all;
        for (const Piece &piece : m_pieces)
            all.add(piece, m_scope.request.partySize);
        if (!best || all.outlook(m_scope.request.partySize)->peopleAlone < best->merit.peopleAlone)
            best = table.seat(shortlist([](const Piece &) { return true; }), FirstPiece::MayBeUsed);
        PT_ASSERT(best, "a party for which there are seats can be seated somehow");
        return {.rung = BestRung::Apart, .seats = best->seats()};
    }

private:
    /// The anchor first, then who sits near it, the longest runs first.
    [[nodiscard]] std::vector<const Piece *> companyOf(const Piece &anchor, int &comparisons) const
    {
        std::vector<const Piece *> company{&anchor};
        const auto addFrom = [&](int row) {
            const Range &range = m_piecesOfRow[static_cast<size_t>(row)];
            for (int i = range.first; i < range.end; ++i, ++comparisons) {
                const Piece &piece = m_pieces[static_cast<size_t>(i)];
                if (&piece != &anchor && piece.part.count() >= 2 && isNear(anchor.part, piece.part))
                    company.push_back(&piece);
            }
        };
        const SeatRuns::Row &row = m_scope.runs.rows()[static_cast<size_t>(anchor.row)];
        addFrom(anchor.row);
        for (int i = 0; i < row.neighbourCount; ++i)
            addFrom(row.neighbours[static_cast<size_t>(i)]);
        std::stable_sort(company.begin() + 1, company.end(),
                         [](const Piece *a, const Piece *b) { return a->part.count() > b->part.count(); });
        if (company.size() > companyMax)
            company.resize(companyMax);
        return company;
    }

    [[nodiscard]] bool isNear(Range a, Range b) const
    {
        const auto square = [](float value) { return value * value; };
        const auto apartSquare = [&](int seat, int other) {
            const SeatRuns::Spot x = m_scope.runs.spot(seat);
            const SeatRuns::Spot y = m_scope.runs.spot(other);
            return square(x.x - y.x) + square(x.y - y.y);
        };
        const float pitch = static_cast<float>(m_scope.runs.pitch()) / SeatRuns::distanceUnits;
        const float reach = static_cast<float>(m_scope.runs.reach()) / SeatRuns::distanceUnits;
        // Nobody of the two is within reach then; no need to look at each pair.
        if (apartSquare(a.first, b.first) > square(reach + 2 * pitch * static_cast<float>(a.count() + b.count())))
            return false;
        for (int seat = a.first; seat < a.end; ++seat) {
            for (int other = b.first; other < b.end; ++other) {
                if (apartSquare(seat, other) <= square(reach))
                    return true;
            }
        }
        return false;
    }

    /// How many pieces there are of each length; longer ones than the party count as the party's size.
    struct Lengths
    {
        std::array<int, sizesMax> countOf{};
        int nearest = 0; ///< Distance of the first piece.

        void add(const Piece &piece, int size) { ++countOf[static_cast<size_t>(std::min(piece.part.count(), size))]; }
        /// What a seating in these pieces would be like, without making it; nothing when there is no room.
        [[nodiscard]] std::optional<Merit> outlook(int size) const
        {
            int groups = 0;
            int left = size;
            int longest = 0;
            for (int length = size; length > 0 && left > 0; --length) {
                const int there = countOf[static_cast<size_t>(length)];
                const int used = std::min(there, (left + length - 1) / length);
                longest = used > 0 ? std::max(longest, length) : longest;
                groups += used;
                left -= used * length;
            }
            if (left > 0)
                return std::nullopt;
            int inCompany = 0;
            for (int length = 2; length <= size; ++length)
                inCompany += countOf[static_cast<size_t>(length)] * length;
            const bool oddAmongPairs = longest == 2 && size % 2 == 1;
            return Merit{std::max(size - inCompany, size == 1 || oddAmongPairs ? 1 : 0), groups, 0, nearest};
        }
    };

    /// The few sections in which the party has room, with the fewest people alone and the fewest groups first, and then
    /// the nearest.
    [[nodiscard]] std::vector<int> likelySections() const
    {
        std::vector<Lengths> lengths;
        std::vector<int> sections; // In the order of their nearest row.
        std::vector<int> placeOf;
        for (const Piece &piece : m_pieces) {
            const auto section = static_cast<size_t>(piece.section);
            if (section >= placeOf.size())
                placeOf.resize(section + 1, -1);
            if (placeOf[section] < 0) {
                placeOf[section] = static_cast<int>(lengths.size());
                lengths.push_back({.nearest = m_scope.runs.distance(piece.part.first)});
                sections.push_back(piece.section);
            }
            lengths[static_cast<size_t>(placeOf[section])].add(piece, m_scope.request.partySize);
        }
        std::vector<std::pair<Merit, int>> likely;
        for (size_t i = 0; i < sections.size(); ++i) {
            if (const auto merit = lengths[i].outlook(m_scope.request.partySize))
                likely.emplace_back(*merit, sections[i]);
        }
        const auto wanted = std::min(likely.size(), sectionsSeatedMax);
        std::partial_sort(likely.begin(), likely.begin() + static_cast<std::ptrdiff_t>(wanted), likely.end());
        sections.clear();
        for (size_t i = 0; i < wanted; ++i)
            sections.push_back(likely[i].second);
        return sections;
    }

    /// The longest of the pieces that are `wanted`, the nearest first among those of one length. Near the end of a sale
    /// everybody would be sent to the same few seats, were it not for some chance in what counts as near.
    template <class Wanted>
    [[nodiscard]] std::vector<const Piece *> shortlist(Wanted wanted)
    {
        std::vector<const Piece *> pieces;
        for (Piece &piece : m_pieces) {
            if (!wanted(piece))
                continue;
            piece.detour = static_cast<int>(m_chance.below(static_cast<size_t>(2 * m_scope.runs.pitch() + 1)));
            pieces.push_back(&piece);
        }
        const auto count = std::min(pieces.size(), candidatesMax);
        std::partial_sort(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count), pieces.end(),
                          [&](const Piece *a, const Piece *b) {
                              if (a->part.count() != b->part.count())
                                  return a->part.count() > b->part.count();
                              return m_scope.runs.distance(a->part.first) + a->detour <
                                     m_scope.runs.distance(b->part.first) + b->detour;
                          });
        pieces.resize(count);
        return pieces;
    }

    const Scope &m_scope;
    Chance &m_chance;
    std::vector<Piece> m_pieces; ///< Row by row, the nearest row first.
    std::vector<Range> m_piecesOfRow;
    int m_people = 0;
};

} // namespace

std::optional<BestPick> pickSplit(const Scope &scope, Chance &chance)
{
    SplitParty party(scope, chance);
    if (!party.hasRoom())
        return std::nullopt;
    if (auto pick = party.rowsTogether())
        return pick;
    return party.apart();
}

} // namespace parterre::best
