#include "giftcards/giftcardrow.h"

#include "common/icons.h"
#include "common/moneytext.h"
#include "common/theme.h"
#include "giftcards/giftcarddialog.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

GiftCardRow::GiftCardRow(SalesPort &sales, const Money &due, QWidget *parent)
    : QWidget(parent)
    , m_sales(sales)
    , m_due(due)
    , m_text(new QLabel(this))
    , m_add(new QPushButton(themedIcon(u"receipt"_s), u' ' + tr("&Gift card  (F3)"), this))
    , m_clear(new QPushButton(themedIcon(u"close"_s), QString(), this))
{
    m_text->setObjectName(u"giftCardsTaken"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_add->setObjectName(u"takeGiftCard"_s);
    m_clear->setObjectName(u"dropGiftCards"_s);
    m_clear->setToolTip(tr("Pay without gift cards"));
    m_clear->setAccessibleName(m_clear->toolTip());
    for (QPushButton *button : {m_add, m_clear}) {
        button->setAutoDefault(false);
        button->setMinimumHeight(40);
    }
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::small);
    row->addWidget(m_text, 1);
    row->addWidget(m_clear);
    row->addWidget(m_add);
    connect(m_add, &QPushButton::clicked, this, &GiftCardRow::ask);
    connect(m_clear, &QPushButton::clicked, this, &GiftCardRow::clear);
    connect(new QShortcut(QKeySequence(Qt::Key_F3), this), &QShortcut::activated, m_add, &QPushButton::click);
    showTaken();
}

Money GiftCardRow::sum() const
{
    Money sum(0, m_due.currency());
    for (const GiftCardTender &tender : m_tenders)
        sum += *tender.amount;
    return sum;
}

void GiftCardRow::setDue(const Money &due)
{
    m_due = due;
    clear();
}

void GiftCardRow::clear()
{
    m_tenders.clear();
    m_names.clear();
    showTaken();
    Q_EMIT changed();
}

void GiftCardRow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::EnabledChange)
        showTaken();
}

void GiftCardRow::ask()
{
    GiftCardDialog dialog(m_sales, rest(), this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    const bool isTaken = std::ranges::any_of(
        m_tenders, [&](const GiftCardTender &tender) { return tender.code == dialog.tender().code; });
    if (isTaken) // The same card again pays nothing more.
        return;
    m_tenders.push_back(dialog.tender());
    m_names += tr("%1 pays %2").arg(dialog.name(), moneyText(*dialog.tender().amount));
    showTaken();
    Q_EMIT changed();
}

void GiftCardRow::showTaken()
{
    m_text->setText(m_names.join(u'\n'));
    m_clear->setVisible(!m_tenders.empty());
    m_add->setEnabled(isEnabled() && !rest().isZero() &&
                      static_cast<int>(m_tenders.size()) < limits::giftCardsPerPaymentMax);
}

} // namespace parterre::ui
