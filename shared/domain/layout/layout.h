#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <QHash>
#include <QJsonObject>
#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <QVector>

#include <optional>
#include <span>
#include <vector>

/// The layout of a venue: what can be sold, where it stands, and what is drawn around it.
///
/// Coordinates are plan units (pixels of the pretix editor; 25 units are about one seat pitch), x to the right and y
/// downwards, always in the plan's own system: sections and rows keep an `origin` only so that an imported plan is
/// exported with the nesting it came with. Plain data: a layout that came from outside is checked by
/// validateLayout() before anything else reads it.
namespace parterre {

enum class Accessibility {
    None,
    Wheelchair,  ///< A space for a wheelchair; there is no chair.
    Companion,   ///< Beside a wheelchair space and sold with it.
    StepFree,    ///< Reached without a step, for limited mobility.
};

struct LayoutCategory
{
    QString name;   ///< The join key with price zones; unique in the layout.
    QString color;  ///< `#RRGGBB`, or empty for a colour by position in the list.
    QJsonObject extra{};
};

struct LayoutSeat
{
    QString key;      ///< Identity for ever: unique in the layout and kept by every later version. Not shown.
    QString label;    ///< What is painted on the chair; may repeat.
    QPointF position; ///< Centre.
    double radius = 10.0;
    int category = 0; ///< Index into Layout::categories.
    Accessibility accessibility = Accessibility::None;
    QString companionOf{};      ///< Key of the wheelchair space that this companion seat belongs to; else empty.
    bool restrictedView = false;
    QString note{};             ///< Shown to buyer and clerk, e.g. "behind a pillar".
    QJsonObject extra{};        ///< Fields of a foreign format that we keep for the round trip.
};

/// A row object: its consecutive seats are neighbours unless a gap parts them. Two row objects may have one label;
/// that is how an aisle is drawn, and nobody is adjacent across it.
struct LayoutRow
{
    QString label;
    QPointF origin;
    std::vector<LayoutSeat> seats;
    QJsonObject extra{};
};

enum class ShapeKind { Rectangle, Ellipse, Polygon, Text };

/// A figure: an area, a stage, a table or a decoration.
struct LayoutShape
{
    ShapeKind kind = ShapeKind::Rectangle;
    QPointF position;           ///< Rectangle: top left. Ellipse and text: centre. Polygon: origin of its points.
    QSizeF size{};              ///< Rectangle: width and height. Ellipse: both diameters.
    QVector<QPointF> points{};  ///< Polygon: corners relative to `position`.
    double rotation = 0.0;      ///< Degrees clockwise about `position`.
    QString fillColor{};        ///< `#RRGGBB` or empty.
    QString borderColor{};
    QString text{};
    QPointF textPosition{};     ///< Relative to `position`.
    int textSize = 16;
    QString textColor{};
    QJsonObject extra{};
};

/// A place without seats, sold by number: a standing area, a lawn, a terrace.
struct LayoutArea
{
    QString key;   ///< Identity, unique among seats and areas.
    QString name;
    int capacity = 0;
    int category = 0;
    LayoutShape shape;
};

/// A table whose chairs are the seats of one row object.
struct LayoutTable
{
    QString label;
    QString rowLabel;   ///< The row object of this section that holds the chairs.
    LayoutShape shape;
};

struct LayoutSection
{
    QString name;
    int floor = 0;      ///< Index into Layout::floors.
    QPointF origin;
    std::vector<LayoutRow> rows;
    std::vector<LayoutArea> areas;
    std::vector<LayoutTable> tables;
    std::vector<LayoutShape> decorations;
    QJsonObject extra{};
};

struct Layout
{
    QString name;
    QSizeF size;
    std::vector<QString> floors{QString()};
    std::vector<LayoutCategory> categories;
    std::vector<LayoutSection> sections;
    std::optional<LayoutShape> stage;
    std::optional<QPointF> focalPoint; ///< Where everyone looks; "best" is nearest to it.
    QJsonObject extra{};
};

/// One seat of a layout with everything around it, in the order in which the layout lists them. `number` counts from
/// zero over the whole layout and is what database rows, map states and deltas are indexed by; it stays the same for
/// the life of a layout version.
struct PlacedSeat
{
    int number = 0;
    int section = 0;  ///< Index into Layout::sections.
    int row = 0;      ///< Index into the section's rows.
    int seat = 0;     ///< Index into the row's seats.
};

struct PlacedArea
{
    int number = 0;   ///< Counts from zero over the layout's areas.
    int section = 0;
    int area = 0;
};

/// A layout with fast access by number and key. Cheap to share as std::shared_ptr<const LayoutIndex>.
class LayoutIndex
{
public:
    explicit LayoutIndex(Layout layout);

    [[nodiscard]] const Layout &layout() const { return m_layout; }
    [[nodiscard]] int seatCount() const { return static_cast<int>(m_seats.size()); }
    [[nodiscard]] int areaCount() const { return static_cast<int>(m_areas.size()); }
    [[nodiscard]] std::span<const PlacedSeat> seats() const { return m_seats; }
    [[nodiscard]] std::span<const PlacedArea> areas() const { return m_areas; }

    [[nodiscard]] const LayoutSeat &seat(int number) const;
    [[nodiscard]] const LayoutRow &rowOf(int number) const;
    [[nodiscard]] const LayoutSection &sectionOf(int number) const;
    [[nodiscard]] const LayoutArea &area(int number) const;
    [[nodiscard]] const LayoutSection &sectionOfArea(int number) const;

    [[nodiscard]] std::optional<int> seatNumber(const QString &key) const;
    [[nodiscard]] std::optional<int> areaNumber(const QString &key) const;

    /// The name a person reads, e.g. `Lower Gallery, row B, seat 12`; parts that are empty are left out.
    [[nodiscard]] QString seatName(int number) const;

private:
    Layout m_layout;
    std::vector<PlacedSeat> m_seats;
    std::vector<PlacedArea> m_areas;
    QHash<QString, int> m_seatByKey;
    QHash<QString, int> m_areaByKey;
};

/// The smallest rectangle around everything that is drawn, with the seats' radius.
[[nodiscard]] QRectF layoutBounds(const Layout &layout);

/// One fault of a layout with the path of the thing, e.g. `/sections/2/rows/0/seats/14/key`.
struct LayoutFault
{
    QString path;
    QString message;
};

/// Every fault found, up to `faultsMax`; an empty list means that the layout may be used. Checks limits, unique and
/// non-empty keys, finite coordinates within limits::layoutCoordinateMax, categories and floors that exist,
/// companions that have their wheelchair space, tables that have their row, and capacities above zero.
[[nodiscard]] std::vector<LayoutFault> validateLayout(const Layout &layout, int faultsMax = 100);

} // namespace parterre
