#include "check/salebooks.h"
#include "support/mailworld.h"
#include "support/scriptedprovider.h"

#include <QGuiApplication>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

QByteArray bytesOf(const QJsonObject &part)
{
    return QByteArray::fromBase64(part[u"bytes"_s].toString().toLatin1());
}

std::vector<QString> seats(int first, int last)
{
    return SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, first, last);
}

/// A mail, taken apart by Python's parser.
struct ReadMail
{
    QJsonObject mail;

    [[nodiscard]] QString subject() const { return mail[u"headers"_s][u"subject"_s].toString(); }
    [[nodiscard]] QString text() const { return mail[u"parts"_s][0][u"text"_s].toString(); }
    [[nodiscard]] QString html() const { return mail[u"parts"_s][1][u"text"_s].toString(); }
    [[nodiscard]] QList<QJsonObject> parts(const QString &type) const
    {
        QList<QJsonObject> found;
        for (const QJsonValue &part : mail[u"parts"_s].toArray()) {
            if (part[u"type"_s].toString() == type)
                found.append(part.toObject());
        }
        return found;
    }
    /// Its entries for a calendar as Python's icalendar reads them, with the method that the part says.
    [[nodiscard]] QList<QJsonObject> entries() const
    {
        QList<QJsonObject> found;
        for (const QJsonObject &part : parts(u"text/calendar"_s)) {
            const Run run =
                runProgram(u"/usr/bin/python3"_s,
                           {QStringLiteral(PARTERRE_SOURCE_DIR "/tests/support/readcalendar.py")}, bytesOf(part));
            QJsonObject entry = QJsonDocument::fromJson(run.output).object();
            entry[u"part_method"_s] = part[u"params"_s][u"method"_s];
            found.append(entry);
        }
        return found;
    }
};

} // namespace

/// Mails that say that places went back (docs/mail.md).
class TestRefundMail : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void whatWentBackIsOneMailWithItsPaperAndOutOfTheCalendar();
    void itSaysTrulyWhereTheMoneyIs_data();
    void itSaysTrulyWhereTheMoneyIs();
    void whoGaveAPartBackKeepsTheRest();
    void anExchangeSaysWhatItPaidFor();
    void aCancelledEveningIsToldToEachWithTheReason();
    void theBoxOfficesReasonIsItsOwn();
    void whoHoldsAPassedOnTicketIsToldOnceThatItIsVoid();
    void whoHeldATicketThatSomebodyElseHasIsTold();
    void aNewCodeChangesTheEntryOfTheOrder();
    void theSameFactAgainIsNoSecondMail();
    void aCancelledHouseKeepsNoSaleWaiting();

private:
    void open(const SaleWorldOptions &options = {}, const MailSettings *settings = nullptr, int connections = 4);
    [[nodiscard]] SaleWorld &world() { return m_house->world(); }
    /// By the supervisor; all that is left without `lines`.
    OrderView giveBack(const OrderView &order, const std::vector<int> &lines = {}, bool isBuyer = false);
    void cancelEvening();
    /// Nothing is sent until resume(), as between two starts of a server.
    void pause() { m_house->mails().stop(); }
    void resume()
    {
        m_house->wake();
        m_next.reset(new MailService(m_house->afterNextStart(*m_folder)));
        m_next->start();
    }
    /// Waits for the newest mail of this kind, and for its being sent.
    [[nodiscard]] ReadMail newest(const QString &kind, const QString &recipient = u"olivia@example.org"_s);
    TicketView passOn(const OrderView &order, const TicketId &ticket, const QString &name, const QString &email);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<MailWorld> m_house;
    std::unique_ptr<MailService> m_next;
};

void TestRefundMail::open(const SaleWorldOptions &options, const MailSettings *settings, int connections)
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_provider = std::make_unique<ScriptedProvider>();
    SaleWorldOptions with = options;
    with.provider = m_provider.get();
    const MailSettings files{.folder = m_folder->path()};
    m_house = std::make_unique<MailWorld>(settings ? *settings : files, connections, with);
    m_provider->setProvider(world().testProvider());
}

