#include "checkout/ticketsdialog.h"

#include "checkout/ticketprinter.h"
#include "common/icons.h"
#include "common/keyhelp.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum TicketColumn { TicketPlaceColumn, TicketCodeColumn, TicketHolderColumn, TicketStateColumn, TicketColumnCount };

constexpr int mailsShown = 4;

QString deliveryText(const MailView &mail, const QString &timeZone)
{
    const QString when = startText(mail.endedAt.value_or(mail.createdAt), timeZone);
    switch (mail.state) {
    case MailState::Queued:
        return mail.error ? TicketsDialog::tr("Waits to be sent to %1: %2").arg(mail.recipient, *mail.error)
                          : TicketsDialog::tr("On its way to %1").arg(mail.recipient);
    case MailState::Sent:
        return TicketsDialog::tr("Sent to %1, %2").arg(mail.recipient, when);
    case MailState::Failed:
        return TicketsDialog::tr("Not delivered to %1: %2").arg(mail.recipient, mail.error.value_or(QString()));
    }
    return {};
}

QString mailText(const MailView &mail, const QString &timeZone)
{
    const QString delivery = deliveryText(mail, timeZone);
    if (mail.kind == MailKind::Refunded)
        return TicketsDialog::tr("Of the refund: %1").arg(delivery);
    if (mail.kind == MailKind::Voided)
        return TicketsDialog::tr("Of a void ticket: %1").arg(delivery);
    return delivery;
}

} // namespace

TicketsDialog::TicketsDialog(TicketPort &tickets, const OrderView &order, QWidget *parent)
    : QDialog(parent)
    , m_tickets(tickets)
    , m_order(order)
    , m_notice(new NoticeBar(this))
    , m_table(new QTableWidget(0, TicketColumnCount, this))
    , m_name(new QLineEdit(this))
    , m_email(new QLineEdit(this))
    , m_print(new QPushButton(themedIcon(u"print"_s), u' ' + tr("&Print ticket…"), this))
    , m_reissue(new QPushButton(themedIcon(u"refresh"_s), u' ' + tr("&New code"), this))
    , m_passOn(new QPushButton(themedIcon(u"user"_s), u' ' + tr("Pass &on"), this))
    , m_resend(new QPushButton(tr("&Send all again"), this))
    , m_close(new QPushButton(tr("&Close"), this))
    , m_mails(new QLabel(this))
{
    setObjectName(u"ticketsDialog"_s);
    setWindowTitle(tr("Tickets of %1").arg(order.number));
    setMinimumWidth(820);
    build();
    connectAll();
    m_tickets.fetch(m_order.id, answered({}));
}

void TicketsDialog::build()
{
    m_notice->setObjectName(u"ticketsNotice"_s);
    m_table->setObjectName(u"ticketTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels({tr("Place"), tr("Code"), tr("Holder"), tr("State")});
    m_table->horizontalHeader()->setSectionResizeMode(TicketPlaceColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(TicketCodeColumn, 130);
    m_table->setColumnWidth(TicketHolderColumn, 230);
    m_table->setColumnWidth(TicketStateColumn, 90);
    m_table->setMinimumHeight(220);
    m_name->setObjectName(u"holderName"_s);
    m_name->setMaxLength(limits::nameCharactersMax);
    m_email->setObjectName(u"holderEmail"_s);
    m_email->setMaxLength(limits::emailCharactersMax);
    m_email->setPlaceholderText(m_order.buyer.email);
    m_print->setObjectName(u"ticketPrint"_s);
    m_reissue->setObjectName(u"ticketReissue"_s);
    m_passOn->setObjectName(u"ticketPassOn"_s);
    m_resend->setObjectName(u"ticketsResend"_s);
    m_close->setObjectName(u"ticketsClose"_s);
    m_mails->setObjectName(u"ticketMails"_s);
    m_mails->setWordWrap(true);
    m_mails->setTextFormat(Qt::PlainText);
    m_mails->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QPushButton *button : {m_print, m_reissue, m_passOn, m_resend})
        button->setAutoDefault(false);
    m_close->setDefault(true);

    auto *fields = new QFormLayout;
    fields->addRow(tr("N&ame of the new holder"), m_name);
    fields->addRow(tr("&E-mail"), m_email);
    auto *hint = new QLabel(tr("With an e-mail the ticket is sent there and is theirs alone; without one only its name "
                               "changes. Send all again goes there too, if it is filled in."),
                            this);
    hint->setProperty("muted", true);
    hint->setWordWrap(true);
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {m_print, m_reissue, m_passOn, m_resend})
        buttons->addWidget(button);
    buttons->addStretch();
    buttons->addWidget(m_close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::normal);
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addLayout(fields);
    layout->addWidget(hint);
    layout->addWidget(m_mails);
    layout->addLayout(buttons);
}

