#include "inventory/inventoryrepository.h"

#include "base/assert.h"
#include "db/binaryarray.h"
#include "db/transaction.h"
#include "inventory/mapcommits.h"
#include "inventory/seatcolumns.h"
#include "runtime/faultpoint.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

namespace parterre::server::inventory {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<std::pair<SeatState, std::string_view>, 6> stateNames{{
    {SeatState::Available, "available"},
    {SeatState::Held, "held"},
    {SeatState::PaymentPending, "payment_pending"},
    {SeatState::Sold, "sold"},
    {SeatState::House, "house"},
    {SeatState::Killed, "killed"},
}};

SeatState stateFromText(const pqxx::field &field)
{
    const std::string_view name(field.c_str(), field.size());
    const auto found = std::ranges::find(stateNames, name, &std::pair<SeatState, std::string_view>::second);
    PT_ASSERT(found != stateNames.end(), "seat_inventory.state holds only the names that its check allows");
    return found->first;
}

std::vector<AreaCounts> areaCounts(const QJsonArray &array)
{
    std::vector<AreaCounts> areas;
    for (const auto &entry : array) {
        const QJsonArray row = entry.toArray();
        areas.push_back({row.at(0).toInt(), row.at(1).toInt(), row.at(2).toInt(), row.at(3).toInt()});
    }
    return areas;
}

QString compact(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

QByteArray column(const std::vector<int> &numbers)
{
    BinaryArray column(BinaryArray::Of::Int, static_cast<qsizetype>(numbers.size()));
    for (const int number : numbers)
        column.add(number);
    return column.bytes();
}

/// A `ctid` as PostgreSQL writes it: `(block,offset)`.
RowPlace rowPlace(const pqxx::field &field)
{
    RowPlace place;
    const char *const end = field.c_str() + field.size();
    const char *const comma = std::from_chars(field.c_str() + 1, end, place.block).ptr;
    std::from_chars(comma + 1, end, place.offset);
    return place;
}

/// The seats, and the time after all waiting for their locks was over: the last row is read when every row before it is
/// locked.
void lockSeats(Transaction &transaction, const PerformanceId &performance, const std::vector<int> &numbers,
               LockedPlaces &places)
{
    const bool isGuarded = faultPoint("inventory_seat_lock") != Fault::Skip;
    const auto rows = transaction.query(
        isGuarded ? "select * from (select seat_no, state, hold_id, held_until, order_id, house_no, ctid as place "
                    "               from seat_inventory where performance_id = $1 and seat_no = any($2::int[]) "
                    "               order by seat_no for update) s "
                    "union all select null, null, null, clock_timestamp(), null, null, null"
                  : "select * from (select seat_no, state, hold_id, held_until, order_id, house_no, ctid as place "
                    "               from seat_inventory where performance_id = $1 and seat_no = any($2::int[]) "
                    "               order by seat_no) s "
                    "union all select null, null, null, clock_timestamp(), null, null, null",
        performance, column(numbers));
    (void)faultPoint("inventory_seats_read");
    PT_ASSERT(static_cast<size_t>(rows.size()) == numbers.size() + 1,
              "every seat of a layout has its inventory row, and the clock is the last");
    places.seats.reserve(numbers.size());
    for (const auto &row : rows) {
        if (row[0].is_null()) {
            places.now = instant(row[3]);
            break;
        }
        places.seats.push_back({.number = smallNumber(row[0]),
                                .state = stateFromText(row[1]),
                                .hold = id<HoldId>(row[2]),
                                .heldUntil = optionalInstant(row[3]).value_or(Instant()),
                                .order = id<OrderId>(row[4]),
                                .house = row[5].is_null() ? 0 : smallNumber(row[5])});
        checkSeatRecord(places.seats.back());
        if (isGuarded)
            places.rows.push_back(rowPlace(row[6]));
    }
}

std::vector<AreaRecord> lockAreas(Transaction &transaction, const PerformanceId &performance,
                                  const std::vector<int> &numbers)
{
    std::vector<AreaRecord> areas;
    if (numbers.empty())
        return areas;
    const auto rows =
        transaction.query("select area_no, capacity, held, sold from area_inventory "
                          "where performance_id = $1 and area_no = any($2::int[]) order by area_no for update",
                          performance, numbers);
    PT_ASSERT(static_cast<size_t>(rows.size()) == numbers.size(), "every area of a layout has its inventory row");
    const int tooMany = faultPoint("inventory_area_room") == Fault::Skip ? 1 : 0;
    for (const auto &row : rows) {
        areas.push_back({smallNumber(row["area_no"]), smallNumber(row["capacity"]) + tooMany, smallNumber(row["held"]),
                         smallNumber(row["sold"])});
    }
    return areas;
}

/// Takes what holds past their time have in the pools out of `held`, so that a pool is never refused as full for one.
void takeOutEnded(Transaction &transaction, const PerformanceId &performance, const std::vector<int> &numbers,
                  LockedPlaces &places)
{
    const auto ended =
        transaction.query("select area_no, sum(quantity) as quantity from area_hold where performance_id = $1 "
                          "and area_no = any($2::int[]) and held_until <= $3 and not frozen group by area_no",
                          performance, numbers, places.now);
    for (const auto &row : ended) {
        const auto area = std::ranges::find(places.areas, smallNumber(row["area_no"]), &AreaRecord::number);
        area->held -= smallNumber(row["quantity"]);
        checkAreaRecord(*area);
    }
}

} // namespace

std::string_view stateToText(SeatState state)
{
    return std::ranges::find(stateNames, state, &std::pair<SeatState, std::string_view>::first)->second;
}

LockedPlaces lockPlaces(Transaction &transaction, const PerformanceId &performance, const std::vector<int> &seats,
                        const std::vector<int> &areas)
{
    LockedPlaces places;
    if (!seats.empty())
        lockSeats(transaction, performance, seats, places);
    places.areas = lockAreas(transaction, performance, areas);
    if (seats.empty() || !areas.empty())
        places.now = transaction.now(); // After the last of the locks.
    if (!areas.empty())
        takeOutEnded(transaction, performance, areas, places);
    return places;
}

void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats)
{
    if (seats.empty())
        return;
    const SeatColumns columns(seats);
    const auto written = transaction.execute(
        "update seat_inventory s set state = n.state, hold_id = n.hold_id, held_until = n.held_until, order_id = "
        "n.order_id "
        "from unnest($2::int[], $3::text[], $4::uuid[], $5::timestamptz[], $6::uuid[]) "
        "     as n(seat_no, state, hold_id, held_until, order_id) "
        "where s.performance_id = $1 and s.seat_no = n.seat_no",
        performance, columns.numbers.bytes(), columns.states.bytes(), columns.holds.bytes(), columns.ends.bytes(),
        columns.orders.bytes());
    PT_ASSERT(written == static_cast<qint64>(seats.size()), "every seat written was locked before");
}

