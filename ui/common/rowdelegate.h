#pragma once

#include <QStyledItemDelegate>

class QTableWidget;

namespace parterre::ui {

struct Theme;

/// Rows of every list: even margins, a hairline between rows, a soft ground for the chosen one with a bar at its left,
/// and a second, quieter line where an item has one. Texts that do not fit end in an ellipsis.
class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    static constexpr int SecondLineRole = Qt::UserRole + 100;

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    /// `inner` is the cell without its margins; pen and font are those of a first line.
    virtual void paintContents(QPainter *painter, const QRect &inner, const QStyleOptionViewItem &option,
                               const QModelIndex &index, const Theme &theme) const;
};

/// Makes a table a list of two-line rows, of which one is chosen as a whole and none is edited.
void showAsRows(QTableWidget &table);

} // namespace parterre::ui
