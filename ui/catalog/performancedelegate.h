#pragma once

#include <QStyledItemDelegate>

namespace parterre::ui {

/// Draws the state as a chip and the availability as a bar with its numbers.
class PerformanceDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace parterre::ui
