#include "seatmap/seatmapviewport.h"

#include <algorithm>
#include <cmath>

namespace parterre::ui {

namespace {

/// Air around the fitted plan, in pixels.
constexpr double fitMargin = 20.0;
/// The plan may be pushed out of sight only so far that this share of the widget still shows it.
constexpr double keptShare = 0.25;

} // namespace

void SeatMapViewport::setContent(const QRectF &planBounds)
{
    m_content = planBounds.isEmpty() ? QRectF(0, 0, 1, 1) : planBounds;
    fit();
}

void SeatMapViewport::setSize(const QSize &size, double devicePixelRatio)
{
    const QPointF middle = toPlan(QPointF(m_size.width(), m_size.height()) / 2);
    m_size = size.expandedTo(QSize(1, 1));
    m_ratio = devicePixelRatio;
    if (m_fitted)
        fit();
    else
        centerOn(middle);
}

double SeatMapViewport::fitScale() const
{
    const double width = std::max(m_size.width() - 2 * fitMargin, 16.0);
    const double height = std::max(m_size.height() - 2 * fitMargin, 16.0);
    return std::min({width / m_content.width(), height / m_content.height(), scaleMax});
}

double SeatMapViewport::scaleMin() const
{
    return fitScale() * 0.5;
}

QPoint SeatMapViewport::deviceOrigin() const
{
    return (m_origin * m_ratio).toPoint();
}

QRectF SeatMapViewport::toPixel(const QRectF &plan) const
{
    return {toPixel(plan.topLeft()), plan.size() * m_scale};
}

QRectF SeatMapViewport::visiblePlan() const
{
    return {toPlan(QPointF(0, 0)), QSizeF(m_size) / m_scale};
}

void SeatMapViewport::fit()
{
    m_scale = fitScale();
    centerOn(m_content.center());
    m_fitted = true;
}

void SeatMapViewport::zoomAbout(const QPointF &pixel, double factor)
{
    const QPointF plan = toPlan(pixel);
    m_scale = std::clamp(m_scale * factor, scaleMin(), std::max(scaleMax, fitScale()));
    m_origin = plan * m_scale - pixel;
    m_fitted = false;
    settle();
}

void SeatMapViewport::moveBy(const QPointF &pixels)
{
    m_origin -= pixels;
    m_fitted = false;
    settle();
}

bool SeatMapViewport::ensureVisible(const QRectF &plan, double margin)
{
    const QRectF inside = QRectF(QPointF(0, 0), QSizeF(m_size)).adjusted(margin, margin, -margin, -margin);
    const QRectF wanted = toPixel(plan);
    if (inside.contains(wanted))
        return false;
    if (!inside.isValid() || wanted.width() > inside.width() || wanted.height() > inside.height()) {
        centerOn(plan.center());
        return true;
    }
    QPointF by;
    by.setX(std::max(inside.left() - wanted.left(), 0.0) + std::min(inside.right() - wanted.right(), 0.0));
    by.setY(std::max(inside.top() - wanted.top(), 0.0) + std::min(inside.bottom() - wanted.bottom(), 0.0));
    moveBy(by);
    return true;
}

void SeatMapViewport::centerOn(const QPointF &plan)
{
    m_origin = plan * m_scale - QPointF(m_size.width(), m_size.height()) / 2;
    settle();
}

void SeatMapViewport::showPlanRect(const QRectF &plan, double scaleLimit)
{
    const double width = std::max(plan.width(), 1.0);
    const double height = std::max(plan.height(), 1.0);
    const double wanted =
        std::min({(m_size.width() - 2 * fitMargin) / width, (m_size.height() - 2 * fitMargin) / height, scaleLimit});
    m_scale = std::clamp(wanted, scaleMin(), std::max(scaleMax, fitScale()));
    m_fitted = false;
    centerOn(plan.center());
}

void SeatMapViewport::settle()
{
    const QRectF content(m_content.topLeft() * m_scale, m_content.size() * m_scale);
    const double keptX = std::min(m_size.width() * keptShare, content.width());
    const double keptY = std::min(m_size.height() * keptShare, content.height());
    m_origin.setX(std::clamp(m_origin.x(), content.left() - m_size.width() + keptX, content.right() - keptX));
    m_origin.setY(std::clamp(m_origin.y(), content.top() - m_size.height() + keptY, content.bottom() - keptY));
    m_origin = QPointF(std::round(m_origin.x() * m_ratio), std::round(m_origin.y() * m_ratio)) / m_ratio;
}

} // namespace parterre::ui