void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats,
                std::span<const RowPlace> rows)
{
    if (rows.size() != seats.size()) // Without their locks, which only a fault does, they may be elsewhere by now.
        return writeSeats(transaction, performance, seats);
    if (seats.empty())
        return;
    const SeatColumns columns(seats);
    const auto written = transaction.execute(
        "update seat_inventory s set state = n.state, hold_id = n.hold_id, held_until = n.held_until, order_id = "
        "n.order_id "
        "from unnest($2::int[], $3::text[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::tid[]) "
        "     as n(seat_no, state, hold_id, held_until, order_id, place) "
        "where s.ctid = n.place and s.performance_id = $1 and s.seat_no = n.seat_no",
        performance, columns.numbers.bytes(), columns.states.bytes(), columns.holds.bytes(), columns.ends.bytes(),
        columns.orders.bytes(), placesOf(rows));
    PT_ASSERT(written == static_cast<qint64>(seats.size()), "a row that is locked stays where it is");
}

void writeAreas(Transaction &transaction, const PerformanceId &performance, std::span<const AreaRecord> areas,
                Instant now)
{
    if (areas.empty())
        return;
    std::vector<int> numbers;
    std::vector<int> held;
    std::vector<int> sold;
    for (const AreaRecord &area : areas) {
        checkAreaRecord(area);
        numbers.push_back(area.number);
        held.push_back(area.held);
        sold.push_back(area.sold);
    }
    transaction.execute("delete from area_hold where performance_id = $1 and area_no = any($2::int[]) "
                        "and held_until <= $3 and not frozen",
                        performance, numbers, now);
    transaction.execute("update area_inventory a set held = n.held, sold = n.sold "
                        "from unnest($2::int[], $3::int[], $4::int[]) as n(area_no, held, sold) "
                        "where a.performance_id = $1 and a.area_no = n.area_no",
                        performance, numbers, held, sold);
}

std::vector<AreaHold> areaHolds(Transaction &transaction, const HoldId &hold)
{
    std::vector<AreaHold> holds;
    for (const auto &row :
         transaction.query("select area_no, quantity from area_hold where hold_id = $1 order by area_no", hold))
        holds.push_back({smallNumber(row["area_no"]), smallNumber(row["quantity"])});
    return holds;
}

