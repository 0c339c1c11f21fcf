#pragma once

#include "seatmap/seatmapmodel.h"
#include "seatmap/seatstamps.h"

#include <QFont>
#include <QImage>
#include <QPainterPath>

namespace parterre::ui {

/// Paints any part of the map at one scale into an image: ground, decorations, areas, row labels, seats. It knows
/// nothing of the widget; the canvas, its tiles, the minimap and pictures for paper all paint through it.
class SeatMapRenderer
{
public:
    void setModel(const SeatMapModel *model);
    void setStyle(const Theme &theme, const QFont &font);
    /// The floor to show, or -1 for all.
    void setFloor(int floor) { m_floor = floor; }
    /// Device pixels per plan unit, and device pixels per device-independent pixel.
    void setScale(double deviceScale, double devicePixelRatio);

    /// Paints what lies in `clip` (pixels of `target`) when the target's top left is at `origin` of the scaled plan.
    /// `target` is Format_RGB32.
    void paint(QImage &target, const QPoint &origin, const QRect &clip);

    /// How many seats were drawn since the last reset; tests count with it.
    [[nodiscard]] qint64 seatsPainted() const { return m_seatsPainted; }
    void resetCounters() { m_seatsPainted = 0; }

    /// The rectangle in scaled device pixels that changes with a seat, marks and rings included.
    [[nodiscard]] QRect seatDeviceRect(int seat) const;
    [[nodiscard]] QRect areaDeviceRect(int area) const;

    static constexpr double rowLabelDiameter = 9.0; ///< Row letters are drawn from this seat size on.

private:
    struct Figure
    {
        QPainterPath path{};
        QRectF rect{};
        QColor fill{};
        QColor border{};
        QString text{};
        QPointF textPlace{};
        double textSize = 0.0; ///< Plan units.
        double rotation = 0.0;
        QColor textColor{};
        int floor = -1;
    };

    void readFigures();
    void placeStage(const LayoutShape &stage);
    void addFigure(const LayoutShape &shape, int floor, bool stage);
    [[nodiscard]] bool shows(int floor) const { return m_floor < 0 || floor < 0 || floor == m_floor; }
    void paintGround(QPainter &painter) const;
    void paintFigures(QPainter &painter, const QRectF &plan) const;
    void paintFigure(QPainter &painter, const Figure &figure) const;
    void paintAreas(QPainter &painter, const QRectF &plan) const;
    void paintAreaText(QPainter &painter, int area) const;
    void paintRowLabels(QPainter &painter, const QRectF &plan) const;
    void paintSeats(QImage &target, const QPoint &origin, const QRect &clip, const QRectF &plan);
    void paintSeat(QImage &target, const QRect &clip, int seat, const QPointF &at);

    const SeatMapModel *m_model = nullptr;
    const Theme *m_theme = &Theme::light();
    QFont m_font;
    int m_floor = -1;
    double m_scale = 1.0;
    double m_ratio = 1.0;
    qint64 m_seatsPainted = 0;
    SeatStamps m_stamps;
    std::vector<Figure> m_figures;
};

} // namespace parterre::ui
