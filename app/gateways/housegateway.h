#pragma once

#include "connection/deskconnection.h"
#include "ports/houseport.h"

namespace parterre::app {

class HouseGateway : public ui::HousePort
{
    Q_OBJECT

public:
    explicit HouseGateway(DeskConnection &connection, QObject *parent = nullptr);

    void fetchSeats(const PerformanceId &performance, ui::Reply<HouseSeats> reply) override;
    void putCode(const PutHouseCode &command, ui::Reply<HouseSeats> reply) override;
    void moveSeats(const MoveSeats &command, ui::Reply<MovedSeats> reply) override;

private:
    DeskConnection &m_connection;
};

} // namespace parterre::app
