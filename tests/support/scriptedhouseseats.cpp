#include "support/scriptedhouse.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

/// The house seats of the box office in memory.
namespace parterre::tests {

using namespace Qt::StringLiterals;

void ScriptedHouse::changeStates(const std::vector<SeatChange> &seats)
{
    const MapDelta delta{.from = m_snapshot.seq, .seq = m_snapshot.seq + 1, .seats = seats, .areas = {}};
    (void)applyDelta(m_snapshot, delta);
    Q_EMIT m_map.changed(delta);
}

QString ScriptedHouse::codeOf(int seat) const
{
    for (const HouseSeats::Code &each : m_houseSeats.codes) {
        if (std::ranges::find(each.seats, seat) != each.seats.end())
            return each.code.code;
    }
    return {};
}

void ScriptedHouse::setAside(const std::vector<QString> &seats, const QString &code)
{
    std::vector<SeatChange> changes;
    for (const QString &key : seats) {
        const int seat = m_index->seatNumber(key).value();
        for (HouseSeats::Code &each : m_houseSeats.codes) {
            std::erase(each.seats, seat);
            if (each.code.code == code)
                each.seats.push_back(seat);
        }
        changes.push_back({seat, code.isEmpty() ? SeatState::Available : SeatState::House});
    }
    changeStates(changes);
}

Result<MovedSeats> ScriptedHouse::move(const MoveSeats &command)
{
    moves.push_back(command);
    PT_TRY(const MoveSeats checked, checkedMove(command));
    QJsonArray refused;
    MovedSeats moved{.performance = command.performance, .move = command.move, .before = {}};
    std::vector<SeatChange> changes;
    for (const QString &key : checked.seats) {
        const int seat = m_index->seatNumber(key).value();
        const SeatState state = stateOf(key);
        if (state != SeatState::Available && state != SeatState::House && state != SeatState::Killed)
            refused.append(QJsonObject{{u"key"_s, key}, {u"name"_s, m_index->seatName(seat)}});
        const QString code = codeOf(seat);
        const auto group = std::ranges::find(moved.before, code, &MovedSeats::Group::code);
        if (group == moved.before.end())
            moved.before.push_back({.code = code, .seats = {key}});
        else
            group->seats.push_back(key);
        changes.push_back({seat, command.move == SeatMove::Kill ? SeatState::Killed
                                 : code.isEmpty()               ? SeatState::Available
                                                                : SeatState::House});
    }
    if (!refused.isEmpty()) {
        return refuse({.code = ErrorCode::SeatTaken,
                       .message = u"Held or sold: %1. Leave them out."_s.arg(refused[0][u"name"].toString()),
                       .details = {{u"seats"_s, refused}}});
    }
    if (command.move == SeatMove::SetAside || command.move == SeatMove::Release)
        setAside(checked.seats, checked.code);
    else
        changeStates(changes);
    return moved;
}

void ScriptedHouse::House::fetchSeats(const PerformanceId &performance, ui::Reply<HouseSeats> reply)
{
    m_house.m_houseSeats.performance = performance;
    m_house.later([reply, seats = m_house.m_houseSeats] { reply(seats); });
}

void ScriptedHouse::House::putCode(const PutHouseCode &command, ui::Reply<HouseSeats> reply)
{
    m_house.codesPut.push_back(command);
    m_house.answer<HouseSeats>(reply, [&] {
        m_house.addCode({.code = command.code,
                         .name = command.name,
                         .kind = command.kind,
                         .color = command.color,
                         .hasAccess = command.accessCode.has_value()});
        return m_house.m_houseSeats;
    });
}

void ScriptedHouse::House::moveSeats(const MoveSeats &command, ui::Reply<MovedSeats> reply)
{
    m_house.answer<MovedSeats>(reply, [&] { return m_house.move(command); });
}

} // namespace parterre::tests
