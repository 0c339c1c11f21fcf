#pragma once

#include "check/judge.h"
#include "check/trial.h"

#include <QtTest>

/// Hand-written histories, and the database that would fit them. Moments are milliseconds on both clocks: the
/// driver's zero is the database's `dawn`, known to the microsecond.
namespace parterre::tests {

using namespace check;
using namespace Qt::StringLiterals;

inline constexpr int trialSeats = 6;
inline constexpr int trialCapacity = 10;
inline constexpr int trialHoldSeconds = 600;
inline constexpr qint64 holdMilliseconds = trialHoldSeconds * 1'000;
inline constexpr Instant dawn{std::chrono::hours(500'000)};

[[nodiscard]] inline qint64 at(qint64 milliseconds)
{
    return milliseconds * 1'000'000;
}

[[nodiscard]] inline Instant databaseAt(qint64 milliseconds)
{
    return dawn + std::chrono::milliseconds(milliseconds);
}

/// The hold of this number, the same in every test.
[[nodiscard]] inline HoldId holdOf(int number)
{
    return HoldId(QUuid(0x51e0, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, static_cast<uchar>(number)));
}

[[nodiscard]] inline OrderId orderOf(int number)
{
    return OrderId(QUuid(0x0de7, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, static_cast<uchar>(number)));
}

/// Row A has seats 0 to 3, row B 4 and 5, which are cheaper and the last of which is a space for a wheelchair where
/// `hasSpace`; one yard in a section of its own.
[[nodiscard]] inline std::shared_ptr<const LayoutIndex> trialLayout(bool hasSpace = false)
{
    Layout layout;
    layout.name = u"Trial"_s;
    layout.size = {400, 400};
    layout.categories = {{.name = u"Stalls"_s, .color = {}}, {.name = u"Back"_s, .color = {}}};
    LayoutSection section;
    section.name = u"Stalls"_s;
    int number = 0;
    for (const auto &[label, count] : {std::pair(u"A"_s, 4), std::pair(u"B"_s, 2)}) {
        LayoutRow row{.label = label, .origin = {}, .seats = {}};
        for (int i = 0; i < count; ++i, ++number) {
            row.seats.push_back({.key = u"s%1"_s.arg(number),
                                 .label = QString::number(i + 1),
                                 .position = {25.0 * i, label == u"A" ? 0.0 : 30.0},
                                 .category = label == u"A" ? 0 : 1});
        }
        section.rows.push_back(row);
    }
    if (hasSpace)
        section.rows.back().seats.back().accessibility = Accessibility::Wheelchair;
    layout.sections.push_back(section);
    LayoutSection standing;
    standing.name = u"Standing"_s;
    standing.areas.push_back(
        {.key = u"yard"_s, .name = u"Yard"_s, .capacity = trialCapacity, .category = 0, .shape = {}});
    layout.sections.push_back(standing);
    return std::make_shared<const LayoutIndex>(std::move(layout));
}

/// A history and what the database says afterwards. Each verb appends one event and, where it is acknowledged, does to
/// the database what a right server would have done.
class TrialBuilder
{
public:
    TrialBuilder()
    {
        m_history.header.scenario = u"trial"_s;
        m_history.header.performances = {{.id = PerformanceId(QUuid(1, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)),
                                          .seats = trialSeats,
                                          .holdSeconds = trialHoldSeconds}};
        m_history.header.clock = {{.before = 0, .database = dawn, .after = 1'000}};
        FinalPerformance performance{.id = m_history.header.performances[0].id, .layout = trialLayout()};
        for (int i = 0; i < trialSeats; ++i)
            performance.seats.push_back({.number = i});
        performance.areas.push_back({.number = 0, .capacity = trialCapacity, .held = 0, .sold = 0});
        m_final = {.readAt = databaseAt(60'000), .performances = {performance}};
    }

    [[nodiscard]] Event &last() { return m_history.events.back(); }
    [[nodiscard]] FinalPerformance &database() { return m_final.performances[0]; }
    [[nodiscard]] SeatRecord &seat(int number) { return database().seats[static_cast<size_t>(number)]; }
    [[nodiscard]] HistoryPerformance &performance() { return m_history.header.performances[0]; }
    void readDatabaseAt(qint64 milliseconds) { m_final.readAt = databaseAt(milliseconds); }

    TrialBuilder &event(Operation operation, int hold, qint64 start, qint64 end, Outcome outcome = Outcome::Ok)
    {
        m_history.events.push_back({.operation = operation,
                                    .client = hold,
                                    .intended = at(start),
                                    .start = at(start),
                                    .end = at(end),
                                    .hold = holdOf(hold),
                                    .outcome = outcome});
        return *this;
    }
    /// Acknowledged, decided at its end.
    TrialBuilder &take(int hold, const std::vector<int> &seats, qint64 start, qint64 end)
    {
        event(Operation::Take, hold, start, end);
        last().seats = seats;
        const Instant until = databaseAt(end) + Seconds(trialHoldSeconds);
        last().heldUntil = until;
        FinalHold &row = holdRow(hold, until, databaseAt(end));
        for (const int number : seats) {
            row.seats.push_back(number);
            seat(number) = {.number = number, .state = SeatState::Held, .hold = holdOf(hold), .heldUntil = until};
        }
        std::ranges::sort(row.seats);
        return *this;
    }
    TrialBuilder &takeYard(int hold, int quantity, qint64 start, qint64 end)
    {
        event(Operation::Take, hold, start, end);
        last().areas = {{.area = 0, .quantity = quantity}};
        const Instant until = databaseAt(end) + Seconds(trialHoldSeconds);
        last().heldUntil = until;
        holdRow(hold, until, databaseAt(end));
        database().areaHolds.push_back({.hold = holdOf(hold), .area = 0, .quantity = quantity, .heldUntil = until});
        database().areas[0].held += quantity;
        return *this;
    }
    TrialBuilder &refuse(int hold, const std::vector<int> &seats, qint64 start, qint64 end,
                         const QString &code = u"seat_taken"_s)
    {
        event(Operation::Take, hold, start, end, Outcome::Refused);
        last().seats = seats;
        last().code = code;
        return *this;
    }
    TrialBuilder &release(int hold, qint64 start, qint64 end)
    {
        event(Operation::Release, hold, start, end);
        FinalHold &row = database().holds.at(holdOf(hold));
        row.state = HoldState::Released;
        freeSeats(hold);
        row.seats.clear();
        return *this;
    }
    TrialBuilder &pay(int hold, qint64 start, qint64 end)
    {
        event(Operation::Pay, hold, start, end);
        last().order = orderOf(hold);
        FinalHold &row = database().holds.at(holdOf(hold));
        row.state = HoldState::Converted;
        for (const int number : row.seats) {
            seat(number) = {.number = number, .state = SeatState::Sold, .order = orderOf(hold)};
            database().soldPlaces[number] = orderOf(hold);
        }
        FinalOrder &order = database().orders[orderOf(hold)];
        order = {.hold = holdOf(hold), .isConfirmed = true, .wasSold = true, .seats = row.seats, .areas = {}};
        std::erase_if(database().areaHolds, [&](const FinalAreaHold &held) {
            if (held.hold != holdOf(hold))
                return false;
            order.areas.emplace_back(held.area, held.quantity);
            AreaRecord &area = database().areas[static_cast<size_t>(held.area)];
            area.held -= held.quantity;
            area.sold += held.quantity;
            return true;
        });
        return *this;
    }
    /// The seats named, or all that are left.
    TrialBuilder &refund(int hold, const std::vector<int> &seats, qint64 start, qint64 end)
    {
        event(Operation::Refund, hold, start, end);
        last().order = orderOf(hold);
        last().seats = seats;
        FinalOrder &order = database().orders.at(orderOf(hold));
        for (const int number : std::vector(seats.empty() ? order.seats : seats)) {
            seat(number) = {.number = number};
            database().soldPlaces.erase(number);
            std::erase(order.seats, number);
        }
        order.isConfirmed = !order.seats.empty();
        return *this;
    }
    /// The sweeper closed it.
    TrialBuilder &expire(int hold)
    {
        database().holds.at(holdOf(hold)).state = HoldState::Expired;
        freeSeats(hold);
        return *this;
    }

    [[nodiscard]] const History &history() const { return m_history; }
    [[nodiscard]] History &history() { return m_history; }
    [[nodiscard]] std::unordered_map<GiftCardId, FinalGiftCard> &giftCards() { return m_final.giftCards; }
    [[nodiscard]] Verdict verdict(const JudgeOptions &options = {}) const
    {
        const auto verdict = judge(m_history, m_final, options);
        if (!verdict)
            qFatal("%s", qPrintable(verdict.error().message));
        return *verdict;
    }

private:
    FinalHold &holdRow(int hold, Instant until, Instant created)
    {
        FinalHold &row = database().holds.try_emplace(holdOf(hold)).first->second;
        if (row.createdAt == Instant())
            row.createdAt = created;
        row.heldUntil = std::max(row.heldUntil, until);
        for (SeatRecord &held : database().seats) {
            if (held.hold == holdOf(hold))
                held.heldUntil = row.heldUntil;
        }
        return row;
    }
    void freeSeats(int hold)
    {
        for (SeatRecord &row : database().seats) {
            if (row.hold == holdOf(hold))
                row = {.number = row.number};
        }
    }

    History m_history;
    FinalState m_final;
};

/// `ok`, or the rules that were broken.
[[nodiscard]] inline QString broken(const Verdict &verdict)
{
    QStringList rules;
    for (const auto &[rule, count] : verdict.byRule)
        rules.append(enumName(rule));
    return rules.isEmpty() ? u"ok"_s : rules.join(u' ');
}

// Tests of rows, each a history and the rules that the judge finds broken in it.

using Write = void (*)(TrialBuilder &trial);

inline void addRowColumns()
{
    QTest::addColumn<Write>("write");
    QTest::addColumn<QString>("rules");
}

inline void row(const char *name, Write write, const char *rules = "ok")
{
    QTest::newRow(name) << write << QString::fromLatin1(rules);
}

[[nodiscard]] inline QString rulesOfRow()
{
    QFETCH(QString, rules);
    return rules;
}

/// What is broken in the row's history; its sentences are printed where that is not what should be.
[[nodiscard]] inline QString brokenInRow()
{
    QFETCH(Write, write);
    TrialBuilder trial;
    write(trial);
    const Verdict verdict = trial.verdict();
    for (const Violation &violation : verdict.sentences) {
        if (broken(verdict) != rulesOfRow())
            qInfo().noquote() << violation.sentence;
    }
    return broken(verdict);
}

/// It belongs to a house code, and is back there unless somebody has it.
inline void setHouseSeat(TrialBuilder &trial, int seat)
{
    trial.seat(seat).house = 1;
    if (trial.seat(seat).state == SeatState::Available)
        trial.seat(seat).state = SeatState::House;
}

} // namespace parterre::tests
