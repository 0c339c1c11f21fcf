#include "catalog/performancemodel.h"

#include "common/moneytext.h"
#include "common/rowdelegate.h"
#include "common/timetext.h"

#include <QLocale>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

QString performanceStateName(PerformanceState state)
{
    switch (state) {
    case PerformanceState::Draft:
        return PerformanceModel::tr("Draft");
    case PerformanceState::OnSale:
        return PerformanceModel::tr("On sale");
    case PerformanceState::Paused:
        return PerformanceModel::tr("Paused");
    case PerformanceState::Cancelled:
        return PerformanceModel::tr("Cancelled");
    }
    return {};
}

void PerformanceModel::setPerformances(std::vector<PerformanceSummary> performances)
{
    beginResetModel();
    m_rows = std::move(performances);
    endResetModel();
}

void PerformanceModel::update(const PerformanceSummary &performance)
{
    const int row = rowOf(performance.id);
    if (row >= 0) {
        m_rows[static_cast<size_t>(row)] = performance;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    beginInsertRows({}, rowCount(), rowCount());
    m_rows.push_back(performance);
    endInsertRows();
}

int PerformanceModel::rowOf(const PerformanceId &id) const
{
    const auto found = std::ranges::find(m_rows, id, &PerformanceSummary::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int PerformanceModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PerformanceModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString PerformanceModel::text(const PerformanceSummary &row, int column) const
{
    switch (column) {
    case DateColumn:
        return startText(row.startsAt, row.timeZone);
    case EventColumn:
        return row.eventTitle;
    case StateColumn:
        return performanceStateName(row.state);
    case AvailabilityColumn:
        return tr("%1 of %2 free").arg(QLocale().toString(row.available), QLocale().toString(row.capacity));
    case PriceColumn:
        return moneyText(row.priceFrom);
    default:
        return {};
    }
}

QVariant PerformanceModel::data(const QModelIndex &index, int role) const
{
    const PerformanceSummary &row = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return tr("%1\n%2, %3\n%4 sold")
            .arg(row.eventTitle, row.venueName, text(row, DateColumn), QLocale().toString(row.sold));
    case RowDelegate::SecondLineRole:
        if (index.column() == EventColumn)
            return row.subtitle.isEmpty() ? row.venueName : row.subtitle + u" · "_s + row.venueName;
        return {};
    case Qt::TextAlignmentRole:
        return index.column() == PriceColumn ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter))
                                             : QVariant();
    case SortRole:
        if (index.column() == DateColumn)
            return static_cast<qlonglong>(row.startsAt.time_since_epoch().count());
        if (index.column() == AvailabilityColumn)
            return row.available;
        if (index.column() == PriceColumn)
            return row.priceFrom.minorUnits();
        return text(row, index.column());
    case SearchRole:
        return QString(row.eventTitle + u' ' + row.subtitle + u' ' + row.venueName + u' ' + text(row, DateColumn));
    case StateRole:
        return static_cast<int>(row.state);
    case AvailableRole:
        return row.available;
    case CapacityRole:
        return row.capacity;
    default:
        return {};
    }
}

QVariant PerformanceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return static_cast<int>((section == PriceColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QStringList names{tr("Starts"), tr("Performance"), tr("State"), tr("Availability"), tr("From")};
    return names.value(section);
}

} // namespace parterre::ui
