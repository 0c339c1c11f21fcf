#pragma once

#include "connection/deskconnection.h"
#include "ports/catalogport.h"

namespace parterre::app {

class CatalogGateway : public ui::CatalogPort
{
    Q_OBJECT

public:
    explicit CatalogGateway(DeskConnection &connection, QObject *parent = nullptr);

    void listPerformances(ui::Reply<std::vector<PerformanceSummary>> reply) override;
    void setState(const PerformanceId &performance, PerformanceState state, ui::Reply<void> reply) override;

private:
    void onPush(const protocol::Envelope &push);

    DeskConnection &m_connection;
};

} // namespace parterre::app
