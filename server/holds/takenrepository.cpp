#include "holds/takenrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "holds/holdcolumns.h"
#include "inventory/seatcolumns.h"

namespace parterre::server::holds {

namespace {

QByteArray columnOf(const std::vector<HoldId> &holds)
{
    BinaryArray ids(BinaryArray::Of::Uuid, static_cast<qsizetype>(holds.size()));
    for (const HoldId &hold : holds)
        ids.add(hold);
    return ids.bytes();
}

} // namespace

bool isAnyThere(Transaction &transaction, const std::vector<HoldId> &holds)
{
    return !holds.empty() &&
           !transaction.query("select from hold where id = any($1::uuid[]) limit 1", columnOf(holds)).empty();
}

bool writeTaken(Transaction &transaction, Taken taken)
{
    const HoldColumns holds(taken.made);
    const inventory::SeatColumns seats(taken.seats);
    const auto count = static_cast<qint64>(taken.outcomes.size());
    const holdcommands::OutcomeColumns outcomes(std::move(taken.outcomes));
    // Each part asks for the count of the one before it first, so that they are carried out one after the other, in the
    // order in which all others write these tables.
    const auto rows = transaction.query(
        "with made as ("
        "  insert into hold (id, performance_id, owner, channel, state, seats, held_until, created_at, still_choosing) "
        "  select n.id, p.id, n.owner, n.channel, n.state, ($6::int[])[n.first_seat:n.last_seat], n.held_until, "
        "         n.created_at, n.still_choosing "
        "  from performance p, unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $7::int[], $8::int[], "
        "                             $9::timestamptz[], $10::timestamptz[], $11::boolean[]) "
        "       as n(id, owner, channel, state, first_seat, last_seat, held_until, created_at, still_choosing) "
        "  where p.id = $1 returning 1), "
        "written as ("
        "  update seat_inventory s set state = n.state, hold_id = n.hold_id, held_until = n.held_until, "
        "                              order_id = n.order_id "
        "  from unnest($12::int[], $13::text[], $14::uuid[], $15::timestamptz[], $16::uuid[], $17::tid[]) "
        "       as n(seat_no, state, hold_id, held_until, order_id, place) "
        "  where (select count(*) from made) > 0 "
        "  and s.ctid = n.place and s.performance_id = $1 and s.seat_no = n.seat_no returning 1), "
        "kept as ("
        "  insert into hold_command (id, fingerprint, outcome) select n.id, n.fingerprint, n.outcome "
        "  from unnest($18::uuid[], $19::bytea[], $20::text[]) as n(id, fingerprint, outcome) "
        "  where (select count(*) from written) > 0 returning 1) "
        "select (select count(*) from made), (select count(*) from written), (select count(*) from kept), "
        "       exists (select from hold where id = any($21::uuid[]))",
        taken.performance, holds.ids.bytes(), holds.owners.bytes(), holds.channels.bytes(), holds.states.bytes(),
        holds.seats.bytes(), holds.firstSeats.bytes(), holds.lastSeats.bytes(), holds.ends.bytes(),
        holds.starts.bytes(), holds.choosing.bytes(), seats.numbers.bytes(), seats.states.bytes(), seats.holds.bytes(),
        seats.ends.bytes(), seats.orders.bytes(), inventory::placesOf(taken.rows), outcomes.ids, outcomes.fingerprints,
        outcomes.texts, columnOf(taken.refused));
    PT_ASSERT(number(rows[0][0]) == static_cast<qint64>(taken.made.size()),
              "a performance that has facts is there, and stays");
    PT_ASSERT(number(rows[0][1]) == static_cast<qint64>(taken.seats.size()), "a row that is locked stays where it is");
    PT_ASSERT(number(rows[0][2]) == count, "what is there already ends the statement");
    return !flag(rows[0][3]);
}

} // namespace parterre::server::holds
