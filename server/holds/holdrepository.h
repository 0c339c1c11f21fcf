#pragma once

#include "domain/holds/hold.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `hold`.
struct HoldRow
{
    HoldId id;
    PerformanceId performance;
    QString owner; ///< `user:<id>` or `buyer:<session id>`.
    SalesChannel channel = SalesChannel::Web;
    HoldState state = HoldState::Live;
    std::vector<int> seats; ///< Numbers in the layout, ascending.
    Instant heldUntil;
    Instant createdAt;
    bool stillChoosing = false; ///< Made click by click: the orphan rule is judged by its order.
};

namespace holds {

/// Waits for all else that these owners do in the performance, so that a purchase limit is counted right; ends with the
/// transaction.
void lockOwners(Transaction &transaction, const std::vector<QString> &owners, const PerformanceId &performance);

[[nodiscard]] std::optional<HoldRow> find(Transaction &transaction, const HoldId &hold);
[[nodiscard]] std::optional<HoldRow> lock(Transaction &transaction, const HoldId &hold);
/// Writes state, seats, end and whether it is still being chosen.
void write(Transaction &transaction, const HoldRow &hold);

// Of many holds, each in one statement.

/// Locks those that are there, by id.
[[nodiscard]] std::vector<HoldRow> lockAll(Transaction &transaction, const std::vector<HoldId> &holds);
/// Locks the holds of these orders, by id; one that another transaction works on is left out.
[[nodiscard]] std::vector<HoldRow> lockFreeOf(Transaction &transaction, const std::vector<OrderId> &orders);
/// Locks those that are there and that no other transaction works on, by id.
[[nodiscard]] std::vector<HoldRow> lockFree(Transaction &transaction, const std::vector<HoldId> &holds);
/// Locks those of them that are live and past their time; one that another transaction works on is passed over.
[[nodiscard]] std::vector<HoldRow> lockDue(Transaction &transaction, const std::vector<HoldId> &holds);
/// Makes holds, given by id. Where one is there already, after waiting for whoever was making it, the transaction is
/// over as ErrorCode::InProgress. PT_ASSERTs that the performance is there.
void insertAll(Transaction &transaction, std::span<const HoldRow *const> holds);
/// As write().
void updateAll(Transaction &transaction, std::span<const HoldRow *const> holds);
/// The open orders of holds that have ended are over with them. Needs the holds' locks; who locks an order has that of
/// its hold, so that nothing is waited for here, where the places are locked already.
void expireOrders(Transaction &transaction, const std::vector<HoldId> &holds);

/// Places that an owner has in a live or frozen hold, or, with a null hold, in confirmed orders.
struct OwnedPlaces
{
    QString owner;
    HoldId hold;
    int places = 0;
    std::optional<Instant> heldUntil; ///< Absent where no clock ends it.
};
[[nodiscard]] std::vector<OwnedPlaces> placesOfOwners(Transaction &transaction, const std::vector<QString> &owners,
                                                      const PerformanceId &performance);

struct HoldPlace
{
    HoldId hold;
    PerformanceId performance;
};
/// Live holds past their time, the longest first, at most so many, and none of the performances `without`. Locks
/// nothing.
[[nodiscard]] std::vector<HoldPlace> due(Transaction &transaction, int countMax,
                                         const std::vector<PerformanceId> &without);
/// Where these holds are; what is not there is left out.
[[nodiscard]] std::vector<HoldPlace> performancesOf(Transaction &transaction, const std::vector<HoldId> &holds);

} // namespace holds

} // namespace parterre::server
