#include "catalog/seasonfile.h"

#include "base/money.h"
#include "domain/layout/layoutannotations.h"
#include "domain/layout/layoutjson.h"
#include "domain/layout/pretixplan.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSet>
#include <QTimeZone>

#include <algorithm>

namespace parterre::server::season {

using namespace Qt::StringLiterals;

namespace {

QString at(const QString &pointer, size_t index)
{
    return pointer + u'/' + QString::number(index);
}

/// std::ranges::contains() comes with C++23's library, which g++ 12 has not.
template <class List, class Member>
bool hasOne(const List &list, const QString &value, Member member)
{
    return std::ranges::find(list, value, member) != list.end();
}

/// Names are how parts of the file refer to each other, so each may stand once.
template <class List, class Name>
Status checkUnique(const List &list, const QString &pointer, const char *field, Name name)
{
    QSet<QString> seen;
    for (size_t i = 0; i < list.size(); ++i) {
        const QString &value = name(list[i]);
        if (seen.contains(value)) {
            return refuse(ErrorCode::InvalidInput, u"\"%1\" stands here a second time. Use it once."_s.arg(value),
                          at(pointer, i) + u'/' + QLatin1StringView(field));
        }
        seen.insert(value);
    }
    return {};
}

Status checkVenue(const Venue &venue)
{
    if (const auto currency = Currency::fromCode(venue.currency); !currency)
        return refuse(ErrorCode::InvalidInput, currency.error().message, u"/venue/currency"_s);
    if (!QTimeZone::isTimeZoneIdAvailable(venue.timeZone.toUtf8())) {
        return refuse(
            ErrorCode::InvalidInput,
            u"\"%1\" is no time zone of the IANA database; write for example Europe/London."_s.arg(venue.timeZone),
            u"/venue/time_zone"_s);
    }
    return {};
}

Status checkTax(const Document &document, const QString &name, const QString &pointer)
{
    if (name.isEmpty() || document.tax(name))
        return {};
    return refuse(ErrorCode::InvalidInput, u"There is no tax \"%1\" in this file; add it to taxes."_s.arg(name),
                  pointer + u"/tax"_s);
}

Status checkPromotion(const Document &document, const PromotionSource &promotion, const QString &pointer)
{
    for (const auto &[day, field] : {std::pair(promotion.from, "/from"), std::pair(promotion.until, "/until")}) {
        if (!day.isEmpty() && !QDate::fromString(day, Qt::ISODate).isValid())
            return refuse(ErrorCode::InvalidInput, u"Write the day as 2026-12-01."_s,
                          pointer + QLatin1StringView(field));
    }
    for (size_t i = 0; i < promotion.events.size(); ++i) {
        if (!hasOne(document.events, promotion.events[i], &Event::key)) {
            return refuse(ErrorCode::InvalidInput,
                          u"There is no event \"%1\" in this file; add it to events."_s.arg(promotion.events[i]),
                          at(pointer + u"/events"_s, i));
        }
    }
    for (size_t i = 0; i < promotion.priceTypes.size(); ++i) {
        const bool isKnown = std::ranges::any_of(document.priceLists, [&](const Prices &list) {
            return hasOne(list.types, promotion.priceTypes[i], &Type::name);
        });
        if (!isKnown) {
            return refuse(ErrorCode::InvalidInput, u"No price list has a type \"%1\"."_s.arg(promotion.priceTypes[i]),
                          at(pointer + u"/price_types"_s, i));
        }
    }
    return {};
}

Status checkPromotions(const Document &document)
{
    QSet<QString> codes;
    for (size_t i = 0; i < document.promotions.size(); ++i) {
        const QString pointer = at(u"/promotions"_s, i);
        const QString code = promotionCode(document.promotions[i].code);
        if (codes.contains(code)) {
            return refuse(ErrorCode::InvalidInput, u"\"%1\" stands here a second time. Use it once."_s.arg(code),
                          pointer + u"/code"_s);
        }
        codes.insert(code);
        PT_CHECK(checkPromotion(document, document.promotions[i], pointer));
    }
    return {};
}

Status checkPriceList(const Document &document, const Prices &list, const QString &pointer)
{
    PT_CHECK(checkUnique(list.fees, pointer + u"/fees"_s, "name", [](const FeeSource &fee) { return fee.name; }));
    for (size_t i = 0; i < list.fees.size(); ++i)
        PT_CHECK(checkTax(document, list.fees[i].tax, at(pointer + u"/fees"_s, i)));
    for (size_t i = 0; i < list.types.size(); ++i)
        PT_CHECK(checkTax(document, list.types[i].tax, at(pointer + u"/types"_s, i)));
    PT_CHECK(checkUnique(list.types, pointer + u"/types"_s, "name", [](const Type &type) { return type.name; }));
    PT_CHECK(
        checkUnique(list.zones, pointer + u"/zones"_s, "category", [](const Zone &zone) { return zone.category; }));
    for (size_t i = 0; i < list.zones.size(); ++i) {
        const QString prices = at(pointer + u"/zones"_s, i) + u"/prices"_s;
        PT_CHECK(checkUnique(list.zones[i].prices, prices, "type", [](const ZonePrice &price) { return price.type; }));
        for (size_t j = 0; j < list.zones[i].prices.size(); ++j) {
            const QString &type = list.zones[i].prices[j].type;
            if (!hasOne(list.types, type, &Type::name)) {
                return refuse(ErrorCode::InvalidInput,
                              u"There is no price type \"%1\" in this list; add it to types."_s.arg(type),
                              at(prices, j) + u"/type"_s);
            }
        }
    }
    return {};
}

Status checkEvent(const Document &document, const Event &event, const QString &pointer)
{
    for (size_t i = 0; i < event.performances.size(); ++i) {
        const Performance &performance = event.performances[i];
        const QString place = at(pointer + u"/performances"_s, i);
        if (!hasOne(document.layouts, performance.layout, &LayoutSource::name)) {
            return refuse(ErrorCode::InvalidInput,
                          u"There is no layout \"%1\" in this file; add it to layouts."_s.arg(performance.layout),
                          place + u"/layout"_s);
        }
        if (!hasOne(document.priceLists, performance.prices, &Prices::name)) {
            return refuse(
                ErrorCode::InvalidInput,
                u"There is no price list \"%1\" in this file; add it to price_lists."_s.arg(performance.prices),
                place + u"/prices"_s);
        }
    }
    return {};
}

Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    if (file.size() > limits::layoutDocumentBytesMax) {
        return refuse(
            ErrorCode::TooLarge,
            u"%1 has %2 bytes; at most %3 are read."_s.arg(path).arg(file.size()).arg(limits::layoutDocumentBytesMax));
    }
    return file.readAll();
}

Error inFile(const QString &path, Error error)
{
    error.message = path + (error.field.isEmpty() ? QString() : u" at "_s + error.field) + u": "_s + error.message;
    return error;
}

/// Only a pretix plan has zones.
Result<Layout> layoutFromPlan(const QByteArray &bytes)
{
    if (!QJsonDocument::fromJson(bytes).object().contains(u"zones"_s))
        return layoutFromJsonBytes(bytes);
    PT_TRY(PlanImport import, importPretixPlan(bytes));
    return std::move(import.layout);
}

} // namespace

