#include "seatmap/seatmapcanvas.h"

#include "seatmap/seatmapaccessible.h"
#include "seatmap/seatmapoverlay.h"

#include <QAccessible>
#include <QEvent>
#include <QPaintEvent>
#include <QPainter>

#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double zoomStep = 1.4; ///< One press of a zoom button.
constexpr double showSeatsScaleMax = 2.4;

} // namespace

SeatMapCanvas::SeatMapCanvas(QWidget *parent)
    : QWidget(parent)
    , m_placeholder(tr("No seat map to show yet."))
{
    qRegisterMetaType<MapPlace>();
    installSeatMapAccessibility();
    setObjectName(u"seatMapCanvas"_s);
    setAccessibleName(tr("Seat map"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    grabGesture(Qt::PinchGesture);
    m_renderer.setModel(&m_model);
    restyle();
}

SeatMapCanvas::~SeatMapCanvas() = default;

void SeatMapCanvas::setLayout(std::shared_ptr<const LayoutIndex> layout)
{
    m_hovered = {};
    m_cursor = {};
    m_drag = Drag::None;
    m_floor = -1;
    m_model.setLayout(std::move(layout));
    if (!m_model.isEmpty() && m_model.floorsOverlap())
        m_floor = 0;
    m_renderer.setFloor(m_floor);
    m_viewport.setContent(m_model.bounds());
    restyle();
    QAccessibleTableModelChangeEvent reset(this, QAccessibleTableModelChangeEvent::ModelReset);
    QAccessible::updateAccessibility(&reset);
    Q_EMIT countsChanged();
}

bool SeatMapCanvas::setSnapshot(const MapSnapshot &snapshot)
{
    if (!m_model.setSnapshot(snapshot))
        return false;
    m_tiles.invalidateAll();
    update();
    Q_EMIT countsChanged();
    return true;
}

void SeatMapCanvas::applyChanges(const MapDelta &delta)
{
    std::vector<int> seats;
    std::vector<int> areas;
    m_model.apply(delta, seats, areas);
    if (seats.empty() && areas.empty())
        return;
    repaintSeats(seats);
    repaintAreas(areas);
    updateSectionNames();
    for (const int seat : seats) {
        if (m_cursor == MapPlace::seat(seat) && hasFocus())
            announceCursor(); // The seat that is being looked at was just taken or came back.
    }
    Q_EMIT countsChanged();
}

void SeatMapCanvas::setPriceZones(const std::vector<SeatPriceZone> &zones)
{
    m_model.setZones(zones);
    restyle();
    Q_EMIT countsChanged();
}

void SeatMapCanvas::setHouseCodes(const std::vector<SeatHouseCode> &codes)
{
    if (codes.empty() && m_model.houseCodes().empty())
        return;
    m_model.setHouseCodes(codes);
    restyle();
    Q_EMIT countsChanged();
}

void SeatMapCanvas::setOwnSeats(const std::vector<int> &numbers)
{
    repaintSeats(m_model.setOwn(numbers));
    Q_EMIT countsChanged();
}

void SeatMapCanvas::setSelection(const std::vector<int> &numbers)
{
    repaintSeats(m_model.setChosen(numbers));
    Q_EMIT countsChanged();
}

void SeatMapCanvas::setOwnAreaQuantities(const QHash<int, int> &quantities)
{
    m_model.setOwnAreas(quantities);
    std::vector<int> all;
    for (int area = 0; area < m_model.areaCount(); ++area)
        all.push_back(area);
    repaintAreas(all);
}

void SeatMapCanvas::setFloor(int floor)
{
    if (m_model.isEmpty() || floor == m_floor)
        return;
    m_floor = floor;
    m_renderer.setFloor(floor);
    if (m_cursor.isSeat() && floor >= 0 && m_model.floorOf(m_cursor.number) != floor)
        m_cursor = {};
    setHovered({});
    m_tiles.invalidateAll();
    viewMoved();
}

void SeatMapCanvas::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    update();
}

void SeatMapCanvas::setCursorPlace(const MapPlace &place)
{
    if (m_model.isEmpty() || place.isNone())
        return;
    updatePlace(m_cursor);
    m_cursor = place;
    m_cursorColumn = placeCenter(m_model, place).x();
    if (place.isSeat() && m_floor >= 0 && m_model.floorOf(place.number) != m_floor)
        setFloor(m_model.floorOf(place.number));
    if (m_viewport.ensureVisible(placeRect(m_model, place), 40))
        viewMoved();
    updatePlace(m_cursor);
    announceCursor();
    Q_EMIT cursorMoved(m_cursor);
}

void SeatMapCanvas::showSeats(const std::vector<int> &numbers)
{
    QRectF plan;
    for (const int number : numbers) {
        if (number >= 0 && number < m_model.seatCount())
            plan |= m_model.seatRect(number);
    }
    if (plan.isEmpty())
        return;
    const double air = m_model.pitch() * 3;
    m_viewport.showPlanRect(plan.adjusted(-air, -air, air, air), showSeatsScaleMax);
    scaleChanged();
}

MapPlace SeatMapCanvas::placeAtPixel(const QPointF &pixel) const
{
    // A seat that is drawn a few pixels wide must still be hit by a hand in a hurry, but never over its neighbour.
    const double wanted = 9.0 / m_viewport.scale();
    const double slack = std::clamp(wanted - m_model.radiusMax(), 0.0, m_model.pitch() * 0.5);
    return m_model.placeAt(m_viewport.toPlan(pixel), m_floor, slack);
}

SeatMapCanvas::PaintCounters SeatMapCanvas::paintCounters() const
{
    return {m_tiles.tilesPainted(), m_tiles.tilesRepaired(), m_tiles.pixelsPainted(), m_renderer.seatsPainted()};
}

void SeatMapCanvas::resetPaintCounters()
{
    m_tiles.resetCounters();
    m_renderer.resetCounters();
}

void SeatMapCanvas::dropTiles()
{
    m_tiles.invalidateAll();
    update();
}

void SeatMapCanvas::zoomIn()
{
    zoomAbout(QRectF(rect()).center(), zoomStep);
}

void SeatMapCanvas::zoomOut()
{
    zoomAbout(QRectF(rect()).center(), 1 / zoomStep);
}

void SeatMapCanvas::zoomToFit()
{
    m_viewport.fit();
    scaleChanged();
}

void SeatMapCanvas::zoomAbout(const QPointF &pixel, double factor)
{
    if (m_model.isEmpty())
        return;
    m_viewport.zoomAbout(pixel, factor);
    scaleChanged();
}

void SeatMapCanvas::restyle()
{
    m_renderer.setStyle(Theme::of(this), font());
    scaleChanged();
}

void SeatMapCanvas::scaleChanged()
{
    m_renderer.setScale(m_viewport.deviceScale(), m_viewport.devicePixelRatio());
    m_tiles.invalidateAll();
    viewMoved();
}

void SeatMapCanvas::viewMoved()
{
    update();
    Q_EMIT viewChanged();
}

void SeatMapCanvas::repaintSeats(const std::vector<int> &seats)
{
    for (const int seat : seats) {
        const QRect rect = m_renderer.seatDeviceRect(seat);
        m_tiles.invalidate(rect);
        updateDevice(rect);
    }
}

void SeatMapCanvas::repaintAreas(const std::vector<int> &areas)
{
    for (const int area : areas) {
        const QRect rect = m_renderer.areaDeviceRect(area);
        m_tiles.invalidate(rect);
        updateDevice(rect);
    }
}

void SeatMapCanvas::updateDevice(const QRect &deviceRect)
{
    const double ratio = m_viewport.devicePixelRatio();
    const QRectF moved = deviceRect.translated(-m_viewport.deviceOrigin());
    const QRect pixels = QRectF(moved.topLeft() / ratio, moved.size() / ratio).toAlignedRect();
    if (pixels.intersects(rect()))
        update(pixels);
}

void SeatMapCanvas::updatePlace(const MapPlace &place)
{
    if (place.isNone() || m_model.isEmpty())
        return;
    const int ring = SeatMapOverlay::ringReach;
    update(m_viewport.toPixel(placeRect(m_model, place)).toAlignedRect().adjusted(-ring, -ring, ring, ring));
}

void SeatMapCanvas::updateSectionNames()
{
    // The plates of the sections show how many seats are free.
    for (const QRect &plate : SeatMapOverlay(m_model, m_viewport, m_floor, Theme::of(this), font()).plateRects())
        update(plate);
}

void SeatMapCanvas::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    if (m_model.isEmpty()) {
        painter.fillRect(event->rect(), theme.mapGround);
        paintPlaceholder(painter);
        return;
    }
    const double ratio = m_viewport.devicePixelRatio();
    painter.save();
    painter.scale(1 / ratio, 1 / ratio);
    for (const QRect &part : event->region()) {
        const QRectF device(QPointF(part.topLeft()) * ratio, QSizeF(part.size()) * ratio);
        const QRect visible = device.toAlignedRect().translated(m_viewport.deviceOrigin());
        m_tiles.draw(painter, m_viewport.deviceOrigin(), visible, m_renderer);
    }
    painter.restore();
    paintOverlay(painter);
}

