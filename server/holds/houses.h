#pragma once

#include "holds/houseview.h"

#include <QHash>

#include <mutex>

namespace parterre::server {

class SeatMirror;
class Transaction;

/// Makes HouseViews: of the mirror's map of a performance, and of the runs of its layout, which are kept. Thread-safe.
class Houses
{
public:
    explicit Houses(SeatMirror &mirror);

    /// What is behind the views of one batch, made outside of any transaction and kept until its transaction is over.
    struct House
    {
        std::shared_ptr<const SeatRuns> runs;
        HouseView::Map seen;
        std::unique_ptr<ChoosingFloor::Batch> batch;
    };
    [[nodiscard]] Result<House> open(const PerformanceFacts &facts);
    /// A view within `transaction`, which is asked before anybody is refused.
    [[nodiscard]] HouseView view(const PerformanceFacts &facts, const House &house, Transaction &transaction);
    /// The seats for which an order of these would be refused, by what is seen alone; see HouseView.
    [[nodiscard]] Result<std::vector<int>> leftAlone(const PerformanceFacts &facts, std::span<const int> seats);
    /// After a lost race: what other servers have committed meanwhile is read.
    void refresh(const PerformanceId &performance);

private:
    [[nodiscard]] std::shared_ptr<const SeatRuns> runsOf(const PerformanceFacts &facts);
    [[nodiscard]] std::shared_ptr<ChoosingFloor> floorOf(const PerformanceId &performance);

    SeatMirror &m_mirror;
    std::mutex m_mutex; ///< Held while runs are made, a tenth of a second for a stadium, so that one thread makes them.
    QHash<LayoutId, std::shared_ptr<const SeatRuns>> m_runs;
    QHash<PerformanceId, std::weak_ptr<ChoosingFloor>> m_floors; ///< Those that a batch stands on.
};

} // namespace parterre::server
