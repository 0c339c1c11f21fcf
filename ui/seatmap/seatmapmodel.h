#pragma once

#include "domain/layout/layout.h"
#include "domain/realtime/mapstate.h"
#include "seatmap/seatspatialindex.h"

#include <QColor>
#include <QHash>
#include <QString>

#include <memory>
#include <vector>

class QPainterPath;

namespace parterre::ui {

/// What the map and its legend say about one category of the layout. `price` is ready to read ("£10.00 – £25.00");
/// an empty colour or name is taken from the layout.
struct SeatPriceZone
{
    QString name{};
    QColor color{};
    QString price{};
};

/// A house code as the map shows it: its seats have its colour, and a letter of it that no other has if that can be.
struct SeatHouseCode
{
    QString code{};
    QString name{};
    QColor color{};
    std::vector<int> seats{}; ///< Whatever their state.
    QString letter{};         ///< Filled in by the model.
};

/// A place on the map: a seat, an area, or none.
struct MapPlace
{
    enum class Kind { None, Seat, Area };
    Kind kind = Kind::None;
    int number = -1;

    [[nodiscard]] static MapPlace seat(int number) { return {Kind::Seat, number}; }
    [[nodiscard]] static MapPlace area(int number) { return {Kind::Area, number}; }
    [[nodiscard]] bool isSeat() const { return kind == Kind::Seat; }
    [[nodiscard]] bool isArea() const { return kind == Kind::Area; }
    [[nodiscard]] bool isNone() const { return kind == Kind::None; }
    bool operator==(const MapPlace &) const = default;
};

/// How a seat looks: its state, unless it is ours.
enum class SeatLook : quint8 { Available, Held, PaymentPending, Sold, House, Killed, Chosen, Own };
inline constexpr int seatLookCount = 8;

/// A label at the end of a row object.
struct RowLabel
{
    QPointF position;
    QPointF outward{};  ///< Unit vector away from the row: a long label grows that way, not over the seats.
    double size = 20.0; ///< The row's pitch, which bounds the letters.
    QString text;
    int floor = 0;
};

/// Everything the canvas draws and asks, as plain arrays by seat number; no widget and no painting in it.
class SeatMapModel
{
public:
    /// Clears states and marks: they are numbered by the layout.
    void setLayout(std::shared_ptr<const LayoutIndex> layout);
    void setZones(std::vector<SeatPriceZone> zones);
    void setHouseCodes(std::vector<SeatHouseCode> codes);

    [[nodiscard]] bool isEmpty() const { return !m_layout; }
    [[nodiscard]] const LayoutIndex &index() const { return *m_layout; }
    [[nodiscard]] int seatCount() const { return static_cast<int>(m_positions.size()); }
    [[nodiscard]] int areaCount() const { return m_layout ? m_layout->areaCount() : 0; }
    [[nodiscard]] QRectF bounds() const { return m_bounds; }
    [[nodiscard]] QRectF floorBounds(int floor) const;
    [[nodiscard]] double radiusMax() const { return m_radiusMax; }
    [[nodiscard]] double pitch() const { return m_pitch; } ///< Median distance of neighbours in plan units.
    /// True when seats of two floors stand on the same ground, so that only one can be shown at a time.
    [[nodiscard]] bool floorsOverlap() const { return m_floorsOverlap; }

    /// False when the snapshot does not fit the layout: nothing changed.
    bool setSnapshot(const MapSnapshot &snapshot);
    /// Appends the numbers of the seats and areas that look different now. Numbers that the layout does not have are
    /// passed over: the reducer in the domain judges a delta, not the map.
    void apply(const MapDelta &delta, std::vector<int> &seats, std::vector<int> &areas);
    /// Each returns the seats whose look changed.
    std::vector<int> setOwn(const std::vector<int> &numbers) { return mark(m_own, numbers); }
    std::vector<int> setChosen(const std::vector<int> &numbers) { return mark(m_chosen, numbers); }
    void setOwnAreas(const QHash<int, int> &quantities) { m_ownAreas = quantities; }

    [[nodiscard]] QPointF position(int seat) const { return m_positions[static_cast<size_t>(seat)]; }
    [[nodiscard]] double radius(int seat) const { return m_radii[static_cast<size_t>(seat)]; }
    [[nodiscard]] int floorOf(int seat) const { return m_floors[static_cast<size_t>(seat)]; }
    [[nodiscard]] int category(int seat) const { return m_categories[static_cast<size_t>(seat)]; }
    [[nodiscard]] SeatState state(int seat) const { return m_states[static_cast<size_t>(seat)]; }
    [[nodiscard]] bool isOwn(int seat) const { return m_own[static_cast<size_t>(seat)] != 0; }
    [[nodiscard]] SeatLook look(int seat) const;
    [[nodiscard]] QRectF seatRect(int seat) const;
    /// The text that stands on the chair, as an index into labels(): few texts serve many seats.
    [[nodiscard]] int labelId(int seat) const { return m_labelIds[static_cast<size_t>(seat)]; }
    [[nodiscard]] const QString &label(int id) const { return m_labels[static_cast<size_t>(id)]; }

