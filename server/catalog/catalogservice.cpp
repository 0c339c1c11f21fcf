#include "catalog/catalogservice.h"

#include "base/assert.h"
#include "catalog/catalogrepository.h"
#include "commands/commandlog.h"
#include "db/database.h"
#include "domain/layout/layoutjson.h"
#include "inventory/seatmirror.h"

#include <QHash>

#include <algorithm>
#include <mutex>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// A stadium's layout takes about 60 MB parsed; a venue group has a handful in use at a time.
constexpr int layoutsKeptMax = 16;
constexpr int priceListsKeptMax = 2'000;

struct KeptLayout
{
    std::shared_ptr<const LayoutIndex> index;
    QByteArray json;
};

struct KeptPrices
{
    qint64 version = 0;
    catalog::PriceList list;
};

/// While one reads the rows anew the others are served with those before, unless these are as old as this.
constexpr std::chrono::milliseconds rowsStaleMax{5'000};

using Rows = std::shared_ptr<const std::vector<catalog::PerformanceRow>>;

std::unexpected<Error> noSuchPerformance()
{
    return refuse(ErrorCode::NotFound, u"There is no such performance. Choose one from the list."_s);
}

/// Any one goes when there are too many: what is in use comes back with one query.
template <class Key, class Value>
void keep(QHash<Key, Value> &kept, const Key &key, Value value, int countMax)
{
    if (kept.size() >= countMax && !kept.contains(key))
        kept.erase(kept.begin());
    kept.insert(key, std::move(value));
}

Result<PerformanceSummary> changeState(Transaction &transaction, const PerformanceId &id, PerformanceState state)
{
    const auto from = catalog::lockState(transaction, id);
    if (!from)
        return noSuchPerformance();
    PT_TRY(const PerformanceState to, decidePerformanceState(*from, state));
    if (to != *from)
        catalog::writeState(transaction, id, to);
    return catalog::performance(transaction, id)->summary;
}

void hideClerkTypes(PerformanceDetail &detail)
{
    std::erase_if(detail.prices, [&detail](const Price &price) {
        const PriceType *type = detail.type(price.type);
        return !type || !type->isPublic;
    });
    std::erase_if(detail.types, [](const PriceType &type) { return !type.isPublic; });
}

} // namespace

class CatalogService::Private
{
public:
    Private(Database &database, SeatMirror &mirror)
        : m_database(database)
        , m_mirror(mirror)
    {}

    /// All performances, without counts.
    Result<Rows> rows();
    void forgetRows();
    Status addCounts(PerformanceSummary &summary);

    Result<KeptLayout> layout(const LayoutId &id)
    {
        {
            const std::lock_guard guard(m_mutex);
            if (const auto found = m_layouts.constFind(id); found != m_layouts.cend())
                return *found;
        }
        PT_TRY(const QByteArray json, m_database.transact([&](Transaction &transaction) -> Result<QByteArray> {
            auto document = catalog::layoutDocument(transaction, id);
            if (!document)
                return refuse(ErrorCode::NotFound, u"There is no such layout."_s);
            return *std::move(document);
        }));
        // Read outside of the lock: a stadium takes long, and others must not wait for it.
        auto layout = layoutFromJsonBytes(json);
        PT_ASSERT(layout.has_value(), "a layout was checked when it was stored");
        KeptLayout kept{.index = std::make_shared<const LayoutIndex>(*std::move(layout)), .json = json};
        const std::lock_guard guard(m_mutex);
        keep(m_layouts, id, kept, layoutsKeptMax);
        return kept;
    }

    Result<PerformanceDetail> detail(const PerformanceId &id, bool publicOnly);
    /// The cheapest public ticket as who buys in the shop pays it.
    Status addPublicPriceFrom(const catalog::PerformanceRow &row, PerformanceSummary &summary);

    Database &database() { return m_database; }

private:
    Result<catalog::PerformanceRow> row(const PerformanceId &id);
    Result<catalog::PriceList> prices(const PerformanceId &id, qint64 version);

