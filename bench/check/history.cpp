#include "check/history.h"

#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

#include <algorithm>
#include <future>
#include <thread>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t eventsAtOnce = 8'192; ///< As many, or lines of so many bytes, are in memory beside what came of them.
constexpr qsizetype bytesAtOnce = 8 * 1024 * 1024;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// Fields that say nothing are left out: most lines have half of them.
class SparseWriter
{
public:
    template <class T>
    void operator()(const char *name, const T &value, const FieldLimits & = {})
    {
        m_object.insert(QLatin1StringView(name), JsonWriter::toValue(value));
    }
    template <class T>
    void optional(const char *name, const T &value, const FieldLimits & = {})
    {
        if (value != T{})
            (*this)(name, value);
    }
    template <class T>
    void optional(const char *name, const std::optional<T> &value, const FieldLimits & = {})
    {
        if (value)
            (*this)(name, *value);
    }
    template <class Tag>
    void optional(const char *name, const Id<Tag> &id, const FieldLimits & = {})
    {
        if (!id.isNull())
            (*this)(name, id);
    }
    [[nodiscard]] static constexpr bool reading() { return false; }
    void fail(ErrorCode, const QString &, const char *) {}
    [[nodiscard]] QJsonObject object() const { return m_object; }

private:
    QJsonObject m_object;
};

Error inLine(Error error, qsizetype line)
{
    error.field = u"/%1"_s.arg(line) + error.field;
    error.message = u"Line %1 of the history: %2"_s.arg(line).arg(error.message);
    return error;
}

std::unexpected<Error> unreadable(qsizetype line, const QString &what)
{
    return refuse(inLine({.code = ErrorCode::InvalidInput, .message = what}, line));
}

template <class T>
Result<T> readLine(const QByteArray &line, qsizetype number)
{
    const auto object = parseJsonObject(line, historyLineBytesMax, u"It"_s);
    if (!object)
        return refuse(inLine(object.error(), number));
    auto value = fromJson<T>(*object, UnknownFields::Refuse);
    if (!value)
        return refuse(inLine(value.error(), number));
    return *std::move(value);
}

/// What came after the sale says what of.
Status checkSubject(const Event &event, qsizetype line)
{
    const Operation operation = event.operation;
    const bool isExchange = operation == Operation::Exchange || operation == Operation::ExchangeFrom;
    if (isExchange != !event.otherOrder.isNull() || (isExchange && event.order.isNull()))
        return unreadable(line, u"an exchange, and nothing else, is of two orders."_s);
    const bool isIssue = operation == Operation::IssueGiftCard;
    if (isIssue && (event.giftCard.isNull() || event.amount <= 0))
        return unreadable(line, u"a gift card that is issued has an id and an amount."_s);
    if (!isIssue && event.amount != 0)
        return unreadable(line, u"an amount belongs to an event `issue_gift_card`, and to no other."_s);
    const bool isReplacement = operation == Operation::Transfer || operation == Operation::Reissue;
    if (isReplacement != !event.ticket.isNull() || (isReplacement && event.order.isNull()))
        return unreadable(line,
                          u"a ticket of an order belongs to an event `transfer` or `reissue`, and to no other."_s);
    if ((operation == Operation::Transfer) != !event.holder.isEmpty())
        return unreadable(line, u"a holder belongs to an event `transfer`, and to no other."_s);
    return {};
}

Status checkEvent(const Event &event, const HistoryHeader &header, qsizetype line)
{
    if (event.intended > event.start || event.start > event.end)
        return unreadable(line, u"its times run backwards."_s);
    if (static_cast<size_t>(event.performance) >= header.performances.size())
        return unreadable(line, u"the header has no performance %1."_s.arg(event.performance));
    const int seats = header.performances[static_cast<size_t>(event.performance)].seats;
    for (const auto *list : {&event.seats, &event.taken}) {
        const bool allKnown = std::ranges::all_of(*list, [seats](int seat) { return seat >= 0 && seat < seats; });
        if (!allKnown)
            return unreadable(line, u"it names a seat that its performance does not have."_s);
    }
    if (event.map.has_value() != (event.operation == Operation::Map))
        return unreadable(line, u"a map belongs to an event `map`, and to no other."_s);
    if (event.map && std::ranges::any_of(event.map->areas, [](const auto &area) { return area.size() != 4; }))
        return unreadable(line, u"an area of a map is four numbers."_s);
    if (event.isAboutHold() && event.hold.isNull())
        return unreadable(line, u"it says nothing about which hold."_s);
    const bool asksForParty = event.wheelchairs > 0 || event.section || !event.categories.empty();
    if (asksForParty && event.operation != Operation::TakeBest)
        return unreadable(line, u"what a party asks for belongs to an event `take_best`, and to no other."_s);
    if (event.namesCode && !event.isTake())
        return unreadable(line, u"a code is named by a take, and by nothing else."_s);
    return checkSubject(event, line);
}

/// What `work(begin, end)` makes of parts of `count` things that follow each other, by a thread for each processor: a
/// run has some hundred thousand events, and whoever started it waits. `work` and what it refers to outlive the parts.
template <class Work>
auto inParts(size_t count, const Work &work)
{
    const size_t share = count / std::max(1U, std::thread::hardware_concurrency()) + 1;
    std::vector<std::future<std::invoke_result_t<Work, size_t, size_t>>> parts;
    for (size_t begin = 0; begin < count; begin += share)
        parts.push_back(std::async(std::launch::async, work, begin, std::min(begin + share, count)));
    return parts;
}