void TestRefundMail::cleanup()
{
    if (m_house)
        QCOMPARE(world().books().faults(), QStringList());
    m_next.reset();
    m_house.reset();
    m_provider.reset();
}

OrderView TestRefundMail::giveBack(const OrderView &order, const std::vector<int> &lines, bool isBuyer)
{
    const RefundActor actor{.principal = isBuyer ? world().buyer().owner : u"user:orsino"_s,
                            .right = RefundRight::Any,
                            .isAtDesk = !isBuyer};
    const OrderView given = need(world().afterSale().refund(
        actor, SaleNode::newKey(world().desk()),
        {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"between ourselves"_s}));
    m_house->wake();
    return given;
}

void TestRefundMail::cancelEvening()
{
    need(world().cancellations().cancel(SaleNode::newKey(world().desk()),
                                        {.performance = world().performance(), .reason = u"Feste is ill"_s}));
    need(world().cancellations().step());
    m_house->wake();
}

ReadMail TestRefundMail::newest(const QString &kind, const QString &recipient)
{
    const QString where = u"kind = '%1' and recipient = '%2' and state = 'sent'"_s.arg(kind, recipient);
    if (!QTest::qWaitFor([&] { return world().sqlNumber(u"select count(*) from mail where "_s + where) > 0; }, 20'000))
        qFatal("no mail %s to %s was sent: %s", qPrintable(kind), qPrintable(recipient),
               qPrintable(world().sqlText(
                   u"select string_agg(kind || ' ' || recipient || ' ' || state || ' ' || error, '; ') from mail"_s)));
    QFile file(m_folder->filePath(
        world().sqlText(u"select id from mail where %1 order by created_at desc, id desc limit 1"_s.arg(where)) +
        u".eml"_s));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is not there", qPrintable(file.fileName()));
    const QJsonObject read = readMail(file.readAll());
    if (read.isEmpty() || !read[u"faults"_s].toArray().isEmpty())
        qFatal("not a sound mail: %s", qPrintable(file.fileName()));
    return {read};
}

TicketView TestRefundMail::passOn(const OrderView &order, const TicketId &ticket, const QString &name,
                                  const QString &email)
{
    const auto after =
        need(world().fulfilment().transfer({.owner = {}, .as = AskedBy::Clerk}, SaleNode::newKey(world().desk()),
                                           {.ticket = ticket, .name = name, .email = email}));
    m_house->wake();
    const auto passed = std::ranges::find_if(after.tickets, [&](const TicketView &each) {
        return each.state == TicketState::Valid && each.holderEmail == email && each.holderName == name;
    });
    if (passed == after.tickets.end())
        qFatal("%s was not passed on", qPrintable(order.number));
    return *passed;
}

void TestRefundMail::whatWentBackIsOneMailWithItsPaperAndOutOfTheCalendar()
{
    open({.asksForFees = true});
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 2));
    const QJsonObject before = newest(u"order"_s).entries().first();
    pause();
    const OrderView given = giveBack(order, {}, true);
    need(world().afterSale().settleRefunds());
    resume();
    const ReadMail mail = newest(u"refunded"_s);
    QCOMPARE(mail.subject(), u"Given back: "_s + order.eventTitle + u", "_s + mail.subject().section(u", "_s, 1));
    QCOMPARE(QJsonDocument(mail.mail[u"tree"_s].toObject()).toJson(QJsonDocument::Compact),
             QByteArray("{\"multipart/mixed\":[{\"multipart/alternative\":[\"text/plain\",{\"multipart/related\":"
                        "[\"text/html\"]}]},\"application/pdf\",\"text/calendar\"]}"));
    const RefundView &refund = given.refunds.front();
    const QString sum = u'£' + order.total.numberText();
    const QString link =
        u"https://shop.example/#/orders/%1?key=%2"_s.arg(order.id.text(), world().tickets().orderKey(order.id));
    for (const QString &said :
         {order.eventTitle, order.number, order.venueName, u"You have given back these places."_s,
          u"Your tickets for them are void"_s, order.lines[0].placeName, order.lines[1].placeName, u"Handling"_s, sum,
          sum + u" was sent back to the card that paid."_s, refund.creditNote, link, u"Ring the box office."_s}) {
        QVERIFY2(mail.text().contains(said), qPrintable(said + u" is not in\n"_s + mail.text()));
        QVERIFY2(mail.html().contains(said.toHtmlEscaped()), qPrintable(said + u" is not in\n"_s + mail.html()));
    }
    const QJsonObject paper = mail.parts(u"application/pdf"_s).first();
    QCOMPARE(paper[u"name"_s].toString(), refund.creditNote + u".pdf"_s);
    QFile pdf(m_folder->filePath(u"note.pdf"_s));
    QVERIFY(pdf.open(QIODevice::WriteOnly) && pdf.write(bytesOf(paper)) > 0);
    pdf.close();
    QCOMPARE(runProgram(u"qpdf"_s, {u"--check"_s, pdf.fileName()}).exitCode, 0);
    const QString printed =
        QString::fromUtf8(runProgram(u"pdftotext"_s, {u"-layout"_s, pdf.fileName(), u"-"_s}).output);
    QVERIFY2(printed.contains(u"Credit note"_s) && printed.contains(refund.creditNote) && printed.contains(sum),
             qPrintable(printed));

    QCOMPARE(mail.entries().size(), 1);
    const QJsonObject after = mail.entries().first();
    QCOMPARE(before[u"method"_s].toString(), u"PUBLISH"_s);
    QCOMPARE(after[u"method"_s].toString(), u"CANCEL"_s);
    QCOMPARE(after[u"part_method"_s].toString(), u"CANCEL"_s);
    QCOMPARE(after[u"status"_s].toString(), u"CANCELLED"_s);
    QCOMPARE(after[u"uid"_s], before[u"uid"_s]);
    QVERIFY(after[u"sequence"_s].toInt() > before[u"sequence"_s].toInt());
    QCOMPARE(after[u"organizer"_s].toString(), u"mailto:tickets@playhouse.example"_s);
    QCOMPARE(after[u"organizer"_s], before[u"organizer"_s]); // Else a calendar does not believe it.
    QCOMPARE(world().sqlNumber(u"select count(*) from mail"_s), 2);
}

