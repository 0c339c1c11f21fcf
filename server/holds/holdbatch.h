#pragma once

#include "holds/handoverrepository.h"
#include "holds/holdrequest.h"
#include "holds/holdview.h"
#include "holds/houseview.h"
#include "holds/lockedholds.h"

#include <QHash>
#include <QUuid>

#include <set>
#include <span>
#include <vector>

namespace parterre::server {

/// What whoever comes too late to his hold is told.
[[nodiscard]] Error holdGone();

/// Commands on holds of one performance in one transaction with a constant number of statements (design D2): lock all
/// that any of them needs, decide one after the other in memory as if each came alone, write what came out.
///
/// A request is all or nothing, and a refusal of one changes nothing for the others. Who loses a place to another of
/// the same batch is answered after their common commit, so nobody is refused for what is then undone.
class HoldBatch
{
public:
    /// `facts`, `requests` and `house` must outlive the batch. The house is needed where needsHouse() says so.
    /// `seemsNew` says of each request whether it most likely is the first that names its hold, so that neither hold
    /// nor command is looked for; empty where all are.
    HoldBatch(const PerformanceFacts &facts, std::span<const HoldRequest> requests, HouseView *house = nullptr,
              const std::vector<bool> &seemsNew = {});

    /// Whether any of them may have to know the whole house: a rule is to be judged, or places are to be chosen.
    [[nodiscard]] static bool needsHouse(const PerformanceFacts &facts, std::span<const HoldRequest> requests);

    /// Everything, inside one transaction; a fresh batch for each attempt. ErrorCode::InProgress where another
    /// transaction was quicker with the same command id or the same new hold, or where what was not looked for is
    /// there: a second attempt that looks for everything finds it.
    [[nodiscard]] Status run(Transaction &transaction);

    /// One for each request, in their order; to be told after the commit.
    [[nodiscard]] const std::vector<Result<HoldSnapshot>> &outcomes() const { return m_outcomes; }
    /// Where the places that were chosen went to others meanwhile: nothing was done, and nothing is to be answered but
    /// to choose again.
    [[nodiscard]] bool hasLostRace(size_t request) const { return m_items[request].hasLostRace; }
    [[nodiscard]] bool mapHasChanged() const { return m_mapHasChanged; }

private:
    /// Places of a command as numbers of the layout.
    struct Places
    {
        std::vector<int> seats;                 ///< Ascending, each once.
        std::vector<inventory::AreaHold> areas; ///< By number, each once.

        [[nodiscard]] int count() const;
    };
    struct Item
    {
        const HoldRequest *request = nullptr;
        QUuid command;
        Result<Places> asked{};
        std::vector<int> named{}; ///< Of asked.seats those that the caller named; the others were chosen.
        int chosenArea = -1;
        int opened = 0;               ///< The house code whose seats it may have.
        std::vector<int> openSeats{}; ///< Of that code, where places are to be chosen among them.
        bool hasLostRace = false;
        bool isLookedFor = true;
        enum class Kind { Fresh, RepeatInBatch, Answered } kind = Kind::Fresh;
        size_t first = 0; ///< Of a repeat: where the command stands for the first time.
    };
    struct OwnerCount
    {
        int sold = 0;
        std::vector<holds::OwnedPlaces> holds;
    };

    [[nodiscard]] Result<Places> placesAsked(const HoldRequest &request) const;
    [[nodiscard]] Result<Places> resolve(const std::vector<QString> &seats,
                                         const std::vector<AreaQuantity> &areas) const;
    void findRepeats(Transaction &transaction);
    void openCodes(Transaction &transaction);
    void choosePlaces();
    void lock(Transaction &transaction);
    [[nodiscard]] std::vector<HoldId> refusedUnseen() const;
    void decideAll();
    [[nodiscard]] Result<HoldSnapshot> decide(Item &item);
    [[nodiscard]] Result<HoldSnapshot> take(Item &item);
    void set(std::span<const SeatRecord> seats);
    [[nodiscard]] bool hasLost(const Item &item, const Status &seats) const;
    [[nodiscard]] Status judge(const Item &item, HoldRow &row);
    [[nodiscard]] Result<HoldSnapshot> renew(LockedHolds::Hold &hold);
    [[nodiscard]] Result<HoldSnapshot> release(LockedHolds::Hold &hold, const Places &asked);
    [[nodiscard]] Status checkOnSale() const;
    [[nodiscard]] Status checkLimits(const HoldRequest &request, const std::vector<int> &seats,
                                     const std::vector<inventory::AreaHold> &areas);
    [[nodiscard]] int placesOfOwner(const QString &owner, const HoldId &except);
    [[nodiscard]] Result<std::vector<AreaRecord>> areasWith(std::span<const inventory::AreaHold> change) const;
    [[nodiscard]] bool isLimited(const HoldRequest &request) const;
    [[nodiscard]] HoldSnapshot snapshot(const LockedHolds::Hold &hold) const;
    [[nodiscard]] HoldRow known(const HoldRequest &request) const;
    /// Whether the hold of the request is not its owner's; what such an owner is told is learnt by learnGiven().
    [[nodiscard]] bool isForeign(const HoldRow &hold, const HoldRequest &request) const;
    void learnGiven(Transaction &transaction);
    [[nodiscard]] Error foreign(const HoldRequest &request) const;

    const PerformanceFacts &m_facts;
    HouseView *m_house;
    std::vector<Item> m_items;
    LockedHolds m_locked;
    QHash<QString, OwnerCount> m_owners;
    std::vector<handovers::Given> m_given; ///< Of the holds that are asked for by others than their owners.
    std::vector<Result<HoldSnapshot>> m_outcomes;
    bool m_mapHasChanged = false;
};

/// Ends holds past their time, in the same order of locks; what another transaction works on is left to it. For use
/// inside a transaction.
struct Expired
{
    int count = 0;
    bool mapHasChanged = false;
};
[[nodiscard]] Expired expireHolds(Transaction &transaction, const PerformanceId &performance,
                                  const std::vector<HoldId> &holds);

} // namespace parterre::server
