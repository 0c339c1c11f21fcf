#include "checkout/overridesdialog.h"
#include "payments/paymentsindoubtdialog.h"
#include "shell/mainwindow.h"
#include "ui/desk.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// What supervisors look at: payments in doubt, and what was sold at other prices than the list's.
class TestSupervisor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init() { m_house = smallHouse(); }
    void cleanup() { m_house.reset(); }

    // Payments in doubt.

    void nothingInDoubtIsSaid()
    {
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        QTRY_COMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"No payment is in doubt"_s);
        QVERIFY(!find<QTableWidget>(dialog, u"doubtTable"_s)->isVisible());
        QVERIFY(shownDecisions(dialog).isEmpty());
    }

    void nothingIsSaidOfAListThatDidNotCome()
    {
        m_house->holdAnswers();
        m_house->refuseNext({.code = ErrorCode::Unavailable, .message = u"The server cannot be reached."_s});
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        QCOMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"Asking the server…"_s);
        m_house->sendAnswers();
        QTRY_COMPARE(noticeText(dialog, u"doubtNotice"_s), u"The server cannot be reached."_s);
        QCOMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"The list did not come"_s);
        click(dialog, u"doubtRefresh"_s);
        QTRY_COMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"No payment is in doubt"_s);
    }

    void whatIsKnownStandsBelowTheList()
    {
        m_house->doubts = {doubt(DoubtWaitsFor::Decision), doubt(DoubtWaitsFor::Person),
                           doubt(DoubtWaitsFor::Provider)};
        m_house->doubts[2].decided = DecisionView{.decision = PaymentDecision::MoneyCame,
                                                  .note = u"receipt <4711>"_s,
                                                  .by = u"Orsino"_s,
                                                  .at = m_house->doubts[2].since};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"doubtTable"_s);
        QTRY_COMPARE(table->rowCount(), 3);
        QCOMPARE(table->item(0, 3)->text(), u"Needs a decision"_s);
        QCOMPARE(table->item(1, 3)->text(), u"Has to be looked at"_s);
        QCOMPARE(table->item(2, 3)->text(), u"Is being checked"_s);
        const QString details = find<QLabel>(dialog, u"doubtDetails"_s)->text();
        for (const QString &part : {u"Hamlet, Thu 3 Dec 2026, 19:30"_s, u"Stalls, row A, seat 1; The Yard × 2"_s,
                                    u"terminal left"_s, u"T-4711"_s, u"walk-up"_s, u"does not say"_s})
            QVERIFY2(details.contains(part), qPrintable(details));
        QCOMPARE(shownDecisions(dialog), (QStringList{u"doubtMoneyCame"_s, u"doubtNoMoney"_s}));
        QCOMPARE(dialog.focusWidget(), table);
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(shownDecisions(dialog), QStringList{u"doubtSeenTo"_s});
        QTest::keyClick(table, Qt::Key_Down);
        QVERIFY(find<QLabel>(dialog, u"doubtDetails"_s)->text().contains(u"receipt &lt;4711&gt;"_s));
    }

    void aDecisionNeedsANoteAndIsToldOnce_data()
    {
        QTest::addColumn<QString>("button");
        QTest::addColumn<PaymentDecision>("decision");
        QTest::addColumn<QString>("said");
        QTest::newRow("it came") << u"doubtMoneyCame"_s << PaymentDecision::MoneyCame
                                 << u"P-000001 is sold. Its tickets are under Orders."_s;
        QTest::newRow("it did not")
            << u"doubtNoMoney"_s << PaymentDecision::NoMoney
            << u"The payment of P-000001 has ended. Its places are free in three minutes, unless "
               "the customer pays them otherwise."_s;
    }

    void aDecisionNeedsANoteAndIsToldOnce()
    {
        QFETCH(const QString, button);
        QFETCH(const PaymentDecision, decision);
        QFETCH(const QString, said);
        m_house->doubts = {doubt(DoubtWaitsFor::Decision)};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        QTRY_COMPARE(shownDecisions(dialog).size(), 2);
        whenOpen(dialog, [](QWidget &asked) {
            QVERIFY(!find<QPushButton>(asked, u"resolveConfirm"_s)->isEnabled());
            auto *note = find<QLineEdit>(asked, u"resolveNote"_s);
            QTest::keyClick(note, Qt::Key_Return); // Without a note.
            type(asked, u"resolveNote"_s, u"receipt 4711"_s);
            QTest::keyClick(note, Qt::Key_Return);
        });
        click(dialog, button);
        QCOMPARE(m_house->decisions.size(), size_t(1));
        QCOMPARE(m_house->decisions[0].decision, decision);
        QCOMPARE(m_house->decisions[0].note, u"receipt 4711"_s);
        QCOMPARE(noticeText(dialog, u"doubtNotice"_s), said);
        QTRY_VERIFY(find<QWidget>(dialog, u"doubtEmpty"_s)->isVisible());
    }

    void escapeDecidesNothing()
    {
        m_house->doubts = {doubt(DoubtWaitsFor::Decision)};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        QTRY_COMPARE(shownDecisions(dialog).size(), 2);
        whenOpen(dialog, [](QWidget &asked) {
            type(asked, u"resolveNote"_s, u"receipt 4711"_s);
            QTest::keyClick(&asked, Qt::Key_Escape);
        });
        click(dialog, u"doubtMoneyCame"_s);
        QVERIFY(m_house->decisions.empty());
        QVERIFY(noticeText(dialog, u"doubtNotice"_s).isEmpty());
    }

    void enterInTheListDecidesNothing()
    {
        m_house->doubts = {doubt(DoubtWaitsFor::Decision)};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"doubtTable"_s);
        QTRY_COMPARE(table->rowCount(), 1);
        QTest::keyClick(table, Qt::Key_Return);
        QVERIFY(!dialog.findChild<QDialog *>(u"resolvePaymentDialog"_s));
        QVERIFY(dialog.isVisible());
    }

    void whoComesTooLateIsToldAndSeesTheListAsItIs()
    {
        m_house->doubts = {doubt(DoubtWaitsFor::Decision)};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        QTRY_COMPARE(shownDecisions(dialog).size(), 2);
        m_house->doubts.clear();
        whenOpen(dialog, [](QWidget &asked) {
            type(asked, u"resolveNote"_s, u"receipt 4711"_s);
            click(asked, u"resolveConfirm"_s);
            QTRY_COMPARE(noticeText(asked, u"resolveNotice"_s), u"This payment is settled."_s);
            click(asked, u"resolveBack"_s);
        });
        click(dialog, u"doubtNoMoney"_s);
        QTRY_VERIFY(find<QWidget>(dialog, u"doubtEmpty"_s)->isVisible());
    }

    void refreshKeepsWhatIsChosen()
    {
        m_house->doubts = {doubt(DoubtWaitsFor::Decision), doubt(DoubtWaitsFor::Person)};
        ui::PaymentsInDoubtDialog dialog(m_house->paymentsPort());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"doubtTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        table->selectRow(1);
        m_house->doubts.insert(m_house->doubts.begin(), doubt(DoubtWaitsFor::Decision));
        QVERIFY(QTest::qWaitForWindowActive(&dialog));
        QTest::keyClick(&dialog, Qt::Key_F5);
        QTRY_COMPARE(table->rowCount(), 3);
        QCOMPARE(table->currentRow(), 2);
        m_house->refuseNext({.code = ErrorCode::Unavailable, .message = u"The server cannot be reached."_s});
        click(dialog, u"doubtRefresh"_s);
        QTRY_COMPARE(noticeText(dialog, u"doubtNotice"_s), u"The server cannot be reached."_s);
        QCOMPARE(table->rowCount(), 3);
        click(dialog, u"doubtRefresh"_s);
        QTRY_COMPARE(noticeText(dialog, u"doubtNotice"_s), QString());
    }

    // Other prices.

    void otherPricesAreListedWithTheirSum()
    {
        m_house->overrides = {other(OverrideKind::Comp, 0), other(OverrideKind::Price, 1'000)};
        ui::OverridesDialog dialog(m_house->sales(), m_house->catalog());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"overridesTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        QCOMPARE(table->item(0, 4)->text(), u"comp"_s);
        QCOMPARE(table->item(1, 4)->text(), u"€10.00"_s);
        QCOMPARE(table->item(1, 3)->text(), u"€25.00"_s);
        QCOMPARE(find<QLabel>(dialog, u"overridesTotal"_s)->text(),
                 u"2 tickets: €50.00 by the list, sold for €10.00, €40.00 less."_s);
        click(dialog, u"overridesCopy"_s);
        const QStringList lines = QApplication::clipboard()->text().trimmed().split(u'\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0].split(u'\t').size(), lines[2].split(u'\t').size());
        QVERIFY(lines[2].contains(u"\t25.00\t10.00\tEUR\tBehind a pillar\tViola\tMalvolio"_s));
        QCOMPARE(noticeText(dialog, u"overridesNotice"_s), u"2 lines copied."_s);
    }

    void aPerformanceOrATextNarrowsThem()
    {
        m_house->overrides = {other(OverrideKind::Comp, 0), other(OverrideKind::Price, 1'000)};
        m_house->overrides[0].reason = u"Press"_s;
        ui::OverridesDialog dialog(m_house->sales(), m_house->catalog());
        dialog.show();
        auto *performances = find<QComboBox>(dialog, u"overridesPerformance"_s);
        QTRY_COMPARE(performances->count(), 1 + static_cast<int>(m_house->performances.size()));
        performances->setCurrentIndex(1);
        QCOMPARE(m_house->overridesAsked.back()->text(), performances->currentData().toString());
        auto *table = find<QTableWidget>(dialog, u"overridesTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        type(dialog, u"overridesText"_s, u"press"_s);
        QCOMPARE(table->rowCount(), 1);
        QCOMPARE(find<QLabel>(dialog, u"overridesTotal"_s)->text(),
                 u"1 ticket: €25.00 by the list, sold for €0.00, €25.00 less."_s);
        type(dialog, u"overridesText"_s, u"nobody"_s);
        QCOMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"Nothing matches"_s);
        QVERIFY(!find<QPushButton>(dialog, u"overridesCopy"_s)->isEnabled());
    }

    void nothingAtOtherPricesIsSaid()
    {
        ui::OverridesDialog dialog(m_house->sales(), m_house->catalog());
        dialog.show();
        QCOMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"Asking the server…"_s);
        QTRY_COMPARE(find<QLabel>(dialog, u"emptyTitle"_s)->text(), u"Everything was sold at the list's prices"_s);
    }

    // The menu.

    void theMenuIsForSupervisors_data()
    {
        QTest::addColumn<Role>("role");
        QTest::addColumn<bool>("isOffered");
        QTest::newRow("clerk") << Role::Clerk << false;
        QTest::newRow("supervisor") << Role::Supervisor << true;
    }

    void theMenuIsForSupervisors()
    {
        QFETCH(const Role, role);
        QFETCH(const bool, isOffered);
        m_house->doubts = {doubt(DoubtWaitsFor::Decision), doubt(DoubtWaitsFor::Provider)};
        ui::MainWindow window(ui::Ports{.session = m_house->session(),
                                        .catalog = m_house->catalog(),
                                        .map = m_house->map(),
                                        .sales = m_house->sales(),
                                        .house = m_house->house(),
                                        .afterSale = m_house->afterSale(),
                                        .payments = &m_house->paymentsPort()});
        window.show();
        const QStringList names{u"paymentsInDoubtAction"_s, u"overridesAction"_s};
        for (const QString &name : names)
            QVERIFY(!find<QAction>(window, name)->isEnabled());
        m_house->user.role = role;
        type(window, u"signInServer"_s, u"ws://127.0.0.1:1"_s);
        type(window, u"signInUser"_s, m_house->user.name);
        type(window, u"signInPassword"_s, m_house->password);
        click(window, u"signInButton"_s);
        QTRY_VERIFY(find<QAction>(window, u"goOrders"_s)->isEnabled());
        for (const QString &name : names)
            QCOMPARE(find<QAction>(window, name)->isEnabled(), isOffered);
        auto *told = find<QPushButton>(window, u"statusDoubts"_s);
        QTRY_COMPARE(told->isVisible(), isOffered);
        if (isOffered)
            QCOMPARE(told->text(), u"1 payment in doubt"_s); // What is being checked waits for nobody.
        m_house->endSession({});
        QVERIFY(!told->isVisible());
        for (const QString &name : names)
            QVERIFY(!find<QAction>(window, name)->isEnabled());
    }

private:
    [[nodiscard]] PaymentInDoubt doubt(DoubtWaitsFor waitsFor) const
    {
        const bool isDecided = waitsFor != DoubtWaitsFor::Decision;
        const PaymentState state = isDecided ? PaymentState::Captured : PaymentState::InDoubt;
        return {.payment = PaymentId::create(),
                .order = OrderId::create(),
                .orderNumber = u"P-000001"_s,
                .eventTitle = u"Hamlet"_s,
                .startsAt = m_house->performances.back().startsAt,
                .timeZone = u"Europe/London"_s,
                .places = {u"Stalls, row A, seat 1"_s, u"The Yard"_s, u"The Yard"_s},
                .buyer = {},
                .method = PaymentMethod::Terminal,
                .state = state,
                .waitsFor = waitsFor,
                .amount = Money(4'500, Currency()),
                .terminal = u"left"_s,
                .reference = u"T-4711"_s,
                .known = u"The provider does not say what became of it."_s,
                .since = m_house->performances.back().startsAt,
                .askedAt = std::nullopt,
                .possible = possibleDecisions(state, isDecided),
                .decided = std::nullopt};
    }
    [[nodiscard]] OverrideRecord other(OverrideKind kind, qint64 cents) const
    {
        return {.at = m_house->performances.back().startsAt,
                .orderNumber = u"P-000007"_s,
                .event = u"Hamlet"_s,
                .startsAt = m_house->performances.back().startsAt,
                .placeName = u"Stalls, row A, seat 1"_s,
                .kind = kind,
                .listed = Money(2'500, Currency()),
                .price = Money(cents, Currency()),
                .reason = u"Behind a pillar"_s,
                .givenBy = u"Viola"_s,
                .approvedBy = u"Malvolio"_s,
                .timeZone = u"Europe/London"_s};
    }
    static QStringList shownDecisions(const QWidget &dialog)
    {
        QStringList shown;
        for (const QString &name : {u"doubtMoneyCame"_s, u"doubtNoMoney"_s, u"doubtSeenTo"_s}) {
            if (find<QPushButton>(dialog, name)->isVisible())
                shown += name;
        }
        return shown;
    }
    /// Runs `hands` once a decision is asked for.
    void whenOpen(QWidget &over, const std::function<void(QWidget &)> &hands)
    {
        auto *watch = new QTimer(&over);
        connect(watch, &QTimer::timeout, this, [&over, watch, hands] {
            auto *dialog = over.findChild<QDialog *>(u"resolvePaymentDialog"_s);
            if (!dialog || !dialog->isVisible())
                return;
            watch->stop();
            hands(*dialog);
        });
        watch->start(20);
    }

    std::unique_ptr<ScriptedHouse> m_house;
};

QTEST_MAIN(TestSupervisor)
#include "tst_supervisor.moc"
