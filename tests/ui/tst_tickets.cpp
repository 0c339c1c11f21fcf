#include "checkout/orderspage.h"
#include "checkout/ticketsdialog.h"
#include "common/noticebar.h"
#include "ui/desk.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

/// Tickets of one order as a box office in memory keeps them, behind the desktop's port.
class TicketsInMemory : public ui::TicketPort
{
public:
    TicketsInMemory()
    {
        for (int line = 1; line <= 2; ++line)
            order.tickets.push_back(fresh(line));
    }
    static TicketView fresh(int line)
    {
        static int made = 0;
        return {.id = TicketId::create(),
                .line = line,
                .placeName = u"Stalls, row A, seat %1"_s.arg(line),
                .humanCode = u"K7QM-%1"_s.arg(++made, 4, 10, QChar(u'0')),
                .issuedAt = *instantFromText(u"2026-11-24T09:00:00Z"_s)};
    }
    void fetch(const OrderId &, ui::Reply<OrderTickets> reply) override { reply(order); }
    void print(const TicketId &ticket, ui::Reply<ui::TicketDocument> reply) override
    {
        printed = ticket;
        reply(refuse(ErrorCode::Unavailable, u"The printer's server is away."_s));
    }
    void resend(const ResendTickets &command, ui::Reply<OrderTickets> reply) override
    {
        resent.append(command.email.value_or(QString()));
        if (refusal)
            return reply(refuse(*refusal));
        order.mails.insert(order.mails.begin(), {.kind = MailKind::Again,
                                                 .recipient = command.email.value_or(u"olivia@example.org"_s),
                                                 .createdAt = order.tickets.front().issuedAt});
        reply(order);
    }
    void reissue(const TicketId &ticket, ui::Reply<OrderTickets> reply) override
    {
        replace(ticket, {}, {});
        reply(order);
    }
    void transfer(const TransferTicket &command, ui::Reply<OrderTickets> reply) override
    {
        replace(command.ticket, command.name, command.email);
        reply(order);
    }
    void replace(const TicketId &ticket, const std::optional<QString> &name, const std::optional<QString> &email)
    {
        ++replaced;
        for (size_t i = 0; i < order.tickets.size(); ++i) {
            if (order.tickets[i].id != ticket)
                continue;
            order.tickets[i].state = TicketState::Void;
            TicketView by = fresh(order.tickets[i].line);
            by.holderName = name;
            by.holderEmail = email;
            order.tickets.insert(order.tickets.begin() + static_cast<qsizetype>(i) + 1, by);
            return;
        }
    }

    OrderTickets order;
    std::optional<Error> refusal;
    std::optional<TicketId> printed;
    QStringList resent;
    int replaced = 0;
};

OrderView anOrder()
{
    OrderView order;
    order.id = OrderId::create();
    order.number = u"P-000123"_s;
    order.timeZone = u"Europe/London"_s;
    order.buyer = {.name = u"Olivia"_s, .email = u"olivia@example.org"_s};
    return order;
}

} // namespace

/// What a clerk does with tickets after the sale.
class TestTickets : public QObject
{
    Q_OBJECT

    TicketsInMemory m_tickets;
    std::unique_ptr<ui::TicketsDialog> m_dialog;

    [[nodiscard]] QTableWidget *table() { return find<QTableWidget>(*m_dialog, u"ticketTable"_s); }
    [[nodiscard]] QString said() { return find<ui::NoticeBar>(*m_dialog, u"ticketsNotice"_s)->text(); }
    void press(const QString &name) { find<QPushButton>(*m_dialog, name)->click(); }
    void type(const QString &name, const QString &text) { find<QLineEdit>(*m_dialog, name)->setText(text); }

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init()
    {
        m_tickets.order = {};
        m_tickets.replaced = 0;
        m_tickets.resent.clear();
        m_tickets.refusal.reset();
        for (int line = 1; line <= 2; ++line)
            m_tickets.order.tickets.push_back(TicketsInMemory::fresh(line));
        m_dialog = std::make_unique<ui::TicketsDialog>(m_tickets, anOrder());
        m_dialog->show();
    }
    void cleanup() { m_dialog.reset(); }