/// `lines` follow those that are read. Of several that are wrong the first is told.
Status appendEvents(History &history, const std::vector<QByteArray> &lines)
{
    const size_t number = history.events.size() + 2; // After the header, which is line 1.
    const auto read = [&](size_t begin, size_t end) -> Result<std::vector<Event>> {
        std::vector<Event> events;
        for (size_t i = begin; i < end; ++i) {
            const auto line = static_cast<qsizetype>(number + i);
            PT_TRY(Event event, readLine<Event>(lines[i], line));
            PT_CHECK(checkEvent(event, history.header, line));
            events.push_back(std::move(event));
        }
        return events;
    };
    for (auto &part : inParts(lines.size(), read)) {
        PT_TRY(std::vector<Event> events, part.get());
        std::ranges::move(events, std::back_inserter(history.events));
    }
    return {};
}

} // namespace

template <class Fields>
void Event::describe(Fields &fields)
{
    constexpr FieldLimits time{.min = 0};
    constexpr FieldLimits places{.countMax = limits::layoutSeatsMax};
    fields("operation", operation);
    fields("client", client, {.min = 0});
    fields("intended", intended, time);
    fields("start", start, time);
    fields("end", end, time);
    fields.optional("performance", performance, {.min = 0});
    fields.optional("hold", hold);
    fields.optional("order", order);
    fields.optional("other_order", otherOrder);
    fields.optional("gift_card", giftCard);
    fields.optional("amount", amount, {.min = 0, .max = limits::giftCardMinorUnitsMax});
    fields.optional("ticket", ticket);
    fields.optional("holder", holder);
    fields.optional("command", command, {.charactersMax = limits::idempotencyKeyCharactersMax});
    fields.optional("seats", seats, places);
    fields.optional("areas", areas, {.countMax = limits::areasPerHoldMax});
    fields.optional("party_size", partySize, {.min = 0, .max = limits::seatsPerHoldMax});
    fields.optional("may_split", maySplit);
    fields.optional("wheelchairs", wheelchairs, {.min = 0, .max = limits::partySizeMax});
    fields.optional("section", section, {.min = 0, .max = limits::layoutSeatsMax});
    fields.optional("categories", categories, {.countMax = limits::priceZonesMax});
    fields.optional("names_code", namesCode);
    fields.optional("at_desk", isAtDesk);
    fields("outcome", outcome);
    fields.optional("code", code);
    fields.optional("taken", taken, places);
    fields.optional("held_until", heldUntil);
    fields.optional("map", map);
}

QByteArray headerLine(const HistoryHeader &header)
{
    return compact(toJson(header));
}

QByteArray eventLine(const Event &event)
{
    SparseWriter writer;
    const_cast<Event &>(event).describe(writer); // describe() serves reading too; a writer changes nothing.
    return compact(writer.object());
}

Result<History> readHistory(QIODevice &device)
{
    History history;
    qsizetype number = 0;          // Of lines that are read,
    std::vector<QByteArray> lines; // of which these are still to be understood.
    qsizetype bytes = 0;
    while (!device.atEnd()) {
        QByteArray line = device.readLine(historyLineBytesMax + 2);
        if (line.endsWith('\n'))
            line.chop(1);
        const bool isLong = line.size() > historyLineBytesMax;
        const bool isOneTooMany = number > historyEventsMax;
        if (isLong || isOneTooMany || lines.size() == eventsAtOnce || bytes > bytesAtOnce) {
            PT_CHECK(appendEvents(history, lines));
            lines.clear();
            bytes = 0;
        }
        ++number;
        if (isLong)
            return unreadable(number, u"it has more than %1 bytes."_s.arg(historyLineBytesMax));
        if (isOneTooMany)
            return unreadable(number, u"there are more than %1 events."_s.arg(historyEventsMax));
        if (number == 1) {
            PT_TRY(history.header, readLine<HistoryHeader>(line, number));
            continue;
        }
        bytes += line.size();
        lines.push_back(std::move(line));
    }
    if (number == 0)
        return refuse(ErrorCode::InvalidInput, u"The history is empty."_s);
    PT_CHECK(appendEvents(history, lines));
    return history;
}

Result<History> readHistoryFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"The history %1 cannot be read: %2."_s.arg(path, file.errorString()));
    return readHistory(file);
}

Status writeHistoryFile(const QString &path, const History &history)
{
    QSaveFile file(path);
    const auto failed = [&] {
        return refuse(ErrorCode::Unavailable, u"The history %1 cannot be written: %2."_s.arg(path, file.errorString()));
    };
    if (!file.open(QIODevice::WriteOnly))
        return failed();
    file.write(headerLine(history.header) + '\n');
    const std::vector<Event> &events = history.events;
    for (size_t first = 0; first < events.size(); first += eventsAtOnce) {
        const auto write = [&events, first](size_t begin, size_t end) {
            QByteArray text;
            for (size_t i = first + begin; i < first + end; ++i)
                text += eventLine(events[i]) + '\n';
            return text;
        };
        for (auto &part : inParts(std::min(eventsAtOnce, events.size() - first), write))
            file.write(part.get());
    }
    if (!file.commit())
        return failed();
    return {};
}

} // namespace parterre::check
