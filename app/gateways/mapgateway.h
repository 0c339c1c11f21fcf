#pragma once

#include "connection/deskconnection.h"
#include "ports/mapport.h"

namespace parterre::app {

/// Keeps one performance's map right over lost messages and lost connections, with nothing but the domain's reducer:
/// a gap, a reset and a reconnect ask the server for what came after our seq, a delta that does not fit this map asks
/// for a whole snapshot. Deltas that arrive while that answer is on its way are laid on it, in order.
class MapGateway : public ui::MapPort
{
    Q_OBJECT

public:
    explicit MapGateway(DeskConnection &connection, QObject *parent = nullptr);

    void open(const PerformanceId &performance) override;
    void close() override;

    [[nodiscard]] const PerformanceDetail &detail() const override { return m_detail; }
    [[nodiscard]] std::shared_ptr<const LayoutIndex> layout() const override { return m_layout; }
    [[nodiscard]] const MapSnapshot &snapshot() const override { return m_snapshot; }

private:
    enum class Ask { Everything, WhatCameAfter };
    static constexpr size_t earlyDeltasMax = 1'000; ///< More than that while one answer is awaited: ask anew.

    void request(Ask what);
    void onAnswer(quint64 turn, Result<protocol::MapOpened> answer);
    [[nodiscard]] Status adopt(const protocol::MapOpened &opened);
    void onPush(const protocol::Envelope &push);
    void onDelta(const MapDelta &delta);

    DeskConnection &m_connection;
    std::optional<PerformanceId> m_performance;
    bool m_isOpen = false;
    bool m_asking = false;
    quint64 m_turn = 0; ///< Tells an answer to an earlier question from ours.
    PerformanceDetail m_detail;
    LayoutId m_layoutId;
    std::shared_ptr<const LayoutIndex> m_layout;
    MapSnapshot m_snapshot;
    std::vector<MapDelta> m_early;
};

} // namespace parterre::app
