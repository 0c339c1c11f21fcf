#pragma once

#include "domain/inventory/decideinventory.h"
#include "domain/inventory/houseseats.h"

#include <QByteArray>

#include <optional>
#include <span>
#include <vector>

namespace parterre::server {

class Transaction;

/// The rows of house codes, and which seats belong to them. What may become of a seat is decided in domain/inventory.
namespace housecodes {

struct CodeRow
{
    int number = 0; ///< As SeatRecord::house.
    HouseCode code;
    QByteArray accessHash; ///< Empty where none was set.
};

/// What is kept of an access code, and found by it. The performance is in it, so the same words open another
/// performance's seats by another hash.
[[nodiscard]] QByteArray accessHash(const PerformanceId &performance, const QString &typed);

/// All of a performance, in the order in which they were made.
[[nodiscard]] std::vector<CodeRow> all(Transaction &transaction, const PerformanceId &performance);
[[nodiscard]] const CodeRow *find(std::span<const CodeRow> codes, const QString &typed);
/// The allocation that an access code opens.
[[nodiscard]] const CodeRow *findOpened(std::span<const CodeRow> codes, const PerformanceId &performance,
                                        const QString &accessCode);
/// Waits for whoever makes or changes a code of the performance. False where there is no such performance.
[[nodiscard]] bool lock(Transaction &transaction, const PerformanceId &performance);
/// Makes the code, or changes the one of that number; under lock().
void write(Transaction &transaction, const PerformanceId &performance, const CodeRow &code);

/// The seats of every code by its number, whatever their state.
struct SeatsOfCode
{
    int number = 0;
    std::vector<int> seats; ///< Ascending.
};
[[nodiscard]] std::vector<SeatsOfCode> seats(Transaction &transaction, const PerformanceId &performance);
/// The seats of one code that the next taker could have, whatever the sweeper has come by; ascending.
[[nodiscard]] std::vector<int> freeSeats(Transaction &transaction, const PerformanceId &performance, int code);
/// As freeSeats(), of all codes to which one of these seats belongs.
[[nodiscard]] std::vector<int> freeBeside(Transaction &transaction, const PerformanceId &performance,
                                          const std::vector<int> &seats);

/// Writes seats that decideMove() gave, with their codes; they were locked before.
void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats);

struct Change
{
    SeatMove move = SeatMove::SetAside;
    int code = 0; ///< 0 for none.
    std::vector<int> seats;
    QString reason;
    QString principal; ///< `user:<id>`.
};
void keepChange(Transaction &transaction, const PerformanceId &performance, const Change &change);
[[nodiscard]] std::vector<HouseChange> newestChanges(Transaction &transaction, const PerformanceId &performance,
                                                     int countMax);

} // namespace housecodes

} // namespace parterre::server