void TicketsDialog::connectAll()
{
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &TicketsDialog::choose);
    connect(m_print, &QPushButton::clicked, this, &TicketsDialog::print);
    connect(m_reissue, &QPushButton::clicked, this, &TicketsDialog::askBeforeReissue);
    connect(m_notice, &NoticeBar::actionTriggered, this, &TicketsDialog::reissue);
    connect(m_passOn, &QPushButton::clicked, this, &TicketsDialog::passOn);
    connect(m_resend, &QPushButton::clicked, this, &TicketsDialog::resend);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, [this] {
        KeyHelp help(this);
        help.exec();
    });
}

Reply<OrderTickets> TicketsDialog::answered(const QString &said)
{
    setBusy(true);
    return guarded<OrderTickets>(this, [this, said](Result<OrderTickets> outcome) {
        setBusy(false);
        if (!outcome)
            return m_notice->showNotice(NoticeKind::Error, outcome.error().message);
        showTickets(*outcome);
        if (!said.isEmpty())
            m_notice->showNotice(NoticeKind::Success, said);
    });
}

void TicketsDialog::showTickets(const OrderTickets &tickets)
{
    const int line = current() ? current()->line : 1;
    m_shown = tickets;
    m_table->setRowCount(static_cast<int>(m_shown.tickets.size()));
    int chosen = 0;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const TicketView &ticket = m_shown.tickets[static_cast<size_t>(row)];
        const bool isVoid = ticket.state == TicketState::Void;
        if (ticket.line == line && !isVoid)
            chosen = row;
        const QStringList texts{ticket.placeName, ticket.humanCode.value_or(QString()),
                                ticket.holderName.value_or(m_order.buyer.name), isVoid ? tr("Void") : tr("Valid")};
        for (int column = 0; column < texts.size(); ++column) {
            auto *item = new QTableWidgetItem(texts.at(column));
            QFont font = item->font();
            font.setStrikeOut(isVoid && column == TicketCodeColumn);
            item->setFont(font);
            if (column == TicketHolderColumn)
                item->setData(RowDelegate::SecondLineRole, ticket.holderEmail.value_or(QString()));
            item->setToolTip(texts.at(column));
            m_table->setItem(row, column, item);
        }
    }
    if (m_table->rowCount() > 0)
        m_table->selectRow(chosen);
    showMails();
    choose();
}

void TicketsDialog::showMails()
{
    QStringList lines;
    for (const MailView &mail : m_shown.mails) {
        if (lines.size() < mailsShown)
            lines << mailText(mail, m_order.timeZone);
    }
    m_mails->setText(lines.isEmpty() ? tr("No mail was sent for this order.") : lines.join(u'\n'));
}

const TicketView *TicketsDialog::current() const
{
    const int row = m_table->currentRow();
    return row >= 0 && row < static_cast<int>(m_shown.tickets.size()) ? &m_shown.tickets[static_cast<size_t>(row)]
                                                                      : nullptr;
}

void TicketsDialog::choose()
{
    const bool isValid = current() && current()->state == TicketState::Valid && !m_isBusy;
    for (QPushButton *button : {m_print, m_reissue, m_passOn})
        button->setEnabled(isValid);
    m_resend->setEnabled(!m_isBusy);
}

void TicketsDialog::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    choose();
}

void TicketsDialog::print()
{
    m_tickets.print(current()->id, guarded<TicketDocument>(this, [this](const Result<TicketDocument> &ticket) {
                        const Status done = ticket ? previewTickets(*ticket, this) : refuse(ticket.error());
                        if (!done)
                            m_notice->showNotice(NoticeKind::Error, done.error().message);
                    }));
}

void TicketsDialog::askBeforeReissue()
{
    m_notice->showNotice(NoticeKind::Warning,
                         tr("The code %1 will open no door any more, on paper or anywhere.")
                             .arg(current()->humanCode.value_or(QString())),
                         tr("&Make a new code"));
}

void TicketsDialog::reissue()
{
    if (!current())
        return;
    m_tickets.reissue(current()->id, answered(tr("%1 has a new code.").arg(current()->placeName)));
}

void TicketsDialog::passOn()
{
    const QString name = m_name->text().trimmed();
    const QString email = m_email->text().trimmed();
    if (name.isEmpty()) {
        m_notice->showNotice(NoticeKind::Warning, tr("Type the name of who comes with this ticket."));
        m_name->setFocus();
        return;
    }
    m_tickets.transfer(
        {.ticket = current()->id, .name = name, .email = email.isEmpty() ? std::nullopt : std::optional(email)},
        answered(tr("%1 is now in the name of %2.").arg(current()->placeName, name)));
}

void TicketsDialog::resend()
{
    const QString email = m_email->text().trimmed();
    m_tickets.resend(
        {.order = m_order.id, .email = email.isEmpty() ? std::nullopt : std::optional(email)},
        answered(tr("The tickets will be sent to %1.").arg(email.isEmpty() ? m_order.buyer.email : email)));
}

} // namespace parterre::ui
