#pragma once

#include "base/ids.h"
#include "edge/http.h"
#include "protocol/messages.h"

#include <memory>

namespace parterre::server {

class DeskSession;
class IdentityService;

/// The desks that are connected. Tells those that are signed in what everyone is told, SaleRecorded and
/// PerformanceChanged, and ends those whose session has ended while they only watched. Thread-safe.
class DeskHub
{
public:
    DeskHub();
    ~DeskHub();
    DeskHub(const DeskHub &) = delete;
    DeskHub &operator=(const DeskHub &) = delete;

    void saleRecorded(const protocol::SaleRecorded &sale);
    void performanceChanged(const PerformanceSummary &performance);
    /// Signed in, with a password of their own.
    [[nodiscard]] int deskCount() const;

    /// From now on looks every two seconds which sessions live on. `identity` must outlive the hub. Once.
    void watch(IdentityService &identity);

private:
    friend class DeskSession;
    using DeskId = quint64;
    [[nodiscard]] DeskId enter(std::weak_ptr<DeskSession> desk, std::shared_ptr<WebSocketPeer> peer);
    /// `isTold` of what everyone is told; a null session for nobody.
    void setSession(DeskId desk, const SessionId &session, bool isTold);
    void leave(DeskId desk);

    class Private;
    std::shared_ptr<Private> m_private;
};

} // namespace parterre::server
