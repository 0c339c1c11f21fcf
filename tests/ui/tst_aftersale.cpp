#include "aftersale/cancellationdialog.h"
#include "aftersale/openrefundsdialog.h"
#include "aftersale/refunddialog.h"
#include "checkout/orderspage.h"
#include "checkout/salepage.h"
#include "shell/mainwindow.h"
#include "ui/desk.h"

#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// What a clerk does after a sale: give places back, exchange them, pay out, and cancel a performance.
class TestAfterSale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init()
    {
        m_house = smallHouse();
        m_window =
            std::make_unique<ui::MainWindow>(ui::Ports{m_house->session(), m_house->catalog(), m_house->map(),
                                                       m_house->sales(), m_house->house(), m_house->afterSale()});
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_house->user.role = Role::Manager;
        type(*m_window, u"signInServer"_s, u"ws://127.0.0.1:1"_s);
        type(*m_window, u"signInUser"_s, m_house->user.name);
        type(*m_window, u"signInPassword"_s, m_house->password);
        click(*m_window, u"signInButton"_s);
        QTRY_VERIFY(find<QAction>(*m_window, u"goOrders"_s)->isEnabled());
    }
    void cleanup()
    {
        m_window.reset();
        m_house.reset();
    }

    void aChosenPlaceGoesBackAndTheCashIsNamed()
    {
        addOrder();
        openOrders();
        whenOpen(u"refundDialog"_s, [this](QWidget &dialog) {
            auto *lines = find<QListWidget>(dialog, u"refundLines"_s);
            QCOMPARE(lines->count(), 2);
            QCOMPARE(find<QLabel>(dialog, u"refundSum"_s)->text(), u"€50.00"_s);
            lines->item(0)->setCheckState(Qt::Unchecked);
            QCOMPARE(find<QLabel>(dialog, u"refundSum"_s)->text(), u"€25.00"_s);
            QVERIFY(find<QLabel>(dialog, u"refundWay"_s)->text().contains(u"cash"_s));
            QTest::keyClick(find<QLineEdit>(dialog, u"refundReason"_s), Qt::Key_Return); // Without a reason.
            QCOMPARE(noticeText(dialog, u"refundNotice"_s), u"Say why the places are given back."_s);
            type(dialog, u"refundReason"_s, u"ill"_s);
            QTest::keyClick(find<QLineEdit>(dialog, u"refundReason"_s), Qt::Key_Return);
        });
        click(*m_window, u"orderRefund"_s);
        QCOMPARE(m_house->refundCommands.size(), size_t(1));
        QCOMPARE(m_house->refundCommands[0].lines, std::vector<int>{2});
        QCOMPARE(m_house->refundCommands[0].reason, u"ill"_s);
        QCOMPARE(noticeText(*m_window, u"ordersNotice"_s), u"1 place given back. Give the customer €25.00 in cash."_s);
        QCOMPARE(find<QTableWidget>(*m_window, u"orderTable"_s)->item(0, 5)->text(), u"Partly refunded"_s);
        const QString details = find<QLabel>(*m_window, u"orderDetails"_s)->text();
        QVERIFY(details.contains(u"Still sold"_s) && details.contains(u"paid in cash"_s) && details.contains(u"ill"_s));
    }

    void escapeLeavesEverythingAsItIs()
    {
        addOrder();
        openOrders();
        whenOpen(u"refundDialog"_s, [](QWidget &dialog) { QTest::keyClick(&dialog, Qt::Key_Escape); });
        find<QAction>(*m_window, u"refundAction"_s)->trigger();
        QVERIFY(m_house->refundCommands.empty());
    }

    void aRefusalStaysInTheDialogAndIsTriedAgainUnderTheSameId()
    {
        addOrder();
        openOrders();
        whenOpen(u"refundDialog"_s, [this](QWidget &dialog) {
            type(dialog, u"refundReason"_s, u"ill"_s);
            m_house->refuseNext({.code = ErrorCode::OutcomeUnknown, .message = u"Ask again."_s});
            click(dialog, u"refundConfirm"_s);
            QTRY_COMPARE(noticeText(dialog, u"refundNotice"_s), u"Ask again."_s);
            click(dialog, u"refundConfirm"_s);
        });
        click(*m_window, u"orderRefund"_s);
        QCOMPARE(m_house->refundCommands.size(), size_t(2));
        QCOMPARE(m_house->refundCommands[0].refund, m_house->refundCommands[1].refund);
    }

    void whatIsGivenBackCannotBeGivenBackAgain()
    {
        OrderView order = addOrder(OrderState::Refunded);
        openOrders();
        QVERIFY(!find<QPushButton>(*m_window, u"orderRefund"_s)->isEnabled());
        QVERIFY(!find<QPushButton>(*m_window, u"orderExchange"_s)->isEnabled());
        QVERIFY(!find<QPushButton>(*m_window, u"orderPreview"_s)->isEnabled());
        order.state = OrderState::PartlyRefunded;
        order.lines[0].state = LineState::Refunded;
        ui::RefundDialog dialog(order, m_house->afterSale(), ui::GiveBack::ForMoney);
        QCOMPARE(dialog.chosenLines(), std::vector<int>{2});
        QVERIFY(find<QListWidget>(dialog, u"refundLines"_s)->item(0)->text().endsWith(u"given back"_s));
    }

    void whatTheCardRefusesIsPaidOutWithANote()
    {
        m_house->openRepayments = {open(RepaymentState::InDoubt), open(RepaymentState::Created)};
        ui::OpenRefundsDialog dialog(m_house->afterSale());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"openRefundTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        QVERIFY(!find<QPushButton>(dialog, u"payOutConfirm"_s)->isEnabled());
        table->selectRow(1);
        QVERIFY(!find<QLineEdit>(dialog, u"payOutNote"_s)->isEnabled()); // It may still come by itself.
        table->selectRow(0);
        type(dialog, u"payOutNote"_s, u"passport seen"_s);
        click(dialog, u"payOutConfirm"_s);
        QTRY_COMPARE(table->rowCount(), 1);
        QCOMPARE(m_house->payOuts.at(0).note, u"passport seen"_s);
        QCOMPARE(noticeText(dialog, u"openRefundsNotice"_s), u"Give the customer €25.00."_s);
    }

    void whatTheCardRefusesIsAskedForAgain()
    {
        m_house->openRepayments = {open(RepaymentState::Owed), open(RepaymentState::InDoubt)};
        ui::OpenRefundsDialog dialog(m_house->afterSale());
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"openRefundTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        QVERIFY(!find<QPushButton>(dialog, u"askCardAgain"_s)->isEnabled()); // It was cash.
        table->selectRow(1);
        m_house->refuseNext({.code = ErrorCode::Forbidden, .message = u"Ask a supervisor."_s});
        click(dialog, u"askCardAgain"_s);
        QTRY_COMPARE(noticeText(dialog, u"openRefundsNotice"_s), u"Ask a supervisor."_s);
        QTRY_VERIFY(find<QPushButton>(dialog, u"askCardAgain"_s)->isEnabled()); // It is still the one that is chosen.
        click(dialog, u"askCardAgain"_s);
        QTRY_COMPARE(noticeText(dialog, u"openRefundsNotice"_s),
                     u"The card is asked again. Do not pay cash meanwhile."_s);
        QCOMPARE(m_house->askedAgain.back().repayment, m_house->openRepayments[1].repayment.id);
        QTRY_VERIFY(table->item(1, 0) && table->currentRow() == 1);
        QVERIFY(!find<QPushButton>(dialog, u"askCardAgain"_s)->isEnabled()); // It is on its way.
    }

    void cancellingNeedsAReasonAndTheWord()
    {
        m_house->cancellation = {.performance = {},
                                 .state = CancellationState::Running,
                                 .reason = {},
                                 .by = u"Ada"_s,
                                 .at = {},
                                 .orders = 10,
                                 .refunded = 4,
                                 .amount = Money(10'000, Currency()),
                                 .repaymentsWaiting = 2,
                                 .repaymentsInDoubt = 0,
                                 .repaymentsOwed = 1};
        ui::CancellationDialog dialog(m_house->performances.front(), m_house->afterSale());
        dialog.show();
        auto *confirm = find<QPushButton>(dialog, u"cancellationConfirm"_s);
        QVERIFY(!confirm->isEnabled());
        type(dialog, u"cancellationTyped"_s, u"CANCEL"_s);
        QVERIFY(!confirm->isEnabled());
        type(dialog, u"cancellationReason"_s, u"Feste is ill"_s);
        QVERIFY(confirm->isEnabled());
        type(dialog, u"cancellationTyped"_s, u"cancel"_s);
        QVERIFY(!confirm->isEnabled());
        type(dialog, u"cancellationTyped"_s, u"CANCEL"_s);
        QTest::keyClick(find<QLineEdit>(dialog, u"cancellationTyped"_s), Qt::Key_Return);
        QTRY_COMPARE(find<QProgressBar>(dialog, u"cancellationBar"_s)->value(), 4);
        QCOMPARE(m_house->cancellations.at(0).reason, u"Feste is ill"_s);
        const QString counts = find<QLabel>(dialog, u"cancellationCounts"_s)->text();
        QVERIFY2(counts.contains(u"4 of 10 orders refunded, €100.00 in all."_s), qPrintable(counts));
        QVERIFY2(counts.contains(u"1 customer may fetch cash."_s), qPrintable(counts));
        m_house->cancellation.refunded = 10;
        m_house->cancellation.state = CancellationState::Done;
        m_house->cancellation.repaymentsWaiting = 0;
        QTRY_COMPARE(find<QLabel>(dialog, u"cancellationState"_s)->text(), u"All orders are refunded."_s);
    }

    void aClerkIsNotOfferedToCancel()
    {
        QVERIFY(find<QAction>(*m_window, u"cancelPerformanceAction"_s)->isEnabled());
        m_house->endSession({});
        QVERIFY(!find<QAction>(*m_window, u"cancelPerformanceAction"_s)->isEnabled());
    }

    void dearerPlacesAreTakenAndTheDifferencePaid()
    {
        addOrder();
        startExchange({2});
        QCOMPARE(banner(),
                 u"Exchange of order P-000001: 1 place worth €25.00. Choose the new places, here or in another "
                 "performance."_s);
        page().sale().takeSeats({seat(10), seat(11)});
        QTRY_COMPARE(banner(), u"Exchange of order P-000001: 1 place worth €25.00. €25.00 is to be paid."_s);
        QCOMPARE(find<QPushButton>(*m_window, u"cartPay"_s)->text(), u"E&xchange, take €25.00  (F12)"_s);
        whenOpen(u"tenderDialog"_s, [](QWidget &dialog) {
            QTRY_VERIFY(find<QPushButton>(dialog, u"tenderConfirm"_s)->isEnabled());
            click(dialog, u"tenderConfirm"_s);
            QTRY_VERIFY(find<QPushButton>(dialog, u"nextCustomer"_s)->isVisible());
            QVERIFY(find<QLabel>(dialog, u"doneTitle"_s)->text().endsWith(u"for P-000001"_s));
            click(dialog, u"nextCustomer"_s);
        });
        page().pay();
        const ExchangeOrder &command = m_house->exchanges.at(0);
        QCOMPARE(command.lines, std::vector<int>{2});
        QCOMPARE(command.reason, u"another row"_s);
        QCOMPARE(*command.tendered, Money(2'500, Currency()));
        QCOMPARE(banner(), QString());
        QVERIFY(m_house->payments.empty());
    }

    void theDifferenceIsPaidByAGiftCard()
    {
        addOrder();
        const QString code = m_house->addGiftCard(4'000);
        startExchange({2});
        page().sale().takeSeats({seat(10), seat(11)});
        QTRY_COMPARE(banner(), u"Exchange of order P-000001: 1 place worth €25.00. €25.00 is to be paid."_s);
        whenOpen(u"tenderDialog"_s, [this, code](QWidget &dialog) {
            QTRY_VERIFY(find<QPushButton>(dialog, u"takeGiftCard"_s)->isVisible());
            whenOpen(u"giftCardDialog"_s, [code](QWidget &asked) {
                type(asked, u"giftCardTyped"_s, giftCardCodeText(code));
                click(asked, u"giftCardTake"_s);
            });
            click(dialog, u"takeGiftCard"_s);
            QTRY_COMPARE(find<QLabel>(dialog, u"tenderTotal"_s)->text(), u"€0.00"_s);
            click(dialog, u"tenderConfirm"_s);
            QTRY_VERIFY(find<QPushButton>(dialog, u"nextCustomer"_s)->isVisible());
            QCOMPARE(find<QLabel>(dialog, u"doneChange"_s)->text(), u"€25.00"_s);
            QVERIFY(find<QLabel>(dialog, u"doneText"_s)->text().contains(u"Gift card ···· "_s));
            click(dialog, u"nextCustomer"_s);
        });
        page().pay();
        const ExchangeOrder &command = m_house->exchanges.at(0);
        QCOMPARE(command.giftCards.at(0).code, code);
        QVERIFY(!command.tendered && !command.terminal);
        QCOMPARE(m_house->giftCardsSold[0].second.balance, Money(1'500, Currency()));
    }

    void theDifferenceIsPaidAtTheTerminalAndInCash()
    {
        m_house->terminals = {u"left"_s};
        addOrder();
        startExchange({2});
        page().sale().takeSeats({seat(10), seat(11)});
        QTRY_COMPARE(banner(), u"Exchange of order P-000001: 1 place worth €25.00. €25.00 is to be paid."_s);
        whenOpen(u"tenderDialog"_s, [](QWidget &dialog) {
            QTRY_VERIFY(find<QPushButton>(dialog, u"payByCard"_s)->isVisible());
            type(dialog, u"tenderAmount"_s, u"10"_s);
            click(dialog, u"payByCard"_s);
            QTRY_VERIFY(find<QPushButton>(dialog, u"nextCustomer"_s)->isVisible());
            QCOMPARE(find<QLabel>(dialog, u"doneChange"_s)->text(), u"€10.00"_s); // To be collected.
            click(dialog, u"nextCustomer"_s);
        });
        page().pay();
        const ExchangeOrder &command = m_house->exchanges.at(0);
        QCOMPARE(*command.terminal, u"left"_s);
        QCOMPARE(*command.tendered, Money(1'000, Currency()));
    }

    void theCreditNoteOfEachRefundIsShown()
    {
        addOrder();
        openOrders();
        QVERIFY(!find<QPushButton>(*m_window, u"orderCreditNote"_s)->isEnabled());
        for (int line = 0; line < 2; ++line) {
            whenOpen(u"refundDialog"_s, [line](QWidget &dialog) {
                auto *lines = find<QListWidget>(dialog, u"refundLines"_s);
                for (int row = 0; row < lines->count(); ++row)
                    lines->item(row)->setCheckState(row == line ? Qt::Checked : Qt::Unchecked);
                type(dialog, u"refundReason"_s, u"ill"_s);
                click(dialog, u"refundConfirm"_s);
            });
            click(*m_window, u"orderRefund"_s);
            if (line == 0) {
                whenOpen(u"ticketPreview"_s, [](QWidget &dialog) { QTest::keyClick(&dialog, Qt::Key_Escape); });
                click(*m_window, u"orderCreditNote"_s);
                QTRY_COMPARE(m_house->creditNotesAsked.size(), size_t(1));
            }
        }
        click(*m_window, u"orderCreditNote"_s);
        auto *menu = find<QMenu>(*m_window, u"creditNotes"_s);
        QCOMPARE(menu->actions().size(), 2);
        whenOpen(u"ticketPreview"_s, [](QWidget &dialog) { QTest::keyClick(&dialog, Qt::Key_Escape); });
        menu->actions().at(1)->trigger();
        QTRY_COMPARE(m_house->creditNotesAsked.size(), size_t(2));
        QCOMPARE(m_house->creditNotesAsked[1], m_house->refundCommands[1].refund);
    }

    void untilWhenBuyersMayIsShown()
    {
        OrderView order = addOrder();
        order.refundableUntil = *instantFromText(u"2026-12-01T18:00:00Z"_s);
        ui::RefundDialog dialog(order, m_house->afterSale(), ui::GiveBack::ForMoney);
        QVERIFY(find<QLabel>(dialog, u"refundOrder"_s)->text().contains(u"until Tue 1 Dec 2026, 18:00"_s));
    }

    void cheaperPlacesGiveTheRestBack()
    {
        addOrder();
        startExchange({1, 2});
        page().sale().takeSeats({seat(10)});
        QTRY_COMPARE(banner(), u"Exchange of order P-000001: 2 places worth €50.00. €25.00 goes back."_s);
        whenOpen(u"tenderDialog"_s, [](QWidget &dialog) {
            QTRY_VERIFY(find<QPushButton>(dialog, u"tenderConfirm"_s)->isEnabled());
            click(dialog, u"tenderConfirm"_s);
            QTRY_COMPARE(find<QLabel>(dialog, u"doneText"_s)->text(), u"Give the customer €25.00 in cash."_s);
            click(dialog, u"nextCustomer"_s);
        });
        page().pay();
        QVERIFY(!m_house->exchanges.at(0).tendered.has_value());
    }

    void anExchangeIsEndedByItsBanner()
    {
        addOrder();
        startExchange({1});
        page().endExchange();
        QCOMPARE(banner(), QString());
        page().sale().takeSeats({seat(10)});
        QTRY_COMPARE(find<QPushButton>(*m_window, u"cartPay"_s)->text(), u"&Take cash  (F12)"_s);
    }

private:
    /// Two places of 25.00, paid in cash.
    OrderView addOrder(OrderState state = OrderState::Confirmed)
    {
        OrderView order;
        order.id = OrderId::create();
        order.number = u"P-000001"_s;
        order.state = state;
        order.performance = m_house->performances.front().id;
        order.eventTitle = m_house->performances.front().eventTitle;
        order.timeZone = u"Europe/London"_s;
        order.startsAt = m_house->performances.front().startsAt;
        order.total = Money(5'000, Currency());
        order.paymentMethod = PaymentMethod::Cash;
        order.tendered = order.total;
        order.change = Money(0, Currency());
        for (int i = 1; i <= 2; ++i) {
            OrderLine line;
            line.number = i;
            line.isArea = true; // Nothing of the map moves.
            line.placeName = u"Stalls, row 1, seat %1"_s.arg(i);
            line.priceTypeName = u"Adult"_s;
            line.amount = line.total = Money(2'500, Currency());
            order.lines.push_back(line);
        }
        m_house->addOrder(order);
        return order;
    }
    static OpenRepayment open(RepaymentState state)
    {
        return {.repayment = {.id = RepaymentId::create(),
                              .method = PaymentMethod::Card,
                              .state = state,
                              .amount = Money(2'500, Currency()),
                              .failure = {}},
                .order = OrderId::create(),
                .orderNumber = u"P-000001"_s,
                .eventTitle = u"Hamlet"_s,
                .buyerName = {},
                .since = {},
                .attempts = 1};
    }
    void openOrders()
    {
        find<QAction>(*m_window, u"goOrders"_s)->trigger();
        QTRY_COMPARE(find<QTableWidget>(*m_window, u"orderTable"_s)->rowCount(), 1);
    }
    void startExchange(const std::vector<int> &lines)
    {
        openOrders();
        whenOpen(u"refundDialog"_s, [lines](QWidget &dialog) {
            auto *list = find<QListWidget>(dialog, u"refundLines"_s);
            for (int row = 0; row < list->count(); ++row) {
                const bool isChosen = std::ranges::find(lines, row + 1) != lines.end();
                list->item(row)->setCheckState(isChosen ? Qt::Checked : Qt::Unchecked);
            }
            type(dialog, u"refundReason"_s, u"another row"_s);
            click(dialog, u"refundConfirm"_s);
        });
        click(*m_window, u"orderExchange"_s);
        QTRY_VERIFY(page().sale().exchange().has_value());
        QTRY_VERIFY(!page().sale().performance().types.empty());
    }
    ui::SalePage &page() { return *m_window->salePage(); }
    QString banner() { return noticeText(*m_window, u"exchangeBanner"_s); }
    QString seat(int number) { return m_house->index().seat(number).key; }
    /// Runs `hands` once that dialog is open.
    void whenOpen(const QString &name, const std::function<void(QWidget &)> &hands)
    {
        auto *watch = new QTimer(m_window.get());
        connect(watch, &QTimer::timeout, this, [this, watch, name, hands] {
            auto *dialog = m_window->findChild<QDialog *>(name);
            if (!dialog || !dialog->isVisible())
                return;
            watch->stop();
            watch->deleteLater();
            hands(*dialog);
        });
        watch->start(20);
    }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::MainWindow> m_window;
};

QTEST_MAIN(TestAfterSale)
#include "tst_aftersale.moc"
