#include "houseseats/houseseatservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "holds/openedcodes.h"
#include "holds/seatnames.h"
#include "inventory/housecoderepository.h"
#include "inventory/inventoryrepository.h"

#include <algorithm>
#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> noSuchPerformance()
{
    return refuse(ErrorCode::NotFound, u"There is no such performance. Choose one from the list."_s);
}

Result<HouseCode> put(Transaction &transaction, const PutHouseCode &command)
{
    if (!housecodes::lock(transaction, command.performance))
        return noSuchPerformance();
    const auto codes = housecodes::all(transaction, command.performance);
    const housecodes::CodeRow *known = housecodes::find(codes, command.code);
    if (known && known->code.kind != command.kind) {
        return refuse(ErrorCode::WrongState, u"%1 is there already, as another kind of code."_s.arg(command.code),
                      u"/kind"_s);
    }
    if (!known && static_cast<int>(codes.size()) >= HouseCode::countMax) {
        return refuse(ErrorCode::TooLarge, u"A performance has at most %1 house codes."_s.arg(HouseCode::countMax),
                      u"/code"_s);
    }
    housecodes::CodeRow row{.number = known ? known->number : static_cast<int>(codes.size()) + 1,
                            .code = {.code = command.code,
                                     .name = command.name,
                                     .kind = command.kind,
                                     .color = command.color,
                                     .hasAccess = false},
                            .accessHash = known ? known->accessHash : QByteArray()};
    if (command.accessCode) {
        row.accessHash = housecodes::accessHash(command.performance, *command.accessCode);
        const auto *other = housecodes::findOpened(codes, command.performance, *command.accessCode);
        if (other && other->number != row.number) {
            return refuse(ErrorCode::WrongState, u"%1 has this access code. Choose another."_s.arg(other->code.code),
                          u"/access_code"_s);
        }
    }
    row.code.hasAccess = !row.accessHash.isEmpty();
    housecodes::write(transaction, command.performance, row);
    return row.code;
}

/// The refusal of decideMove(), with names and what to do.
Error withNames(Error error, const LayoutIndex &layout)
{
    const auto [seats, names] = seatNames(seatNumbersOf(error), layout);
    error.details = {{u"seats"_s, seats}};
    error.field = u"/seats"_s;
    const bool isKilled = error.code == ErrorCode::WrongState;
    error.message = (isKilled ? u"Off sale: %1. Put them back first, or leave them out."_s
                              : u"Held or sold: %1. Leave them out, or wait until they are free."_s)
                        .arg(names.join(u"; "_s));
    return error;
}

} // namespace

HouseSeatService::HouseSeatService(Database &database, PerformanceLookup lookup, Changed changed)
    : m_database(database)
    , m_lookup(std::move(lookup))
    , m_changed(std::move(changed))
{}

Result<HouseSeats> HouseSeatService::seats(const PerformanceId &performance)
{
    PT_CHECK(m_lookup(performance));
    return m_database.transact([&](Transaction &transaction) -> Result<HouseSeats> {
        HouseSeats seats{.performance = performance, .codes = {}};
        const auto ofCodes = housecodes::seats(transaction, performance);
        for (const housecodes::CodeRow &row : housecodes::all(transaction, performance)) {
            const auto found = std::ranges::find(ofCodes, row.number, &housecodes::SeatsOfCode::number);
            seats.codes.push_back(
                {.code = row.code, .seats = found == ofCodes.end() ? std::vector<int>() : found->seats});
        }
        seats.changes = housecodes::newestChanges(transaction, performance, HouseSeats::changesMax);
        return seats;
    });
}

Result<HouseCode> HouseSeatService::putCode(const CommandKey &key, const PutHouseCode &asked)
{
    PT_TRY(const PutHouseCode command, checkedHouseCode(asked));
    return flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<HouseCode>(transaction, key,
                                              [&](Transaction &inner) { return put(inner, command); });
    }));
}

