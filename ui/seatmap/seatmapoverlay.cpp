#include "seatmap/seatmapoverlay.h"

#include "seatmap/seatmapcursor.h"
#include "seatmap/seatstamps.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double platePadding = 7.0;
constexpr double plateGap = 6.0; ///< Between a plate and its seats.
constexpr double ringWidth = 2.5;

} // namespace

SeatMapOverlay::SeatMapOverlay(const SeatMapModel &model, const SeatMapViewport &viewport, int floor,
                               const Theme &theme, const QFont &font)
    : m_model(model)
    , m_viewport(viewport)
    , m_floor(floor)
    , m_theme(theme)
    , m_font(font)
{}

QFont SeatMapOverlay::plateFont(bool bold) const
{
    QFont font = m_font;
    font.setPixelSize(12);
    font.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return font;
}

bool SeatMapOverlay::coversSeat(const QRectF &pixels) const
{
    const double air = m_model.radiusMax();
    const QRectF plan(m_viewport.toPlan(pixels.topLeft()), m_viewport.toPlan(pixels.bottomRight()));
    const auto &stage = m_model.index().layout().stage;
    bool covers = stage && shapePath(*stage).intersects(plan);
    m_model.spatial().forEachIn(plan.adjusted(-air, -air, air, air),
                                [&](int seat) { covers = covers || m_floor < 0 || m_model.floorOf(seat) == m_floor; });
    const LayoutIndex &index = m_model.index();
    for (const PlacedArea &area : index.areas()) {
        const bool isShown = m_floor < 0 || index.sectionOfArea(area.number).floor == m_floor;
        covers = covers || (isShown && shapePath(index.area(area.number).shape).intersects(plan));
    }
    return covers;
}

QRectF SeatMapOverlay::platePlace(int section, const QSizeF &size, bool overSeats) const
{
    const QRectF seats = m_viewport.toPixel(m_model.sectionRect(section));
    const QPointF half(size.width() / 2, size.height() / 2);
    const QRectF above(QPointF(seats.center().x() - half.x(), seats.top() - size.height() - plateGap), size);
    const QRectF below(QPointF(seats.center().x() - half.x(), seats.bottom() + plateGap), size);
    const QRectF middle(seats.center() - half, size);
    // Where the plan itself writes the name, the plate stands in its place and adds the number.
    if (const auto written = writtenName(section)) {
        const QRectF place(m_viewport.toPixel(*written) - half, size);
        return overSeats || !coversSeat(place) ? place : QRectF();
    }
    // A horseshoe has room in its middle, but that is often the stage of another section: outside comes first.
    for (const QRectF &place : {above, below, middle}) {
        if (!coversSeat(place))
            return place;
    }
    return overSeats ? middle : QRectF();
}

std::optional<QPointF> SeatMapOverlay::writtenName(int section) const
{
    const Layout &layout = m_model.index().layout();
    const LayoutSection &named = layout.sections[static_cast<size_t>(section)];
    for (const LayoutSection &other : layout.sections) {
        for (const LayoutShape &shape : other.decorations) {
            // A name that runs along a wall is too narrow for a plate that lies flat.
            if (other.floor == named.floor && qFuzzyIsNull(shape.rotation) &&
                shape.text.compare(named.name, Qt::CaseInsensitive) == 0)
                return shape.position + shape.textPosition;
        }
    }
    return std::nullopt;
}