std::vector<AreaHoldRow> areaHoldsOf(Transaction &transaction, const std::vector<HoldId> &holds)
{
    std::vector<AreaHoldRow> rows;
    if (holds.empty())
        return rows;
    for (const auto &row : transaction.query("select hold_id, area_no, quantity, held_until from area_hold "
                                             "where hold_id = any($1::uuid[]) order by hold_id, area_no",
                                             holds))
        rows.push_back({id<HoldId>(row[0]), smallNumber(row[1]), smallNumber(row[2]), instant(row[3])});
    return rows;
}

void writeAreaHolds(Transaction &transaction, const PerformanceId &performance, std::span<const AreaHoldRow> rows)
{
    ArrayLiteral holds;
    ArrayLiteral areas;
    ArrayLiteral quantities;
    ArrayLiteral ends;
    ArrayLiteral holdsOfNone;
    ArrayLiteral areasOfNone;
    for (const AreaHoldRow &row : rows) {
        if (row.quantity == 0) {
            holdsOfNone.add(row.hold);
            areasOfNone.add(row.area);
            continue;
        }
        holds.add(row.hold);
        areas.add(row.area);
        quantities.add(row.quantity);
        ends.add(row.heldUntil);
    }
    if (holdsOfNone.count() > 0) {
        transaction.execute("delete from area_hold a using unnest($1::uuid[], $2::int[]) as n(hold_id, area_no) "
                            "where a.hold_id = n.hold_id and a.area_no = n.area_no",
                            holdsOfNone, areasOfNone);
    }
    if (holds.count() > 0) {
        transaction.execute("insert into area_hold (hold_id, performance_id, area_no, quantity, held_until) "
                            "select n.hold_id, $1::uuid, n.area_no, n.quantity, n.held_until "
                            "from unnest($2::uuid[], $3::int[], $4::int[], $5::timestamptz[]) "
                            "     as n(hold_id, area_no, quantity, held_until) "
                            "on conflict (hold_id, area_no) do update set quantity = excluded.quantity, held_until = "
                            "excluded.held_until",
                            performance, holds, areas, quantities, ends);
    }
}

void setAreaHoldsEnd(Transaction &transaction, const HoldId &hold, Instant heldUntil, bool frozen)
{
    transaction.execute("update area_hold set held_until = $2, frozen = $3 where hold_id = $1", hold, heldUntil,
                        frozen);
}

void removeAreaHolds(Transaction &transaction, const HoldId &hold)
{
    transaction.execute("delete from area_hold where hold_id = $1", hold);
}

namespace {

/// Without waiting for the disk: the next writer of this map begins when this transaction ends, and Database waits for
/// the disk after that.
void takeNumber(Transaction &transaction, const PerformanceId &performance, MapDelta delta)
{
    const QJsonObject json = mapDeltaToJson(delta);
    const auto rows =
        transaction.query("with clock as (update map_clock set seq = seq + 1 where performance_id = $1 returning seq), "
                          "early as (select set_config('synchronous_commit', 'off', true)) "
                          "insert into map_change (performance_id, seq, seats, areas) select $1, seq, $2::jsonb, "
                          "$3::jsonb from clock, early returning seq",
                          performance, json.value(u"seats"_s).toObject(), compact(json.value(u"areas"_s).toArray()));
    transaction.waitForDisk();
    PT_ASSERT(rows.size() == 1, "every performance has its map clock");
    delta.seq = number(rows[0]["seq"]);
    delta.from = delta.seq - 1;
    if (MapCommits *commits = transaction.mapCommits())
        transaction.afterCommit(
            [commits, performance, told = std::move(delta)] { commits->committed(performance, told); });
}

} // namespace

bool recordChange(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats,
                  std::span<const AreaRecord> areas)
{
    if (seats.empty() && areas.empty())
        return false;
    MapDelta delta;
    for (const SeatRecord &seat : seats)
        delta.seats.push_back({seat.number, seat.state});
    for (const AreaRecord &area : areas)
        delta.areas.push_back({area.number, area.capacity, area.held, area.sold});
    transaction.lastly(performance.text(), [performance, changed = std::move(delta)](Transaction &last) {
        takeNumber(last, performance, changed);
    });
    return true;
}

