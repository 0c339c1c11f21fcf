#include "gateways/mapgateway.h"

#include "domain/layout/layoutjson.h"
#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

MapGateway::MapGateway(DeskConnection &connection, QObject *parent)
    : ui::MapPort(parent)
    , m_connection(connection)
{
    connect(&connection, &DeskConnection::pushed, this, &MapGateway::onPush);
    connect(&connection, &DeskConnection::resumed, this, [this] {
        if (m_performance)
            request(m_isOpen ? Ask::WhatCameAfter : Ask::Everything);
    });
}

void MapGateway::open(const PerformanceId &performance)
{
    close();
    m_performance = performance;
    request(Ask::Everything);
}

void MapGateway::close()
{
    if (!m_performance)
        return;
    m_connection.send(MessageType::CloseMap, protocol::OnePerformance{.performance = *m_performance}, Replay::Never,
                      [](const Result<protocol::Envelope> &) {}); // A lost connection closes it as well.
    m_performance.reset();
    m_isOpen = false;
    m_asking = false;
    m_early.clear();
    ++m_turn;
}

void MapGateway::request(Ask what)
{
    m_asking = true;
    m_early.clear();
    protocol::OpenMap command{.performance = *m_performance, .since = std::nullopt, .haveLayout = std::nullopt};
    if (what == Ask::WhatCameAfter)
        command.since = m_snapshot.seq;
    if (m_layout)
        command.haveLayout = m_layoutId;
    ask<protocol::MapOpened>(
        m_connection, MessageType::OpenMap, command, MessageType::MapOpened,
        ui::guarded<protocol::MapOpened>(
            this, [this, turn = ++m_turn](Result<protocol::MapOpened> answer) { onAnswer(turn, std::move(answer)); }),
        Replay::Never);
}

void MapGateway::onAnswer(quint64 turn, Result<protocol::MapOpened> answer)
{
    if (turn != m_turn || !m_performance)
        return;
    m_asking = false;
    if (!answer) {
        // Lost on the way: the reconnect asks again, and the page keeps what it shows.
        if (answer.error().code != ErrorCode::Unavailable)
            Q_EMIT failed(answer.error());
        return;
    }
    const bool wasOpen = m_isOpen;
    if (const Status fits = adopt(*answer); !fits) {
        m_isOpen = false; // A second answer that does not fit is told, not asked for again.
        if (wasOpen)
            return request(Ask::Everything);
        Q_EMIT failed(fits.error());
        return;
    }
    m_isOpen = true;
    for (const MapDelta &delta : std::exchange(m_early, {})) {
        const DeltaOutcome outcome = applyDelta(m_snapshot, delta);
        if (outcome == DeltaOutcome::Gap || outcome == DeltaOutcome::Foreign)
            return request(outcome == DeltaOutcome::Gap ? Ask::WhatCameAfter : Ask::Everything);
    }
    if (wasOpen)
        Q_EMIT snapshotReset();
    else
        Q_EMIT opened();
}

Status MapGateway::adopt(const protocol::MapOpened &opened)
{
    if (opened.layout) {
        PT_TRY(Layout layout, layoutFromJson(*opened.layout));
        m_layout = std::make_shared<const LayoutIndex>(std::move(layout));
        m_layoutId = opened.detail.layout;
    }
    if (!m_layout || m_layoutId != opened.detail.layout) {
        m_layout.reset();
        return refuse(ErrorCode::Internal, tr("The server sent a map without its layout. Open the performance again."));
    }
    m_detail = opened.detail;
    if (opened.snapshot) {
        PT_TRY(MapSnapshot snapshot, mapSnapshotFromJson(*opened.snapshot));
        if (static_cast<int>(snapshot.seats.size()) != m_layout->seatCount())
            return refuse(ErrorCode::Internal,
                          tr("The server's map does not fit its layout. Tell your administrator."));
        m_snapshot = std::move(snapshot);
    } else if (opened.delta) {
        PT_TRY(const MapDelta delta, mapDeltaFromJson(*opened.delta));
        const DeltaOutcome outcome = applyDelta(m_snapshot, delta);
        if (outcome == DeltaOutcome::Gap || outcome == DeltaOutcome::Foreign)
            return refuse(ErrorCode::Internal,
                          tr("The server's changes do not follow on this map. Open the performance again."));
    } else if (!m_isOpen) {
        return refuse(ErrorCode::Internal,
                      tr("The server sent neither a snapshot nor changes. Open the performance again."));
    }
    return {};
}

void MapGateway::onPush(const protocol::Envelope &push)
{
    if (!m_performance)
        return;
    if (push.type == MessageType::MapReset) {
        const auto reset = fromJson<protocol::OnePerformance>(push.body);
        if (reset && reset->performance == *m_performance)
            request(m_isOpen ? Ask::WhatCameAfter : Ask::Everything);
    } else if (push.type == MessageType::MapChanged) {
        const auto news = fromJson<protocol::MapChanged>(push.body);
        if (!news || news->performance != *m_performance)
            return;
        if (const auto delta = mapDeltaFromJson(news->delta))
            onDelta(*delta);
        else
            request(Ask::Everything);
    }
}

void MapGateway::onDelta(const MapDelta &delta)
{
    if (m_asking) {
        m_early.push_back(delta);
        if (m_early.size() > earlyDeltasMax)
            request(Ask::Everything);
        return;
    }
    switch (applyDelta(m_snapshot, delta)) {
    case DeltaOutcome::Applied:
        Q_EMIT changed(delta);
        break;
    case DeltaOutcome::Old:
        break;
    case DeltaOutcome::Gap:
        request(Ask::WhatCameAfter);
        break;
    case DeltaOutcome::Foreign:
        request(Ask::Everything);
        break;
    }
}

} // namespace parterre::app
