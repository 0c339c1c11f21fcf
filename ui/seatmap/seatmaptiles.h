#pragma once

#include "seatmap/seatmaprenderer.h"

#include <QHash>
#include <QImage>
#include <QRect>

#include <vector>

class QPainter;

namespace parterre::ui {

/// Squares of the painted map at the scale of the moment. Moving the map copies them; a change of a seat repaints the
/// few pixels of it in the one or two squares that show it; a new scale starts afresh.
class SeatMapTiles
{
public:
    static constexpr int side = 256; ///< Device pixels.

    /// Forgets what is painted and keeps the memory: asking the system for it anew at each zoom costs more than the
    /// painting.
    void invalidateAll();
    /// `rect` is in device pixels of the scaled plan.
    void invalidate(const QRect &rect);
    /// Copies what `visible` (device pixels of the scaled plan) needs to a painter that counts device pixels from
    /// `visible`'s origin `topLeft`, painting first what is missing or stale.
    void draw(QPainter &painter, const QPoint &topLeft, const QRect &visible, SeatMapRenderer &renderer);

    /// Whole squares and repaired parts since the last reset.
    [[nodiscard]] int tilesPainted() const { return m_tilesPainted; }
    [[nodiscard]] int tilesRepaired() const { return m_tilesRepaired; }
    [[nodiscard]] qint64 pixelsPainted() const { return m_pixelsPainted; }
    void resetCounters();

private:
    struct Tile
    {
        QImage image;
        QRect dirty; ///< Pixels of the tile that are stale.
    };

    void repair(Tile &tile, const QPoint &origin, SeatMapRenderer &renderer);
    void forget(const QRect &visible);

    QHash<QPair<int, int>, Tile> m_tiles;
    std::vector<QImage> m_spare;
    int m_tilesPainted = 0;
    int m_tilesRepaired = 0;
    qint64 m_pixelsPainted = 0;
};

} // namespace parterre::ui
