#include "catalog/performancedelegate.h"

#include "catalog/performancemodel.h"
#include "common/theme.h"

#include <QApplication>
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

void paintChip(QPainter *painter, const QRect &cell, const QString &text, const QColor &color, const Theme &theme)
{
    QRect chip(cell.left() + metrics::small, 0, painter->fontMetrics().horizontalAdvance(text) + 2 * metrics::normal, 24);
    chip.moveTop(cell.center().y() - chip.height() / 2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.tint(color));
    painter->drawRoundedRect(chip, chip.height() / 2.0, chip.height() / 2.0);
    painter->setPen(color);
    painter->drawText(chip, Qt::AlignCenter, text);
}

void paintBar(QPainter *painter, const QRect &cell, const QModelIndex &index, const QColor &ink, const Theme &theme)
{
    const int available = index.data(PerformanceModel::AvailableRole).toInt();
    const int capacity = std::max(1, index.data(PerformanceModel::CapacityRole).toInt());
    const QRect inner = cell.adjusted(metrics::small, 0, -metrics::small, 0);
    painter->setPen(ink);
    painter->drawText(inner.adjusted(0, metrics::small, 0, 0), Qt::AlignLeft | Qt::AlignTop,
                      index.data(Qt::DisplayRole).toString());
    QRect bar(inner.left(), cell.bottom() - 14, inner.width(), 6);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.border);
    painter->drawRoundedRect(bar, 3, 3);
    // A tenth left is nearly sold out, and the clerk should see that from afar.
    painter->setBrush(available * 10 <= capacity ? theme.warning : theme.success);
    bar.setWidth(static_cast<int>(static_cast<qint64>(bar.width()) * available / capacity));
    painter->drawRoundedRect(bar, 3, 3);
}

} // namespace

void PerformanceDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (index.column() != PerformanceModel::StateColumn && index.column() != PerformanceModel::AvailabilityColumn)
        return QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionViewItem bare = option;
    initStyleOption(&bare, index);
    const QString text = std::exchange(bare.text, QString());
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &bare, painter, option.widget);
    const Theme &theme = Theme::of(option.palette);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(option.font);
    if (index.column() == PerformanceModel::StateColumn) {
        const auto state = static_cast<PerformanceState>(index.data(PerformanceModel::StateRole).toInt());
        paintChip(painter, option.rect, text, stateColor(theme, state), theme);
    } else {
        paintBar(painter, option.rect, index, isSelected ? theme.onAccent : theme.text, theme);
    }
    painter->restore();
}

} // namespace parterre::ui
