#pragma once

#include "domain/catalog/catalog.h"

#include <QAbstractTableModel>

#include <vector>

namespace parterre::ui {

/// The performances by date. Columns: date, event, venue, state, availability.
class PerformanceModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { DateColumn, EventColumn, StateColumn, AvailabilityColumn, PriceColumn, ColumnCount };
    enum Role { SortRole = Qt::UserRole, SearchRole, StateRole, AvailableRole, CapacityRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setPerformances(std::vector<PerformanceSummary> performances);
    void update(const PerformanceSummary &performance); ///< Replaces the entry, or adds it.
    [[nodiscard]] const PerformanceSummary &at(int row) const { return m_rows[static_cast<size_t>(row)]; }
    [[nodiscard]] int rowOf(const PerformanceId &id) const; ///< -1 where it is not listed.

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const PerformanceSummary &row, int column) const;

    std::vector<PerformanceSummary> m_rows;
};

[[nodiscard]] QString performanceStateName(PerformanceState state);

} // namespace parterre::ui