std::optional<Tax> Document::tax(const QString &name) const
{
    const auto found = std::ranges::find(taxes, name, &Tax::name);
    return name.isEmpty() || found == taxes.end() ? std::nullopt : std::optional(*found);
}

Result<Document> read(const QByteArray &bytes)
{
    if (bytes.size() > fileBytesMax) {
        return refuse(ErrorCode::TooLarge,
                      u"A season file has at most %1 bytes; this one has %2."_s.arg(fileBytesMax).arg(bytes.size()));
    }
    QJsonParseError fault;
    const QJsonDocument json = QJsonDocument::fromJson(bytes, &fault);
    if (fault.error != QJsonParseError::NoError) {
        return refuse(ErrorCode::InvalidInput,
                      u"This is no JSON: %1 at byte %2."_s.arg(fault.errorString()).arg(fault.offset));
    }
    if (!json.isObject())
        return refuse(ErrorCode::InvalidInput, u"A season file is a JSON object."_s);
    Document document;
    JsonReader reader(json.object(), UnknownFields::Refuse);
    document.describe(reader);
    PT_CHECK(reader.finish());

    PT_CHECK(checkVenue(document.venue));
    PT_CHECK(
        checkUnique(document.layouts, u"/layouts"_s, "name", [](const LayoutSource &layout) { return layout.name; }));
    PT_CHECK(checkUnique(document.priceLists, u"/price_lists"_s, "name", [](const Prices &list) { return list.name; }));
    PT_CHECK(checkUnique(document.events, u"/events"_s, "key", [](const Event &event) { return event.key; }));
    PT_CHECK(checkUnique(document.taxes, u"/taxes"_s, "name", [](const Tax &tax) { return tax.name; }));
    for (size_t i = 0; i < document.priceLists.size(); ++i)
        PT_CHECK(checkPriceList(document, document.priceLists[i], at(u"/price_lists"_s, i)));
    for (size_t i = 0; i < document.events.size(); ++i)
        PT_CHECK(checkEvent(document, document.events[i], at(u"/events"_s, i)));
    PT_CHECK(checkPromotions(document));
    return document;
}