    [[nodiscard]] const AreaCounts &areaCounts(int area) const { return m_areas[static_cast<size_t>(area)]; }
    [[nodiscard]] int ownQuantity(int area) const { return m_ownAreas.value(area); }
    [[nodiscard]] QRectF areaRect(int area) const { return m_areaRects[static_cast<size_t>(area)]; }
    /// The middle of the roomiest part of the area, where its words go: a yard may reach around its stage.
    [[nodiscard]] QPointF areaTextPlace(int area) const { return m_areaTextPlaces[static_cast<size_t>(area)]; }
    [[nodiscard]] const SeatSpatialIndex &spatial() const { return m_spatial; }
    [[nodiscard]] const std::vector<RowLabel> &rowLabels() const { return m_rowLabels; }
    [[nodiscard]] const SeatSpatialIndex &rowLabelIndex() const { return m_rowLabelIndex; }
    [[nodiscard]] QRectF sectionRect(int section) const { return m_sectionRects[static_cast<size_t>(section)]; }
    [[nodiscard]] int sectionFree(int section) const { return m_sectionFree[static_cast<size_t>(section)]; }
    [[nodiscard]] int sectionSeats(int section) const { return m_sectionSeats[static_cast<size_t>(section)]; }
    /// How many seats look like this now.
    [[nodiscard]] int countOf(SeatLook look) const { return m_lookCounts[static_cast<size_t>(look)]; }

    [[nodiscard]] const std::vector<SeatHouseCode> &houseCodes() const { return m_houseCodes; }
    /// The index of the seat's code in houseCodes(); -1 where it belongs to none.
    [[nodiscard]] int houseCodeOf(int seat) const
    {
        return m_houseCodeOf.empty() ? -1 : m_houseCodeOf[static_cast<size_t>(seat)];
    }
    /// How many seats of a code look set aside now.
    [[nodiscard]] int houseCount(int code) const;

    [[nodiscard]] int zoneCount() const { return static_cast<int>(m_zones.size()); }
    [[nodiscard]] const SeatPriceZone &zone(int category) const { return m_zones[static_cast<size_t>(category)]; }
    [[nodiscard]] int zoneFree(int category) const { return m_zoneFree[static_cast<size_t>(category)]; }

    /// The seat or area under a place of the plan, on `floor` (-1: any), seats first. `slack` widens small seats.
    [[nodiscard]] MapPlace placeAt(const QPointF &plan, int floor, double slack) const;
    [[nodiscard]] std::vector<int> seatsIn(const QRectF &plan, int floor) const;

private:
    void readSeats();
    void readAreas();
    [[nodiscard]] bool seatsOfTwoFloorsCollide() const;
    void readRowLabels();
    void addRowLabel(const LayoutRow &row, bool atEnd, int floor);
    void countAll();
    void changeState(int seat, SeatState state);
    std::vector<int> mark(std::vector<quint8> &marks, const std::vector<int> &numbers);

    std::shared_ptr<const LayoutIndex> m_layout;
    QRectF m_bounds;
    double m_radiusMax = 10.0;
    double m_pitch = 25.0;
    bool m_floorsOverlap = false;
    std::vector<SeatPriceZone> m_zones;
    std::vector<QPointF> m_positions;
    std::vector<float> m_radii;
    std::vector<quint16> m_floors;
    std::vector<quint16> m_categories;
    std::vector<SeatState> m_states;
    std::vector<quint8> m_own;
    std::vector<quint8> m_chosen;
    std::vector<int> m_labelIds;
    std::vector<QString> m_labels;
    std::vector<AreaCounts> m_areas;
    std::vector<QRectF> m_areaRects;
    std::vector<QPointF> m_areaTextPlaces;
    QHash<int, int> m_ownAreas;
    std::vector<QRectF> m_sectionRects;
    std::vector<int> m_sectionFree;
    std::vector<int> m_sectionSeats;
    std::vector<int> m_zoneFree;
    std::vector<SeatHouseCode> m_houseCodes;
    std::vector<qint8> m_houseCodeOf; ///< By seat; empty while there are no codes.
    std::vector<int> m_lookCounts = std::vector<int>(seatLookCount);
    std::vector<RowLabel> m_rowLabels;
    SeatSpatialIndex m_spatial;
    SeatSpatialIndex m_rowLabelIndex;
};

/// The outline of a shape in plan units, rotated; empty for a text.
[[nodiscard]] QPainterPath shapePath(const LayoutShape &shape);
/// A colour of our own for category `position` where the layout has none: eight that stay apart for people with any
/// of the usual colour-vision deficiencies (after Okabe and Ito).
[[nodiscard]] QColor categoryColor(int position);

} // namespace parterre::ui
