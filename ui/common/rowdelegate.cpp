#include "common/rowdelegate.h"

#include "common/theme.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableWidget>

#include <algorithm>

namespace parterre::ui {

namespace {

constexpr int chosenBarWidth = 3;

Qt::Alignment alignmentOf(const QModelIndex &index)
{
    const QVariant alignment = index.data(Qt::TextAlignmentRole);
    return alignment.isValid() ? Qt::Alignment(alignment.toInt()) : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter);
}

} // namespace

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = Theme::of(option.palette);
    const bool isChosen = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->fillRect(option.rect,
                      isChosen ? mixed(theme.surface, theme.accent, theme.dark ? 0.22 : 0.11) : theme.surface);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      mixed(theme.surface, theme.border, 0.6));
    if (isChosen && index.column() == 0) {
        const bool isActive = option.state.testFlag(QStyle::State_Active);
        painter->fillRect(QRect(option.rect.topLeft(), QSize(chosenBarWidth, option.rect.height())),
                          isActive ? theme.accent : theme.textMuted);
    }
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(option.font);
    painter->setPen(theme.text);
    paintContents(painter, option.rect.adjusted(metrics::normal, 0, -metrics::normal, -1), option, index, theme);
    painter->restore();
}

void RowDelegate::paintContents(QPainter *painter, const QRect &inner, const QStyleOptionViewItem &option,
                                const QModelIndex &index, const Theme &theme) const
{
    const QString first = index.data(Qt::DisplayRole).toString();
    const QString second = index.data(SecondLineRole).toString();
    const Qt::Alignment alignment = alignmentOf(index);
    const QFontMetrics metrics(option.font);
    if (second.isEmpty()) {
        painter->drawText(inner, static_cast<int>(alignment) | Qt::TextSingleLine,
                          metrics.elidedText(first, Qt::ElideRight, inner.width()));
        return;
    }
    const QFont small = smallFont();
    const QFontMetrics smallMetrics(small);
    const int height = metrics.height() + smallMetrics.height();
    QRect line(inner.left(), inner.center().y() - height / 2, inner.width(), metrics.height());
    const Qt::Alignment horizontal = alignment & Qt::AlignHorizontal_Mask;
    painter->drawText(line, static_cast<int>(horizontal | Qt::AlignVCenter) | Qt::TextSingleLine,
                      metrics.elidedText(first, Qt::ElideRight, line.width()));
    line = QRect(inner.left(), line.bottom() + 1, inner.width(), smallMetrics.height());
    painter->setFont(small);
    painter->setPen(theme.textMuted);
    painter->drawText(line, static_cast<int>(horizontal | Qt::AlignVCenter) | Qt::TextSingleLine,
                      smallMetrics.elidedText(second, Qt::ElideRight, line.width()));
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int first = QFontMetrics(option.font).horizontalAdvance(index.data(Qt::DisplayRole).toString());
    const int second = QFontMetrics(smallFont()).horizontalAdvance(index.data(SecondLineRole).toString());
    return {std::max(first, second) + 2 * metrics::normal + 2, metrics::controlHeight};
}

void showAsRows(QTableWidget &table)
{
    table.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table.horizontalHeader()->setHighlightSections(false);
    table.setItemDelegate(new RowDelegate(&table));
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(50);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setShowGrid(false);
    table.setTabKeyNavigation(false);
}

} // namespace parterre::ui
