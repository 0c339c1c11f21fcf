#include "aftersale/cancellationdialog.h"

#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int pollMilliseconds = 1'000;

QString stateText(const CancellationView &view)
{
    switch (view.state) {
    case CancellationState::Running:
        return CancellationDialog::tr("Orders are being refunded…");
    case CancellationState::Paused:
        return CancellationDialog::tr("The card provider does not answer. It goes on by itself when it is back.");
    case CancellationState::Done:
        return CancellationDialog::tr("All orders are refunded.");
    }
    return {};
}

} // namespace

CancellationDialog::CancellationDialog(const PerformanceSummary &performance, AfterSalePort &port, QWidget *parent)
    : QDialog(parent)
    , m_performance(performance)
    , m_port(port)
    , m_notice(new NoticeBar(this))
    , m_pages(new QStackedWidget(this))
    , m_reason(new QLineEdit(this))
    , m_typed(new QLineEdit(this))
    , m_confirm(new QPushButton(tr("Cancel the &performance"), this))
    , m_bar(new QProgressBar(this))
    , m_state(new QLabel(this))
    , m_counts(new QLabel(this))
{
    setObjectName(u"cancellationDialog"_s);
    setWindowTitle(tr("Cancel a performance"));
    setMinimumWidth(600);
    m_notice->setObjectName(u"cancellationNotice"_s);
    m_notice->setClosable(false);
    auto *title = new QLabel(performance.eventTitle, this);
    title->setTextFormat(Qt::PlainText);
    title->setFont(headingFont());
    auto *when = new QLabel(startText(performance.startsAt, performance.timeZone), this);
    when->setProperty("muted", true);
    m_pages->addWidget(makeQuestion());
    m_pages->addWidget(makeProgress());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(when);
    layout->addWidget(m_notice);
    layout->addWidget(m_pages, 1);
    m_poll.setInterval(pollMilliseconds);
    connect(&m_poll, &QTimer::timeout, this, &CancellationDialog::poll);
    showWhetherAllowed();
    if (performance.state == PerformanceState::Cancelled)
        poll();
}

QString CancellationDialog::word()
{
    return tr("CANCEL");
}

QWidget *CancellationDialog::makeQuestion()
{
    auto *page = new QWidget(this);
    auto *what = new QLabel(tr("It goes off sale at once, and all orders are refunded: %n place(s) are sold. Cards get "
                               "their money back by themselves; who paid cash fetches it at the desk. This cannot be "
                               "undone.",
                               nullptr, m_performance.sold),
                            page);
    what->setWordWrap(true);
    m_reason->setObjectName(u"cancellationReason"_s);
    m_reason->setMaxLength(limits::nameCharactersMax);
    m_reason->setPlaceholderText(tr("Such as: the leading lady is ill"));
    m_typed->setObjectName(u"cancellationTyped"_s);
    m_typed->setPlaceholderText(tr("Type %1").arg(word()));
    m_confirm->setObjectName(u"cancellationConfirm"_s);
    m_confirm->setProperty("danger", true);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    auto *keep = new QPushButton(tr("&Keep it"), page);
    keep->setObjectName(u"cancellationKeep"_s);
    keep->setAutoDefault(false);
    connect(keep, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_confirm, &QPushButton::clicked, this, &CancellationDialog::cancelPerformance);
    connect(m_reason, &QLineEdit::textChanged, this, &CancellationDialog::showWhetherAllowed);
    connect(m_typed, &QLineEdit::textChanged, this, &CancellationDialog::showWhetherAllowed);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics::wide);
    form->setVerticalSpacing(metrics::normal);
    form->addRow(tr("&Why"), m_reason);
    form->addRow(tr("To be &sure"), m_typed);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(keep);
    buttons->addWidget(m_confirm);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wide);
    layout->addWidget(what);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
    return page;
}

QWidget *CancellationDialog::makeProgress()
{
    auto *page = new QWidget(this);
    m_bar->setObjectName(u"cancellationBar"_s);
    m_bar->setTextVisible(false);
    m_state->setObjectName(u"cancellationState"_s);
    m_state->setFont(titleFont());
    m_state->setWordWrap(true);
    m_counts->setObjectName(u"cancellationCounts"_s);
    m_counts->setWordWrap(true);
    auto *close = new QPushButton(tr("&Close"), page);
    close->setObjectName(u"cancellationClose"_s);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wide);
    layout->addWidget(m_state);
    layout->addWidget(m_bar);
    layout->addWidget(m_counts);
    layout->addStretch();
    layout->addLayout(buttons);
    return page;
}

void CancellationDialog::showWhetherAllowed()
{
    m_confirm->setEnabled(!m_isWorking && !m_reason->text().trimmed().isEmpty() && m_typed->text().trimmed() == word());
}

void CancellationDialog::cancelPerformance()
{
    m_isWorking = true;
    showWhetherAllowed();
    m_port.cancelPerformance({.performance = m_performance.id, .reason = m_reason->text().trimmed()},
                             guarded<CancellationView>(this, [this](const Result<CancellationView> &view) {
                                 m_isWorking = false;
                                 showWhetherAllowed();
                                 if (!view)
                                     return m_notice->showNotice(NoticeKind::Error, view.error().message);
                                 m_notice->clear();
                                 showView(*view);
                             }));
}

void CancellationDialog::poll()
{
    m_poll.stop(); // Until this is answered.
    m_port.cancellationProgress(m_performance.id,
                                guarded<CancellationView>(this, [this](const Result<CancellationView> &view) {
                                    if (view) {
                                        m_notice->clear();
                                        return showView(*view);
                                    }
                                    if (view.error().code == ErrorCode::NotFound)
                                        return; // It was taken off sale without refunds; they can be asked for.
                                    m_notice->showNotice(NoticeKind::Warning, view.error().message);
                                    m_poll.start();
                                }));
}

void CancellationDialog::showView(const CancellationView &view)
{
    m_pages->setCurrentIndex(1);
    m_state->setText(stateText(view));
    m_bar->setRange(0, std::max(view.orders, 1));
    m_bar->setValue(view.orders == 0 ? 1 : view.refunded);
    QStringList counts{tr("%1 of %n order(s) refunded, %2 in all.", nullptr, view.orders)
                           .arg(view.refunded)
                           .arg(moneyText(view.amount))};
    if (view.repaymentsWaiting > 0)
        counts += tr("%n repayment(s) on the way to a card.", nullptr, view.repaymentsWaiting);
    if (view.repaymentsInDoubt > 0)
        counts += tr("%n repayment(s) refused by the card: see Refunds that wait.", nullptr, view.repaymentsInDoubt);
    if (view.repaymentsOwed > 0)
        counts += tr("%n customer(s) may fetch cash.", nullptr, view.repaymentsOwed);
    counts += tr("Cancelled by %1: %2").arg(view.by, view.reason);
    m_counts->setTextFormat(Qt::PlainText);
    m_counts->setText(counts.join(u'\n'));
    // Money still comes back to cards after the last order was refunded.
    if (view.state != CancellationState::Done || view.repaymentsWaiting > 0)
        m_poll.start();
}

} // namespace parterre::ui
