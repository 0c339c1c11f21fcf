#pragma once

#include "common/theme.h"
#include "seatmap/seatmapmodel.h"

#include <QFont>
#include <QHash>
#include <QImage>
#include <QStringList>

class QPainter;

namespace parterre::ui {

/// What is small on a seat, in a corner or instead of its number.
enum class SeatBadge : quint8 { None = 0, Wheelchair = 1, Companion = 2, StepFree = 3 };

/// Pictures of seats, drawn once per look, zone, badge and size and then copied (design D10: 80,000 QPainter calls a
/// frame are too many, 80,000 copies are not). Sizes are device pixels. Four sub-pixel places per axis keep rows
/// even at every zoom.
class SeatStamps
{
public:
    static constexpr int phases = 4;

    /// Drops all pictures when anything changed that they show. The last colours are those of house codes, one for each
    /// letter.
    void setStyle(const Theme &theme, const std::vector<QColor> &zoneColors, const QStringList &houseLetters,
                  const QFont &font);
    /// Drops all pictures when the scale changed.
    void setScale(double deviceScale);

    struct Key
    {
        SeatLook look = SeatLook::Available;
        SeatBadge badge = SeatBadge::None;
        bool restrictedView = false;
        quint16 zone = 0;
        quint16 diameter = 0; ///< In quarters of a device pixel.
    };

    /// Blends the seat onto an RGB32 image, its centre at (x, y) in the image's pixels, clipped to `clip`.
    void drawSeat(QImage &target, const QRect &clip, const Key &key, double x, double y);
    /// Blends a chair's number, centred; `diameter` bounds it.
    void drawLabel(QImage &target, const QRect &clip, const QString &text, int textId, const QColor &ink,
                   double diameter, double x, double y);
    /// The colour in which a number reads on this look, or an invalid one when this look shows a mark instead.
    [[nodiscard]] QColor inkOn(SeatLook look, int zone) const;

    /// Below these diameters in device-independent pixels a seat is a plain dot, has no number.
    static constexpr double dotDiameter = 7.0;
    static constexpr double labelDiameter = 17.0;

    /// One seat into any painter, for legends: the same drawing as on the map.
    static void paintSeat(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, SeatBadge badge,
                          bool restrictedView, double diameter, const QString &houseLetter = QStringLiteral("H"));

private:
    [[nodiscard]] const QImage &stamp(const Key &key, int phaseX, int phaseY);
    [[nodiscard]] QImage makeStamp(const Key &key, int phaseX, int phaseY) const;

    const Theme *m_theme = &Theme::light();
    std::vector<QColor> m_zones;
    QStringList m_houseLetters;
    QFont m_font;
    double m_scale = 0.0;
    QHash<quint64, QImage> m_stamps;
    QHash<quint64, QImage> m_labels;
};

} // namespace parterre::ui
