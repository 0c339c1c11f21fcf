// What the user does to the canvas: pointer, wheel, gestures and keys.

#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmapoverlay.h"
#include "seatmap/seatmaptext.h"

#include <QAccessible>
#include <QApplication>
#include <QGestureEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QPinchGesture>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double wheelNotch = 120.0; ///< Eighths of a degree, as Qt counts them.
constexpr double zoomPerNotch = 1.2;
constexpr double keyZoom = 1.4;
constexpr double keyPanShare = 0.15; ///< Of the widget, for Ctrl and an arrow.
/// When the cursor starts on a map whose seats are dots, the map comes this close, so that the seat is seen.
constexpr double cursorSeatPixelsMin = 9.0;

} // namespace

bool SeatMapCanvas::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::ToolTip: {
        const auto *help = static_cast<QHelpEvent *>(event);
        return showToolTip(help->pos(), help->globalPos());
    }
    case QEvent::NativeGesture:
        return nativeGesture(static_cast<QNativeGestureEvent *>(event));
    case QEvent::Gesture:
        return gesture(static_cast<QGestureEvent *>(event));
    default:
        return QWidget::event(event);
    }
}

bool SeatMapCanvas::showToolTip(const QPoint &position, const QPoint &globalPosition)
{
    const MapPlace place = m_model.isEmpty() ? MapPlace{} : placeAtPixel(position);
    if (place.isNone()) {
        QToolTip::hideText();
        return true;
    }
    const QRect around = m_viewport.toPixel(placeRect(m_model, place)).toAlignedRect().adjusted(-3, -3, 3, 3);
    QToolTip::showText(globalPosition, toolTipText(m_model, place), this, around);
    return true;
}

bool SeatMapCanvas::nativeGesture(QNativeGestureEvent *event)
{
    if (event->gestureType() == Qt::ZoomNativeGesture) {
        zoomAbout(event->position(), 1.0 + event->value());
        return true;
    }
    if (event->gestureType() == Qt::SmartZoomNativeGesture) {
        if (m_viewport.isFitted())
            zoomAbout(event->position(), 3.0);
        else
            zoomToFit();
        return true;
    }
    return false;
}

bool SeatMapCanvas::gesture(QGestureEvent *event)
{
    const auto *pinch = static_cast<QPinchGesture *>(event->gesture(Qt::PinchGesture));
    if (!pinch)
        return false;
    m_drag = Drag::None; // Two fingers are no click.
    if (pinch->changeFlags() & QPinchGesture::ScaleFactorChanged)
        zoomAbout(mapFromGlobal(pinch->centerPoint()), pinch->scaleFactor());
    if (pinch->changeFlags() & QPinchGesture::CenterPointChanged) {
        m_viewport.moveBy(pinch->centerPoint() - pinch->lastCenterPoint());
        viewMoved();
    }
    event->accept(pinch->gestureType());
    return true;
}

void SeatMapCanvas::wheelEvent(QWheelEvent *event)
{
    event->accept();
    if (m_model.isEmpty())
        return;
    // A touchpad says how its fingers move (it has phases); a wheel only turns. Pixel deltas alone prove nothing,
    // since X11 sends them for wheels, too.
    const bool fingers = event->phase() != Qt::NoScrollPhase && !event->pixelDelta().isNull();
    if (fingers && !(event->modifiers() & Qt::ControlModifier)) {
        m_viewport.moveBy(event->pixelDelta());
        viewMoved();
        return;
    }
    if (event->modifiers() & Qt::ShiftModifier) {
        m_viewport.moveBy(QPointF(event->angleDelta().x() + event->angleDelta().y(), 0) / 2);
        viewMoved();
        return;
    }
    const double notches = event->angleDelta().y() / wheelNotch;
    if (notches != 0.0)
        zoomAbout(event->position(), std::pow(zoomPerNotch, notches));
}

