#pragma once

#include "domain/inventory/decideinventory.h"
#include "holds/holdcommandrepository.h"
#include "holds/holdrepository.h"
#include "inventory/inventoryrepository.h"

#include <QHash>

#include <optional>
#include <span>
#include <vector>

namespace parterre::server {

/// Holds and places of one performance under lock: as the database has them, and as they were decided to become so far.
/// The commands of a batch share one, each seeing what those before it did; write() then writes every row once.
///
/// Locks are taken in the order of 0001_first_sale.sql: first the holds, then by lockPlaces() all places at once.
class LockedHolds
{
public:
    struct Hold
    {
        HoldRow row;
        std::vector<inventory::AreaHold> areas; ///< By number.
        bool isNew = false;                     ///< Has no row yet.
        bool isChanged = false;
        bool areasAreChanged = false;
        std::vector<int> areasGone{}; ///< Pools in which it has nothing any more.

        [[nodiscard]] int quantityIn(int area) const;
        void setQuantity(int area, int quantity);
        [[nodiscard]] int placeCount() const;
        /// Held or being paid for at `now`: what counts against a purchase limit.
        [[nodiscard]] bool isActive(Instant now) const;
    };

    explicit LockedHolds(const PerformanceId &performance)
        : m_performance(performance)
    {}

    /// Locks these holds, by id; those of another performance too, of which nothing may become here.
    void lock(Transaction &transaction, const std::vector<HoldId> &ids);
    /// Locks those of them that are past their time and that nobody else works on.
    void lockDue(Transaction &transaction, const std::vector<HoldId> &ids);
    /// Locks these places and all that the performance's holds have, and reads the clock. Once, after lock().
    void lockPlaces(Transaction &transaction, std::vector<int> seats, std::vector<int> areas);

    [[nodiscard]] const PerformanceId &performance() const { return m_performance; }
    /// After all waiting for locks was over.
    [[nodiscard]] Instant now() const { return m_now; }
    [[nodiscard]] std::vector<Hold> &holds() { return m_holds; }
    [[nodiscard]] Hold *find(const HoldId &id);
    Hold &add(HoldRow row);

    /// The seats as they are decided so far. PT_ASSERTs that each was locked.
    [[nodiscard]] std::vector<SeatRecord> seats(std::span<const int> numbers) const;
    [[nodiscard]] const AreaRecord &area(int number) const;
    /// All locked seats as they are decided so far.
    [[nodiscard]] std::vector<SeatRecord> decided() const;
    void set(std::span<const SeatRecord> seats);
    /// Counts the pool as changed, also where it is as before: what holds past their time had in it is forgotten then.
    void set(const AreaRecord &area);

    /// Writes holds, places, pools and what commands came to. Where a hold that was to be made or a command is there by
    /// now the transaction is over as ErrorCode::InProgress; where one of `overlooked` is there it returns false.
    /// Either way: undo it, and decide again with their rows.
    [[nodiscard]] bool write(Transaction &transaction, std::vector<holdcommands::Outcome> outcomes,
                             const std::vector<HoldId> &overlooked);
    /// Raises the map's number, last of all; true when the map shows something else than before.
    bool writeMap(Transaction &transaction);

private:
    struct Seat
    {
        SeatRecord record;
        SeatState before = SeatState::Available;
        std::optional<inventory::RowPlace> place{}; ///< Of its row, where it is locked.
        bool isChanged = false;
    };
    struct Area
    {
        AreaRecord record;
        bool isChanged = false;
    };

    void keep(std::vector<HoldRow> rows, Transaction &transaction);
    [[nodiscard]] size_t seatIndex(int number) const;
    [[nodiscard]] size_t areaIndex(int number) const;

    PerformanceId m_performance;
    Instant m_now{};
    std::vector<Hold> m_holds;
    QHash<HoldId, size_t> m_holdIndex;
    std::vector<Seat> m_seats; ///< By number.
    std::vector<Area> m_areas; ///< By number.
};

} // namespace parterre::server
