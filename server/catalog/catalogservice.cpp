#include "catalog/catalogservice.h"

#include "base/assert.h"
#include "catalog/catalogrepository.h"
#include "commands/commandlog.h"
#include "db/database.h"
#include "domain/layout/layoutjson.h"

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

catalog::Audience audienceOf(bool publicOnly)
{
    return publicOnly ? catalog::Audience::Public : catalog::Audience::Staff;
}

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
    return catalog::performance(transaction, id, catalog::Audience::Staff)->summary;
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
    explicit Private(Database &database)
        : m_database(database)
    {}

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

    Result<PerformanceDetail> detail(const PerformanceId &id, catalog::Audience audience)
    {
        return m_database.transact([&](Transaction &transaction) -> Result<PerformanceDetail> {
            auto row = catalog::performance(transaction, id, audience);
            if (!row)
                return noSuchPerformance();
            const catalog::PriceList list = prices(transaction, id, row->version);
            return PerformanceDetail{.summary = std::move(row->summary),
                                     .layout = row->layout,
                                     .description = std::move(row->description),
                                     .purchaseLimit = row->purchaseLimit,
                                     .holdSeconds = row->holdSeconds,
                                     .zones = list.zones,
                                     .types = list.types,
                                     .prices = list.prices};
        });
    }

    Database &database() { return m_database; }

private:
    catalog::PriceList prices(Transaction &transaction, const PerformanceId &id, qint64 version)
    {
        {
            const std::lock_guard guard(m_mutex);
            if (const auto found = m_prices.constFind(id); found != m_prices.cend() && found->version == version)
                return found->list;
        }
        catalog::PriceList list = catalog::priceList(transaction, id);
        const std::lock_guard guard(m_mutex);
        keep(m_prices, id, KeptPrices{version, list}, priceListsKeptMax);
        return list;
    }

    Database &m_database;
    std::mutex m_mutex; ///< Guards the two below and is never held over a query.
    QHash<LayoutId, KeptLayout> m_layouts;
    QHash<PerformanceId, KeptPrices> m_prices;
};

CatalogService::CatalogService(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

CatalogService::~CatalogService() = default;

Result<std::vector<PerformanceSummary>> CatalogService::performances(bool publicOnly)
{
    return m_private->database().transact([&](Transaction &transaction) -> Result<std::vector<PerformanceSummary>> {
        std::vector<PerformanceSummary> summaries;
        for (auto &row : catalog::performances(transaction, audienceOf(publicOnly)))
            summaries.push_back(std::move(row.summary));
        return summaries;
    });
}

Result<PerformanceDetail> CatalogService::performance(const PerformanceId &id, bool publicOnly)
{
    auto detail = m_private->detail(id, audienceOf(publicOnly));
    if (detail && publicOnly)
        hideClerkTypes(*detail);
    return detail;
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
    return m_private->database().transact(
        [&](Transaction &transaction) { return changeState(transaction, id, state); });
}

Result<PerformanceSummary> CatalogService::setState(const CommandKey &key, const PerformanceId &id,
                                                    PerformanceState state)
{
    return flattened(m_private->database().transact([&](Transaction &transaction) {
        return commandlog::runOnce<PerformanceSummary>(
            transaction, key, [&](Transaction &inner) { return changeState(inner, id, state); });
    }));
}

Result<QString> CatalogService::houseName()
{
    return m_private->database().transact([](Transaction &transaction) -> Result<QString> {
        const QString venue = catalog::firstVenueName(transaction);
        return venue.isEmpty() ? u"Parterre"_s : venue;
    });
}

} // namespace parterre::server
