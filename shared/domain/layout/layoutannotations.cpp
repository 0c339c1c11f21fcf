#include "domain/layout/layoutannotations.h"

#include "base/jsonfields.h"

#include <algorithm>
#include <array>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

enum class AccessKind { Wheelchair, Companion, StepFree };

struct PointNote
{
    double x = 0;
    double y = 0;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("x", x);
        fields("y", y);
    }
};

struct FloorNote
{
    QString name;
    std::vector<QString> sections;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name);
        fields("sections", sections, {.countMax = limits::layoutSectionsMax});
    }
};

} // namespace

template <>
struct EnumNames<AccessKind>
{
    static constexpr auto names = std::to_array<std::pair<AccessKind, const char *>>({
        {AccessKind::Wheelchair, "wheelchair"},
        {AccessKind::Companion, "companion"},
        {AccessKind::StepFree, "step_free"},
    });
};

namespace {

struct AccessibilityNote
{
    std::vector<QString> keys;
    AccessKind kind = AccessKind::Wheelchair;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("keys", keys, {.charactersMax = limits::seatKeyCharactersMax, .countMax = limits::layoutSeatsMax});
        fields("kind", kind);
    }
};

struct CompanionNote
{
    QString key;
    QString of;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("key", key, {.charactersMax = limits::seatKeyCharactersMax});
        fields("of", of, {.charactersMax = limits::seatKeyCharactersMax});
    }
};

struct RowNote
{
    QString section;
    QString row;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("section", section);
        fields("row", row);
    }
};

struct ViewNote
{
    std::vector<QString> keys;
    std::vector<RowNote> rows;
    QString note;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("keys", keys,
                        {.charactersMax = limits::seatKeyCharactersMax, .countMax = limits::layoutSeatsMax});
        fields.optional("rows", rows, {.countMax = limits::layoutRowsMax});
        fields.optional("note", note, {.charactersMax = limits::noteCharactersMax});
    }
};

struct StandingNote
{
    QString key;
    QString name;
    QString section;
    QString category;
    int capacity = 0;
    QString shapeUuid;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("key", key, {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1});
        fields("name", name);
        fields("section", section);
        fields("category", category);
        fields("capacity", capacity, {.min = 1, .max = limits::areaCapacityMax});
        fields("shape_uuid", shapeUuid);
    }
};

struct Annotations
{
    std::optional<PointNote> focalPoint;
    std::optional<QString> stage;
    std::vector<FloorNote> floors;
    std::vector<AccessibilityNote> accessibility;
    std::vector<CompanionNote> companions;
    std::vector<ViewNote> restrictedView;
    std::vector<StandingNote> standingAreas;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("focal_point", focalPoint);
        fields("stage", stage);
        fields.optional("floors", floors, {.countMax = limits::layoutSectionsMax});
        fields.optional("accessibility", accessibility, {.countMax = limits::layoutSeatsMax});
        fields.optional("companions", companions, {.countMax = limits::layoutSeatsMax});
        fields.optional("restricted_view", restrictedView, {.countMax = limits::layoutSeatsMax});
        fields.optional("standing_areas", standingAreas, {.countMax = limits::layoutAreasMax});
    }
};

class Annotator
{
public:
    explicit Annotator(Layout layout)
        : m_layout(std::move(layout))
    {
        for (LayoutSection &section : m_layout.sections) {
            for (LayoutRow &row : section.rows) {
                for (LayoutSeat &seat : row.seats)
                    m_seats.insert(seat.key, &seat);
            }
        }
    }

    [[nodiscard]] Status apply(const Annotations &notes)
    {
        if (notes.focalPoint)
            m_layout.focalPoint = QPointF(notes.focalPoint->x, notes.focalPoint->y);
        if (notes.stage) {
            PT_TRY(m_layout.stage, takeShape(*notes.stage, u"/stage"_s));
        }
        PT_CHECK(applyFloors(notes.floors));
        PT_CHECK(applyAccessibility(notes));
        for (size_t i = 0; i < notes.restrictedView.size(); ++i)
            PT_CHECK(applyView(notes.restrictedView[i], u"/restricted_view/%1"_s.arg(i)));
        for (size_t i = 0; i < notes.standingAreas.size(); ++i)
            PT_CHECK(applyStanding(notes.standingAreas[i], u"/standing_areas/%1"_s.arg(i)));
        return {};
    }
    [[nodiscard]] Layout take() { return std::move(m_layout); }

private:
    [[nodiscard]] static std::unexpected<Error> unknown(const QString &path, const QString &what, const QString &name)
    {
        return refuse(ErrorCode::InvalidInput, u"%1: the layout has no %2 \"%3\"."_s.arg(path, what, name), path);
    }

    [[nodiscard]] Result<LayoutSeat *> seat(const QString &key, const QString &path)
    {
        LayoutSeat *found = m_seats.value(key, nullptr);
        if (!found)
            return unknown(path, u"seat with the key"_s, key);
        return found;
    }

    [[nodiscard]] Result<LayoutSection *> section(const QString &name, const QString &path)
    {
        const auto found = std::find_if(m_layout.sections.begin(), m_layout.sections.end(),
                                        [&](const LayoutSection &each) { return each.name == name; });
        if (found == m_layout.sections.end())
            return unknown(path, u"section"_s, name);
        return &*found;
    }

