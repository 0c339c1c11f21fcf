#include "load/recorder.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace parterre::bench {

using namespace Qt::StringLiterals;
using namespace check;

namespace {

/// Whether the answer says that nothing was done. A time-out at a gateway or an error of ours says nothing.
Outcome outcomeOf(int status, const QString &code)
{
    if (status >= 200 && status < 300 && status != statusAccepted)
        return Outcome::Ok;
    static const QStringList notDone{u"overloaded"_s, u"unavailable"_s};
    const bool isUntold = code == u"in_progress" || code == u"payment_in_doubt" || code == u"outcome_unknown";
    if ((status >= 400 && status < 500 && !isUntold) || notDone.contains(code))
        return Outcome::Refused;
    return Outcome::Unknown;
}

QJsonObject objectOf(const QByteArray &body)
{
    return QJsonDocument::fromJson(body).object();
}

} // namespace

Told toldBy(const HttpAnswer &answer)
{
    if (answer.status == 0)
        return {};
    Told told;
    if (answer.status >= 400)
        told.code = objectOf(answer.body).value(u"code"_s).toString();
    told.outcome = outcomeOf(answer.status, told.code);
    return told;
}

int numberOfKey(const QString &key)
{
    return QStringView(key).mid(1).toInt();
}

std::vector<int> seatsNamedBy(const QJsonObject &refusal)
{
    std::vector<int> seats;
    for (const auto &seat : refusal.value(u"details"_s)[u"seats"].toArray())
        seats.push_back(numberOfKey(seat[u"key"].toString()));
    return seats;
}

Event &Recorder::record(Event event, HttpAnswer answer)
{
    event.start = answer.start;
    event.end = answer.end;
    Told told = toldBy(answer);
    event.outcome = told.outcome;
    event.code = std::move(told.code);
    m_records.push_back({std::move(event), std::move(answer.body)});
    return m_records.back().event;
}

void Recorder::record(Event event)
{
    m_records.push_back({std::move(event), {}});
}

void Recorder::decode(Event &event)
{
    // It is among the last: what is asked for was recorded a moment ago.
    const auto found = std::find_if(m_records.rbegin(), m_records.rend(),
                                    [&](const Record &record) { return &record.event == &event; });
    if (found != m_records.rend())
        decodeRecord(*found);
}

void Recorder::decodeRecord(Record &record)
{
    if (record.body.isEmpty())
        return;
    Event &event = record.event;
    const QJsonObject object = objectOf(std::exchange(record.body, {}));
    if (event.outcome == Outcome::Ok) {
        event.heldUntil = instantFromText(object.value(u"held_until"_s).toString());
        if (event.operation != Operation::TakeBest)
            return;
        for (const auto &entry : object.value(u"places"_s).toArray()) {
            const QJsonObject place = entry.toObject();
            const int number = numberOfKey(place.value(u"key"_s).toString());
            if (place.value(u"is_area"_s).toBool())
                event.areas.push_back({.area = number, .quantity = place.value(u"quantity"_s).toInt()});
            else
                event.seats.push_back(number);
        }
    } else {
        event.taken = seatsNamedBy(object);
    }
}

std::vector<Event> Recorder::take()
{
    std::vector<Event> events;
    events.reserve(m_records.size());
    for (Record &record : m_records) {
        decodeRecord(record);
        events.push_back(std::move(record.event));
    }
    m_records.clear();
    return events;
}

} // namespace parterre::bench
