#pragma once

#include "seatmap/seatmapcursor.h"
#include "seatmap/seatmapmodel.h"
#include "seatmap/seatmaptiles.h"
#include "seatmap/seatmapviewport.h"

#include <QWidget>

#include <memory>
#include <optional>

class QGestureEvent;
class QNativeGestureEvent;

namespace parterre::ui {

/// The live seat map: draws a layout with the states of a performance and tells what the user points at.
///
/// It decides nothing: a click on a seat is a signal, whatever the state of the seat, and the seat looks taken only
/// when the owner says so with setOwnSeats() or a delta. Seats and areas go by their numbers in the layout.
class SeatMapCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit SeatMapCanvas(QWidget *parent = nullptr);
    ~SeatMapCanvas() override;

    /// Shows another plan, fitted, without states and marks. Null shows the words of setPlaceholder().
    void setLayout(std::shared_ptr<const LayoutIndex> layout);
    /// All states at once. False, and no change, when it has another number of seats than the layout.
    bool setSnapshot(const MapSnapshot &snapshot);
    /// Only what changed; repaints only the pixels of it. The caller has applied the delta to its snapshot with
    /// applyDelta(); numbers that the layout does not have are passed over.
    void applyChanges(const MapDelta &delta);
    /// By category of the layout; missing ones are named and coloured as in the layout.
    void setPriceZones(const std::vector<SeatPriceZone> &zones);
    /// The codes that house seats belong to, by which they are coloured and lettered.
    void setHouseCodes(const std::vector<SeatHouseCode> &codes);
    /// Seats of the current sale: a check mark in a ring.
    void setOwnSeats(const std::vector<int> &numbers);
    /// Seats that were asked for and not yet answered: a ring without a check mark.
    void setSelection(const std::vector<int> &numbers);
    /// How many places of each area are in the current sale.
    void setOwnAreaQuantities(const QHash<int, int> &quantities);
    /// The floor to show (index into Layout::floors), or -1 for all of them.
    void setFloor(int floor);
    void setPlaceholder(const QString &text);

    [[nodiscard]] const SeatMapModel &model() const { return m_model; }
    [[nodiscard]] const SeatMapViewport &viewport() const { return m_viewport; }
    [[nodiscard]] int floor() const { return m_floor; }

    /// The place of the keyboard cursor.
    [[nodiscard]] MapPlace cursorPlace() const { return m_cursor; }
    /// Puts the cursor there, brings it into sight and reads it aloud.
    void setCursorPlace(const MapPlace &place);
    /// Zooms and moves until these seats fill the map; for "show me this seat".
    void showSeats(const std::vector<int> &numbers);
    /// Where a seat is in the widget, in pixels; for tests and for bubbles that point at it.
    [[nodiscard]] QRectF seatPixelRect(int number) const { return m_viewport.toPixel(m_model.seatRect(number)); }
    [[nodiscard]] QRectF areaPixelRect(int number) const { return m_viewport.toPixel(m_model.areaRect(number)); }
    [[nodiscard]] MapPlace placeAtPixel(const QPointF &pixel) const;

    /// Painting since the last reset: how well tiles and dirty regions work.
    struct PaintCounters
    {
        int tilesPainted = 0;
        int tilesRepaired = 0;
        qint64 pixelsPainted = 0;
        qint64 seatsPainted = 0;
    };
    [[nodiscard]] PaintCounters paintCounters() const;
    void resetPaintCounters();
    /// Throws the squares away, as a new scale does; for benches.
    void dropTiles();

    [[nodiscard]] QSize sizeHint() const override { return {900, 640}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 180}; }

public Q_SLOTS:
    void zoomIn();
    void zoomOut();
    void zoomToFit();

Q_SIGNALS:
    /// Click, Space or Enter on a seat, of any state.
    void seatActivated(int number, Qt::KeyboardModifiers modifiers);
    void areaActivated(int number);
    /// Under the pointer now; -1 for none.
    void seatHovered(int number);
    /// Shift-drag ended around these seats, in ascending order; not sent when there are none.
    void selectionRectangle(const std::vector<int> &numbers);
    void cursorMoved(const parterre::ui::MapPlace &place);
    void viewChanged();   ///< Scale, place or floor.
    void countsChanged(); ///< States or zones: for a legend.

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    enum class Drag { None, Pressed, Pan, RubberBand };

    void restyle();
    void viewMoved();
    void scaleChanged();
    void repaintSeats(const std::vector<int> &seats);
    void repaintAreas(const std::vector<int> &areas);
    void updateDevice(const QRect &deviceRect);
    void updatePlace(const MapPlace &place);
    void updateSectionNames();
    void paintOverlay(QPainter &painter);
    void paintPlaceholder(QPainter &painter);
    void zoomAbout(const QPointF &pixel, double factor);
    bool nativeGesture(QNativeGestureEvent *event);
    bool gesture(QGestureEvent *event);
    bool showToolTip(const QPoint &position, const QPoint &globalPosition);
    void hover(const QPointF &pixel);
    void setHovered(const MapPlace &place);
    void activate(const MapPlace &place, Qt::KeyboardModifiers modifiers);
    void endRubberBand();
    void updateCursorShape();
    bool moveKey(QKeyEvent *event);
    void moveCursor(CursorMove move);
    void announceCursor();

    SeatMapModel m_model;
    SeatMapViewport m_viewport;
    SeatMapRenderer m_renderer;
    SeatMapTiles m_tiles;
    QString m_placeholder;
    int m_floor = -1;
    MapPlace m_hovered;
    MapPlace m_cursor;
    double m_cursorColumn = 0.0; ///< Plan x that Up and Down keep.
    Drag m_drag = Drag::None;
    QPointF m_pressed; ///< Pixels.
    QPointF m_dragged;
    MapPlace m_pressedPlace;
    bool m_spaceDown = false;
    bool m_spacePanned = false;
    double m_wheelRest = 0.0;
};

} // namespace parterre::ui

Q_DECLARE_METATYPE(parterre::ui::MapPlace)