Status checkZones(const Prices &prices, const Layout &layout, const QString &pointer)
{
    for (const LayoutCategory &category : layout.categories) {
        if (!hasOne(prices.zones, category.name, &Zone::category)) {
            return refuse(
                ErrorCode::InvalidInput,
                u"The layout's category \"%1\" has no zone here, so its places could not be sold. Add one."_s.arg(
                    category.name),
                pointer + u"/zones"_s);
        }
    }
    for (size_t i = 0; i < prices.zones.size(); ++i) {
        if (!hasOne(layout.categories, prices.zones[i].category, &LayoutCategory::name)) {
            return refuse(ErrorCode::InvalidInput,
                          u"The layout has no category \"%1\"."_s.arg(prices.zones[i].category),
                          at(pointer + u"/zones"_s, i) + u"/category"_s);
        }
    }
    return {};
}

Result<Instant> startOf(const Performance &performance, const QString &timeZone, Instant now, const QString &pointer)
{
    const QTimeZone zone(timeZone.toUtf8());
    QDate date;
    QTime time;
    QString place = pointer;
    if (performance.startsIn) {
        const auto microseconds = now.time_since_epoch().count();
        date = QDateTime::fromMSecsSinceEpoch(microseconds / 1000, zone)
                   .date()
                   .addDays(performance.startsIn->daysFromToday);
        time = QTime::fromString(performance.startsIn->time, u"HH:mm"_s);
        place += u"/starts_in/time"_s;
    } else {
        const QDateTime local = QDateTime::fromString(performance.startsAt, Qt::ISODate);
        if (local.isValid() && local.timeSpec() == Qt::LocalTime) {
            date = local.date();
            time = local.time();
        }
        place += u"/starts_at"_s;
    }
    if (!date.isValid() || !time.isValid()) {
        return refuse(ErrorCode::InvalidInput,
                      performance.startsIn ? u"Write the time as 19:30."_s
                                           : u"Write the local time as 2026-12-01T19:30, without an offset."_s,
                      place);
    }
    const QDateTime start(date, time, zone);
    if (!start.isValid() || start.time() != time) {
        return refuse(ErrorCode::InvalidInput,
                      u"On that day the clocks of %1 skip this time. Choose another."_s.arg(timeZone), place);
    }
    return Instant(std::chrono::milliseconds(start.toMSecsSinceEpoch()));
}

std::optional<Instant> dayStart(const QString &day, const QString &timeZone, int daysLater)
{
    if (day.isEmpty())
        return std::nullopt;
    const QDateTime start =
        QDate::fromString(day, Qt::ISODate).addDays(daysLater).startOfDay(QTimeZone(timeZone.toUtf8()));
    return Instant(std::chrono::milliseconds(start.toMSecsSinceEpoch()));
}

Result<Layout> readLayout(const LayoutSource &source, const QString &folder)
{
    const QString planPath = QDir(folder).filePath(source.plan);
    PT_TRY(const QByteArray bytes, readFile(planPath));
    auto layout = layoutFromPlan(bytes);
    if (!layout)
        return refuse(inFile(planPath, layout.error()));
    if (source.annotations.isEmpty())
        return layout;
    const QString notesPath = QDir(folder).filePath(source.annotations);
    PT_TRY(const QByteArray noteBytes, readFile(notesPath));
    const QJsonDocument notes = QJsonDocument::fromJson(noteBytes);
    if (!notes.isObject())
        return refuse(ErrorCode::InvalidInput, u"%1 is no JSON object."_s.arg(notesPath));
    auto annotated = applyLayoutAnnotations(*std::move(layout), notes.object());
    if (!annotated)
        return refuse(inFile(notesPath, annotated.error()));
    return annotated;
}

} // namespace parterre::server::season