Result<MovedSeats> HouseSeatService::move(const CommandKey &key, const MoveSeats &asked)
{
    PT_TRY(const MoveSeats command, checkedMove(asked));
    PT_TRY(const PerformanceFacts facts, m_lookup(command.performance));
    PT_TRY(const std::vector<int> seats, seatNumbersOf(command.seats, *facts.layout));
    auto moved = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<MovedSeats>(
            transaction, key, [&](Transaction &inner) { return moveLocked(inner, key, command, facts, seats); });
    }));
    if (moved && !moved->before.empty())
        m_changed(command.performance);
    return moved;
}

Result<MovedSeats> HouseSeatService::moveLocked(Transaction &transaction, const CommandKey &key,
                                                const MoveSeats &command, const PerformanceFacts &facts,
                                                const std::vector<int> &seats)
{
    const auto codes = housecodes::all(transaction, command.performance);
    const auto *code = command.code.isEmpty() ? nullptr : housecodes::find(codes, command.code);
    if (!command.code.isEmpty() && !code) {
        return refuse(ErrorCode::InvalidInput, u"There is no house code %1. Make it first."_s.arg(command.code),
                      u"/code"_s);
    }
    const auto places = inventory::lockPlaces(transaction, command.performance, seats, {});
    const auto decided = decideMove(places.seats, command.move, code ? code->number : 0, places.now);
    if (!decided)
        return refuse(withNames(decided.error(), *facts.layout));

    MovedSeats moved{.performance = command.performance, .move = command.move, .before = {}};
    std::map<int, std::vector<QString>> before;
    std::vector<int> numbers;
    for (const SeatRecord &seat : *decided) {
        const auto was = std::ranges::find(places.seats, seat.number, &SeatRecord::number);
        before[was->house].push_back(facts.layout->seat(seat.number).key);
        numbers.push_back(seat.number);
    }
    if (numbers.empty())
        return moved;
    for (auto &[number, keys] : before) {
        const auto was = std::ranges::find(codes, number, &housecodes::CodeRow::number);
        moved.before.push_back({.code = was == codes.end() ? QString() : was->code.code, .seats = std::move(keys)});
    }
    housecodes::writeSeats(transaction, command.performance, *decided);
    housecodes::keepChange(transaction, command.performance,
                           {.move = command.move,
                            .code = code ? code->number : 0,
                            .seats = numbers,
                            .reason = command.reason,
                            .principal = key.principal});
    inventory::recordChange(transaction, command.performance, *decided, {});
    return moved;
}

Result<Allocation> HouseSeatService::allocation(const PerformanceId &performance, const QString &accessCode,
                                                const QString &peer)
{
    PT_CHECK(checkGuesses(peer));
    auto found = m_database.transact([&](Transaction &transaction) -> Result<Allocation> {
        const auto codes = housecodes::all(transaction, performance);
        const auto *code = housecodes::findOpened(codes, performance, accessCode);
        if (!code)
            return refuse(wrongAccessCode());
        return Allocation{.name = code->code.name,
                          .seats = housecodes::freeSeats(transaction, performance, code->number)};
    });
    if (!found && found.error().code == ErrorCode::Forbidden)
        guessedWrong(peer);
    return found;
}

Status HouseSeatService::checkGuesses(const QString &peer)
{
    const int seconds = m_guesses.waitSeconds(peer, std::chrono::steady_clock::now());
    if (seconds == 0)
        return {};
    return refuse(Error{
        .code = ErrorCode::RateLimited,
        .message = u"Too many wrong access codes came from here. Try again in %1 minutes."_s.arg((seconds + 59) / 60),
        .field = u"/access_code"_s,
        .retryAfterSeconds = seconds});
}

void HouseSeatService::guessedWrong(const QString &peer)
{
    m_guesses.failed(peer, std::chrono::steady_clock::now());
}

} // namespace parterre::server
