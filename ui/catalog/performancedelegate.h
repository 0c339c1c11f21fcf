#pragma once

#include "common/rowdelegate.h"

namespace parterre::ui {

/// Draws the state as a chip and the availability as a bar with its numbers.
class PerformanceDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

protected:
    void paintContents(QPainter *painter, const QRect &inner, const QStyleOptionViewItem &option,
                       const QModelIndex &index, const Theme &theme) const override;
};

} // namespace parterre::ui
