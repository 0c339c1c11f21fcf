#pragma once

#include "domain/catalog/catalog.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// The catalogue's rows: performances and their price lists, and the stored layouts.
namespace catalog {

/// A summary without its counts, which are the mirror's, and the number that tells whether what is kept of the rest is
/// still true.
struct PerformanceRow
{
    PerformanceSummary summary;
    LayoutId layout;
    QString description;
    int purchaseLimit = 0;
    int holdSeconds = 0;
    OrphanRule orphanRule = OrphanRule::Off;
    qint64 version = 0;
    bool isListed = false; ///< To the public: no draft, and not over for hours.
    int cashStep = 1;
    bool asksMore = false; ///< It has fees or adds taxes, so that its prices are not what is paid.
    std::optional<Instant> refundableUntil{};
};

/// All of them, in order of their start.
[[nodiscard]] std::vector<PerformanceRow> performances(Transaction &transaction);
[[nodiscard]] std::optional<PerformanceRow> performance(Transaction &transaction, const PerformanceId &id);

struct PriceList
{
    std::vector<PriceZone> zones;
    std::vector<PriceType> types;
    std::vector<Price> prices;
    std::vector<Fee> fees;
};

[[nodiscard]] PriceList priceList(Transaction &transaction, const PerformanceId &performance);

/// As it is committed now; nothing where there is no such performance.
[[nodiscard]] std::optional<PerformanceState> state(Transaction &transaction, const PerformanceId &performance);
/// Waits for the performance's row and keeps it locked; nothing where there is none.
[[nodiscard]] std::optional<PerformanceState> lockState(Transaction &transaction, const PerformanceId &performance);
void writeState(Transaction &transaction, const PerformanceId &performance, PerformanceState state);

/// The venue that was made first; empty where there is none yet.
[[nodiscard]] QString firstVenueName(Transaction &transaction);

/// The layout's JSON as stored; nothing where there is none.
[[nodiscard]] std::optional<QByteArray> layoutDocument(Transaction &transaction, const LayoutId &layout);

} // namespace catalog

} // namespace parterre::server
