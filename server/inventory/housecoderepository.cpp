#include "inventory/housecoderepository.h"

#include "db/transaction.h"
#include "inventory/inventoryrepository.h"

#include <QCryptographicHash>

#include <algorithm>

namespace parterre::server::housecodes {

namespace {

std::vector<int> seatNumbers(const pqxx::result &rows)
{
    std::vector<int> numbers;
    numbers.reserve(rows.size());
    for (const auto &row : rows)
        numbers.push_back(smallNumber(row[0]));
    return numbers;
}

std::optional<int> orNull(int code)
{
    return code > 0 ? std::optional(code) : std::nullopt;
}

} // namespace

QByteArray accessHash(const PerformanceId &performance, const QString &typed)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(performance.text().toLatin1());
    hash.addData(QByteArrayView("\0", 1));
    hash.addData(accessCodeKey(typed).toUtf8());
    return hash.result();
}

std::vector<CodeRow> all(Transaction &transaction, const PerformanceId &performance)
{
    std::vector<CodeRow> codes;
    for (const auto &row : transaction.query("select code_no, code, name, kind, color, access_sha256 "
                                                     "from house_code where performance_id = $1 order by code_no",
                                                     performance)) {
        const QByteArray access = row[5].is_null() ? QByteArray() : bytes(row[5]);
        codes.push_back({.number = smallNumber(row[0]),
                         .code = {.code = text(row[1]),
                                  .name = text(row[2]),
                                  .kind = enumOf<HouseCodeKind>(row[3]),
                                  .color = text(row[4]),
                                  .hasAccess = !access.isEmpty()},
                         .accessHash = access});
    }
    return codes;
}

const CodeRow *find(std::span<const CodeRow> codes, const QString &typed)
{
    const auto found = std::ranges::find(codes, houseCodeKey(typed), [](const CodeRow &row) { return row.code.code; });
    return found == codes.end() ? nullptr : &*found;
}

const CodeRow *findOpened(std::span<const CodeRow> codes, const PerformanceId &performance, const QString &accessCode)
{
    const auto found = std::ranges::find(codes, accessHash(performance, accessCode), &CodeRow::accessHash);
    return found == codes.end() ? nullptr : &*found;
}

bool lock(Transaction &transaction, const PerformanceId &performance)
{
    return !transaction.query("select 1 from performance where id = $1 for no key update", performance).empty();
}

void write(Transaction &transaction, const PerformanceId &performance, const CodeRow &code)
{
    transaction.execute(
        "insert into house_code (performance_id, code_no, code, name, kind, color, access_sha256) "
        "values ($1, $2, $3, $4, $5, $6, nullif($7::bytea, ''::bytea)) on conflict (performance_id, code_no) "
        "do update set name = excluded.name, color = excluded.color, access_sha256 = excluded.access_sha256",
        performance, code.number, code.code.code, code.code.name, enumName(code.code.kind), code.code.color,
        code.accessHash);
}

std::vector<SeatsOfCode> seats(Transaction &transaction, const PerformanceId &performance)
{
    std::vector<SeatsOfCode> codes;
    for (const auto &row : transaction.query("select house_no, seat_no from seat_inventory where performance_id = $1 "
                                             "and house_no is not null order by house_no, seat_no",
                                             performance)) {
        const int number = smallNumber(row[0]);
        if (codes.empty() || codes.back().number != number)
            codes.push_back({.number = number, .seats = {}});
        codes.back().seats.push_back(smallNumber(row[1]));
    }
    return codes;
}

std::vector<int> freeSeats(Transaction &transaction, const PerformanceId &performance, int code)
{
    return seatNumbers(transaction.query(
        "select seat_no from seat_inventory where performance_id = $1 and house_no = $2 "
        "and (state = 'house' or (state = 'held' and held_until <= clock_timestamp())) order by seat_no",
        performance, code));
}

std::vector<int> freeBeside(Transaction &transaction, const PerformanceId &performance, const std::vector<int> &seats)
{
    return seatNumbers(transaction.query(
        "select s.seat_no from seat_inventory s where s.performance_id = $1 and s.house_no in "
        "  (select o.house_no from seat_inventory o where o.performance_id = $1 and o.seat_no = any($2::int[]) "
        "   and o.house_no is not null) "
        "and (s.state = 'house' or (s.state = 'held' and s.held_until <= clock_timestamp())) order by s.seat_no",
        performance, seats));
}

void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats)
{
    ArrayLiteral numbers;
    ArrayLiteral states;
    ArrayLiteral codes;
    for (const SeatRecord &seat : seats) {
        checkSeatRecord(seat);
        PT_ASSERT(seat.hold.isNull() && seat.order.isNull(), "a seat that somebody has is never moved");
        numbers.add(seat.number);
        states.addWord(inventory::stateToText(seat.state));
        if (seat.house > 0)
            codes.add(seat.house);
        else
            codes.addNull();
    }
    const auto written = transaction.execute(
        "update seat_inventory s set state = n.state, house_no = n.house_no, hold_id = null, held_until = null "
        "from unnest($2::int[], $3::text[], $4::int[]) as n(seat_no, state, house_no) "
        "where s.performance_id = $1 and s.seat_no = n.seat_no",
        performance, numbers, states, codes);
    PT_ASSERT(written == static_cast<qint64>(seats.size()), "every seat written was locked before");
}

void keepChange(Transaction &transaction, const PerformanceId &performance, const Change &change)
{
    transaction.execute("insert into house_change (performance_id, move, code_no, seats, reason, principal) "
                        "values ($1, $2, $3, $4::int[], $5, $6)",
                        performance, enumName(change.move), orNull(change.code), change.seats, change.reason,
                        change.principal);
}

std::vector<HouseChange> newestChanges(Transaction &transaction, const PerformanceId &performance, int countMax)
{
    std::vector<HouseChange> changes;
    for (const auto &row : transaction.query(
             "select h.created_at, coalesce(u.display_name, h.principal) as by_name, h.move, coalesce(c.code, '') as "
             "code, cardinality(h.seats) as places, h.reason from house_change h "
             "left join house_code c on c.performance_id = h.performance_id and c.code_no = h.code_no "
             "left join app_user u on 'user:' || u.id::text = h.principal "
             "where h.performance_id = $1 order by h.id desc limit $2",
             performance, countMax)) {
        changes.push_back({.at = instant(row["created_at"]),
                           .by = text(row["by_name"]),
                           .move = enumOf<SeatMove>(row["move"]),
                           .code = text(row["code"]),
                           .places = smallNumber(row["places"]),
                           .reason = text(row["reason"])});
    }
    return changes;
}

} // namespace parterre::server::housecodes
