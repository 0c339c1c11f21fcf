#include "payments/paymentsindoubtdialog.h"

#include "common/emptystate.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"
#include "payments/doubttext.h"
#include "payments/resolvepaymentdialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum Column { OrderColumn, AmountColumn, SinceColumn, StateColumn, ColumnCount };

QString rowOf(const QString &name, const QString &value)
{
    if (value.isEmpty())
        return {};
    return u"<tr><td style='padding-right:16px'>%1</td><td>%2</td></tr>"_s.arg(name, value.toHtmlEscaped());
}

/// All that is known of it.
QString detailsOf(const PaymentInDoubt &payment)
{
    const auto tr = [](const char *text) { return PaymentsInDoubtDialog::tr(text); };
    QString rows =
        rowOf(tr("Performance"), u"%1, %2"_s.arg(payment.eventTitle, startText(payment.startsAt, payment.timeZone)));
    rows += rowOf(tr("Places"), doubtPlacesText(payment));
    rows += rowOf(tr("Buyer"), payment.buyer.isEmpty() ? tr("walk-up") : payment.buyer);
    rows += rowOf(tr("Paid by"), doubtWayText(payment));
    rows += rowOf(tr("Provider's reference"), payment.reference);
    rows += rowOf(tr("Known"), payment.known);
    if (payment.askedAt)
        rows += rowOf(tr("Asked last"), startText(*payment.askedAt, payment.timeZone));
    if (payment.decided) {
        rows += rowOf(tr("Decided"),
                      u"%1, %2, %3: %4"_s.arg(startText(payment.decided->at, payment.timeZone), payment.decided->by,
                                              decisionText(payment.decided->decision), payment.decided->note));
    }
    return u"<table>%1</table>"_s.arg(rows);
}

} // namespace

PaymentsInDoubtDialog::PaymentsInDoubtDialog(PaymentPort &port, QWidget *parent)
    : QDialog(parent)
    , m_port(port)
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_empty(new EmptyState(this))
    , m_details(new QLabel(this))
    , m_notice(new NoticeBar(this))
    , m_refresh(new QPushButton(tr("&Refresh"), this))
{
    setObjectName(u"paymentsInDoubtDialog"_s);
    setWindowTitle(tr("Payments in doubt"));
    resize(960, 640);
    build();
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &PaymentsInDoubtDialog::showChosen);
    connect(m_refresh, &QPushButton::clicked, this, [this] {
        m_notice->clear();
        load();
    });
    m_empty->setContent(u"clock"_s, tr("Asking the server…"), {});
    for (QWidget *part : std::initializer_list<QWidget *>{m_table, m_details})
        part->hide();
    showChosen();
    load();
}

