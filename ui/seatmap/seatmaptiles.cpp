#include "seatmap/seatmaptiles.h"

#include <QPainter>

#include <cmath>

namespace parterre::ui {

namespace {

/// 64 MB of squares: three screens of 2560 x 1600 to move about in without painting.
constexpr qsizetype tilesMax = 256;

constexpr size_t sparesMax = 64; ///< What one screen needs.

int tileOf(int pixel)
{
    return static_cast<int>(std::floor(double(pixel) / SeatMapTiles::side));
}

} // namespace

void SeatMapTiles::invalidateAll()
{
    for (Tile &tile : m_tiles) {
        if (m_spare.size() < sparesMax)
            m_spare.push_back(std::move(tile.image));
    }
    m_tiles.clear();
}

void SeatMapTiles::invalidate(const QRect &rect)
{
    for (int y = tileOf(rect.top()); y <= tileOf(rect.bottom()); ++y) {
        for (int x = tileOf(rect.left()); x <= tileOf(rect.right()); ++x) {
            const auto found = m_tiles.find({x, y});
            if (found != m_tiles.end())
                found->dirty |= rect.translated(-x * side, -y * side) & QRect(0, 0, side, side);
        }
    }
}

void SeatMapTiles::draw(QPainter &painter, const QPoint &topLeft, const QRect &visible, SeatMapRenderer &renderer)
{
    for (int y = tileOf(visible.top()); y <= tileOf(visible.bottom()); ++y) {
        for (int x = tileOf(visible.left()); x <= tileOf(visible.right()); ++x) {
            const QPoint origin(x * side, y * side);
            Tile &tile = m_tiles[{x, y}];
            if (tile.image.isNull()) {
                if (m_spare.empty()) {
                    tile.image = QImage(side, side, QImage::Format_RGB32);
                } else {
                    tile.image = std::move(m_spare.back());
                    m_spare.pop_back();
                }
                tile.dirty = tile.image.rect();
                ++m_tilesPainted;
            } else if (!tile.dirty.isEmpty()) {
                ++m_tilesRepaired;
            }
            repair(tile, origin, renderer);
            const QRect part = QRect(origin, QSize(side, side)) & visible;
            painter.drawImage(part.topLeft() - topLeft, tile.image, part.translated(-origin));
        }
    }
    if (m_tiles.size() > tilesMax)
        forget(visible);
}

void SeatMapTiles::repair(Tile &tile, const QPoint &origin, SeatMapRenderer &renderer)
{
    if (tile.dirty.isEmpty())
        return;
    renderer.paint(tile.image, origin, tile.dirty);
    m_pixelsPainted += qint64{tile.dirty.width()} * tile.dirty.height();
    tile.dirty = QRect();
}

void SeatMapTiles::forget(const QRect &visible)
{
    const QRect kept = visible.adjusted(-2 * side, -2 * side, 2 * side, 2 * side);
    m_tiles.removeIf([&](QHash<QPair<int, int>, Tile>::iterator tile) {
        return !kept.intersects(QRect(tile.key().first * side, tile.key().second * side, side, side));
    });
}

void SeatMapTiles::resetCounters()
{
    m_tilesPainted = 0;
    m_tilesRepaired = 0;
    m_pixelsPainted = 0;
}

} // namespace parterre::ui
