#pragma once

#include "ports/catalogport.h"
#include "ports/salesport.h"

#include <QDialog>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class EmptyState;
class NoticeBar;

/// For supervisors: comps and tickets at other prices than the list's, the newest first, with who sold them, who
/// approved and why. Of one performance or of all, narrowed by a text, and copied as a table.
class OverridesDialog : public QDialog
{
    Q_OBJECT

public:
    OverridesDialog(SalesPort &sales, CatalogPort &catalog, QWidget *parent = nullptr);

    void load();

private:
    void build();
    void loadPerformances();
    void showRecords();
    void showRow(int row, const OverrideRecord &record);
    void copy();
    [[nodiscard]] bool isWanted(const OverrideRecord &record) const;

    SalesPort &m_sales;
    CatalogPort &m_catalog;
    std::optional<std::vector<OverrideRecord>> m_records; ///< Once they have come.
    std::vector<OverrideRecord> m_shown;                  ///< As the table has them.
    int m_question = 0;                                   ///< The last one that was asked; answers to others are old.
    QComboBox *m_performance;
    QLineEdit *m_text;
    QTableWidget *m_table;
    EmptyState *m_empty;
    QLabel *m_total;
    NoticeBar *m_notice;
    QPushButton *m_copy;
};

} // namespace parterre::ui