void SeatMapCanvas::paintOverlay(QPainter &painter)
{
    painter.setRenderHint(QPainter::Antialiasing);
    SeatMapOverlay overlay(m_model, m_viewport, m_floor, Theme::of(this), font());
    overlay.paintSectionPlates(painter);
    overlay.paintHover(painter, m_hovered);
    overlay.paintCursor(painter, m_cursor, hasFocus());
    if (m_drag == Drag::RubberBand)
        overlay.paintRubberBand(painter, QRectF(m_pressed, m_dragged).normalized());
    if (hasFocus())
        overlay.paintFocusFrame(painter, rect());
}

void SeatMapCanvas::paintPlaceholder(QPainter &painter)
{
    painter.setPen(Theme::of(this).textMuted);
    painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_placeholder);
    if (hasFocus())
        SeatMapOverlay(m_model, m_viewport, m_floor, Theme::of(this), font()).paintFocusFrame(painter, rect());
}

void SeatMapCanvas::resizeEvent(QResizeEvent *)
{
    const double before = m_viewport.deviceScale();
    m_viewport.setSize(size(), devicePixelRatioF());
    if (before != m_viewport.deviceScale())
        scaleChanged();
    else
        viewMoved();
}

void SeatMapCanvas::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    switch (event->type()) {
    case QEvent::PaletteChange:
    case QEvent::FontChange:
    case QEvent::StyleChange:
        restyle();
        break;
    default:
        break;
    }
}

} // namespace parterre::ui