void TestRefundMail::itSaysTrulyWhereTheMoneyIs_data()
{
    QTest::addColumn<QString>("paid");
    QTest::addColumn<QString>("then");
    QTest::addColumn<QString>("said");
    QTest::newRow("cash, at the desk") << u"cash"_s << u"desk"_s << u"£50.00 was given to you in cash"_s;
    QTest::newRow("cash, of a cancelled evening") << u"cash"_s << u"cancelled"_s << u"£50.00 waits for you"_s;
    QTest::newRow("a card that has it back") << u"card"_s << u"settled"_s << u"£50.00 was sent back to the card"_s;
    QTest::newRow("a provider that says nothing")
        << u"card"_s << u"desk"_s << u"£50.00 goes back to the card that paid. The card's bank has not confirmed"_s;
    QTest::newRow("a card that is closed")
        << u"card"_s << u"refused"_s << u"£50.00 could not be sent back to the card"_s;
    QTest::newRow("a card that was closed, and cash for it")
        << u"card"_s << u"paid out"_s << u"£50.00 was paid to you in cash at the box office."_s;
    QTest::newRow("a gift card") << u"gift card"_s << u"desk"_s << u"£50.00 is back on the gift card that ends in "_s;
    QTest::newRow("nothing") << u"nothing"_s << u"desk"_s << u"No money goes back"_s;
}

