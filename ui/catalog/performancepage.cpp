#include "catalog/performancepage.h"

#include "catalog/performancedelegate.h"
#include "common/emptystate.h"
#include "common/icons.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

PerformancePage::PerformancePage(CatalogPort &catalog, SessionPort &session, QWidget *parent)
    : QWidget(parent)
    , m_catalog(catalog)
    , m_session(session)
    , m_search(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(this))
    , m_empty(new EmptyState(this))
    , m_sell(new QPushButton(tr("&Sell  (Enter)"), this))
{
    setObjectName(u"performancePage"_s);
    build();
    connect(&m_catalog, &CatalogPort::performanceChanged, this, [this](const PerformanceSummary &performance) {
        m_model.update(performance);
        showWhatThereIs();
    });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_sorted.setFilterFixedString(text.trimmed());
        m_table->selectRow(0);
        showWhatThereIs();
    });
    connect(m_search, &QLineEdit::returnPressed, this, &PerformancePage::choose);
    connect(m_sell, &QPushButton::clicked, this, &PerformancePage::choose);
    connect(m_table, &QTableView::activated, this, &PerformancePage::choose);
    connect(m_table, &QTableView::customContextMenuRequested, this, &PerformancePage::showMenu);
    connect(m_empty, &EmptyState::actionTriggered, this, [this] {
        m_search->clear();
        reload();
    });
}

void PerformancePage::build()
{
    m_sorted.setSourceModel(&m_model);
    m_sorted.setSortRole(PerformanceModel::SortRole);
    m_sorted.setFilterRole(PerformanceModel::SearchRole);
    m_sorted.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sorted.sort(PerformanceModel::DateColumn);
    m_table->setObjectName(u"performanceTable"_s);
    m_table->setModel(&m_sorted);
    m_table->setItemDelegate(new PerformanceDelegate(m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(PerformanceModel::DateColumn, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(52);
    m_table->horizontalHeader()->setSectionResizeMode(PerformanceModel::EventColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setColumnWidth(PerformanceModel::DateColumn, 210);
    m_table->setColumnWidth(PerformanceModel::StateColumn, 130);
    m_table->setColumnWidth(PerformanceModel::AvailabilityColumn, 220);
    m_table->setColumnWidth(PerformanceModel::PriceColumn, 110);
    m_search->setObjectName(u"performanceSearch"_s);
    m_search->setPlaceholderText(tr("Search title, venue or date"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_search->setFixedWidth(420);
    m_search->setMinimumHeight(metrics::controlHeight);
    m_search->installEventFilter(this);
    m_sell->setObjectName(u"performanceSell"_s);
    m_sell->setProperty("primary", true);
    m_sell->setMinimumHeight(metrics::controlHeight);
    m_notice->setObjectName(u"performanceNotice"_s);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto *title = new QLabel(tr("Performances"), this);
    title->setFont(headingFont());
    auto *head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch();
    head->addWidget(m_search);
    head->addSpacing(metrics::small);
    head->addWidget(m_sell);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::wide, metrics::section, metrics::wide);
    layout->setSpacing(metrics::normal);
    layout->addLayout(head);
    layout->addWidget(m_notice);
    layout->addWidget(m_stack, 1);
}

void PerformancePage::reload()
{
    using List = std::vector<PerformanceSummary>;
    m_catalog.listPerformances(guarded<List>(this, [this](Result<List> list) {
        if (!list) {
            m_notice->showNotice(NoticeKind::Error, list.error().message);
            return;
        }
        m_notice->clear();
        m_model.setPerformances(*std::move(list));
        if (!m_table->currentIndex().isValid())
            m_table->selectRow(0);
        showWhatThereIs();
    }));
}

void PerformancePage::clear()
{
    m_model.setPerformances({});
    m_search->clear();
}

void PerformancePage::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

bool PerformancePage::eventFilter(QObject *watched, QEvent *event)
{
    // A clerk types and walks the list without leaving the search box.
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown)
            return QCoreApplication::sendEvent(m_table, event);
    }
    return QWidget::eventFilter(watched, event);
}

void PerformancePage::showWhatThereIs()
{
    m_sell->setEnabled(m_sorted.rowCount() > 0);
    m_stack->setCurrentIndex(m_sorted.rowCount() > 0 ? 0 : 1);
    if (m_model.rowCount() == 0) {
        m_empty->setContent(u"calendar"_s, tr("There are no performances yet"),
                            tr("They appear here as soon as a manager has entered them."), tr("Look again"));
    } else {
        m_empty->setContent(u"search"_s, tr("Nothing matches"),
                            tr("No performance has '%1' in it.").arg(m_search->text()), tr("Show all"));
    }
}

const PerformanceSummary *PerformancePage::current() const
{
    const QModelIndex index = m_sorted.mapToSource(m_table->currentIndex());
    return index.isValid() ? &m_model.at(index.row()) : nullptr;
}

void PerformancePage::choose()
{
    if (const PerformanceSummary *performance = current())
        Q_EMIT performanceChosen(PerformanceSummary(*performance));
}

void PerformancePage::showMenu(const QPoint &position)
{
    const PerformanceSummary *performance = current();
    if (!performance)
        return;
    QMenu menu(this);
    menu.addAction(tr("&Sell"), this, &PerformancePage::choose);
    const auto user = m_session.user();
    if (user && may(user->role, Permission::ChangePerformanceState)) {
        menu.addSeparator();
        menu.addAction(tr("Put &on sale…"), this, [this] { changeState(PerformanceState::OnSale); })
            ->setEnabled(decidePerformanceState(performance->state, PerformanceState::OnSale).has_value());
        menu.addAction(tr("&Pause sale…"), this, [this] { changeState(PerformanceState::Paused); })
            ->setEnabled(decidePerformanceState(performance->state, PerformanceState::Paused).has_value());
    }
    menu.exec(m_table->viewport()->mapToGlobal(position));
}

void PerformancePage::changeState(PerformanceState state)
{
    const PerformanceSummary *performance = current();
    if (!performance)
        return;
    const PerformanceId id = performance->id;
    QMessageBox box(this);
    box.setObjectName(u"stateConfirmation"_s);
    box.setIcon(QMessageBox::Question);
    const bool isSale = state == PerformanceState::OnSale;
    box.setText(isSale ? tr("Put this performance on sale?") : tr("Pause the sale of this performance?"));
    box.setInformativeText(performance->eventTitle + u"\n"_s + startText(performance->startsAt, performance->timeZone));
    QPushButton *yes = box.addButton(isSale ? tr("Put on sale") : tr("Pause sale"), QMessageBox::AcceptRole);
    box.addButton(QMessageBox::Cancel);
    box.exec();
    if (box.clickedButton() != yes)
        return;
    m_catalog.setState(id, state, guarded<void>(this, [this](const Result<void> &done) {
                           if (!done)
                               return m_notice->showNotice(NoticeKind::Error, done.error().message);
                           reload();
                       }));
}

} // namespace parterre::ui
