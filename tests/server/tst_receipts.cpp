#include "check/salebooks.h"
#include "receipts/receiptpdf.h"
#include "receipts/receiptservice.h"
#include "support/saleworld.h"

#include <QFile>
#include <QGuiApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

namespace {

struct Run
{
    int exitCode = -1;
    QString output;
};

Run run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000))
        return {.exitCode = -1, .output = process.errorString()};
    return {.exitCode = process.exitCode(), .output = QString::fromUtf8(process.readAllStandardOutput())};
}

} // namespace

/// The papers of a sale, and that their numbers have no gap whatever happens to the transactions.
class TestReceipts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.asksForFees = true}); }
    void cleanup()
    {
        QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
    }

    void salesAreNumberedInTheOrderOfTheirCommits()
    {
        for (int seat = 1; seat <= 3; ++seat)
            need(m_world->sell(seat == 2 ? m_world->buyer() : m_world->desk(), {a(seat)}));
        QCOMPARE(numbers(), u"1 2 3"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from receipt where year = extract(year from now() at time zone "
                                    "'Europe/London')"_s),
                 3);
    }

    void anOrderThatIsNotPaidHasNoReceipt()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        QVERIFY(!m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s));
        QCOMPARE(refusal(receiptOf(m_world->database(), order.id, m_world->buyer().owner)), u"wrong_state"_s);
        QCOMPARE(numbers(), QString());
    }

    void onlyItsOwnerAndStaffHaveAReceipt()
    {
        const OrderView paid = need(m_world->sell(m_world->buyer(), {a(1)}));
        QVERIFY(receiptOf(m_world->database(), paid.id, m_world->buyer().owner));
        QVERIFY(receiptOf(m_world->database(), paid.id, QString()));
        QCOMPARE(refusal(receiptOf(m_world->database(), paid.id, m_world->otherBuyer().owner)), u"not_found"_s);
        QCOMPARE(refusal(receiptOf(m_world->database(), OrderId::create(), QString())), u"not_found"_s);
    }

    void theReceiptSaysWhoSoldWhatForHowMuch()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const OrderView order =
            need(m_world->order(m_world->buyer(), need(m_world->takeYard(m_world->buyer(), 2, hold.id))));
        const OrderView paid = need(m_world->payCard(m_world->buyer(), order));
        const QString text = textOf(need(receiptOf(m_world->database(), paid.id, QString())));
        for (const QString &said :
             {u"Playhouse Trading Ltd"_s, u"London SE1 9DT"_s, u"Tax number GB 123 4567 89"_s, u"Company 01234567"_s,
              u"000001"_s, paid.number, u"Stalls, row A, seat 1"_s, u"£50.00"_s, u"£52.75"_s, u"Handling"_s, u"£2.40"_s,
              u"VAT, included"_s, u"VAT added, added"_s, u"20 %"_s, u"Paid by card"_s, u"olivia@example.org"_s,
              u"page 1 of 1"_s})
            QVERIFY2(text.contains(said), qPrintable(said + u" is missing in: "_s + text));
        QVERIFY2(text.contains(u'£' + paid.total.numberText()), qPrintable(text));
    }

    void cashIsToldWithItsChange()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        need(m_world->payCash(m_world->desk(), order, SaleWorld::money(6'000)));
        const QString text = textOf(need(receiptOf(m_world->database(), order.id, QString())));
        QVERIFY2(text.contains(u"Paid in cash"_s) && text.contains(u"£60.00"_s) && text.contains(u"−£10.00"_s),
                 qPrintable(text));
    }

    void aLongOrderNeedsPages()
    {
        ReceiptSheet sheet{.number = u"R-2026-000001"_s,
                           .issuedAt = *instantFromText(u"2026-12-12T18:30:00Z"_s),
                           .seller = {},
                           .order = {},
                           .orderFees = {},
                           .payments = {}};
        sheet.order.venueName = u"Theater an der Straße"_s;
        sheet.order.eventTitle = QString(u"Die Zauberflöte "_s).repeated(12).trimmed();
        for (int i = 1; i <= limits::orderLinesMax; ++i) {
            OrderLine line;
            line.number = i;
            line.placeName = u"Parkett, Reihe %1, Platz %2"_s.arg(i).arg(i);
            sheet.order.lines.push_back(line);
        }
        const QString text = textOf({.fileName = {}, .pdf = renderReceiptPdf(sheet)});
        QVERIFY(text.contains(u"Parkett, Reihe 200, Platz 200"_s));
        QVERIFY(text.contains(u"page 9 of"_s));
        const QString last = text.mid(text.lastIndexOf(u"page "_s)).simplified();
        const QStringList words = last.split(u' ');
        QCOMPARE(words[1], words[3]);
    }

    void aSequenceLeavesAGapWhereATransactionIsUndone()
    {
        // The negative control: numbers that a sequence gives, with the same sales and the same failures.
        m_world->sql(u"create sequence careless; create table careless_receipt (number bigint);"
                     "create function count_carelessly() returns trigger language plpgsql as $$ begin "
                     "insert into careless_receipt values (nextval('careless')); return null; end $$;"
                     "create trigger count_carelessly after insert on receipt for each row execute function "
                     "count_carelessly()"_s);
        failEveryThirdSale();
        raceTwoNodes();
        QVERIFY(m_world->sqlNumber(u"select max(number) - count(*) from careless_receipt"_s) > 0);
        QCOMPARE(m_world->sqlNumber(u"select max(number) - count(*) from receipt"_s), 0);
    }

    void twoNodesThatRaceAndSalesThatAreUndoneLeaveNoGap()
    {
        failEveryThirdSale();
        const auto [sold, failed] = raceTwoNodes();
        QVERIFY2(sold > 10 && failed > 3, qPrintable(u"%1 sold, %2 failed"_s.arg(sold).arg(failed)));
        QStringList expected;
        for (int i = 1; i <= sold; ++i)
            expected.append(QString::number(i));
        QCOMPARE(numbers(), expected.join(u' '));
        QCOMPARE(m_world->sqlNumber(u"select last from receipt_counter"_s), sold);
    }

    void theCheckerSeesAGap()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        need(m_world->sell(m_world->desk(), {a(2)}));
        const QStringList faults =
            m_world->books().faultsAfter(u"alter table receipt disable trigger receipt_append_only;"
                                         "update receipt set number = 7 where number = 2"_s);
        QCOMPARE(faults.size(), 1);
        QVERIFY2(faults[0].startsWith(u"the receipts of a year have a gap"_s), qPrintable(faults[0]));
    }

    // Credit notes.

    void whatIsGivenBackHasAPaperOfItsOwn()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        const OrderView paid = need(m_world->payCard(m_world->buyer(), need(m_world->order(m_world->buyer(), hold))));
        const OrderView half = need(refund(paid, {2}));
        const OrderView back = need(refund(paid, {}));
        const QString receipt = need(receiptOf(m_world->database(), paid.id, QString())).fileName.chopped(4);
        const OrderView view = need(m_world->checkout().findForStaff(paid.id));
        QCOMPARE(view.refunds.size(), size_t(2));
        QVERIFY(view.refunds[0].creditNote.startsWith(u"C-"_s) && view.refunds[0].creditNote.endsWith(u"-000001"_s));
        QVERIFY(view.refunds[1].creditNote.endsWith(u"-000002"_s));
        QCOMPARE(half.refunds[0].creditNote, view.refunds[0].creditNote); // The answer itself has it.
        QCOMPARE(back.refunds[1].creditNote, view.refunds[1].creditNote);

        const QString first = textOf(need(creditNoteOf(m_world->database(), view.refunds[0].id, QString())));
        for (const QString &said :
             {u"Credit note"_s, view.refunds[0].creditNote, u"for receipt "_s + receipt, u"Playhouse Trading Ltd"_s,
              u"Stalls, row A, seat 2"_s, u"Given back"_s, u"VAT, included"_s, u"20 %"_s, u"To the card that paid"_s,
              u'£' + view.refunds[0].amount.numberText()})
            QVERIFY2(first.contains(said), qPrintable(said + u" is missing in: "_s + first));
        QVERIFY2(!first.contains(u"seat 1 "_s) && !first.contains(u"Handling"_s), qPrintable(first));

        const QString last = textOf(need(creditNoteOf(m_world->database(), view.refunds[1].id, QString())));
        for (const QString &said : {u"Stalls, row A, seat 1"_s, u"Handling"_s, u"£2.40"_s, u"VAT added, added"_s,
                                    u'£' + view.refunds[1].amount.numberText()})
            QVERIFY2(last.contains(said), qPrintable(said + u" is missing in: "_s + last));
        // Both together take back what the receipt says, to the penny, and it stays as it was.
        QCOMPARE(view.refunds[0].amount + view.refunds[1].amount, paid.total);
        QVERIFY(textOf(need(receiptOf(m_world->database(), paid.id, QString()))).contains(u"seat 2"_s));
    }

    void theNoteOfAnExchangeNamesTheNewOrder()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {a(1)}));
        const OrderView wanted = need(m_world->order(
            m_world->desk(), need(m_world->takeSeats(m_world->desk(), {SaleWorld::seatKey(u"Circle"_s, u"A"_s, 1)}))));
        need(m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()),
                                           {.order = wanted.id,
                                            .from = old.id,
                                            .lines = {},
                                            .refund = RefundId::create(),
                                            .reason = u"another seat"_s,
                                            .payment = PaymentId::create()}));
        const OrderView view = need(m_world->checkout().findForStaff(old.id));
        const QString text = textOf(need(creditNoteOf(m_world->database(), view.refunds[0].id, QString())));
        QVERIFY2(text.contains(u"For the places of order "_s + wanted.number) && text.contains(u"£30.00"_s) &&
                     text.contains(u"In cash"_s) && text.contains(u"£20.00"_s),
                 qPrintable(text));
    }

    void whatHadCostNothingHasNone()
    {
        const OrderView order =
            need(m_world->order(m_world->desk(), need(m_world->takeSeats(m_world->desk(), {a(1)})), u"Press"_s));
        need(m_world->payCash(m_world->desk(), order, order.total));
        const OrderView back = need(refund(order, {}));
        QCOMPARE(refusal(creditNoteOf(m_world->database(), back.refunds[0].id, QString())), u"wrong_state"_s);
        QCOMPARE(refusal(creditNoteOf(m_world->database(), RefundId::create(), QString())), u"not_found"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from credit_note"_s), 0);
    }

    void refundsOfTwoNodesThatAreUndoneNowAndThenLeaveNoGap()
    {
        std::vector<OrderView> sold;
        for (int seat = 1; seat <= 10; ++seat) {
            sold.push_back(need(m_world->sell(m_world->desk(), {a(seat)})));
            sold.push_back(need(m_world->sell(m_world->desk(), {SaleWorld::seatKey(u"Circle"_s, u"A"_s, seat)})));
        }
        failEveryThird(u"credit_note"_s);
        SaleNode other(m_world->dsn());
        std::atomic<int> done = 0;
        const auto giveBack = [&](SaleNode &node, size_t first) {
            for (size_t i = first; i < sold.size(); i += 2)
                done += refundAt(node, sold[i], {}) ? 1 : 0;
        };
        {
            std::jthread one([&] { giveBack(*m_world, 0); });
            std::jthread two([&] { giveBack(other, 1); });
        }
        QVERIFY2(done > 5 && done < 20, qPrintable(QString::number(done)));
        QStringList expected;
        for (int i = 1; i <= done; ++i)
            expected.append(QString::number(i));
        QCOMPARE(m_world->sqlText(u"select string_agg(number::text, ' ' order by number) from credit_note"_s),
                 expected.join(u' '));
    }

    void theCheckerSeesANoteThatIsMissing()
    {
        need(refund(need(m_world->sell(m_world->desk(), {a(1)})), {}));
        need(refund(need(m_world->sell(m_world->desk(), {a(2)})), {}));
        const QStringList faults =
            m_world->books().faultsAfter(u"alter table credit_note disable trigger credit_note_append_only;"
                                         "delete from credit_note where number = 1"_s);
        QCOMPARE(faults.size(), 2);
        QVERIFY2(!faults.filter(u"has no credit note"_s).isEmpty() && !faults.filter(u"have a gap"_s).isEmpty(),
                 qPrintable(faults.join(u" | "_s)));
        QCOMPARE(m_world->sqlRefusal(u"update credit_note set number = 9"_s), u"23001"_s);
    }

    void theDatabaseItselfRefusesToChangeAReceipt()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        QCOMPARE(m_world->sqlRefusal(u"update receipt set number = 9"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"delete from receipt"_s), u"23001"_s);
    }

