#include "holds/holdview.h"

#include "base/assert.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <chrono>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

qint64 micros(Instant instant)
{
    return instant.time_since_epoch().count();
}

Instant instantOf(const QJsonValue &value)
{
    return Instant(std::chrono::microseconds(value.toInteger()));
}

} // namespace

HoldView viewOf(const HoldSnapshot &snapshot, const PerformanceFacts &facts)
{
    const HoldRow &hold = snapshot.row;
    const LayoutIndex &layout = *facts.layout;
    const auto categoryName = [&](int category) {
        return layout.layout().categories[static_cast<size_t>(category)].name;
    };
    const auto secondsUntil = [now = snapshot.now](Instant end) {
        return static_cast<int>(std::max<qint64>(0, std::chrono::duration_cast<Seconds>(end - now).count()));
    };
    HoldView view{.id = hold.id,
                  .performance = hold.performance,
                  .state = hold.state,
                  .heldUntil = hold.heldUntil,
                  .secondsLeft = secondsUntil(hold.heldUntil),
                  .secondsLeftMax = secondsUntil(hold.createdAt + Seconds(limits::holdSecondsAbsoluteMax)),
                  .places = {}};
    view.places.reserve(hold.seats.size() + snapshot.areas.size());
    for (const int seat : hold.seats) {
        view.places.push_back({.key = layout.seat(seat).key,
                               .name = layout.seatName(seat),
                               .category = categoryName(layout.seat(seat).category)});
    }
    for (const inventory::AreaHold &held : snapshot.areas) {
        view.places.push_back({.key = layout.area(held.area).key,
                               .name = layout.area(held.area).name,
                               .category = categoryName(layout.area(held.area).category),
                               .isArea = true,
                               .quantity = held.quantity});
    }
    for (const int seat : snapshot.leftAlone)
        view.leftAlone.push_back({.key = layout.seat(seat).key, .name = layout.seatName(seat)});
    return view;
}

QByteArray outcomeToText(const Result<HoldSnapshot> &outcome)
{
    if (!outcome) {
        const QJsonObject refused{{u"refused"_s, errorToJson(outcome.error())}};
        return QJsonDocument(refused).toJson(QJsonDocument::Compact);
    }
    const HoldRow &hold = outcome->row;
    QByteArray text;
    text.reserve(160 + static_cast<qsizetype>(hold.seats.size()) * 7);
    text += "{\"state\":\"" + enumName(hold.state).toLatin1() +
            "\",\"until\":" + QByteArray::number(micros(hold.heldUntil));
    text += ",\"made\":" + QByteArray::number(micros(hold.createdAt));
    text += ",\"now\":" + QByteArray::number(micros(outcome->now)) + ",\"seats\":[";
    for (size_t i = 0; i < hold.seats.size(); ++i)
        text += (i > 0 ? "," : "") + QByteArray::number(hold.seats[i]);
    text += "],\"areas\":[";
    for (size_t i = 0; i < outcome->areas.size(); ++i) {
        text += (i > 0 ? ",[" : "[") + QByteArray::number(outcome->areas[i].area) + ',' +
                QByteArray::number(outcome->areas[i].quantity) + ']';
    }
    text += ']';
    for (size_t i = 0; i < outcome->leftAlone.size(); ++i)
        text += (i > 0 ? "," : ",\"alone\":[") + QByteArray::number(outcome->leftAlone[i]);
    return text + (outcome->leftAlone.empty() ? "}" : "]}");
}

Result<HoldSnapshot> outcomeFromText(const QByteArray &text, HoldRow known)
{
    const QJsonObject object = QJsonDocument::fromJson(text).object();
    if (object.contains(u"refused"_s))
        return refuse(errorFromJson(object.value(u"refused"_s).toObject()));
    const auto state = enumFromName<HoldState>(object.value(u"state"_s).toString());
    PT_ASSERT(state.has_value(), "hold_command.outcome is written by outcomeToText() alone");
    HoldSnapshot snapshot{.row = std::move(known), .areas = {}, .now = instantOf(object.value(u"now"_s))};
    snapshot.row.state = *state;
    snapshot.row.heldUntil = instantOf(object.value(u"until"_s));
    snapshot.row.createdAt = instantOf(object.value(u"made"_s));
    snapshot.row.seats.clear();
    for (const auto &seat : object.value(u"seats"_s).toArray())
        snapshot.row.seats.push_back(seat.toInt());
    for (const auto &area : object.value(u"areas"_s).toArray())
        snapshot.areas.push_back({area.toArray().at(0).toInt(), area.toArray().at(1).toInt()});
    for (const auto &seat : object.value(u"alone"_s).toArray())
        snapshot.leftAlone.push_back(seat.toInt());
    return snapshot;
}

} // namespace parterre::server
