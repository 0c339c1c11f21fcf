#include "catalog/performancedelegate.h"

#include "catalog/performancemodel.h"
#include "common/theme.h"

#include <QPainter>

namespace parterre::ui {

namespace {

QColor stateColor(const Theme &theme, PerformanceState state)
{
    switch (state) {
    case PerformanceState::OnSale:
        return theme.success;
    case PerformanceState::Paused:
        return theme.warning;
    case PerformanceState::Cancelled:
        return theme.danger;
    case PerformanceState::Draft:
        break;
    }
    return theme.textMuted;
}

void paintChip(QPainter *painter, const QRect &inner, const QString &text, const QColor &color, const Theme &theme)
{
    QRect chip(inner.left(), 0, painter->fontMetrics().horizontalAdvance(text) + 2 * metrics::normal, 24);
    chip.moveTop(inner.center().y() - chip.height() / 2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.tint(color));
    painter->drawRoundedRect(chip, chip.height() / 2.0, chip.height() / 2.0);
    painter->setPen(color);
    painter->drawText(chip, Qt::AlignCenter, text);
}

void paintAvailability(QPainter *painter, const QRect &inner, const QModelIndex &index, const Theme &theme)
{
    constexpr int barHeight = 5;
    const int available = index.data(PerformanceModel::AvailableRole).toInt();
    const int capacity = std::max(1, index.data(PerformanceModel::CapacityRole).toInt());
    const int textHeight = painter->fontMetrics().height();
    const int top = inner.center().y() - (textHeight + metrics::tight + barHeight) / 2;
    painter->drawText(QRect(inner.left(), top, inner.width(), textHeight), Qt::AlignLeft | Qt::AlignVCenter,
                      index.data(Qt::DisplayRole).toString());
    QRect bar(inner.left(), top + textHeight + metrics::tight, inner.width(), barHeight);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.border);
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    // A tenth left is nearly sold out, and the clerk should see that from afar.
    painter->setBrush(available * 10 <= capacity ? theme.warning : theme.success);
    bar.setWidth(static_cast<int>(static_cast<qint64>(bar.width()) * available / capacity));
    painter->drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
}

} // namespace

void PerformanceDelegate::paintContents(QPainter *painter, const QRect &inner, const QStyleOptionViewItem &option,
                                        const QModelIndex &index, const Theme &theme) const
{
    if (index.column() == PerformanceModel::StateColumn) {
        const auto state = static_cast<PerformanceState>(index.data(PerformanceModel::StateRole).toInt());
        paintChip(painter, inner, index.data(Qt::DisplayRole).toString(), stateColor(theme, state), theme);
    } else if (index.column() == PerformanceModel::AvailabilityColumn) {
        paintAvailability(painter, inner, index, theme);
    } else {
        RowDelegate::paintContents(painter, inner, option, index, theme);
    }
}

} // namespace parterre::ui