void TestRefundMail::itSaysTrulyWhereTheMoneyIs()
{
    QFETCH(const QString, paid);
    QFETCH(const QString, then);
    QFETCH(const QString, said);
    open();
    const Buyer olivia{.name = u"Olivia"_s, .email = u"olivia@example.org"_s};
    const SaleParty &party = paid == u"card" || paid == u"gift card" ? world().buyer() : world().desk();
    const OrderView order = m_house->orderOf(party, olivia, seats(1, 1), paid == u"nothing" ? u"Press"_s : u"Adult"_s);
    QString lastFour;
    if (paid == u"gift card") {
        const auto issued = need(world().giftCards().issue({.principal = world().desk().owner, .isSupervisor = false},
                                                           SaleNode::newKey(world().desk()),
                                                           {.card = GiftCardId::create(),
                                                            .amount = SaleWorld::money(5'000),
                                                            .reason = {},
                                                            .payment = PaymentId::create(),
                                                            .tendered = SaleWorld::money(5'000)}));
        lastFour = issued.card.lastFour + u'.';
        need(world().checkout().payInParts(
            party, SaleNode::newKey(party),
            {.payment = PaymentId::create(), .order = order.id, .giftCards = {{.code = *issued.code}}}));
    } else if (paid == u"card") {
        need(world().payCard(party, order));
    } else {
        need(world().payCash(party, order, order.total));
    }
    pause();
    if (then == u"cancelled")
        cancelEvening();
    else
        giveBack(order);
    if (then == u"refused" || then == u"paid out")
        world().sql(u"update test_card_provider.payment set amount = 0"_s);
    if (then == u"refused" || then == u"paid out" || then == u"settled")
        need(world().afterSale().settleRefunds());
    world().sql(u"update test_card_provider.payment set amount = 5000"_s);
    if (then == u"paid out")
        need(world().afterSale().payOut(
            {.principal = u"user:orsino"_s, .right = RefundRight::Any}, SaleNode::newKey(world().desk()),
            {.repayment = need(world().checkout().findForStaff(order.id)).refunds.at(0).repayments.at(0).id,
             .note = u"passport seen"_s}));
    resume();
    const ReadMail mail = newest(u"refunded"_s);
    QVERIFY2(mail.text().contains(said + lastFour), qPrintable(mail.text()));
    QVERIFY2(mail.html().contains((said + lastFour).toHtmlEscaped()), qPrintable(mail.html()));
    QCOMPARE(mail.parts(u"application/pdf"_s).size(), paid == u"nothing" ? 0 : 1);
}

void TestRefundMail::whoGaveAPartBackKeepsTheRest()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 3));
    const QJsonObject before = newest(u"order"_s).entries().first();
    giveBack(order, {2});
    const ReadMail mail = newest(u"refunded"_s);
    QVERIFY2(mail.text().contains(u"The box office has taken back this place. Your ticket for it is void"_s),
             qPrintable(mail.text()));
    QVERIFY2(mail.text().contains(u"You keep %1; %2."_s.arg(order.lines[0].placeName, order.lines[2].placeName)),
             qPrintable(mail.text()));
    const QJsonObject after = mail.entries().first();
    QCOMPARE(after[u"method"_s].toString(), u"PUBLISH"_s);
    QCOMPARE(after[u"status"_s].toString(), u"CONFIRMED"_s);
    QCOMPARE(after[u"uid"_s], before[u"uid"_s]);
    QVERIFY(after[u"sequence"_s].toInt() > before[u"sequence"_s].toInt());
    QVERIFY(before[u"description"_s].toString().contains(order.lines[1].placeName));
    QVERIFY(!after[u"description"_s].toString().contains(order.lines[1].placeName));
    QVERIFY(after[u"description"_s].toString().contains(order.lines[2].placeName));

    giveBack(order);
    QTRY_COMPARE_WITH_TIMEOUT(
        world().sqlNumber(u"select count(*) from mail where kind = 'refunded' and state = 'sent'"_s), 2, 20'000);
    const QJsonObject last = newest(u"refunded"_s).entries().first();
    QCOMPARE(last[u"method"_s].toString(), u"CANCEL"_s);
    QVERIFY(last[u"sequence"_s].toInt() > after[u"sequence"_s].toInt());
}

void TestRefundMail::anExchangeSaysWhatItPaidFor()
{
    open();
    const OrderView old = m_house->sellTo(u"olivia@example.org"_s, seats(1, 1));
    (void)newest(u"order"_s);
    pause();
    const OrderView wanted = m_house->orderOf(world().desk(), old.buyer, {SaleWorld::seatKey(u"Circle"_s, u"A"_s, 1)});
    need(world().afterSale().exchange({.principal = u"user:orsino"_s, .right = RefundRight::Any}, world().desk(),
                                      SaleNode::newKey(world().desk()),
                                      {.order = wanted.id,
                                       .from = old.id,
                                       .lines = {},
                                       .refund = RefundId::create(),
                                       .reason = u"between ourselves"_s,
                                       .payment = PaymentId::create()}));
    need(world().afterSale().settleRefunds());
    resume();
    const ReadMail mail = newest(u"refunded"_s);
    QVERIFY2(mail.subject().startsWith(u"Exchanged: "_s), qPrintable(mail.subject()));
    for (const QString &said :
         {u"You have exchanged this place for those of order %1."_s.arg(wanted.number), u"Worth: £50.00"_s,
          u"£30.00 pays for the places of order %1."_s.arg(wanted.number), u"£20.00 was sent back to the card"_s})
        QVERIFY2(mail.text().contains(said), qPrintable(said + u" is not in\n"_s + mail.text()));
    QCOMPARE(mail.entries().first()[u"method"_s].toString(), u"CANCEL"_s);
    QTRY_COMPARE_WITH_TIMEOUT(world().sqlNumber(u"select count(*) from mail where kind = 'order' and state = 'sent'"_s),
                              2, 20'000);
}

void TestRefundMail::aCancelledEveningIsToldToEachWithTheReason()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 2));
    const OrderView walkUp = need(world().sell(world().desk(), seats(3, 3)));
    (void)newest(u"order"_s);
    cancelEvening();
    const ReadMail mail = newest(u"refunded"_s);
    QVERIFY2(mail.subject().startsWith(u"Cancelled: "_s), qPrintable(mail.subject()));
    const QString regret = u"this performance does not take place. The reason: Feste is ill. Your tickets are void."_s;
    QVERIFY2(mail.text().contains(regret), qPrintable(mail.text()));
    QVERIFY2(mail.html().contains(regret), qPrintable(mail.html()));
    QVERIFY(mail.html().contains(u">Does not take place<"_s));
    QVERIFY(!mail.text().contains(u"Doors open"_s)); // They do not.
    QCOMPARE(mail.entries().first()[u"status"_s].toString(), u"CANCELLED"_s);
    QTRY_COMPARE(world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0);
    QCOMPARE(world().sqlNumber(u"select count(*) from mail where order_id = '%1'"_s.arg(walkUp.id.text())), 0);
    QCOMPARE(world().sqlNumber(u"select count(*) from mail where order_id = '%1'"_s.arg(order.id.text())), 2);
}

void TestRefundMail::theBoxOfficesReasonIsItsOwn()
{
    open();
    giveBack(m_house->sellTo(u"olivia@example.org"_s, seats(1, 1)));
    const ReadMail mail = newest(u"refunded"_s);
    QVERIFY2(!mail.text().contains(u"between ourselves"_s), qPrintable(mail.text()));
    QVERIFY(!mail.html().contains(u"between ourselves"_s));
}

void TestRefundMail::whoHoldsAPassedOnTicketIsToldOnceThatItIsVoid()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 3));
    const TicketView first = passOn(order, order.tickets[0], u"Sebastian"_s, u"sebastian@example.org"_s);
    passOn(order, order.tickets[1], u"Sebastian and a friend"_s, u"Sebastian@Example.org"_s);
    const QString uid = newest(u"transferred"_s, u"sebastian@example.org"_s).entries().first()[u"uid"_s].toString();
    giveBack(order, {}, true);

    QTRY_COMPARE_WITH_TIMEOUT(
        world().sqlNumber(u"select count(*) from mail where kind = 'voided' and state = 'sent'"_s), 1, 20'000);
    const ReadMail mail = newest(u"voided"_s, world().sqlText(u"select recipient from mail where kind = 'voided'"_s));
    QVERIFY2(mail.subject().startsWith(u"Your tickets are void: "_s), qPrintable(mail.subject()));
    for (const QString &said :
         {u"The tickets that Olivia passed on to you were given back. They are void and open no door any more."_s,
          order.lines[0].placeName, order.lines[1].placeName, *first.humanCode}) {
        QVERIFY2(mail.text().contains(said), qPrintable(said + u" is not in\n"_s + mail.text()));
    }
    // What the places cost, the order and its other place are the buyer's alone.
    for (const QString &hidden : {u"£"_s, u"#/orders/"_s, order.lines[2].placeName, u"credit note"_s}) {
        QVERIFY2(!mail.text().contains(hidden), qPrintable(hidden + u" is in\n"_s + mail.text()));
        QVERIFY2(!mail.html().contains(hidden), qPrintable(hidden + u" is in\n"_s + mail.html()));
    }
    QCOMPARE(mail.parts(u"application/pdf"_s).size(), 0);
    QCOMPARE(mail.entries().size(), 2);
    QStringList uids;
    for (const QJsonObject &entry : mail.entries()) {
        QCOMPARE(entry[u"method"_s].toString(), u"CANCEL"_s);
        QVERIFY(entry[u"sequence"_s].toInt() >= 3);
        uids += entry[u"uid"_s].toString();
    }
    QVERIFY2(uids.contains(uid), qPrintable(uids.join(u' ')));
    const ReadMail buyers = newest(u"refunded"_s);
    QVERIFY2(buyers.text().contains(u"passed on to Sebastian and a friend"_s), qPrintable(buyers.text()));
}

