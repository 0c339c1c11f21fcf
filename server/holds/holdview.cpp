#include "holds/holdview.h"

#include "base/assert.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

qint64 micros(Instant instant)
{
    return instant.time_since_epoch().count();
}

const char *nameOf(HoldState state)
{
    for (const auto &[known, name] : EnumNames<HoldState>::names) {
        if (known == state)
            return name;
    }
    return "";
}

void addNumber(QByteArray &text, qint64 number)
{
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end - digits.data());
}

void addNumbers(QByteArray &text, const std::vector<int> &numbers)
{
    for (size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0)
            text.append(',');
        addNumber(text, numbers[i]);
    }
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
    const auto seats = static_cast<qsizetype>(hold.seats.size() + outcome->leftAlone.size());
    QByteArray text;
    text.reserve(160 + seats * 12 + static_cast<qsizetype>(outcome->areas.size()) * 26);
    text.append("{\"state\":\"").append(nameOf(hold.state));
    addNumber(text.append("\",\"until\":"), micros(hold.heldUntil));
    addNumber(text.append(",\"made\":"), micros(hold.createdAt));
    addNumber(text.append(",\"now\":"), micros(outcome->now));
    text.append(",\"seats\":[");
    addNumbers(text, hold.seats);
    text.append("],\"areas\":[");
    for (size_t i = 0; i < outcome->areas.size(); ++i) {
        addNumber(text.append(i > 0 ? ",[" : "["), outcome->areas[i].area);
        addNumber(text.append(','), outcome->areas[i].quantity);
        text.append(']');
    }
    text.append(']');
    if (!outcome->leftAlone.empty()) {
        addNumbers(text.append(",\"alone\":["), outcome->leftAlone);
        text.append(']');
    }
    return text.append('}');
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
