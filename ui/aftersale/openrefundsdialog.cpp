#include "aftersale/openrefundsdialog.h"

#include "aftersale/refundtext.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum Column { OrderColumn, BuyerColumn, AmountColumn, StateColumn, ColumnCount };

} // namespace

OpenRefundsDialog::OpenRefundsDialog(AfterSalePort &port, QWidget *parent)
    : QDialog(parent)
    , m_port(port)
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_empty(new QLabel(tr("All refunds have come back to their customers."), this))
    , m_note(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_payOut(new QPushButton(tr("&Pay out in cash"), this))
    , m_askAgain(new QPushButton(tr("&Ask the card again"), this))
{
    setObjectName(u"openRefundsDialog"_s);
    setWindowTitle(tr("Refunds that wait"));
    resize(880, 520);
    build();
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &OpenRefundsDialog::showChosen);
    connect(m_note, &QLineEdit::textChanged, this, &OpenRefundsDialog::showChosen);
    connect(m_payOut, &QPushButton::clicked, this, &OpenRefundsDialog::payOut);
    connect(m_askAgain, &QPushButton::clicked, this, &OpenRefundsDialog::askAgain);
    load();
}

void OpenRefundsDialog::build()
{
    m_table->setObjectName(u"openRefundTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels({tr("Order"), tr("Buyer"), tr("Amount"), tr("Why it waits")});
    m_table->horizontalHeaderItem(AmountColumn)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(StateColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(OrderColumn, 190);
    m_table->setColumnWidth(BuyerColumn, 190);
    m_table->setColumnWidth(AmountColumn, 110);
    m_empty->setObjectName(u"openRefundsEmpty"_s);
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_note->setObjectName(u"payOutNote"_s);
    m_note->setMaxLength(limits::nameCharactersMax);
    m_note->setPlaceholderText(tr("What was seen, such as: tickets and passport"));
    m_notice->setObjectName(u"openRefundsNotice"_s);
    m_payOut->setObjectName(u"payOutConfirm"_s);
    m_payOut->setProperty("primary", true);
    m_askAgain->setObjectName(u"askCardAgain"_s);
    m_askAgain->setAutoDefault(false);
    auto *close = new QPushButton(tr("&Close"), this);
    close->setAutoDefault(false);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_askAgain);
    buttons->addWidget(m_note, 1);
    buttons->addWidget(m_payOut);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_empty, 1);
    layout->addLayout(buttons);
}

void OpenRefundsDialog::load()
{
    using List = std::vector<OpenRepayment>;
    m_port.listOpenRefunds(guarded<List>(this, [this](Result<List> found) {
        if (!found)
            return m_notice->showNotice(NoticeKind::Error, found.error().message);
        showRepayments(*std::move(found));
    }));
}

void OpenRefundsDialog::showRepayments(std::vector<OpenRepayment> repayments)
{
    const OpenRepayment *chosen = current();
    const RepaymentId before = chosen ? chosen->repayment.id : RepaymentId();
    m_repayments = std::move(repayments);
    m_table->setVisible(!m_repayments.empty());
    m_empty->setVisible(m_repayments.empty());
    m_table->clearSelection();
    m_table->setRowCount(static_cast<int>(m_repayments.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const OpenRepayment &waiting = m_repayments[static_cast<size_t>(row)];
        const QStringList texts{waiting.orderNumber, waiting.buyerName.isEmpty() ? tr("walk-up") : waiting.buyerName,
                                moneyText(waiting.repayment.amount), repaymentText(waiting.repayment)};
        for (int column = 0; column < texts.size(); ++column) {
            auto *item = new QTableWidgetItem(texts.at(column));
            if (column == OrderColumn)
                item->setData(RowDelegate::SecondLineRole, waiting.eventTitle);
            if (column == StateColumn)
                item->setData(RowDelegate::SecondLineRole, waiting.repayment.failure);
            if (column == AmountColumn)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setToolTip(texts.at(column));
            m_table->setItem(row, column, item);
        }
    }
    const auto same = std::ranges::find(m_repayments, before, [](const auto &each) { return each.repayment.id; });
    if (!m_repayments.empty()) // The one that something was just done about, while it waits.
        m_table->selectRow(same == m_repayments.end() ? 0 : static_cast<int>(same - m_repayments.begin()));
    showChosen();
}

const OpenRepayment *OpenRefundsDialog::current() const
{
    const int row = m_table->currentRow();
    return row >= 0 && row < static_cast<int>(m_repayments.size()) ? &m_repayments[static_cast<size_t>(row)] : nullptr;
}

void OpenRefundsDialog::showChosen()
{
    const OpenRepayment *chosen = current();
    const bool mayBePaid = chosen && chosen->repayment.state != RepaymentState::Created;
    m_note->setEnabled(mayBePaid);
    m_payOut->setEnabled(mayBePaid && !m_note->text().trimmed().isEmpty());
    m_askAgain->setEnabled(chosen && chosen->repayment.state == RepaymentState::InDoubt);
}

void OpenRefundsDialog::payOut()
{
    const OpenRepayment *chosen = current();
    if (!chosen)
        return;
    const QString amount = moneyText(chosen->repayment.amount);
    m_payOut->setEnabled(false);
    m_port.payOut({.repayment = chosen->repayment.id, .note = m_note->text().trimmed()},
                  guarded<OrderView>(this, [this, amount](const Result<OrderView> &outcome) {
                      if (outcome) {
                          m_notice->showNotice(NoticeKind::Success, tr("Give the customer %1.").arg(amount));
                          m_note->clear();
                      } else {
                          m_notice->showNotice(NoticeKind::Error, outcome.error().message);
                      }
                      load();
                  }));
}

void OpenRefundsDialog::askAgain()
{
    const OpenRepayment *chosen = current();
    if (!chosen)
        return;
    m_askAgain->setEnabled(false);
    m_port.askRefundAgain(
        {.repayment = chosen->repayment.id}, guarded<OrderView>(this, [this](const Result<OrderView> &outcome) {
            if (outcome)
                m_notice->showNotice(NoticeKind::Success, tr("The card is asked again. Do not pay cash meanwhile."));
            else
                m_notice->showNotice(NoticeKind::Error, outcome.error().message);
            load();
        }));
}

} // namespace parterre::ui