void TestRefundMail::whoHeldATicketThatSomebodyElseHasIsTold()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 1));
    const TicketView first = passOn(order, order.tickets[0], u"Sebastian"_s, u"sebastian@example.org"_s);
    const TicketView second = passOn(order, first.id, u"Antonio"_s, u"antonio@example.org"_s);
    const ReadMail mail = newest(u"voided"_s, u"sebastian@example.org"_s);
    QVERIFY2(mail.text().contains(u"is somebody else's now. It is void and opens no door any more."_s),
             qPrintable(mail.text()));
    QVERIFY(mail.text().contains(*first.humanCode));
    QVERIFY(!mail.text().contains(*second.humanCode));
    QCOMPARE(mail.entries().first()[u"uid"_s].toString(), order.id.text() + u"-1"_s);
    QCOMPARE(mail.entries().first()[u"method"_s].toString(), u"CANCEL"_s);
    // A new code for the same holder takes nothing from them.
    need(world().fulfilment().reissue({.owner = {}, .as = AskedBy::Clerk}, SaleNode::newKey(world().desk()),
                                      {.ticket = second.id}));
    m_house->wake();
    (void)newest(u"reissued"_s, u"antonio@example.org"_s);
    QCOMPARE(world().sqlNumber(u"select count(*) from mail where kind = 'voided'"_s), 1);
}

