#pragma once

#include "domain/catalog/catalog.h"
#include "domain/layout/layout.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace parterre::server {

class Database;
struct CommandKey;

/// What is on sale, where and for how much. Blocking and thread-safe; call it from worker threads.
///
/// Layouts never change, so they are kept as read; price lists are kept until the performance's version moves. Counts
/// are always fresh.
class CatalogService
{
public:
    explicit CatalogService(Database &database);
    ~CatalogService();
    CatalogService(const CatalogService &) = delete;
    CatalogService &operator=(const CatalogService &) = delete;

    /// In order of start. `publicOnly` leaves out drafts and what began more than three hours ago.
    [[nodiscard]] Result<std::vector<PerformanceSummary>> performances(bool publicOnly);
    /// NotFound for an unknown one. `publicOnly` hides drafts, and the price types that only a clerk may give.
    [[nodiscard]] Result<PerformanceDetail> performance(const PerformanceId &id, bool publicOnly);

    [[nodiscard]] Result<std::shared_ptr<const LayoutIndex>> layout(const LayoutId &id);
    /// The bytes of the layout's JSON; shared with the cache, so copying them costs nothing. The id is a strong ETag.
    [[nodiscard]] Result<QByteArray> layoutJson(const LayoutId &id);

    /// Moves the performance as decidePerformanceState() allows. Who may ask for it is checked by the caller.
    [[nodiscard]] Result<PerformanceSummary> setState(const PerformanceId &id, PerformanceState state);
    /// The same under a command id: a repeat is answered with the first outcome and changes nothing (design D5).
    [[nodiscard]] Result<PerformanceSummary> setState(const CommandKey &key, const PerformanceId &id,
                                                      PerformanceState state);

    /// What the house is called: the venue that was made first, or the product where there is none yet.
    [[nodiscard]] Result<QString> houseName();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