    Database &m_database;
    SeatMirror &m_mirror;
    std::mutex m_reading; ///< Held over the query for the rows, so that one thread makes it.
    std::mutex m_mutex;   ///< Guards the rest and is never held over a query.
    Rows m_rows;
    std::chrono::steady_clock::time_point m_rowsReadAt;
    quint64 m_rowsForgotten = 0; ///< How often; what was read before is not kept.
    QHash<LayoutId, KeptLayout> m_layouts;
    QHash<PerformanceId, KeptPrices> m_prices;
};

Result<Rows> CatalogService::Private::rows()
{
    const auto kept = [this](std::chrono::milliseconds ageMax) -> Rows {
        const std::lock_guard guard(m_mutex);
        return m_rows && std::chrono::steady_clock::now() - m_rowsReadAt < ageMax ? m_rows : nullptr;
    };
    if (Rows fresh = kept(rowsKept))
        return fresh;
    std::unique_lock reading(m_reading, std::try_to_lock);
    if (!reading) {
        if (Rows stale = kept(rowsStaleMax))
            return stale;
        reading.lock();
    }
    if (Rows fresh = kept(rowsKept)) // Another thread has just read them.
        return fresh;
    const auto startedAt = std::chrono::steady_clock::now();
    quint64 forgotten = 0;
    {
        const std::lock_guard guard(m_mutex);
        forgotten = m_rowsForgotten;
    }
    PT_TRY(auto read, m_database.transact([](Transaction &transaction) -> Result<std::vector<catalog::PerformanceRow>> {
        return catalog::performances(transaction);
    }));
    const auto rows = std::make_shared<const std::vector<catalog::PerformanceRow>>(std::move(read));
    const std::lock_guard guard(m_mutex);
    if (forgotten == m_rowsForgotten) {
        m_rows = rows;
        m_rowsReadAt = startedAt;
    }
    return rows;
}

void CatalogService::Private::forgetRows()
{
    const std::lock_guard guard(m_mutex);
    m_rows.reset();
    ++m_rowsForgotten;
}

Status CatalogService::Private::addCounts(PerformanceSummary &summary)
{
    PT_TRY(const PlaceCounts counts, m_mirror.counts(summary.id));
    summary.capacity = counts.capacity;
    summary.available = counts.available;
    summary.sold = counts.sold;
    return {};
}

Result<catalog::PerformanceRow> CatalogService::Private::row(const PerformanceId &id)
{
    PT_TRY(const Rows all, rows());
    const auto found = std::ranges::find(*all, id, [](const catalog::PerformanceRow &row) { return row.summary.id; });
    if (found != all->end())
        return *found;
    // Perhaps one that was made since.
    return m_database.transact([&](Transaction &transaction) -> Result<catalog::PerformanceRow> {
        auto made = catalog::performance(transaction, id);
        if (!made)
            return noSuchPerformance();
        return *std::move(made);
    });
}

Result<PerformanceDetail> CatalogService::Private::detail(const PerformanceId &id, bool publicOnly)
{
    PT_TRY(catalog::PerformanceRow row, row(id));
    if (publicOnly && row.summary.state == PerformanceState::Draft)
        return noSuchPerformance();
    PT_CHECK(addCounts(row.summary));
    if (publicOnly)
        PT_CHECK(addPublicPriceFrom(row, row.summary));
    PT_TRY(const catalog::PriceList list, prices(id, row.version));
    return PerformanceDetail{.summary = std::move(row.summary),
                             .layout = row.layout,
                             .description = std::move(row.description),
                             .purchaseLimit = row.purchaseLimit,
                             .holdSeconds = row.holdSeconds,
                             .zones = list.zones,
                             .types = list.types,
                             .prices = list.prices,
                             .orphanRule = row.orphanRule,
                             .fees = list.fees,
                             .cashStep = row.cashStep,
                             .refundableUntil = row.refundableUntil};
}

