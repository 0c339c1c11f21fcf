#include "holds/takenrepository.h"

#include "base/assert.h"
#include "db/binaryarray.h"
#include "db/transaction.h"
#include "inventory/seatcolumns.h"

#include <algorithm>

namespace parterre::server::holds {

namespace {

QByteArray columnOf(const std::vector<HoldId> &holds)
{
    BinaryArray ids(BinaryArray::Of::Uuid, static_cast<qsizetype>(holds.size()));
    for (const HoldId &hold : holds)
        ids.add(hold);
    return ids.bytes();
}

/// Of the text array in the statement, in the order of EnumNames.
QByteArray channelNames()
{
    BinaryArray names(BinaryArray::Of::Text);
    for (const auto &[ignored, name] : EnumNames<SalesChannel>::names)
        names.addWord(name);
    return names.bytes();
}

int channelIndex(SalesChannel channel)
{
    int index = 1; // Arrays of PostgreSQL count from there.
    for (const auto &[known, ignored] : EnumNames<SalesChannel>::names) {
        if (known == channel)
            break;
        ++index;
    }
    return index;
}

/// Holds of which isOnlyTaken() is true.
struct MadeColumns
{
    using Of = BinaryArray::Of;

    BinaryArray ids{Of::Uuid};
    BinaryArray owners{Of::Text};
    BinaryArray channels{Of::Int};   ///< In channelNames().
    BinaryArray seats{Of::Int};      ///< Of all, one after the other.
    BinaryArray firstSeats{Of::Int}; ///< Where each hold's begin among them, and where the last one's end.
    BinaryArray choosing{Of::Flag};

    explicit MadeColumns(std::span<const HoldRow *const> made)
    {
        for (const HoldRow *hold : made) {
            ids.add(hold->id);
            owners.add(hold->owner);
            channels.add(channelIndex(hold->channel));
            firstSeats.add(seats.count() + 1);
            for (const int seat : hold->seats)
                seats.add(seat);
            choosing.add(hold->stillChoosing);
        }
        firstSeats.add(seats.count() + 1);
    }
};

/// The seats of these holds.
struct TakenColumns
{
    using Of = BinaryArray::Of;

    BinaryArray numbers{Of::Int};
    BinaryArray holds{Of::Uuid};

    explicit TakenColumns(std::span<const SeatRecord> seats)
    {
        for (const SeatRecord &seat : seats) {
            checkSeatRecord(seat);
            numbers.add(seat.number);
            holds.add(seat.hold);
        }
    }
};

} // namespace

bool isAnyThere(Transaction &transaction, const std::vector<HoldId> &holds)
{
    return !holds.empty() &&
           !transaction.query("select from hold where id = any($1::uuid[]) limit 1", columnOf(holds)).empty();
}

bool isOnlyTaken(std::span<const HoldRow *const> made, std::span<const SeatRecord> seats)
{
    if (made.empty() || seats.empty())
        return false;
    const HoldRow &first = *made.front();
    return std::ranges::all_of(made,
                               [&](const HoldRow *hold) {
                                   return hold->state == HoldState::Live && hold->createdAt == first.createdAt &&
                                          hold->heldUntil == first.heldUntil;
                               }) &&
           std::ranges::all_of(seats, [&](const SeatRecord &seat) {
               return seat.state == SeatState::Held && seat.heldUntil == first.heldUntil;
           });
}

bool writeTaken(Transaction &transaction, Taken taken)
{
    PT_ASSERT(isOnlyTaken(taken.made, taken.seats), "what is not in a column is the same for all");
    const MadeColumns holds(taken.made);
    const TakenColumns seats(taken.seats);
    const auto count = static_cast<qint64>(taken.outcomes.size());
    const holdcommands::OutcomeColumns outcomes(std::move(taken.outcomes));
    // Each part asks for the count of the one before it first, so that they are carried out one after the other, in the
    // order in which all others write these tables. What has one size is read from its array by number: unnest() makes
    // a table of each array first, which costs several times as much. Seats are found by all their places at once, as a
    // scan for each place asks the system each time how large the file is, and are joined to the arrays by a hash. Were
    // their performance a condition, PostgreSQL would take them for one row, and compare each with each.
    const auto rows = transaction.query(
        "with made as ("
        "  insert into hold (id, performance_id, owner, channel, state, seats, held_until, created_at, still_choosing) "
        "  select ($2::uuid[])[n.i], p.id, n.owner, ($4::text[])[($5::int[])[n.i]], 'live', "
        "         ($6::int[])[($7::int[])[n.i]:($7::int[])[n.i + 1] - 1], $8::timestamptz, $9::timestamptz, ($10::boolean[])[n.i] "
        "  from performance p, unnest($3::text[]) with ordinality as n(owner, i) "
        "  where p.id = $1 returning 1), "
        "written as ("
        "  update seat_inventory s set state = 'held', hold_id = ($12::uuid[])[n.i], held_until = $8::timestamptz, order_id = null "
        "  from generate_series(1, cardinality($11::int[])) as n(i) "
        "  where (select count(*) from made) > 0 "
        "  and s.ctid = any($13::tid[]) and s.seat_no = ($11::int[])[n.i] returning s.performance_id = $1 as is_here), "
        "kept as ("
        "  insert into hold_command (id, fingerprint, outcome) "
        "  select ($14::uuid[])[n.i], n.fingerprint, n.outcome "
        "  from unnest($15::bytea[], $16::text[]) with ordinality as n(fingerprint, outcome, i) "
        "  where (select count(*) from written) > 0 returning 1) "
        "select (select count(*) from made), (select count(*) from written where is_here), "
        "       (select count(*) from kept), "
        "       exists (select from hold where id = any($17::uuid[]))",
        taken.performance, holds.ids.bytes(), holds.owners.bytes(), channelNames(), holds.channels.bytes(),
        holds.seats.bytes(), holds.firstSeats.bytes(), taken.made.front()->heldUntil, taken.made.front()->createdAt,
        holds.choosing.bytes(), seats.numbers.bytes(), seats.holds.bytes(), inventory::placesOf(taken.rows),
        outcomes.ids, outcomes.fingerprints, outcomes.texts, columnOf(taken.refused));
    PT_ASSERT(number(rows[0][0]) == static_cast<qint64>(taken.made.size()),
              "a performance that has facts is there, and stays");
    PT_ASSERT(number(rows[0][1]) == static_cast<qint64>(taken.seats.size()), "a row that is locked stays where it is");
    PT_ASSERT(number(rows[0][2]) == count, "what is there already ends the statement");
    return !flag(rows[0][3]);
}

} // namespace parterre::server::holds