void SeatMapCanvas::mousePressEvent(QMouseEvent *event)
{
    if (m_model.isEmpty() || m_drag != Drag::None)
        return;
    m_pressed = m_dragged = event->position();
    m_pressedPlace = {};
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_spaceDown)) {
        m_drag = Drag::Pan;
        m_spacePanned = m_spaceDown;
    } else if (event->button() == Qt::LeftButton && (event->modifiers() & Qt::ShiftModifier)) {
        // A rubber band begins only with a drag: Shift-click is a click with a modifier.
        m_drag = Drag::Pressed;
        m_pressedPlace = placeAtPixel(event->position());
    } else if (event->button() == Qt::LeftButton) {
        m_drag = Drag::Pressed;
        m_pressedPlace = placeAtPixel(event->position());
    }
    updateCursorShape();
}

void SeatMapCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if (m_drag == Drag::Pressed &&
        (event->position() - m_pressed).manhattanLength() >= QApplication::startDragDistance()) {
        m_drag = event->modifiers() & Qt::ShiftModifier ? Drag::RubberBand : Drag::Pan;
        setHovered({});
        updateCursorShape();
    }
    if (m_drag == Drag::Pan) {
        m_viewport.moveBy(event->position() - m_dragged);
        viewMoved();
    } else if (m_drag == Drag::RubberBand) {
        const QRectF before = QRectF(m_pressed, m_dragged).normalized();
        const QRectF after = QRectF(m_pressed, event->position()).normalized();
        update((before | after).toAlignedRect().adjusted(-2, -2, 2, 2));
    } else if (m_drag == Drag::None) {
        hover(event->position());
    }
    m_dragged = event->position();
}

void SeatMapCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    m_dragged = event->position();
    if (drag == Drag::RubberBand) {
        endRubberBand();
    } else if (drag == Drag::Pressed && event->button() == Qt::LeftButton && !m_pressedPlace.isNone() &&
               placeAtPixel(event->position()) == m_pressedPlace) {
        updatePlace(m_cursor);
        m_cursor = m_pressedPlace; // The keyboard goes on where the pointer was.
        m_cursorColumn = placeCenter(m_model, m_cursor).x();
        updatePlace(m_cursor);
        activate(m_pressedPlace, event->modifiers());
    }
    updateCursorShape();
    if (!m_model.isEmpty())
        hover(event->position());
}

void SeatMapCanvas::endRubberBand()
{
    const QRectF pixels = QRectF(m_pressed, m_dragged).normalized();
    update(pixels.toAlignedRect().adjusted(-2, -2, 2, 2));
    const QRectF plan(m_viewport.toPlan(pixels.topLeft()), m_viewport.toPlan(pixels.bottomRight()));
    const std::vector<int> seats = m_model.seatsIn(plan, m_floor);
    if (!seats.empty())
        Q_EMIT selectionRectangle(seats);
}

void SeatMapCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    // On a seat the second click is a click like the first; on empty ground it shows the whole plan.
    if (m_model.isEmpty() || event->button() != Qt::LeftButton || !placeAtPixel(event->position()).isNone()) {
        mousePressEvent(event);
        return;
    }
    zoomToFit();
}

void SeatMapCanvas::leaveEvent(QEvent *)
{
    setHovered({});
}

void SeatMapCanvas::hover(const QPointF &pixel)
{
    setHovered(m_model.isEmpty() ? MapPlace{} : placeAtPixel(pixel));
}

void SeatMapCanvas::setHovered(const MapPlace &place)
{
    if (place == m_hovered)
        return;
    updatePlace(m_hovered);
    m_hovered = place;
    updatePlace(m_hovered);
    updateCursorShape();
    Q_EMIT seatHovered(place.isSeat() ? place.number : -1);
}

void SeatMapCanvas::updateCursorShape()
{
    if (m_drag == Drag::Pan)
        setCursor(Qt::ClosedHandCursor);
    else if (m_drag == Drag::RubberBand)
        setCursor(Qt::CrossCursor);
    else if (m_spaceDown)
        setCursor(Qt::OpenHandCursor);
    else if (!m_hovered.isNone())
        setCursor(Qt::PointingHandCursor);
    else
        unsetCursor();
}