void PaymentsInDoubtDialog::build()
{
    m_table->setObjectName(u"doubtTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels({tr("Order"), tr("Amount"), tr("Since"), tr("State")});
    m_table->horizontalHeaderItem(AmountColumn)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(StateColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(OrderColumn, 240);
    m_table->setColumnWidth(AmountColumn, 130);
    m_table->setColumnWidth(SinceColumn, 210);
    m_empty->setObjectName(u"doubtEmpty"_s);
    m_details->setObjectName(u"doubtDetails"_s);
    m_details->setWordWrap(true);
    m_details->setTextFormat(Qt::RichText);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_notice->setObjectName(u"doubtNotice"_s);
    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    m_refresh->setObjectName(u"doubtRefresh"_s);
    m_refresh->setShortcut(QKeySequence(Qt::Key_F5));
    m_refresh->setToolTip(tr("Refresh (F5)"));
    m_refresh->setAutoDefault(false);
    auto *close = new QPushButton(tr("C&lose"), this);
    close->setAutoDefault(false);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(decisionButton(u"doubtMoneyCame"_s, tr("The &money came…"), PaymentDecision::MoneyCame));
    buttons->addWidget(decisionButton(u"doubtNoMoney"_s, tr("&No money came…"), PaymentDecision::NoMoney));
    buttons->addWidget(decisionButton(u"doubtSeenTo"_s, tr("&Seen to…"), PaymentDecision::Closed));
    buttons->addStretch();
    buttons->addWidget(m_refresh);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_details);
    layout->addWidget(m_empty, 1);
    layout->addLayout(buttons);
}

QPushButton *PaymentsInDoubtDialog::decisionButton(const QString &name, const QString &text, PaymentDecision decision)
{
    auto *button = new QPushButton(text, this);
    button->setObjectName(name);
    button->setAutoDefault(false); // Enter in the list decides nothing.
    connect(button, &QPushButton::clicked, this, [this, decision] { resolve(decision); });
    m_decisions.emplace_back(decision, button);
    return button;
}

void PaymentsInDoubtDialog::load()
{
    using List = std::vector<PaymentInDoubt>;
    m_port.listInDoubt(guarded<List>(this, [this](Result<List> found) {
        if (!found) { // What is shown stays as it was, and nothing is said of what was not seen.
            m_empty->setContent(u"warning"_s, tr("The list did not come"), tr("Refresh asks for it again."));
            return m_notice->showNotice(NoticeKind::Error, found.error().message);
        }
        showPayments(*std::move(found));
    }));
}

void PaymentsInDoubtDialog::showPayments(std::vector<PaymentInDoubt> payments)
{
    const auto chosen = current() ? std::optional(current()->payment) : std::nullopt;
    m_payments = std::move(payments);
    for (QWidget *part : std::initializer_list<QWidget *>{m_table, m_details})
        part->setVisible(!m_payments.empty());
    m_empty->setVisible(m_payments.empty());
    m_empty->setContent(
        u"check-circle"_s, tr("No payment is in doubt"),
        tr("Payments stand here when their provider does not say what became of them. Their places stay "
           "locked until it does, or until you decide."));
    m_table->clearSelection();
    m_table->setRowCount(static_cast<int>(m_payments.size()));
    int row = 0;
    for (const PaymentInDoubt &payment : m_payments)
        showRow(row++, payment);
    if (!m_payments.empty()) {
        const auto kept =
            std::ranges::find(m_payments, chosen, [](const auto &one) { return std::optional(one.payment); });
        m_table->selectRow(kept == m_payments.end() ? 0 : static_cast<int>(kept - m_payments.begin()));
        m_table->setFocus();
    }
    showChosen();
}

void PaymentsInDoubtDialog::showRow(int row, const PaymentInDoubt &payment)
{
    const QStringList texts{payment.orderNumber, moneyText(payment.amount), startText(payment.since, payment.timeZone),
                            doubtStateText(payment)};
    const QStringList second{payment.eventTitle, doubtWayText(payment),
                             tr("%n place(s)", nullptr, static_cast<int>(payment.places.size())), payment.known};
    for (int column = 0; column < ColumnCount; ++column) {
        auto *item = new QTableWidgetItem(texts.at(column));
        item->setData(RowDelegate::SecondLineRole, second.at(column));
        item->setToolTip(second.at(column));
        if (column == AmountColumn)
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->setItem(row, column, item);
    }
}

const PaymentInDoubt *PaymentsInDoubtDialog::current() const
{
    const int row = m_table->currentRow();
    return row >= 0 && row < static_cast<int>(m_payments.size()) ? &m_payments[static_cast<size_t>(row)] : nullptr;
}

void PaymentsInDoubtDialog::showChosen()
{
    const PaymentInDoubt *chosen = current();
    m_details->setText(chosen ? detailsOf(*chosen) : QString());
    for (const auto &[decision, button] : m_decisions) {
        const bool isPossible = chosen && std::ranges::find(chosen->possible, decision) != chosen->possible.end();
        button->setVisible(isPossible);
    }
}

void PaymentsInDoubtDialog::resolve(PaymentDecision decision)
{
    const PaymentInDoubt *chosen = current();
    if (!chosen)
        return;
    const QString number = chosen->orderNumber;
    ResolvePaymentDialog dialog(*chosen, decision, m_port, this);
    dialog.exec();
    if (dialog.order() && decision == PaymentDecision::MoneyCame)
        m_notice->showNotice(NoticeKind::Success, tr("%1 is sold. Its tickets are under Orders.").arg(number));
    else if (dialog.order() && decision == PaymentDecision::NoMoney)
        m_notice->showNotice(NoticeKind::Success,
                             tr("The payment of %1 has ended. Its places are free in three minutes, "
                                "unless the customer pays them otherwise.")
                                 .arg(number));
    else if (dialog.order())
        m_notice->showNotice(NoticeKind::Success, tr("The payment of %1 is seen to.").arg(number));
    load(); // Also where it was refused: somebody else was quicker.
}

} // namespace parterre::ui
