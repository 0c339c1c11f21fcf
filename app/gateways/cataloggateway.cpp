#include "gateways/cataloggateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

CatalogGateway::CatalogGateway(DeskConnection &connection, QObject *parent)
    : ui::CatalogPort(parent)
    , m_connection(connection)
{
    connect(&connection, &DeskConnection::pushed, this, &CatalogGateway::onPush);
}

void CatalogGateway::listPerformances(ui::Reply<std::vector<PerformanceSummary>> reply)
{
    ask<protocol::Performances>(
        m_connection, MessageType::ListPerformances, protocol::Nothing{}, MessageType::Performances,
        [reply = std::move(reply)](Result<protocol::Performances> list) {
            if (!list)
                return reply(refuse(list.error()));
            reply(std::move(list->performances));
        },
        Replay::Never);
}

void CatalogGateway::setState(const PerformanceId &performance, PerformanceState state, ui::Reply<void> reply)
{
    const protocol::SetPerformanceState command{.performance = performance, .state = state};
    m_connection.send(MessageType::SetPerformanceState, command, Replay::SameId,
                      [reply = std::move(reply)](const Result<protocol::Envelope> &answer) {
                          reply(answer ? Result<void>() : refuse(answer.error()));
                      });
}

void CatalogGateway::onPush(const protocol::Envelope &push)
{
    if (push.type == MessageType::PerformanceChanged) {
        if (const auto news = fromJson<protocol::PerformanceChanged>(push.body))
            Q_EMIT performanceChanged(news->performance);
    } else if (push.type == MessageType::SaleRecorded) {
        if (const auto news = fromJson<protocol::SaleRecorded>(push.body)) {
            Q_EMIT saleRecorded({.performance = news->performance,
                                 .orderNumber = news->orderNumber,
                                 .channel = news->channel,
                                 .places = news->places,
                                 .total = news->total});
        }
    }
}

} // namespace parterre::app
