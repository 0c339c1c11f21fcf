#pragma once

#include "domain/inventory/bestavailable.h"
#include "domain/inventory/decideinventory.h"
#include "domain/inventory/orphanrule.h"
#include "domain/realtime/mapstate.h"
#include "holds/choosingfloor.h"
#include "holds/holdparty.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace parterre::server {

/// What the takes of one batch know of the house beyond the places that they lock: where the best places are, and who
/// would be left alone.
///
/// It looks at the node's mirror, which may be a moment behind. Choosing and letting pass go by that alone, since the
/// places are taken by the database and a seat left alone by a hair's breadth harms nobody. Refusing does not: before a
/// refusal the database is asked, once a batch, whether it sees the same, and what it says is looked at instead.
class HouseView
{
public:
    using Map = std::shared_ptr<const MapSnapshot>;
    /// The map that the database has, with seats whose hold has run out as available; null where it is that of `seq`.
    using Confirm = std::function<Map(qint64 seq)>;
    /// The map as the mirror knows it by now; null where it does not.
    using Newest = std::function<Map()>;

    /// `facts` must outlive it.
    HouseView(const PerformanceFacts &facts, std::shared_ptr<const SeatRuns> runs, Map seen);
    /// How the database is asked, from within the transaction of the batch. Until then what was seen is its word.
    void setConfirm(Confirm confirm) { m_confirm = std::move(confirm); }
    /// Which seats beside the take are free to who may have it, though they are set aside: those of the same house
    /// codes.
    using OpenBeside = std::function<std::vector<int>(std::span<const int> take)>;
    void setOpenBeside(OpenBeside openBeside) { m_openBeside = std::move(openBeside); }
    /// Where the batches of this server keep out of each other's way; `batch` must outlive the view.
    void setFloor(ChoosingFloor::Batch &batch, Newest newest);

    /// To be held while this batch reserves and chooses.
    [[nodiscard]] std::unique_lock<std::mutex> startChoosing();
    /// Nobody else, in this batch or in others, is offered these any more.
    void reserve(const std::vector<int> &seats);
    void reserve(int area, int quantity);
    /// The best places for the party, which are reserved then. ErrorCode::InProgress where they are only wanted by
    /// others: they may come free, so ask again in the next batch.
    [[nodiscard]] Result<BestPick> choose(const BestPlaces &best, SalesChannel channel, quint64 seed);

    /// The same among the seats of a house code alone, which are `seats` where they are free.
    [[nodiscard]] Result<BestPick> chooseAmong(const std::vector<int> &seats, const BestPlaces &best,
                                               SalesChannel channel, quint64 seed);

    /// These seats are so at `now`, whatever was seen: the batch has locked them, or has decided them since. To be told
    /// of all that are locked once and then of each that is decided, so that a batch costs what it touches.
    void learn(std::span<const SeatRecord> seats, Instant now);
    /// ErrorCode::SeatLeftAlone with names where the house's rule forbids to take these seats.
    [[nodiscard]] Status judge(std::span<const int> take);
    /// The seats for which judge() would refuse, by what was seen alone: to be told, not to be refused for.
    [[nodiscard]] std::vector<int> leftAlone(std::span<const int> take);

private:
    [[nodiscard]] Result<BestRequest> requestFor(const BestPlaces &best) const;
    [[nodiscard]] std::vector<qint64> pricesFor(SalesChannel channel) const;
    [[nodiscard]] Result<BestPick> pick(const MapSnapshot &map, const BestRequest &request,
                                        const std::vector<qint64> &prices, quint64 seed) const;
    /// False where the database has been asked before.
    bool confirm();
    void adopt(Map map);
    void keepOut(const ChoosingFloor::Places &places);
    [[nodiscard]] std::optional<std::vector<SeatState>> withOpened(std::span<const int> take) const;
    [[nodiscard]] Status refuseFor(const std::vector<int> &alone) const;

    const PerformanceFacts &m_facts;
    std::shared_ptr<const SeatRuns> m_runs;
    Map m_seen;
    Confirm m_confirm;
    bool m_isConfirmed = false;
    OpenBeside m_openBeside;
    ChoosingFloor::Batch *m_batch = nullptr;
    Newest m_newest;
    ChoosingFloor::Places m_reserved;                 ///< By this batch and by others.
    std::optional<MapSnapshot> m_unwanted;            ///< What was seen without what is reserved.
    std::vector<std::pair<int, SeatState>> m_learned; ///< In the order in which it was; the last of a seat counts.
    std::vector<SeatState> m_judged;                  ///< What was seen with the first `m_judgedLearned` of these.
    size_t m_judgedLearned = 0;
    std::unordered_set<int> m_ofHouse; ///< Of those that were learned: set aside, or held out of a house code.
};

} // namespace parterre::server
