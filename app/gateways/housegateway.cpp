#include "gateways/housegateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

HouseGateway::HouseGateway(DeskConnection &connection, QObject *parent)
    : ui::HousePort(parent)
    , m_connection(connection)
{}

void HouseGateway::fetchSeats(const PerformanceId &performance, ui::Reply<HouseSeats> reply)
{
    ask(m_connection, MessageType::GetHouseSeats, protocol::OnePerformance{.performance = performance},
        MessageType::HouseSeats, std::move(reply), Replay::Never);
}

void HouseGateway::putCode(const PutHouseCode &command, ui::Reply<HouseSeats> reply)
{
    ask(m_connection, MessageType::PutHouseCode, command, MessageType::HouseSeats, std::move(reply));
}

void HouseGateway::moveSeats(const MoveSeats &command, ui::Reply<MovedSeats> reply)
{
    ask(m_connection, MessageType::MoveSeats, command, MessageType::SeatsMoved, std::move(reply));
}

} // namespace parterre::app
