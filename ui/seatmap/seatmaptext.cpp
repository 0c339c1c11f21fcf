#include "seatmap/seatmaptext.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("SeatMap", text);
}

const SeatPriceZone &zoneOf(const SeatMapModel &model, const MapPlace &place)
{
    return model.zone(place.isSeat() ? model.category(place.number) : model.index().area(place.number).category);
}

QString stateText(const SeatMapModel &model, const MapPlace &place)
{
    if (place.isSeat())
        return seatLookName(model.look(place.number));
    const AreaCounts &counts = model.areaCounts(place.number);
    const QLocale locale;
    QString text =
        tr("%1 of %2 free").arg(locale.toString(std::max(0, counts.available())), locale.toString(counts.capacity));
    if (const int own = model.ownQuantity(place.number); own > 0)
        text += u", "_s + tr("%1 in this sale").arg(locale.toString(own));
    return text;
}

/// What is special about a seat, one sentence each.
QStringList remarks(const SeatMapModel &model, const MapPlace &place)
{
    if (!place.isSeat())
        return {};
    const LayoutSeat &seat = model.index().seat(place.number);
    QStringList lines;
    if (const int code = model.houseCodeOf(place.number); code >= 0) {
        const SeatHouseCode &house = model.houseCodes()[static_cast<size_t>(code)];
        lines += tr("Belongs to %1").arg(u"%1 – %2"_s.arg(house.code, house.name));
    }
    if (seat.accessibility != Accessibility::None)
        lines += accessibilityName(seat.accessibility);
    if (!seat.companionOf.isEmpty()) {
        if (const auto number = model.index().seatNumber(seat.companionOf))
            lines += tr("Belongs to %1").arg(model.index().seatName(*number));
    }
    if (seat.restrictedView)
        lines += tr("Restricted view");
    if (!seat.note.isEmpty())
        lines += seat.note;
    return lines;
}

} // namespace

QString seatLookName(SeatLook look)
{
    switch (look) {
    case SeatLook::Available:
        return tr("Available");
    case SeatLook::Held:
        return tr("Held by someone else");
    case SeatLook::PaymentPending:
        return tr("Being paid for");
    case SeatLook::Sold:
        return tr("Sold");
    case SeatLook::House:
        return tr("House seat");
    case SeatLook::Killed:
        return tr("Off sale");
    case SeatLook::Chosen:
        return tr("Chosen");
    case SeatLook::Own:
        break;
    }
    return tr("In this sale");
}

QString accessibilityName(Accessibility accessibility)
{
    switch (accessibility) {
    case Accessibility::Wheelchair:
        return tr("Wheelchair space");
    case Accessibility::Companion:
        return tr("Companion seat");
    case Accessibility::StepFree:
        return tr("Step-free access");
    case Accessibility::None:
        break;
    }
    return {};
}

QString placeName(const SeatMapModel &model, const MapPlace &place)
{
    if (place.isNone())
        return {};
    return place.isSeat() ? model.index().seatName(place.number) : model.index().area(place.number).name;
}

QString spokenText(const SeatMapModel &model, const MapPlace &place)
{
    if (place.isNone())
        return tr("No place is marked. Press an arrow key to begin.");
    const SeatPriceZone &zone = zoneOf(model, place);
    QStringList parts{placeName(model, place), stateText(model, place), zone.name};
    if (!zone.price.isEmpty())
        parts += zone.price;
    parts += remarks(model, place);
    return parts.join(u", "_s);
}

QString toolTipText(const SeatMapModel &model, const MapPlace &place)
{
    if (place.isNone())
        return {};
    const SeatPriceZone &zone = zoneOf(model, place);
    QString text =
        u"<b>%1</b><br/>%2"_s.arg(placeName(model, place).toHtmlEscaped(), stateText(model, place).toHtmlEscaped());
    text += u"<br/><span style='color:%1'>\u25cf</span> %2"_s.arg(zone.color.name(), zone.name.toHtmlEscaped());
    if (!zone.price.isEmpty())
        text += u" \u00b7 <b>%1</b>"_s.arg(zone.price.toHtmlEscaped());
    for (const QString &line : remarks(model, place))
        text += u"<br/>"_s + line.toHtmlEscaped();
    return text;
}

} // namespace parterre::ui