private:
    /// At the very commit, which is the last moment at which a sale can fail.
    void failEveryThirdSale() { failEveryThird(u"receipt"_s); }
    void failEveryThird(const QString &table)
    {
        m_world->sql(u"create sequence sales_tried;"
                     "create function fail_now_and_then() returns trigger language plpgsql as $$ begin "
                     "if nextval('sales_tried') % 3 = 0 then raise exception 'the disk is full' using errcode = "
                     "'disk_full'; end if; return null; end $$;"
                     "create constraint trigger fail_now_and_then after insert on "_s +
                     table + u" deferrable initially deferred for each row execute function fail_now_and_then()"_s);
    }
    static RefundActor supervisor() { return {.principal = u"user:orsino"_s, .right = RefundRight::Any}; }
    Result<OrderView> refundAt(SaleNode &node, const OrderView &order, const std::vector<int> &lines)
    {
        return node.afterSale().refund(
            supervisor(), SaleNode::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s});
    }
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines)
    {
        return refundAt(*m_world, order, lines);
    }

    /// How many sales went through and how many did not.
    std::pair<int, int> raceTwoNodes()
    {
        SaleNode other(m_world->dsn());
        std::atomic<int> sold = 0;
        std::atomic<int> failed = 0;
        const auto sellRow = [&](SaleNode &node, const QString &row) {
            for (int number = 1; number <= 10; ++number) {
                const QString seat = SaleWorld::seatKey(u"Circle"_s, row, number);
                const HoldView hold = need(node.takeSeats(m_world->desk(), {seat}));
                const OrderView order = need(node.order(m_world->desk(), hold));
                if (node.payCash(m_world->desk(), order, order.total)) {
                    ++sold;
                } else {
                    ++failed;
                    need(node.release(m_world->desk(), {.hold = hold.id, .seats = {}, .areas = {}}));
                }
            }
        };
        {
            std::jthread first([&] { sellRow(*m_world, u"A"_s); });
            std::jthread second([&] { sellRow(other, u"B"_s); });
            std::jthread third([&] { sellRow(other, u"C"_s); });
        }
        return {sold.load(), failed.load()};
    }

    QString numbers()
    {
        return m_world->sqlText(u"select string_agg(number::text, ' ' order by number) from receipt"_s);
    }

    QString textOf(const ReceiptDocument &document)
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"receipt.pdf"_s);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(document.pdf) < 0)
            qFatal("no room for a PDF");
        file.close();
        if (qEnvironmentVariableIsSet("PARTERRE_SHOTS"))
            file.copy(qEnvironmentVariable("PARTERRE_SHOTS") + u"/receipt-"_s +
                      QString::fromLatin1(QTest::currentTestFunction()) + u".pdf"_s);
        const Run checked = run(u"qpdf"_s, {u"--check"_s, path});
        if (checked.exitCode != 0)
            qFatal("qpdf: %s", qPrintable(checked.output));
        return run(u"pdftotext"_s, {u"-layout"_s, path, u"-"_s}).output;
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_MAIN(TestReceipts)
#include "tst_receipts.moc"
