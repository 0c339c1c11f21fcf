#pragma once

#include "catalog/performancemodel.h"
#include "ports/catalogport.h"
#include "ports/sessionport.h"

#include <QSortFilterProxyModel>
#include <QWidget>

class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace parterre::ui {

class EmptyState;
class NoticeBar;

/// What can be sold, by date, with a search box. Enter or a double click opens a performance.
class PerformancePage : public QWidget
{
    Q_OBJECT

public:
    PerformancePage(CatalogPort &catalog, SessionPort &session, QWidget *parent = nullptr);

    void reload();
    void clear();
    void focusSearch();
    /// The chosen one, or null.
    [[nodiscard]] const PerformanceSummary *current() const;
    /// Asks for confirmation first; only for those who may.
    void changeState(PerformanceState state);

Q_SIGNALS:
    void performanceChosen(const parterre::PerformanceSummary &performance);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void choose();
    void showMenu(const QPoint &position);
    void showWhatThereIs();

    CatalogPort &m_catalog;
    SessionPort &m_session;
    PerformanceModel m_model;
    QSortFilterProxyModel m_sorted;
    QLineEdit *m_search;
    NoticeBar *m_notice;
    QStackedWidget *m_stack;
    QTableView *m_table;
    EmptyState *m_empty;
    QPushButton *m_sell;
};

} // namespace parterre::ui
