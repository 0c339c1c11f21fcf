#pragma once

#include "commands/commandlog.h"
#include "domain/inventory/houseseats.h"
#include "holds/holdparty.h"
#include "identity/failurethrottle.h"

#include <functional>

namespace parterre::server {

class Database;
class Transaction;

/// House codes, allocations and kills (design section 4): who may sell or buy which seats, and which are off sale.
/// Blocking and thread-safe; call it from worker threads. Selling them is HoldService, by the codes in TakeHold.
///
/// Who may ask for what is checked by the caller, as with other commands of the desk.
class HouseSeatService
{
public:
    using Changed = std::function<void(const PerformanceId &)>; ///< Called after a commit that changed the map.

    HouseSeatService(Database &database, PerformanceLookup lookup, Changed changed);
    HouseSeatService(const HouseSeatService &) = delete;
    HouseSeatService &operator=(const HouseSeatService &) = delete;

    [[nodiscard]] Result<HouseSeats> seats(const PerformanceId &performance);
    [[nodiscard]] Result<HouseCode> putCode(const CommandKey &key, const PutHouseCode &command);
    /// All or nothing. A refusal names the seats that may not be moved in `details.seats`.
    [[nodiscard]] Result<MovedSeats> move(const CommandKey &key, const MoveSeats &command);

    /// What an access code opens. `peer` is the address of who asks, against guessing: RateLimited for one who fails
    /// too often, Forbidden for a wrong code.
    [[nodiscard]] Result<Allocation> allocation(const PerformanceId &performance, const QString &accessCode,
                                                const QString &peer);
    /// For takes with an access code, which are carried out elsewhere: RateLimited for one who fails too often.
    [[nodiscard]] Status checkGuesses(const QString &peer);
    void guessedWrong(const QString &peer);

private:
    [[nodiscard]] Result<MovedSeats> moveLocked(Transaction &transaction, const CommandKey &key,
                                                const MoveSeats &command, const PerformanceFacts &facts,
                                                const std::vector<int> &seats);

    Database &m_database;
    PerformanceLookup m_lookup;
    Changed m_changed;
    FailureThrottle m_guesses{FailureThrottle::failuresOfAddressMax};
};

} // namespace parterre::server
