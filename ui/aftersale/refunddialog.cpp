#include "aftersale/refunddialog.h"

#include "aftersale/refundtext.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowHeight = 30;
constexpr int rowsShownMax = 9;
constexpr int numberRole = Qt::UserRole;

} // namespace

RefundDialog::RefundDialog(const OrderView &order, AfterSalePort &port, GiveBack purpose, QWidget *parent)
    : QDialog(parent)
    , m_order(order)
    , m_purpose(purpose)
    , m_port(port)
    , m_lines(new QListWidget(this))
    , m_reason(new QLineEdit(this))
    , m_sum(new QLabel(this))
    , m_way(new QLabel(this))
    , m_notice(new NoticeBar(this))
    , m_all(new QPushButton(this))
    , m_confirm(new QPushButton(this))
{
    setObjectName(u"refundDialog"_s);
    setWindowTitle(
        (purpose == GiveBack::ForMoney ? tr("Refund of order %1") : tr("Exchange of order %1")).arg(order.number));
    setMinimumWidth(560);
    build();
    fillLines();
    connect(m_lines, &QListWidget::itemChanged, this, &RefundDialog::showSum);
    connect(m_all, &QPushButton::clicked, this, [this] { chooseAll(chosenLines().empty()); });
    connect(m_confirm, &QPushButton::clicked, this, &RefundDialog::refund);
    showSum();
    m_reason->setFocus();
}

void RefundDialog::build()
{
    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    auto *what = new QLabel(u"%1\n%2"_s.arg(m_order.eventTitle, startText(m_order.startsAt, m_order.timeZone)), this);
    what->setTextFormat(Qt::PlainText);
    what->setProperty("muted", true);
    if (const QString until = refundableText(m_order); !until.isEmpty())
        what->setText(what->text() + u'\n' + until);
    what->setObjectName(u"refundOrder"_s);
    m_lines->setObjectName(u"refundLines"_s);
    m_lines->setAccessibleName(tr("Places to give back"));
    m_lines->setSelectionMode(QAbstractItemView::SingleSelection);
    m_reason->setObjectName(u"refundReason"_s);
    m_reason->setMaxLength(limits::nameCharactersMax);
    m_reason->setPlaceholderText(tr("Such as: ill, wrong evening, double booking"));
    m_sum->setObjectName(u"refundSum"_s);
    m_sum->setFont(numberFont(headingFont()));
    m_way->setObjectName(u"refundWay"_s);
    m_way->setProperty("muted", true);
    m_way->setWordWrap(true);
    m_notice->setObjectName(u"refundNotice"_s);
    m_notice->setClosable(false);
    m_all->setObjectName(u"refundAll"_s);
    m_all->setAutoDefault(false);
    m_confirm->setObjectName(u"refundConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    auto *cancel = new QPushButton(tr("&Cancel"), this);
    cancel->setObjectName(u"refundCancel"_s);
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &RefundDialog::reject);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics::wide);
    form->addRow(tr("&Why"), m_reason);
    auto *money = new QHBoxLayout;
    money->addWidget(m_way, 1);
    money->addWidget(m_sum);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_all);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_confirm);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(what);
    layout->addWidget(m_lines, 1);
    layout->addLayout(form);
    layout->addLayout(money);
    layout->addWidget(m_notice);
    layout->addLayout(buttons);
}

void RefundDialog::fillLines()
{
    for (const OrderLine &line : m_order.lines) {
        QString text = tr("%1 · %2 · %3").arg(line.placeName, line.priceTypeName, moneyText(line.total));
        const bool isSold = line.state == LineState::Sold;
        if (!isSold)
            text += u" · "_s + (line.state == LineState::Exchanged ? tr("exchanged") : tr("given back"));
        auto *item = new QListWidgetItem(text, m_lines);
        item->setData(numberRole, line.number);
        item->setSizeHint({0, rowHeight});
        item->setFlags(isSold ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable : Qt::NoItemFlags);
        if (isSold)
            item->setCheckState(Qt::Checked);
    }
    const int rows = std::min(m_lines->count(), rowsShownMax);
    m_lines->setMinimumHeight(rows * rowHeight + 2 * metrics::tight);
    m_lines->setCurrentRow(0);
}

std::vector<int> RefundDialog::chosenLines() const
{
    std::vector<int> chosen;
    for (int row = 0; row < m_lines->count(); ++row) {
        const QListWidgetItem *item = m_lines->item(row);
        if (item->flags().testFlag(Qt::ItemIsUserCheckable) && item->checkState() == Qt::Checked)
            chosen.push_back(item->data(numberRole).toInt());
    }
    return chosen;
}

QString RefundDialog::reason() const
{
    return m_reason->text().trimmed();
}

void RefundDialog::chooseAll(bool isChosen)
{
    for (int row = 0; row < m_lines->count(); ++row) {
        QListWidgetItem *item = m_lines->item(row);
        if (item->flags().testFlag(Qt::ItemIsUserCheckable))
            item->setCheckState(isChosen ? Qt::Checked : Qt::Unchecked);
    }
}

void RefundDialog::showSum()
{
    const std::vector<int> chosen = chosenLines();
    const Money sum = worthOf(m_order, chosen);
    const int places = static_cast<int>(chosen.size());
    m_sum->setText(moneyText(sum));
    if (places == 0)
        m_way->setText(tr("Choose what is given back."));
    else if (m_purpose == GiveBack::ForOtherPlaces)
        m_way->setText(tr("Counts for the new places. The old ones stay sold until these are."));
    else if (sum.isZero())
        m_way->setText(tr("These places cost nothing, so nothing goes back."));
    else if (m_order.exchangedFrom)
        m_way->setText(tr("Goes back the way it came: first what was paid for the exchange."));
    else if (!m_order.tenders.empty())
        m_way->setText(tr("Goes back the way it came: gift cards first, then the card, then cash."));
    else if (m_order.paymentMethod != PaymentMethod::Cash)
        m_way->setText(tr("Goes back to the card that paid. It takes the bank some days."));
    else
        m_way->setText(tr("In cash, out of your drawer, now."));
    m_all->setText(places == 0 ? tr("Choose &all") : tr("Choose &none"));
    m_confirm->setText(m_purpose == GiveBack::ForMoney ? tr("&Refund %n place(s)", nullptr, places)
                                                       : tr("Choose the &new places"));
    m_confirm->setEnabled(places > 0 && !m_isWorking);
}

void RefundDialog::refund()
{
    if (reason().isEmpty()) {
        m_notice->showNotice(NoticeKind::Error, tr("Say why the places are given back."));
        m_reason->setFocus();
        return;
    }
    if (m_purpose == GiveBack::ForOtherPlaces)
        return accept();
    m_isWorking = true;
    m_notice->clear();
    showSum();
    m_port.refundLines({.refund = m_refund, .order = m_order.id, .lines = chosenLines(), .reason = reason()},
                       guarded<OrderView>(this, [this](Result<OrderView> outcome) {
                           m_isWorking = false;
                           if (outcome) {
                               m_refunded = *std::move(outcome);
                               return accept();
                           }
                           m_notice->showNotice(NoticeKind::Error, outcome.error().message);
                           showSum();
                       }));
}

void RefundDialog::reject()
{
    if (!m_isWorking) // Else nobody would know what came of it.
        QDialog::reject();
}

} // namespace parterre::ui
