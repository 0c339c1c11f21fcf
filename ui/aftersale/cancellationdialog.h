#pragma once

#include "domain/catalog/catalog.h"
#include "ports/aftersaleport.h"

#include <QDialog>
#include <QTimer>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace parterre::ui {

class NoticeBar;

/// Cancels a performance: asks why and to type a word, since every order is refunded and nobody can undo that. Then it
/// shows how far the refunds are. It may be closed meanwhile: the server goes on, and opening it again shows the rest.
class CancellationDialog : public QDialog
{
    Q_OBJECT

public:
    CancellationDialog(const PerformanceSummary &performance, AfterSalePort &port, QWidget *parent = nullptr);

    /// What has to be typed.
    [[nodiscard]] static QString word();

private:
    [[nodiscard]] QWidget *makeQuestion();
    [[nodiscard]] QWidget *makeProgress();
    void showWhetherAllowed();
    void cancelPerformance();
    void poll();
    void showView(const CancellationView &view);

    const PerformanceSummary m_performance;
    AfterSalePort &m_port;
    QTimer m_poll;
    bool m_isWorking = false;
    NoticeBar *m_notice;
    QStackedWidget *m_pages;
    QLineEdit *m_reason;
    QLineEdit *m_typed;
    QPushButton *m_confirm;
    QProgressBar *m_bar;
    QLabel *m_state;
    QLabel *m_counts;
};

} // namespace parterre::ui
