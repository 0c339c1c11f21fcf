#pragma once

#include "domain/catalog/catalog.h"
#include "domain/layout/layout.h"

#include <QByteArray>

#include <chrono>
#include <memory>
#include <vector>

namespace parterre::server {

class Database;
class SeatMirror;
struct CommandKey;

/// What is on sale, where and for how much. Blocking and thread-safe; call it from worker threads.
///
/// Layouts never change, so they are kept as read; price lists are kept until the performance's version moves, and the
/// rows of the catalogue for rowsKept, so that a busy list asks the database once a second. Counts are the mirror's.
class CatalogService
{
public:
    /// How old a row may be that another node or a season file has changed; a change by this service is seen at once.
    static constexpr std::chrono::milliseconds rowsKept{1'000};

    CatalogService(Database &database, SeatMirror &mirror);
    ~CatalogService();
    CatalogService(const CatalogService &) = delete;
    CatalogService &operator=(const CatalogService &) = delete;

    /// In order of start. `publicOnly` leaves out drafts and what began more than three hours ago, and tells the lowest
    /// price as the shop's buyers pay it.
    [[nodiscard]] Result<std::vector<PerformanceSummary>> performances(bool publicOnly);
    /// NotFound for an unknown one. `publicOnly` hides drafts, and the price types that only a clerk may give.
    /// Price::total is for the shop's buyers then, else for the desk's.
    [[nodiscard]] Result<PerformanceDetail> performance(const PerformanceId &id, bool publicOnly);

    [[nodiscard]] Result<std::shared_ptr<const LayoutIndex>> layout(const LayoutId &id);
    /// The bytes of the layout's JSON; shared with the cache, so copying them costs nothing. The id is a strong ETag.
    [[nodiscard]] Result<QByteArray> layoutJson(const LayoutId &id);

    /// Moves the performance as decidePerformanceState() allows. Who may ask for it is checked by the caller.
    [[nodiscard]] Result<PerformanceSummary> setState(const PerformanceId &id, PerformanceState state);
    /// The same under a command id: a repeat is answered with the first outcome and changes nothing (design D5).
    [[nodiscard]] Result<PerformanceSummary> setState(const CommandKey &key, const PerformanceId &id,
                                                      PerformanceState state);

    /// Reads the rows anew the next time: they were changed past this service.
    void forgetRows();

    /// What the house is called: the venue that was made first, or the product where there is none yet.
    [[nodiscard]] Result<QString> houseName();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