Status CatalogService::Private::addPublicPriceFrom(const catalog::PerformanceRow &row, PerformanceSummary &summary)
{
    if (!row.asksMore)
        return {};
    PT_TRY(const catalog::PriceList list, prices(summary.id, row.version));
    PerformanceDetail priced;
    priced.types = list.types;
    priced.prices = list.prices;
    priced.fees = list.fees;
    hideClerkTypes(priced);
    priced.setTotals(SalesChannel::Web);
    if (!priced.prices.empty())
        summary.priceFrom = std::ranges::min(priced.prices, {}, &Price::total).total;
    return {};
}

Result<catalog::PriceList> CatalogService::Private::prices(const PerformanceId &id, qint64 version)
{
    {
        const std::lock_guard guard(m_mutex);
        if (const auto found = m_prices.constFind(id); found != m_prices.cend() && found->version == version)
            return found->list;
    }
    PT_TRY(const catalog::PriceList list,
           m_database.transact([&](Transaction &transaction) -> Result<catalog::PriceList> {
               return catalog::priceList(transaction, id);
           }));
    const std::lock_guard guard(m_mutex);
    keep(m_prices, id, KeptPrices{version, list}, priceListsKeptMax);
    return list;
}

CatalogService::CatalogService(Database &database, SeatMirror &mirror)
    : m_private(std::make_unique<Private>(database, mirror))
{}

CatalogService::~CatalogService() = default;

Result<std::vector<PerformanceSummary>> CatalogService::performances(bool publicOnly)
{
    PT_TRY(const Rows rows, m_private->rows());
    std::vector<PerformanceSummary> summaries;
    for (const catalog::PerformanceRow &row : *rows) {
        if (publicOnly && !row.isListed)
            continue;
        summaries.push_back(row.summary);
        const Status counted = m_private->addCounts(summaries.back());
        if (!counted && counted.error().code != ErrorCode::NotFound)
            return refuse(counted.error());
        if (!counted) // It was removed since the rows were read.
            summaries.pop_back();
        else if (publicOnly)
            PT_CHECK(m_private->addPublicPriceFrom(row, summaries.back()));
    }
    return summaries;
}

Result<PerformanceDetail> CatalogService::performance(const PerformanceId &id, bool publicOnly)
{
    auto detail = m_private->detail(id, publicOnly);
    if (detail && publicOnly)
        hideClerkTypes(*detail);
    if (detail)
        detail->setTotals(publicOnly ? SalesChannel::Web : SalesChannel::Desk);
    return detail;
}

void CatalogService::forgetRows()
{
    m_private->forgetRows();
}

Result<std::shared_ptr<const LayoutIndex>> CatalogService::layout(const LayoutId &id)
{
    PT_TRY(const KeptLayout kept, m_private->layout(id));
    return kept.index;
}

Result<QByteArray> CatalogService::layoutJson(const LayoutId &id)
{
    PT_TRY(const KeptLayout kept, m_private->layout(id));
    return kept.json;
}

Result<PerformanceSummary> CatalogService::setState(const PerformanceId &id, PerformanceState state)
{
    PT_TRY(PerformanceSummary summary, m_private->database().transact([&](Transaction &transaction) {
        return changeState(transaction, id, state);
    }));
    m_private->forgetRows();
    PT_CHECK(m_private->addCounts(summary));
    return summary;
}

Result<PerformanceSummary> CatalogService::setState(const CommandKey &key, const PerformanceId &id,
                                                    PerformanceState state)
{
    const auto outcome = flattened(m_private->database().transact([&](Transaction &transaction) {
        return commandlog::runOnce<PerformanceSummary>(
            transaction, key, [&](Transaction &inner) { return changeState(inner, id, state); });
    }));
    m_private->forgetRows(); // Also after a refusal: it may have found what our rows do not have yet.
    PT_TRY(PerformanceSummary summary, outcome);
    PT_CHECK(m_private->addCounts(summary));
    return summary;
}

Result<QString> CatalogService::houseName()
{
    return m_private->database().transact([](Transaction &transaction) -> Result<QString> {
        const QString venue = catalog::firstVenueName(transaction);
        return venue.isEmpty() ? u"Parterre"_s : venue;
    });
}

} // namespace parterre::server
