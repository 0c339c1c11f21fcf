#pragma once

#include "domain/catalog/catalog.h"
#include "domain/layout/layout.h"
#include "domain/realtime/mapstate.h"
#include "ports/reply.h"

#include <memory>

namespace parterre::ui {

/// The live map of the performance that is being sold. Its implementation repairs gaps and reopens after a reconnect;
/// a page only shows what is told.
class MapPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// One at a time: opening another closes the first. `opened` or `failed` follows.
    virtual void open(const PerformanceId &performance) = 0;
    virtual void close() = 0;

    // Valid after opened().
    [[nodiscard]] virtual const PerformanceDetail &detail() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const LayoutIndex> layout() const = 0;
    [[nodiscard]] virtual const MapSnapshot &snapshot() const = 0;

Q_SIGNALS:
    void opened();                                 ///< Detail, layout and snapshot are there, perhaps anew.
    void snapshotReset();                          ///< The same performance with a whole new snapshot.
    void changed(const parterre::MapDelta &delta); ///< Already applied to snapshot().
    void failed(const parterre::Error &error);
};

} // namespace parterre::ui