    [[nodiscard]] Result<LayoutShape> takeShape(const QString &uuid, const QString &path)
    {
        for (LayoutSection &each : m_layout.sections) {
            const auto found =
                std::find_if(each.decorations.begin(), each.decorations.end(),
                             [&](const LayoutShape &shape) { return shape.extra.value(u"uuid"_s).toString() == uuid; });
            if (uuid.isEmpty() || found == each.decorations.end())
                continue;
            LayoutShape shape = std::move(*found);
            each.decorations.erase(found);
            return shape;
        }
        return unknown(path, u"drawn area with the uuid"_s, uuid);
    }

    [[nodiscard]] Status applyFloors(const std::vector<FloorNote> &floors)
    {
        if (!floors.empty())
            m_layout.floors.clear();
        for (size_t i = 0; i < floors.size(); ++i) {
            m_layout.floors.push_back(floors[i].name);
            for (size_t j = 0; j < floors[i].sections.size(); ++j) {
                PT_TRY(LayoutSection * found,
                       section(floors[i].sections[j], u"/floors/%1/sections/%2"_s.arg(i).arg(j)));
                found->floor = static_cast<int>(i);
            }
        }
        return {};
    }

    [[nodiscard]] Status applyAccessibility(const Annotations &notes)
    {
        for (size_t i = 0; i < notes.accessibility.size(); ++i) {
            const AccessibilityNote &note = notes.accessibility[i];
            for (size_t j = 0; j < note.keys.size(); ++j) {
                PT_TRY(LayoutSeat * found, seat(note.keys[j], u"/accessibility/%1/keys/%2"_s.arg(i).arg(j)));
                found->accessibility = note.kind == AccessKind::Wheelchair  ? Accessibility::Wheelchair
                                       : note.kind == AccessKind::Companion ? Accessibility::Companion
                                                                            : Accessibility::StepFree;
            }
        }
        for (size_t i = 0; i < notes.companions.size(); ++i) {
            const QString path = u"/companions/%1"_s.arg(i);
            PT_TRY(LayoutSeat * companion, seat(notes.companions[i].key, path + u"/key"_s));
            PT_TRY(const LayoutSeat *wheelchair, seat(notes.companions[i].of, path + u"/of"_s));
            if (wheelchair->accessibility != Accessibility::Wheelchair) {
                return refuse(ErrorCode::InvalidInput,
                              u"%1/of: \"%2\" is not a wheelchair space; list it under accessibility."_s.arg(
                                  path, notes.companions[i].of),
                              path + u"/of"_s);
            }
            companion->accessibility = Accessibility::Companion;
            companion->companionOf = wheelchair->key;
        }
        return {};
    }

    [[nodiscard]] Status applyView(const ViewNote &note, const QString &path)
    {
        for (size_t i = 0; i < note.keys.size(); ++i) {
            PT_TRY(LayoutSeat * found, seat(note.keys[i], path + u"/keys/%1"_s.arg(i)));
            restrict(*found, note.note);
        }
        for (size_t i = 0; i < note.rows.size(); ++i) {
            const QString rowPath = path + u"/rows/%1"_s.arg(i);
            PT_TRY(LayoutSection * found, section(note.rows[i].section, rowPath + u"/section"_s));
            bool any = false;
            for (LayoutRow &row : found->rows) {
                if (row.label != note.rows[i].row)
                    continue;
                any = true;
                for (LayoutSeat &each : row.seats)
                    restrict(each, note.note);
            }
            if (!any)
                return unknown(rowPath + u"/row"_s, u"row"_s, note.rows[i].row);
        }
        return {};
    }
    static void restrict(LayoutSeat &seat, const QString &note)
    {
        seat.restrictedView = true;
        seat.note = note;
    }

    [[nodiscard]] Status applyStanding(const StandingNote &note, const QString &path)
    {
        PT_TRY(LayoutSection * found, section(note.section, path + u"/section"_s));
        const auto category = std::find_if(m_layout.categories.begin(), m_layout.categories.end(),
                                           [&](const LayoutCategory &each) { return each.name == note.category; });
        if (category == m_layout.categories.end())
            return unknown(path + u"/category"_s, u"category"_s, note.category);
        PT_TRY(LayoutShape shape, takeShape(note.shapeUuid, path + u"/shape_uuid"_s));
        found->areas.push_back({.key = note.key,
                                .name = note.name,
                                .capacity = note.capacity,
                                .category = static_cast<int>(category - m_layout.categories.begin()),
                                .shape = std::move(shape)});
        return {};
    }

    Layout m_layout;
    QHash<QString, LayoutSeat *> m_seats;
};

} // namespace

Result<Layout> applyLayoutAnnotations(Layout layout, const QJsonObject &annotations)
{
    PT_TRY(const Annotations notes, fromJson<Annotations>(annotations, UnknownFields::Refuse));
    Annotator annotator(std::move(layout));
    PT_CHECK(annotator.apply(notes));
    Layout result = annotator.take();
    if (const auto faults = validateLayout(result, 1); !faults.empty()) {
        return refuse(ErrorCode::InvalidInput,
                      u"With the annotations, %1: %2"_s.arg(faults.front().path, faults.front().message),
                      faults.front().path);
    }
    return result;
}

} // namespace parterre