void SeatMapCanvas::activate(const MapPlace &place, Qt::KeyboardModifiers modifiers)
{
    if (place.isSeat())
        Q_EMIT seatActivated(place.number, modifiers);
    else if (place.isArea())
        Q_EMIT areaActivated(place.number);
}

void SeatMapCanvas::keyPressEvent(QKeyEvent *event)
{
    if (m_model.isEmpty() || (!(event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) && moveKey(event)))
        return;
    switch (event->key()) {
    case Qt::Key_Space:
        // Acts when it is let go: held down, it turns the pointer into a hand that moves the plan.
        if (!event->isAutoRepeat()) {
            m_spaceDown = true;
            m_spacePanned = false;
            updateCursorShape();
        }
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!event->isAutoRepeat())
            activate(m_cursor, event->modifiers());
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAbout(m_cursor.isNone() ? QRectF(rect()).center() : m_viewport.toPixel(placeCenter(m_model, m_cursor)),
                  keyZoom);
        return;
    case Qt::Key_Minus:
        zoomAbout(m_cursor.isNone() ? QRectF(rect()).center() : m_viewport.toPixel(placeCenter(m_model, m_cursor)),
                  1 / keyZoom);
        return;
    case Qt::Key_0:
        zoomToFit();
        return;
    default:
        QWidget::keyPressEvent(event); // Tab, Escape and shortcuts are the window's.
    }
}

void SeatMapCanvas::keyReleaseEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Space || event->isAutoRepeat() || !m_spaceDown) {
        QWidget::keyReleaseEvent(event);
        return;
    }
    m_spaceDown = false;
    if (!m_spacePanned && m_drag == Drag::None)
        activate(m_cursor, event->modifiers());
    updateCursorShape();
}

bool SeatMapCanvas::moveKey(QKeyEvent *event)
{
    std::optional<CursorMove> move;
    QPointF pan;
    switch (event->key()) {
    case Qt::Key_Left:
        move = CursorMove::Left;
        pan = {1, 0};
        break;
    case Qt::Key_Right:
        move = CursorMove::Right;
        pan = {-1, 0};
        break;
    case Qt::Key_Up:
        move = CursorMove::Up;
        pan = {0, 1};
        break;
    case Qt::Key_Down:
        move = CursorMove::Down;
        pan = {0, -1};
        break;
    case Qt::Key_Home:
        move = CursorMove::RowStart;
        break;
    case Qt::Key_End:
        move = CursorMove::RowEnd;
        break;
    default:
        return false;
    }
    if ((event->modifiers() & Qt::ControlModifier) && !pan.isNull()) {
        m_viewport.moveBy(QPointF(pan.x() * width(), pan.y() * height()) * keyPanShare);
        viewMoved();
    } else {
        moveCursor(*move);
    }
    return true;
}

void SeatMapCanvas::moveCursor(CursorMove move)
{
    if (m_cursor.isNone()) {
        setCursorPlace(cursorStart(m_model, m_floor, m_viewport.visiblePlan().center()));
        const double pixels =
            m_cursor.isSeat() ? 2 * m_model.radius(m_cursor.number) * m_viewport.scale() : cursorSeatPixelsMin;
        if (pixels < cursorSeatPixelsMin)
            zoomAbout(m_viewport.toPixel(placeCenter(m_model, m_cursor)), cursorSeatPixelsMin * 1.6 / pixels);
        return;
    }
    const double column = m_cursorColumn;
    setCursorPlace(movedCursor(m_model, m_floor, m_cursor, move, column));
    if (move == CursorMove::Up || move == CursorMove::Down)
        m_cursorColumn = column;
}

void SeatMapCanvas::announceCursor()
{
    if (m_cursor.isNone() || !QAccessible::isActive())
        return;
    const int child = m_cursor.isSeat() ? m_cursor.number : m_model.seatCount() + m_cursor.number;
    QAccessibleEvent focus(this, QAccessible::Focus);
    focus.setChild(child);
    QAccessible::updateAccessibility(&focus);
}

void SeatMapCanvas::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
    announceCursor();
}

void SeatMapCanvas::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    m_spaceDown = false; // Its release goes to someone else.
    update();
}

} // namespace parterre::ui