    void aNewCodeIsAskedForTwiceAndTheOldOneStaysInSight()
    {
        QCOMPARE(table()->rowCount(), 2);
        const QString old = table()->item(0, 1)->text();
        press(u"ticketReissue"_s);
        QCOMPARE(m_tickets.replaced, 0);
        QVERIFY(said().contains(old));
        Q_EMIT find<ui::NoticeBar>(*m_dialog, u"ticketsNotice"_s)->actionTriggered();
        QCOMPARE(m_tickets.replaced, 1);
        QCOMPARE(table()->rowCount(), 3);
        QCOMPARE(table()->item(0, 3)->text(), u"Void"_s);
        QVERIFY(table()->item(0, 1)->font().strikeOut());
        QCOMPARE(table()->currentRow(), 1); // The one that replaced it.
        QVERIFY(said().contains(u"has a new code"_s));
    }
    void aVoidTicketOffersNothing()
    {
        press(u"ticketReissue"_s);
        Q_EMIT find<ui::NoticeBar>(*m_dialog, u"ticketsNotice"_s)->actionTriggered();
        table()->selectRow(0);
        for (const QString &name : {u"ticketPrint"_s, u"ticketReissue"_s, u"ticketPassOn"_s})
            QVERIFY(!find<QPushButton>(*m_dialog, name)->isEnabled());
        QVERIFY(find<QPushButton>(*m_dialog, u"ticketsResend"_s)->isEnabled());
    }
    void passingOnNeedsAName()
    {
        table()->selectRow(1);
        press(u"ticketPassOn"_s);
        QCOMPARE(m_tickets.replaced, 0);
        QVERIFY(said().contains(u"name"_s));
        type(u"holderName"_s, u" Sebastian "_s);
        type(u"holderEmail"_s, u"sebastian@example.org"_s);
        press(u"ticketPassOn"_s);
        QCOMPARE(m_tickets.replaced, 1);
        QCOMPARE(m_tickets.order.tickets.back().holderName, u"Sebastian"_s);
        QCOMPARE(m_tickets.order.tickets.back().holderEmail, u"sebastian@example.org"_s);
        QCOMPARE(table()->item(2, 2)->text(), u"Sebastian"_s);
    }
    void ticketsAreSentAgainToTheBuyerOrElsewhere()
    {
        press(u"ticketsResend"_s);
        QVERIFY(said().contains(u"olivia@example.org"_s));
        type(u"holderEmail"_s, u"olivia@elsewhere.example"_s);
        press(u"ticketsResend"_s);
        QCOMPARE(m_tickets.resent, (QStringList{QString(), u"olivia@elsewhere.example"_s}));
        QVERIFY(find<QLabel>(*m_dialog, u"ticketMails"_s)->text().contains(u"On its way to olivia@elsewhere"_s));
    }
    void aRefusalIsSaidAndTheDialogGoesOn()
    {
        m_tickets.refusal = Error{.code = ErrorCode::RateLimited, .message = u"The tickets were sent a moment ago."_s};
        press(u"ticketsResend"_s);
        QCOMPARE(said(), u"The tickets were sent a moment ago."_s);
        QVERIFY(find<QPushButton>(*m_dialog, u"ticketsResend"_s)->isEnabled());
        press(u"ticketPrint"_s);
        QCOMPARE(m_tickets.printed, m_tickets.order.tickets.front().id);
        QCOMPARE(said(), u"The printer's server is away."_s);
    }
    void whatTheMailServerSaidIsShown()
    {
        m_tickets.order.mails = {{.recipient = u"zoe@example.org"_s,
                                  .state = MailState::Failed,
                                  .error = u"550 5.1.1 <b>nobody</b>"_s,
                                  .createdAt = m_tickets.order.tickets.front().issuedAt}};
        m_dialog = std::make_unique<ui::TicketsDialog>(m_tickets, anOrder());
        QCOMPARE(find<QLabel>(*m_dialog, u"ticketMails"_s)->text(),
                 u"Not delivered to zoe@example.org: 550 5.1.1 <b>nobody</b>"_s);
    }
    void aMailThatBringsNoTicketSaysSo()
    {
        const Instant then = m_tickets.order.tickets.front().issuedAt;
        m_tickets.order.mails = {
            {.kind = MailKind::Refunded, .recipient = u"zoe@example.org"_s, .createdAt = then},
            {.kind = MailKind::Voided, .recipient = u"sebastian@example.org"_s, .createdAt = then}};
        m_dialog = std::make_unique<ui::TicketsDialog>(m_tickets, anOrder());
        QCOMPARE(find<QLabel>(*m_dialog, u"ticketMails"_s)->text(),
                 u"Of the refund: On its way to zoe@example.org\nOf a void ticket: On its way to "
                 "sebastian@example.org"_s);
    }
    void thePicture()
    {
        press(u"ticketReissue"_s);
        m_tickets.order.mails = {{.recipient = u"zoe@example.org"_s,
                                  .state = MailState::Failed,
                                  .error = u"550 5.1.1 There is nobody of this name here"_s,
                                  .createdAt = m_tickets.order.tickets.front().issuedAt}};
        m_tickets.replace(m_tickets.order.tickets.front().id, u"Sebastian"_s, u"sebastian@example.org"_s);
        m_dialog = std::make_unique<ui::TicketsDialog>(m_tickets, anOrder());
        m_dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
        const QPixmap picture = m_dialog->grab();
        QVERIFY(picture.width() >= 820);
        const QString folder = qEnvironmentVariable("PARTERRE_PICTURES");
        QVERIFY(folder.isEmpty() || picture.save(folder + u"/tickets.png"_s));
    }
};

QTEST_MAIN(TestTickets)
#include "tst_tickets.moc"
