#include "seatmap/seatmapaccessible.h"

#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmaptext.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

class PlaceAccessible : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    PlaceAccessible(SeatMapCanvas *canvas, const MapPlace &place)
        : m_canvas(canvas)
        , m_place(place)
    {}

    bool isValid() const override
    {
        if (!m_canvas)
            return false;
        const SeatMapModel &model = m_canvas->model();
        return m_place.number < (m_place.isSeat() ? model.seatCount() : model.areaCount());
    }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_canvas.data()); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::Button; }
    void setText(QAccessible::Text, const QString &) override {}

    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        if (kind == QAccessible::Name)
            return spokenText(m_canvas->model(), m_place);
        return {};
    }

    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRectF pixels =
            m_place.isSeat() ? m_canvas->seatPixelRect(m_place.number) : m_canvas->areaPixelRect(m_place.number);
        const QRect inWidget = pixels.toAlignedRect();
        return {m_canvas->mapToGlobal(inWidget.topLeft()), inWidget.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.focusable = true;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.focused = m_canvas->hasFocus() && m_canvas->cursorPlace() == m_place;
        state.checkable = m_place.isSeat();
        state.checked = m_place.isSeat() && m_canvas->model().isOwn(m_place.number);
        return state;
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }
    QStringList actionNames() const override { return {pressAction(), setFocusAction()}; }
    QStringList keyBindingsForAction(const QString &) const override { return {}; }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        if (name == setFocusAction()) {
            m_canvas->setFocus();
            m_canvas->setCursorPlace(m_place);
        } else if (name == pressAction()) {
            if (m_place.isSeat())
                Q_EMIT m_canvas->seatActivated(m_place.number, Qt::NoModifier);
            else
                Q_EMIT m_canvas->areaActivated(m_place.number);
        }
    }

    [[nodiscard]] MapPlace place() const { return m_place; }

private:
    QPointer<SeatMapCanvas> m_canvas;
    MapPlace m_place;
};

class CanvasAccessible : public QAccessibleWidget
{
public:
    explicit CanvasAccessible(SeatMapCanvas *canvas)
        : QAccessibleWidget(canvas, QAccessible::List)
    {}
    ~CanvasAccessible() override
    {
        for (const QAccessible::Id id : std::as_const(m_children))
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return seats() + canvas()->model().areaCount(); }

    QAccessibleInterface *child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto known = m_children.constFind(index);
        if (known != m_children.constEnd())
            return QAccessible::accessibleInterface(*known);
        const MapPlace place = index < seats() ? MapPlace::seat(index) : MapPlace::area(index - seats());
        auto *made = new PlaceAccessible(canvas(), place);
        m_children.insert(index, QAccessible::registerAccessibleInterface(made));
        return made;
    }

    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (auto known = m_children.constBegin(); known != m_children.constEnd(); ++known) {
            if (QAccessible::accessibleInterface(*known) == child)
                return known.key();
        }
        return -1;
    }

    QAccessibleInterface *childAt(int x, int y) const override
    {
        return child(indexOf(canvas()->placeAtPixel(canvas()->mapFromGlobal(QPoint(x, y)))));
    }

    QAccessibleInterface *focusChild() const override { return child(indexOf(canvas()->cursorPlace())); }

    QString text(QAccessible::Text kind) const override
    {
        if (kind == QAccessible::Value)
            return spokenText(canvas()->model(), canvas()->cursorPlace());
        return QAccessibleWidget::text(kind);
    }

private:
    [[nodiscard]] SeatMapCanvas *canvas() const { return static_cast<SeatMapCanvas *>(widget()); }
    [[nodiscard]] int seats() const { return canvas()->model().seatCount(); }
    [[nodiscard]] int indexOf(const MapPlace &place) const
    {
        if (place.isNone())
            return -1;
        return place.isSeat() ? place.number : seats() + place.number;
    }

    mutable QHash<int, QAccessible::Id> m_children;
};

QAccessibleInterface *makeAccessible(const QString &, QObject *object)
{
    auto *canvas = qobject_cast<SeatMapCanvas *>(object);
    return canvas ? new CanvasAccessible(canvas) : nullptr;
}

} // namespace

void installSeatMapAccessibility()
{
    static const bool once = (QAccessible::installFactory(makeAccessible), true);
    Q_UNUSED(once);
}

} // namespace parterre::ui
