#include "domain/realtime/mapstate.h"

#include "base/limits.h"

#include <QJsonArray>

#include <algorithm>
#include <array>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array allStates{SeatState::Available, SeatState::Held,  SeatState::PaymentPending,
                               SeatState::Sold,      SeatState::House, SeatState::Killed};

QJsonArray areasToJson(const std::vector<AreaCounts> &areas)
{
    QJsonArray array;
    for (const AreaCounts &area : areas)
        array.append(QJsonArray{area.number, area.capacity, area.held, area.sold});
    return array;
}

Result<std::vector<AreaCounts>> areasFromJson(const QJsonValue &value)
{
    if (!value.isArray() && !value.isUndefined())
        return refuse(ErrorCode::InvalidInput, u"/areas must be a list."_s, u"/areas"_s);
    const QJsonArray array = value.toArray();
    if (array.size() > limits::layoutAreasMax)
        return refuse(ErrorCode::TooLarge, u"/areas has more than %1 entries."_s.arg(limits::layoutAreasMax),
                      u"/areas"_s);
    std::vector<AreaCounts> areas;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QJsonArray row = array.at(i).toArray();
        AreaCounts counts{row.at(0).toInt(-1), row.at(1).toInt(-1), row.at(2).toInt(-1), row.at(3).toInt(-1)};
        if (row.size() != 4 || counts.number < 0 || counts.capacity < 0 || counts.held < 0 || counts.sold < 0)
            return refuse(ErrorCode::InvalidInput, u"/areas/%1 must be four whole numbers."_s.arg(i),
                          u"/areas/%1"_s.arg(i));
        areas.push_back(counts);
    }
    return areas;
}

} // namespace

QJsonObject mapSnapshotToJson(const MapSnapshot &snapshot)
{
    QString seats(static_cast<qsizetype>(snapshot.seats.size()), u'a');
    for (size_t i = 0; i < snapshot.seats.size(); ++i)
        seats[static_cast<qsizetype>(i)] = QLatin1Char(seatStateLetter(snapshot.seats[i]));
    return {{u"seq"_s, snapshot.seq}, {u"seats"_s, seats}, {u"areas"_s, areasToJson(snapshot.areas)}};
}

Result<MapSnapshot> mapSnapshotFromJson(const QJsonObject &object)
{
    MapSnapshot snapshot;
    snapshot.seq = object.value(u"seq"_s).toInteger(-1);
    if (snapshot.seq < 0)
        return refuse(ErrorCode::InvalidInput, u"/seq must be a whole number from 0."_s, u"/seq"_s);
    if (!object.value(u"seats"_s).isString())
        return refuse(ErrorCode::InvalidInput, u"/seats must be a text of one letter a seat."_s, u"/seats"_s);
    const QString seats = object.value(u"seats"_s).toString();
    if (seats.size() > limits::layoutSeatsMax)
        return refuse(ErrorCode::TooLarge, u"/seats has more than %1 letters."_s.arg(limits::layoutSeatsMax),
                      u"/seats"_s);
    snapshot.seats.reserve(static_cast<size_t>(seats.size()));
    for (const QChar letter : seats) {
        const auto state = seatStateFromLetter(letter.toLatin1());
        if (!state)
            return refuse(ErrorCode::InvalidInput, u"/seats may hold the letters a h p s o k only."_s, u"/seats"_s);
        snapshot.seats.push_back(*state);
    }
    PT_TRY(snapshot.areas, areasFromJson(object.value(u"areas"_s)));
    return snapshot;
}

QJsonObject mapDeltaToJson(const MapDelta &delta)
{
    QJsonObject seats;
    for (const SeatState state : allStates) {
        QJsonArray numbers;
        for (const SeatChange &change : delta.seats) {
            if (change.state == state)
                numbers.append(change.number);
        }
        if (!numbers.isEmpty())
            seats.insert(QString(QLatin1Char(seatStateLetter(state))), numbers);
    }
    return {
        {u"from"_s, delta.from}, {u"seq"_s, delta.seq}, {u"seats"_s, seats}, {u"areas"_s, areasToJson(delta.areas)}};
}

Result<MapDelta> mapDeltaFromJson(const QJsonObject &object)
{
    MapDelta delta;
    delta.from = object.value(u"from"_s).toInteger(-1);
    delta.seq = object.value(u"seq"_s).toInteger(-1);
    if (delta.from < 0 || delta.seq < delta.from)
        return refuse(ErrorCode::InvalidInput, u"/from and /seq must be whole numbers, /seq not below /from."_s,
                      u"/seq"_s);
    if (!object.value(u"seats"_s).isObject() && object.contains(u"seats"_s))
        return refuse(ErrorCode::InvalidInput, u"/seats must be an object of lists."_s, u"/seats"_s);
    const QJsonObject seats = object.value(u"seats"_s).toObject();
    for (auto it = seats.constBegin(); it != seats.constEnd(); ++it) {
        const auto state = it.key().size() == 1 ? seatStateFromLetter(it.key().at(0).toLatin1()) : std::nullopt;
        const QJsonArray numbers = it.value().toArray();
        if (!state || !it.value().isArray())
            return refuse(ErrorCode::InvalidInput, u"/seats may have lists under a h p s o k only."_s, u"/seats"_s);
        if (static_cast<qsizetype>(delta.seats.size()) + numbers.size() > limits::layoutSeatsMax)
            return refuse(ErrorCode::TooLarge, u"/seats has more than %1 entries."_s.arg(limits::layoutSeatsMax),
                          u"/seats"_s);
        for (const auto &number : numbers) {
            if (number.toInt(-1) < 0)
                return refuse(ErrorCode::InvalidInput, u"/seats may hold whole numbers from 0 only."_s, u"/seats"_s);
            delta.seats.push_back({number.toInt(), *state});
        }
    }
    std::ranges::sort(delta.seats, {}, &SeatChange::number);
    const auto twice = std::ranges::adjacent_find(delta.seats, {}, &SeatChange::number);
    if (twice != delta.seats.end())
        return refuse(ErrorCode::InvalidInput, u"/seats names seat %1 twice."_s.arg(twice->number), u"/seats"_s);
    PT_TRY(delta.areas, areasFromJson(object.value(u"areas"_s)));
    return delta;
}

DeltaOutcome applyDelta(MapSnapshot &snapshot, const MapDelta &delta)
{
    if (delta.seq <= snapshot.seq)
        return DeltaOutcome::Old;
    if (delta.from > snapshot.seq)
        return DeltaOutcome::Gap;
    const auto findArea = [&](int number) { return std::ranges::find(snapshot.areas, number, &AreaCounts::number); };
    const bool allKnown =
        std::ranges::all_of(delta.seats,
                            [&](const SeatChange &change) {
                                return change.number >= 0 && static_cast<size_t>(change.number) < snapshot.seats.size();
                            }) &&
        std::ranges::all_of(delta.areas,
                            [&](const AreaCounts &area) { return findArea(area.number) != snapshot.areas.end(); });
    if (!allKnown)
        return DeltaOutcome::Foreign;
    for (const SeatChange &change : delta.seats)
        snapshot.seats[static_cast<size_t>(change.number)] = change.state;
    for (const AreaCounts &area : delta.areas)
        *findArea(area.number) = area;
    snapshot.seq = delta.seq;
    return DeltaOutcome::Applied;
}

} // namespace parterre
