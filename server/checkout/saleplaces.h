#pragma once

#include "checkout/orderplaces.h"
#include "inventory/inventoryrepository.h"

#include <map>
#include <set>
#include <vector>

namespace parterre::server {

/// The places of sales under lock, of one performance or of several, and what becomes of them: want() them all, lock()
/// once, decide, write(), and record() when nothing else of the transaction is left that waits. Performances go by
/// their ids, as 0014_exchanges.sql says.
class SalePlaces
{
public:
    void want(const PerformanceId &performance, const OrderPlaces &places);
    void lock(Transaction &transaction);
    /// After all waiting for them was over.
    [[nodiscard]] Instant now() const { return m_now; }
    [[nodiscard]] std::vector<SeatRecord> seats(const PerformanceId &performance,
                                                const std::vector<int> &numbers) const;

    void change(const PerformanceId &performance, const std::vector<SeatRecord> &seats);
    /// Those of a frozen hold are held again, until then.
    void thaw(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold, Instant until);
    /// Those of a frozen hold that has ended are free again, or back at their house code.
    void end(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold);
    /// Those of a frozen hold become its order's.
    void sell(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold, const OrderId &order);
    /// Those that are sold to the order are free again, or back at their house code.
    void giveBack(const PerformanceId &performance, const OrderPlaces &places, const OrderId &order);

    void write(Transaction &transaction) const;
    void record(Transaction &transaction) const;

private:
    struct Stage
    {
        std::vector<int> seatNumbers;
        std::vector<int> areaNumbers;
        std::map<int, SeatRecord> seats;
        std::map<int, AreaRecord> areas;
        std::vector<SeatRecord> changed;
        std::set<int> changedAreas;
        Instant now; ///< By which holds past their time are taken out of its areas.

        [[nodiscard]] std::vector<AreaRecord> areasChanged() const;
    };

    std::map<PerformanceId, Stage> m_stages;
    Instant m_now;
};

} // namespace parterre::server