std::optional<MapSnapshot> snapshot(Transaction &transaction, const PerformanceId &performance)
{
    const auto rows = transaction.query(
        "select c.seq, "
        "  (select string_agg(case state when 'available' then 'a' when 'held' then 'h' when 'payment_pending' then "
        "'p' "
        "          when 'sold' then 's' when 'house' then 'o' else 'k' end, '' order by seat_no) "
        "   from seat_inventory where performance_id = c.performance_id) as seats, "
        "  (select coalesce(jsonb_agg(jsonb_build_array(area_no, capacity, held, sold) order by area_no), '[]') "
        "   from area_inventory where performance_id = c.performance_id) as areas "
        "from map_clock c where c.performance_id = $1",
        performance);
    transaction.waitForDisk();
    if (rows.empty())
        return std::nullopt;
    const auto read = mapSnapshotFromJson(
        {{u"seq"_s, number(rows[0]["seq"])},
         {u"seats"_s, text(rows[0]["seats"])},
         {u"areas"_s, QJsonDocument::fromJson(QByteArray::fromStdString(rows[0]["areas"].as<std::string>())).array()}});
    PT_ASSERT(read.has_value(), "the database's own letters are the map's");
    return *read;
}

std::optional<MapDelta> changesSince(Transaction &transaction, const PerformanceId &performance, qint64 since)
{
    const auto rows = transaction.query(
        "select seq, seats, areas from map_change where performance_id = $1 and seq > $2 order by seq", performance,
        since);
    transaction.waitForDisk();
    MapDelta delta{.from = since, .seq = since, .seats = {}, .areas = {}};
    std::map<int, SeatState> seats;
    std::map<int, AreaCounts> areas;
    for (const auto &row : rows) {
        const qint64 seq = number(row["seq"]);
        if (seq != delta.seq + 1) // The changes right after `since` were trimmed.
            return std::nullopt;
        delta.seq = seq;
        const QJsonObject byLetter = object(row["seats"]);
        for (auto it = byLetter.constBegin(); it != byLetter.constEnd(); ++it) {
            for (const auto &seat : it.value().toArray())
                seats[seat.toInt()] = *seatStateFromLetter(it.key().at(0).toLatin1());
        }
        for (const AreaCounts &area :
             areaCounts(QJsonDocument::fromJson(QByteArray::fromStdString(row["areas"].as<std::string>())).array()))
            areas[area.number] = area;
    }
    if (rows.empty()) {
        const auto clock = transaction.query("select seq from map_clock where performance_id = $1", performance);
        if (clock.empty() || number(clock[0]["seq"]) != since)
            return std::nullopt;
    }
    for (const auto &[seat, state] : seats)
        delta.seats.push_back({seat, state});
    for (const auto &[ignored, counts] : areas)
        delta.areas.push_back(counts);
    return delta;
}

RecentChanges recentChanges(Transaction &transaction, const PerformanceId &performance, qint64 upTo, int countMax)
{
    RecentChanges recent{.since = upTo, .seats = {}, .areas = {}};
    const qint64 after = std::max<qint64>(upTo - countMax, 0);
    const auto there = transaction.query("select count(*) as count, min(seq) as first from map_change "
                                         "where performance_id = $1 and seq > $2 and seq <= $3",
                                         performance, after, upTo);
    const qint64 count = number(there[0]["count"]);
    if (count == 0 || number(there[0]["first"]) + count != upTo + 1) // Trimmed, perhaps with holes.
        return recent;
    recent.since = upTo - count;
    for (const auto &row :
         transaction.query("select place::int as place, max(seq) as seq from map_change, jsonb_each(seats) by_letter, "
                           "jsonb_array_elements_text(by_letter.value) place "
                           "where performance_id = $1 and seq > $2 and seq <= $3 group by place",
                           performance, recent.since, upTo))
        recent.seats.emplace_back(smallNumber(row["place"]), number(row["seq"]));
    for (const auto &row : transaction.query("select (area->>0)::int as place, max(seq) as seq from map_change, "
                                             "jsonb_array_elements(areas) area "
                                             "where performance_id = $1 and seq > $2 and seq <= $3 group by 1",
                                             performance, recent.since, upTo))
        recent.areas.emplace_back(smallNumber(row["place"]), number(row["seq"]));
    return recent;
}

std::map<PerformanceId, qint64> mapNumbers(Transaction &transaction, const std::vector<PerformanceId> &performances)
{
    std::map<PerformanceId, qint64> numbers;
    for (const auto &row : transaction.query(
             "select performance_id, seq from map_clock where performance_id = any($1::uuid[])", performances))
        numbers.emplace(id<PerformanceId>(row["performance_id"]), number(row["seq"]));
    return numbers;
}

qint64 trimChanges(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from map_change where ctid in (select ctid from map_change "
                               "where created_at < now() - interval '1 hour' limit $1)",
                               countMax);
}

} // namespace parterre::server::inventory