std::vector<SeatMapOverlay::Plate> SeatMapOverlay::plates() const
{
    std::vector<Plate> plates;
    const Layout &layout = m_model.index().layout();
    const double diameter = m_model.pitch() * 0.8 * m_viewport.scale();
    const bool overSeats = diameter < SeatStamps::dotDiameter;
    const QFontMetricsF bold(plateFont(true));
    const QFontMetricsF plain(plateFont(false));
    const QRectF widget(QPointF(0, 0), QSizeF(m_viewport.size()));
    const QLocale locale;
    for (int section = 0; section < static_cast<int>(layout.sections.size()); ++section) {
        const LayoutSection &data = layout.sections[static_cast<size_t>(section)];
        if (data.name.isEmpty() || m_model.sectionSeats(section) == 0 || (m_floor >= 0 && data.floor != m_floor))
            continue;
        const QRectF seats = m_viewport.toPixel(m_model.sectionRect(section));
        if (!seats.adjusted(-40, -40, 40, 40).intersects(widget))
            continue;
        Plate plate{.name = data.name};
        plate.free =
            QCoreApplication::translate("SeatMap", "%1 free").arg(locale.toString(m_model.sectionFree(section)));
        const double width = bold.horizontalAdvance(plate.name) + 8 + plain.horizontalAdvance(plate.free);
        // A name that is far wider than its section would only say that there are many.
        if (seats.width() < width * 0.5 && seats.height() < width * 0.5)
            continue;
        plate.rect = platePlace(section, QSizeF(width + 2 * platePadding, bold.height() + 8), overSeats);
        const bool hit = std::any_of(plates.begin(), plates.end(), [&](const Plate &other) {
            return other.rect.adjusted(-4, -3, 4, 3).intersects(plate.rect);
        });
        if (!plate.rect.isEmpty() && !hit)
            plates.push_back(plate);
    }
    return plates;
}

std::vector<QRect> SeatMapOverlay::plateRects() const
{
    std::vector<QRect> rects;
    for (const Plate &plate : plates())
        rects.push_back(plate.rect.toAlignedRect().adjusted(-12, -2, 12, 2)); // The number may have grown a digit.
    return rects;
}

void SeatMapOverlay::paintSectionPlates(QPainter &painter) const
{
    for (const Plate &plate : plates()) {
        QColor ground = m_theme.raised;
        ground.setAlphaF(0.93f);
        painter.setPen(QPen(m_theme.border, 1));
        painter.setBrush(ground);
        painter.drawRoundedRect(plate.rect, 5, 5);
        const QRectF text = plate.rect.adjusted(platePadding, 0, -platePadding, 0);
        painter.setFont(plateFont(true));
        painter.setPen(m_theme.text);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, plate.name);
        painter.setFont(plateFont(false));
        painter.setPen(m_theme.textMuted);
        painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, plate.free);
    }
}

void SeatMapOverlay::paintHover(QPainter &painter, const MapPlace &place) const
{
    if (place.isNone())
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.text, 1.6));
    if (place.isSeat()) {
        const QRectF seat = m_viewport.toPixel(m_model.seatRect(place.number));
        const double reach = std::max(seat.width() / 2 + 2.0, 5.0);
        painter.drawEllipse(seat.center(), reach, reach);
        return;
    }
    painter.save();
    painter.translate(m_viewport.toPixel(QPointF(0, 0)));
    painter.scale(m_viewport.scale(), m_viewport.scale());
    QPen pen(m_theme.text, 1.6);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.drawPath(shapePath(m_model.index().area(place.number).shape));
    painter.restore();
}

void SeatMapOverlay::paintCursor(QPainter &painter, const MapPlace &place, bool focused) const
{
    if (place.isNone())
        return;
    const QRectF rect = m_viewport.toPixel(placeRect(m_model, place));
    const double air =
        3.5 + (place.isSeat() ? std::min(rect.width() * 0.12, 5.0) : 0.0); // The ring of an own seat stays whole.
    QRectF ring = rect.adjusted(-air, -air, air, air);
    if (ring.width() < 13)
        ring = QRectF(rect.center() - QPointF(6.5, 6.5), QSizeF(13, 13));
    // Two lines, so that it shows on every ground; a square, so that it is no seat.
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.mapFloor, ringWidth + 2.5));
    painter.drawRoundedRect(ring, 5, 5);
    painter.setPen(
        QPen(focused ? m_theme.accent : m_theme.textMuted, ringWidth, focused ? Qt::SolidLine : Qt::DotLine));
    painter.drawRoundedRect(ring, 5, 5);
}

void SeatMapOverlay::paintRubberBand(QPainter &painter, const QRectF &pixels) const
{
    QColor fill = m_theme.accent;
    fill.setAlphaF(0.14f);
    painter.setPen(QPen(m_theme.accent, 1.5, Qt::DashLine));
    painter.setBrush(fill);
    painter.drawRect(pixels);
}

void SeatMapOverlay::paintFocusFrame(QPainter &painter, const QRect &rect) const
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.accent, 2));
    painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1));
}

} // namespace parterre::ui
