#pragma once

#include <QPoint>
#include <QPointF>
#include <QRectF>
#include <QSize>

namespace parterre::ui {

/// How plan units become pixels: `pixel = plan * scale - origin`, in device-independent pixels.
///
/// The origin stays on whole device pixels, so that tiles are copied and never resampled.
class SeatMapViewport
{
public:
    /// The largest useful magnification: a seat of 20 units is then 160 pixels wide.
    static constexpr double scaleMax = 8.0;

    void setContent(const QRectF &planBounds);
    void setSize(const QSize &size, double devicePixelRatio);

    [[nodiscard]] double scale() const { return m_scale; }
    [[nodiscard]] double scaleMin() const;
    [[nodiscard]] double fitScale() const;
    [[nodiscard]] bool isFitted() const { return m_fitted; }
    [[nodiscard]] QSize size() const { return m_size; }
    [[nodiscard]] double devicePixelRatio() const { return m_ratio; }
    /// Of the widget's top left in device pixels of the scaled plan.
    [[nodiscard]] QPoint deviceOrigin() const;
    [[nodiscard]] double deviceScale() const { return m_scale * m_ratio; }

    [[nodiscard]] QPointF toPlan(const QPointF &pixel) const { return (pixel + m_origin) / m_scale; }
    [[nodiscard]] QPointF toPixel(const QPointF &plan) const { return plan * m_scale - m_origin; }
    [[nodiscard]] QRectF toPixel(const QRectF &plan) const;
    [[nodiscard]] QRectF visiblePlan() const;

    /// The whole plan, centred. Stays fitted when the widget is resized, until it is zoomed or moved.
    void fit();
    void zoomAbout(const QPointF &pixel, double factor);
    void moveBy(const QPointF &pixels);
    /// Moves as little as needed for `plan` to be inside with `margin` pixels around it. False when it was already.
    bool ensureVisible(const QRectF &plan, double margin);
    void centerOn(const QPointF &plan);
    /// Zooms and moves so that `plan` fills the widget, up to `scaleLimit`.
    void showPlanRect(const QRectF &plan, double scaleLimit);

private:
    void settle();

    QRectF m_content{0, 0, 1, 1};
    QSize m_size{1, 1};
    double m_ratio = 1.0;
    double m_scale = 1.0;
    QPointF m_origin;
    bool m_fitted = true;
};

} // namespace parterre::ui
