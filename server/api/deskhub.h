#pragma once

#include "protocol/messages.h"

#include <memory>

namespace parterre::server {

class DeskSession;

/// The desks that are signed in, for what everyone is told: SaleRecorded and PerformanceChanged. Thread-safe.
class DeskHub
{
public:
    DeskHub();
    ~DeskHub();
    DeskHub(const DeskHub &) = delete;
    DeskHub &operator=(const DeskHub &) = delete;

    void saleRecorded(const protocol::SaleRecorded &sale);
    void performanceChanged(const PerformanceSummary &performance);
    [[nodiscard]] int deskCount() const;

private:
    friend class DeskSession;
    class Private;
    std::shared_ptr<Private> m_private;
};

} // namespace parterre::server