void TestRefundMail::aNewCodeChangesTheEntryOfTheOrder()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 2));
    const QJsonObject before = newest(u"order"_s).entries().first();
    need(world().fulfilment().reissue({.owner = world().buyer().owner}, SaleNode::newKey(world().buyer()),
                                      {.ticket = order.tickets[0]}));
    m_house->wake();
    const ReadMail mail = newest(u"reissued"_s);
    const QJsonObject after = mail.entries().first();
    QCOMPARE(after[u"uid"_s], before[u"uid"_s]);
    QVERIFY(after[u"sequence"_s].toInt() > before[u"sequence"_s].toInt());
    for (const OrderLine &line : order.lines)
        QVERIFY2(after[u"description"_s].toString().contains(line.placeName), qPrintable(line.placeName));
    QCOMPARE(mail.parts(u"image/png"_s).size(), 1); // The mail brings the new ticket alone.
}

void TestRefundMail::theSameFactAgainIsNoSecondMail()
{
    open();
    const OrderView order = m_house->sellTo(u"olivia@example.org"_s, seats(1, 2));
    passOn(order, order.tickets[0], u"Sebastian"_s, u"sebastian@example.org"_s);
    giveBack(order);
    (void)newest(u"refunded"_s);
    (void)newest(u"voided"_s, u"sebastian@example.org"_s);
    const qint64 mails = world().sqlNumber(u"select count(*) from mail"_s);
    world().sql(u"insert into outbox_delivery (consumer, fact_id, key, sequence) select 'notifications', id, key, "
                "sequence from outbox"_s);
    m_house->wake();
    QTRY_COMPARE_WITH_TIMEOUT(world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0, 20'000);
    QCOMPARE(world().sqlNumber(u"select count(*) from mail"_s), mails);
}

void TestRefundMail::aCancelledHouseKeepsNoSaleWaiting()
{
    // Each of these takes the mail server longer than this test waits for the one that must not wait for them.
    const SmtpSink sink;
    const MailSettings settings{.smtpUrl = sink.url()};
    open({.performances = 2}, &settings, 2);
    m_house->mails().stop();
    for (int seat = 1; seat <= 6; ++seat)
        QVERIFY(!m_house->sellTo(u"slow@example.org"_s, seats(seat, seat)).tickets.empty());
    QTRY_COMPARE_WITH_TIMEOUT(world().sqlNumber(u"select count(*) from mail"_s), 6, 20'000);
    world().sql(u"update mail set state = 'sent', ended_at = now()"_s);
    cancelEvening();
    QTRY_COMPARE_WITH_TIMEOUT(world().sqlNumber(u"select count(*) from mail where kind = 'refunded'"_s), 6, 20'000);
    world().sql(u"update mail set due_at = now() - interval '1 minute' where state = 'queued'"_s);

    MailService next(world().database(), world().tickets(), need(setUpMail(settings)),
                     {.from = u"tickets@playhouse.example"_s,
                      .support = {},
                      .shopUrl = [] { return u"https://shop.example"_s; },
                      .connectionsMax = 2,
                      .lookInterval = std::chrono::milliseconds(50)});
    next.start();
    QTRY_VERIFY_WITH_TIMEOUT(world().sqlNumber(u"select max(attempts) from mail where kind = 'refunded'"_s) > 0,
                             20'000);
    const PerformanceId second = need(world().catalog().performances(true)).at(1).id;
    const HoldView held = need(world().take(
        world().otherBuyer(), {.hold = HoldId::create(), .performance = second, .seats = {a(1)}, .areas = {}}));
    const PerformanceDetail detail = need(world().catalog().performance(second, false));
    CreateOrder command{
        .order = OrderId::create(),
        .hold = held.id,
        .lines = {{.place = a(1), .priceType = std::ranges::find(detail.types, u"Adult"_s, &PriceType::name)->id}},
        .buyer = {.name = u"Zoe"_s, .email = u"zoe@example.org"_s}};
    const OrderView order =
        need(world().checkout().createOrder(world().otherBuyer(), SaleNode::newKey(world().otherBuyer()), command));
    need(world().payCard(world().otherBuyer(), order));
    m_house->wake();
    QTRY_COMPARE_WITH_TIMEOUT(m_house->count(order, u"sent"_s), 1, 20'000);
    QVERIFY(world().sqlNumber(u"select count(*) from mail where kind = 'refunded' and attempts > 0"_s) <= 2);
}

QTEST_MAIN(TestRefundMail)
#include "tst_refundmail.moc"
