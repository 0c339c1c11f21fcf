#pragma once

#include "common/theme.h"
#include "seatmap/seatmapmodel.h"
#include "seatmap/seatmapviewport.h"

#include <QFont>
#include <QRect>

#include <optional>
#include <vector>

class QPainter;

namespace parterre::ui {

/// What lies over the tiles and moves without them: names of sections, hover, cursor, rubber band, focus.
class SeatMapOverlay
{
public:
    /// How far a ring reaches beyond its place, in pixels.
    static constexpr int ringReach = 12;

    SeatMapOverlay(const SeatMapModel &model, const SeatMapViewport &viewport, int floor, const Theme &theme,
                   const QFont &font);

    /// Names with "n free", where they cover nothing that matters: over the seats while those are dots, above or
    /// below the section while they are not.
    void paintSectionPlates(QPainter &painter) const;
    [[nodiscard]] std::vector<QRect> plateRects() const;
    void paintHover(QPainter &painter, const MapPlace &place) const;
    void paintCursor(QPainter &painter, const MapPlace &place, bool focused) const;
    void paintRubberBand(QPainter &painter, const QRectF &pixels) const;
    void paintFocusFrame(QPainter &painter, const QRect &rect) const;

private:
    struct Plate
    {
        QRectF rect{};
        QString name{};
        QString free{};
    };

    [[nodiscard]] std::vector<Plate> plates() const;
    [[nodiscard]] QRectF platePlace(int section, const QSizeF &size, bool overSeats) const;
    [[nodiscard]] bool coversSeat(const QRectF &pixels) const;
    /// Where a decoration of the plan writes the section's name, in plan units.
    [[nodiscard]] std::optional<QPointF> writtenName(int section) const;
    [[nodiscard]] QFont plateFont(bool bold) const;

    const SeatMapModel &m_model;
    const SeatMapViewport &m_viewport;
    int m_floor;
    const Theme &m_theme;
    QFont m_font;
};

} // namespace parterre::ui
