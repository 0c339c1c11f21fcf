#include "payments/resolvepaymentdialog.h"

#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "payments/doubttext.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    QString title;
    QString consequence;
    QString proposal; ///< For the note.
    QString confirm;
};

Words wordsOf(const PaymentInDoubt &payment, PaymentDecision decision)
{
    const auto count = static_cast<int>(payment.places.size());
    switch (decision) {
    case PaymentDecision::MoneyCame:
        return {ResolvePaymentDialog::tr("The money came"),
                ResolvePaymentDialog::tr("The order is sold: the %n place(s) get tickets, and the buyer has a mail if "
                                         "there is an address. Decide so only if you have seen the money: if it never "
                                         "comes, the house has given the tickets away, and you answer for it.",
                                         nullptr, count),
                ResolvePaymentDialog::tr("Such as: receipt 4711 of the left terminal says approved"),
                ResolvePaymentDialog::tr("&Sell the order")};
    case PaymentDecision::NoMoney:
        return {
            ResolvePaymentDialog::tr("No money came"),
            ResolvePaymentDialog::tr("The payment ends. The %n place(s) stay with the customer for three minutes and "
                                     "are free then. Money that comes after all goes back by itself, as soon as the "
                                     "provider tells of it.",
                                     nullptr, count),
            ResolvePaymentDialog::tr("Such as: not on the terminal's journal, nor on today's settlement"),
            ResolvePaymentDialog::tr("&End the payment")};
    case PaymentDecision::Closed:
        break;
    }
    const bool isAsked = payment.waitsFor == DoubtWaitsFor::Provider;
    return {ResolvePaymentDialog::tr("Seen to"),
            isAsked ? ResolvePaymentDialog::tr("The provider is not asked about this payment any more. Close it where "
                                               "nobody will answer, such as for a terminal that is gone.")
                    : ResolvePaymentDialog::tr("It leaves this list. Nothing of the order is changed: give its places "
                                               "back under Orders if that is what has to be done."),
            ResolvePaymentDialog::tr("Such as: the bank has been called, and keeps the money"),
            ResolvePaymentDialog::tr("&Close it")};
}

} // namespace

ResolvePaymentDialog::ResolvePaymentDialog(const PaymentInDoubt &payment, PaymentDecision decision, PaymentPort &port,
                                           QWidget *parent)
    : QDialog(parent)
    , m_payment(payment)
    , m_decision(decision)
    , m_port(port)
    , m_note(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_confirm(new QPushButton(wordsOf(payment, decision).confirm, this))
{
    setObjectName(u"resolvePaymentDialog"_s);
    setWindowTitle(wordsOf(payment, decision).title);
    setMinimumSize(640, 400); // With room for a refusal of three lines.
    build();
    connect(m_note, &QLineEdit::textChanged, this, &ResolvePaymentDialog::showWhetherAllowed);
    connect(m_confirm, &QPushButton::clicked, this, &ResolvePaymentDialog::resolve);
    showWhetherAllowed();
    m_note->setFocus();
}

void ResolvePaymentDialog::build()
{
    const Words words = wordsOf(m_payment, m_decision);
    auto *title = new QLabel(words.title, this);
    title->setFont(headingFont());
    auto *what = new QLabel(
        tr("%1 for order %2, %3").arg(moneyText(m_payment.amount), m_payment.orderNumber, doubtWayText(m_payment)),
        this);
    what->setObjectName(u"resolveWhat"_s);
    what->setTextFormat(Qt::PlainText);
    what->setFont(titleFont());
    auto *consequence = new QLabel(words.consequence, this);
    consequence->setObjectName(u"resolveConsequence"_s);
    consequence->setWordWrap(true);
    m_note->setObjectName(u"resolveNote"_s);
    m_note->setMaxLength(limits::noteCharactersMax);
    m_note->setPlaceholderText(words.proposal);
    m_notice->setObjectName(u"resolveNotice"_s);
    m_notice->setClosable(false);
    m_confirm->setObjectName(u"resolveConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    auto *keep = new QPushButton(tr("&Back"), this);
    keep->setObjectName(u"resolveBack"_s);
    keep->setAutoDefault(false);
    connect(keep, &QPushButton::clicked, this, &QDialog::reject);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics::wide);
    form->addRow(tr("What was &seen"), m_note);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(keep);
    buttons->addWidget(m_confirm);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(what);
    layout->addWidget(consequence);
    layout->addWidget(m_notice);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
}

void ResolvePaymentDialog::showWhetherAllowed()
{
    m_note->setEnabled(!m_isSent);
    m_confirm->setEnabled(!m_isSent && !m_note->text().trimmed().isEmpty());
}

void ResolvePaymentDialog::resolve()
{
    m_isSent = true;
    showWhetherAllowed();
    m_notice->clear();
    m_port.resolve({.payment = m_payment.payment, .decision = m_decision, .note = m_note->text().trimmed()},
                   guarded<OrderView>(this, [this](Result<OrderView> outcome) {
                       m_isSent = false;
                       showWhetherAllowed();
                       if (!outcome)
                           return m_notice->showNotice(NoticeKind::Error, outcome.error().message);
                       m_order = *std::move(outcome);
                       accept();
                   }));
}

} // namespace parterre::ui
