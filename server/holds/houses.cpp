#include "holds/houses.h"

#include "inventory/freeplacesrepository.h"
#include "inventory/housecoderepository.h"
#include "inventory/seatmirror.h"

#include <QLoggingCategory>

namespace parterre::server {

namespace {

Q_LOGGING_CATEGORY(log, "parterre.holds")

constexpr int layoutsKeptMax = 32; ///< Some 45 MB where all are stadiums.

} // namespace

Houses::Houses(SeatMirror &mirror)
    : m_mirror(mirror)
{}

Result<Houses::House> Houses::open(const PerformanceFacts &facts)
{
    PT_TRY(const HouseView::Map seen, m_mirror.map(facts.detail.summary.id));
    return House{.runs = runsOf(facts),
                 .seen = seen,
                 .batch = std::make_unique<ChoosingFloor::Batch>(floorOf(facts.detail.summary.id))};
}

HouseView Houses::view(const PerformanceFacts &facts, const House &house, Transaction &transaction)
{
    HouseView view(facts, house.runs, house.seen);
    const PerformanceId performance = facts.detail.summary.id;
    view.setConfirm(
        [&transaction, performance](qint64 seq) { return freeplaces::whereChanged(transaction, performance, seq); });
    view.setOpenBeside([&transaction, performance](std::span<const int> take) {
        return housecodes::freeBeside(transaction, performance, {take.begin(), take.end()});
    });
    view.setFloor(*house.batch, [this, performance] { return m_mirror.known(performance); });
    return view;
}

Result<std::vector<int>> Houses::leftAlone(const PerformanceFacts &facts, std::span<const int> seats)
{
    if (facts.detail.orphanRule == OrphanRule::Off)
        return std::vector<int>();
    PT_TRY(const HouseView::Map seen, m_mirror.map(facts.detail.summary.id));
    return HouseView(facts, runsOf(facts), seen).leftAlone(seats);
}

void Houses::refresh(const PerformanceId &performance)
{
    if (const Status read = m_mirror.refresh(performance); !read)
        qCWarning(log).noquote() << "a map could not be read anew:" << read.error().message;
}

std::shared_ptr<const SeatRuns> Houses::runsOf(const PerformanceFacts &facts)
{
    const std::lock_guard guard(m_mutex);
    auto found = m_runs.constFind(facts.detail.layout);
    if (found == m_runs.cend()) {
        if (m_runs.size() >= layoutsKeptMax)
            m_runs.clear();
        found = m_runs.insert(facts.detail.layout, std::make_shared<const SeatRuns>(*facts.layout));
    }
    return *found;
}

std::shared_ptr<ChoosingFloor> Houses::floorOf(const PerformanceId &performance)
{
    const std::lock_guard guard(m_mutex);
    if (auto known = m_floors.value(performance).lock())
        return known;
    m_floors.removeIf([](const auto &entry) { return entry.value().expired(); });
    auto made = std::make_shared<ChoosingFloor>();
    m_floors.insert(performance, made);
    return made;
}

} // namespace parterre::server
