#include "checkout/quicktender.h"
#include "checkout/salecontroller.h"
#include "checkout/tenderdialog.h"
#include "common/moneyedit.h"
#include "common/moneylabel.h"
#include "ui/desk.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

Money euro(qint64 cents)
{
    return {cents, Currency()};
}

} // namespace

/// Taking cash for two seats at 25.00: what the clerk types, what is shown, and what happens when the server is away.
class TestTender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void likelyNotesAreOffered_data();
    void likelyNotesAreOffered();
    void theChangeIsWorkedOutWhileTyping_data();
    void theChangeIsWorkedOutWhileTyping();
    void lessThanTheTotalCannotBeConfirmed();
    void enterTakesTheExactAmount();
    void aQuickAmountAndEnterIsTheWholeSale();
    void escapeGoesBackToTheCart();
    void theRefusalIsShownAndTheSaleGoesOn();
    void aPaymentThatIsNotAnsweredCannotBeLeft();
    void pressingTwicePaysOnce();
    void aLostConnectionNeverPaysTwice();
    void anUnknownOutcomeIsAskedAgainWithTheSameIdAndAmount();
    void whileTheServerIsAwayNoCashIsTaken();
    void aHigherPriceAsksForTheRest();
    void ticketsAreSavedWhole();
    void afterTheSaleEscapeIsTheNextCustomer();
    void withoutATerminalNoCardIsOffered();
    void aCardIsPaidAtTheTerminal();
    void aDeclinedCardLeavesTheCart();
    void escapeStopsTheTerminal();
    void aPaymentThatNobodyKnowsOfIsAskedFor();
    void aPaymentThatFailsTooLateEndsTheHold();

private:
    void amount(const QString &text) { type(*m_dialog, u"tenderAmount"_s, text); }
    void press(int key) { QTest::keyClick(m_dialog.get(), Qt::Key(key)); }
    [[nodiscard]] QPushButton &confirm() const { return *find<QPushButton>(*m_dialog, u"tenderConfirm"_s); }
    [[nodiscard]] QString notice() const { return noticeText(*m_dialog, u"tenderNotice"_s); }
    /// The dialog again, in a house with these terminals.
    void openWithTerminals(const std::vector<QString> &names);
    [[nodiscard]] bool isSold() const { return find<QPushButton>(*m_dialog, u"nextCustomer"_s)->isVisible(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SaleController> m_sale;
    std::unique_ptr<ui::TenderDialog> m_dialog;
};

void TestTender::init()
{
    m_house = smallHouse();
    m_house->setStatus({.state = ui::ConnectionState::Online});
    m_sale = std::make_unique<ui::SaleController>(m_house->sales());
    m_sale->begin(m_house->detail);
    m_sale->takeSeats({m_house->index().seat(42).key, m_house->index().seat(43).key});
    QTRY_COMPARE(m_sale->placeCount(), 2);
    m_dialog = std::make_unique<ui::TenderDialog>(*m_sale, m_house->sales(), m_house->session());
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
}

void TestTender::cleanup()
{
    m_dialog.reset();
    m_sale.reset();
    m_house.reset();
}

void TestTender::openWithTerminals(const std::vector<QString> &names)
{
    m_house->terminals = names;
    m_dialog = std::make_unique<ui::TenderDialog>(*m_sale, m_house->sales(), m_house->session());
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    QTRY_COMPARE(find<QPushButton>(*m_dialog, u"payByCard"_s)->isVisible(), !names.empty());
}

void TestTender::likelyNotesAreOffered_data()
{
    QTest::addColumn<qint64>("total");
    QTest::addColumn<QList<qint64>>("offered");
    QTest::newRow("two seats") << qint64{5000} << QList<qint64>{5000, 6000, 10000, 20000};
    QTest::newRow("odd cents") << qint64{3750} << QList<qint64>{3750, 4000, 5000, 10000, 20000};
    QTest::newRow("a note") << qint64{20000} << QList<qint64>{20000};
    QTest::newRow("nothing to pay") << qint64{0} << QList<qint64>{0};
}

void TestTender::likelyNotesAreOffered()
{
    QFETCH(const qint64, total);
    QFETCH(const QList<qint64>, offered);
    QList<qint64> found;
    for (const Money &money : ui::quickTenders(euro(total)))
        found += money.minorUnits();
    QCOMPARE(found, offered);
}

void TestTender::theChangeIsWorkedOutWhileTyping_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<bool>("enough");
    QTest::newRow("exact") << u"50"_s << u"€0.00"_s << true;
    QTest::newRow("a point") << u"60.50"_s << u"€10.50"_s << true;
    QTest::newRow("a comma") << u"60,5"_s << u"€10.50"_s << true;
    QTest::newRow("too little") << u"49.99"_s << u"€0.01"_s << false;
    QTest::newRow("no amount") << u"fifty"_s << u"€0.00"_s << false;
    QTest::newRow("too many decimals") << u"50.001"_s << u"€0.00"_s << false;
}

void TestTender::theChangeIsWorkedOutWhileTyping()
{
    QFETCH(const QString, typed);
    QFETCH(const QString, shown);
    QFETCH(const bool, enough);
    amount(typed);
    QCOMPARE(find<QLabel>(*m_dialog, u"tenderChange"_s)->text(), shown);
    QCOMPARE(confirm().isEnabled(), enough);
}

void TestTender::lessThanTheTotalCannotBeConfirmed()
{
    amount(u"40"_s);
    press(Qt::Key_Return);
    QTest::qWait(20);
    QVERIFY(m_house->payments.empty());
}

void TestTender::enterTakesTheExactAmount()
{
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
    QCOMPARE(find<ui::MoneyLabel>(*m_dialog, u"doneChange"_s)->money(), euro(0));
    QCOMPARE(find<QLabel>(*m_dialog, u"doneTitle"_s)->text(), u"Sold: order P-000001"_s);
}

void TestTender::aQuickAmountAndEnterIsTheWholeSale()
{
    click(*m_dialog, u"quickTender2"_s);
    QCOMPARE(find<ui::MoneyLabel>(*m_dialog, u"tenderChange"_s)->money(), euro(1000));
    QTest::keyClick(&confirm(), Qt::Key_Return);
    QTRY_VERIFY(isSold());
    QCOMPARE(find<ui::MoneyLabel>(*m_dialog, u"doneChange"_s)->money(), euro(1000));
    QCOMPARE(m_house->payments.front().tendered, euro(6000));
    QCOMPARE(m_house->stateOf(m_house->index().seat(42).key), SeatState::Sold);
}

void TestTender::escapeGoesBackToTheCart()
{
    press(Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_sale->placeCount(), 2);
}

void TestTender::theRefusalIsShownAndTheSaleGoesOn()
{
    m_house->refuseNext({.code = ErrorCode::Overloaded, .message = u"The server is busy. Try again."_s});
    press(Qt::Key_Return);
    QTRY_COMPARE(notice(), u"The server is busy. Try again."_s);
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
}

void TestTender::aPaymentThatIsNotAnsweredCannotBeLeft()
{
    m_house->holdAnswers();
    press(Qt::Key_Return);
    press(Qt::Key_Escape);
    m_dialog->reject();
    QVERIFY(m_dialog->isVisible());
    QVERIFY(notice().contains(u"being confirmed"_s));
    QVERIFY(!find<QPushButton>(*m_dialog, u"tenderCancel"_s)->isEnabled());
    m_house->sendAnswers();
    QTRY_VERIFY(isSold());
}

void TestTender::pressingTwicePaysOnce()
{
    for (int i = 0; i < 3; ++i) {
        press(Qt::Key_Return);
        QTest::mouseClick(&confirm(), Qt::LeftButton);
        m_sale->payCash(euro(5000));
    }
    QTRY_VERIFY(isSold());
    QCOMPARE(m_house->payments.size(), 1U);
    QCOMPARE(m_house->orderCommands.size(), 1U);
}

void TestTender::aLostConnectionNeverPaysTwice()
{
    amount(u"60"_s);
    m_house->holdAnswers();
    press(Qt::Key_Return);
    m_house->setStatus({.state = ui::ConnectionState::Reconnecting, .secondsToRetry = 3, .message = u"Lost."_s});
    QVERIFY2(notice().contains(u"keep the cash on the counter"_s), qPrintable(notice()));
    QVERIFY(!confirm().isEnabled());
    press(Qt::Key_Return);
    m_house->setStatus({.state = ui::ConnectionState::Online});
    press(Qt::Key_Return);
    m_house->sendAnswers();
    QTRY_VERIFY(isSold());
    QCOMPARE(m_house->payments.size(), 1U);
    QCOMPARE(find<ui::MoneyLabel>(*m_dialog, u"doneChange"_s)->money(), euro(1000));
}

void TestTender::anUnknownOutcomeIsAskedAgainWithTheSameIdAndAmount()
{
    amount(u"60"_s);
    m_house->losePaymentAnswer({.code = ErrorCode::OutcomeUnknown, .message = u"Nobody knows yet. Ask again."_s});
    press(Qt::Key_Return);
    QTRY_COMPARE(notice(), u"Nobody knows yet. Ask again."_s);
    QVERIFY(!find<ui::MoneyEdit>(*m_dialog, u"tenderAmount"_s)->isEnabled());
    m_dialog->reject();
    QVERIFY(m_dialog->isVisible());
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
    QCOMPARE(m_house->payments.size(), 2U);
    QCOMPARE(m_house->payments[0].payment.text(), m_house->payments[1].payment.text());
    QCOMPARE(m_house->payments[1].tendered, euro(6000));
    QCOMPARE(m_house->orders().size(), 1U);
}

void TestTender::whileTheServerIsAwayNoCashIsTaken()
{
    m_house->setStatus({.state = ui::ConnectionState::Reconnecting, .secondsToRetry = 3, .message = u"Lost."_s});
    QVERIFY(!confirm().isEnabled());
    QVERIFY(notice().contains(u"Take no cash"_s));
    m_house->setStatus({.state = ui::ConnectionState::Online});
    QVERIFY(confirm().isEnabled());
    QVERIFY(notice().isEmpty());
}

void TestTender::aHigherPriceAsksForTheRest()
{
    for (Price &price : m_house->detail.prices)
        price.amount = price.amount + euro(500);
    press(Qt::Key_Return);
    QTRY_VERIFY(notice().contains(u"60.00 EUR"_s));
    QVERIFY(m_house->payments.empty());
    QVERIFY(!confirm().isEnabled());
    amount(u"60"_s);
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
}

void TestTender::ticketsAreSavedWhole()
{
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"tickets.pdf"_s);
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
    QTimer typing;
    connect(&typing, &QTimer::timeout, m_dialog.get(), [&] {
        if (auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget())) {
            typing.stop();
            find<QLineEdit>(*dialog, u"fileNameEdit"_s)->setText(path); // Typed, its list of proposals would open.
            QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save), Qt::LeftButton);
        }
    });
    typing.start(10);
    click(*m_dialog, u"saveTickets"_s);
    QTRY_VERIFY(noticeText(*m_dialog, u"doneNotice"_s).contains(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().startsWith("%PDF-"));
}

void TestTender::afterTheSaleEscapeIsTheNextCustomer()
{
    press(Qt::Key_Return);
    QTRY_VERIFY(isSold());
    press(Qt::Key_Escape);
    QCOMPARE(m_dialog->result(), static_cast<int>(QDialog::Accepted));
}

void TestTender::withoutATerminalNoCardIsOffered()
{
    QTest::qWait(50);
    QVERIFY(!find<QPushButton>(*m_dialog, u"payByCard"_s)->isVisible());
    press(Qt::Key_F6);
    QTest::qWait(20);
    QVERIFY(m_house->terminalPayments.empty());
}

void TestTender::aCardIsPaidAtTheTerminal()
{
    openWithTerminals({u"left"_s, u"right"_s});
    auto *choice = find<QComboBox>(*m_dialog, u"terminals"_s);
    QVERIFY(choice->isVisible());
    choice->setCurrentIndex(1);
    press(Qt::Key_F6);
    QTRY_VERIFY(isSold());
    QCOMPARE(m_house->terminalPayments.size(), 1U);
    QCOMPARE(m_house->terminalPayments.front().terminal, u"right"_s);
    QCOMPARE(find<ui::MoneyLabel>(*m_dialog, u"doneChange"_s)->money(), euro(5000));
    QVERIFY(find<QLabel>(*m_dialog, u"doneText"_s)->text().contains(u"No change to give"_s));
    m_sale->nextCustomer();
    m_sale->takeSeats({m_house->index().seat(44).key});
    QTRY_COMPARE(m_sale->placeCount(), 1);
    openWithTerminals({u"left"_s, u"right"_s});
    QCOMPARE(find<QComboBox>(*m_dialog, u"terminals"_s)->currentIndex(), 1); // It stands at this desk.
}

void TestTender::aDeclinedCardLeavesTheCart()
{
    openWithTerminals({u"left"_s});
    QVERIFY(!find<QComboBox>(*m_dialog, u"terminals"_s)->isVisible());
    m_house->losePaymentAnswer({.code = ErrorCode::PaymentDeclined, .message = u"The card was declined."_s});
    press(Qt::Key_F6);
    QTRY_COMPARE(notice(), u"The card was declined."_s);
    QVERIFY(confirm().isEnabled());
    QVERIFY(find<QPushButton>(*m_dialog, u"payByCard"_s)->isEnabled());
    QCOMPARE(find<QPushButton>(*m_dialog, u"tenderCancel"_s)->text(), u"&Back to cart"_s);
}

void TestTender::escapeStopsTheTerminal()
{
    openWithTerminals({u"left"_s});
    m_house->holdAnswers();
    press(Qt::Key_F6);
    QTRY_VERIFY(m_sale->order() || !m_house->orderCommands.empty());
    QVERIFY2(notice().contains(u"The customer pays €50.00 at the terminal left"_s), qPrintable(notice()));
    press(Qt::Key_Escape);
    QVERIFY(m_dialog->isVisible());
    QCOMPARE(m_house->stopped.size(), 1U);
    m_house->sendAnswers();
    QTRY_VERIFY(isSold()); // The customer was quicker.
}

void TestTender::aPaymentThatNobodyKnowsOfIsAskedFor()
{
    openWithTerminals({u"left"_s});
    m_house->losePaymentAnswer({.code = ErrorCode::OutcomeUnknown, .message = u"Nobody knows yet."_s});
    press(Qt::Key_F6);
    QTRY_VERIFY_WITH_TIMEOUT(isSold(), 10000);
    QCOMPARE(m_house->terminalPayments.size(), 1U);
}

/// The longest time of the hold was over when it failed: there is nothing left to try again with.
void TestTender::aPaymentThatFailsTooLateEndsTheHold()
{
    openWithTerminals({u"left"_s});
    m_house->holdAnswers();
    m_house->losePaymentAnswer({.code = ErrorCode::OutcomeUnknown, .message = u"Nobody knows yet."_s});
    press(Qt::Key_F6);
    QTRY_VERIFY(!m_house->orderCommands.empty());
    m_house->endHold();
    m_house->sendAnswers();
    QTRY_VERIFY_WITH_TIMEOUT(!m_sale->hold(), 10'000);
    QCOMPARE(m_sale->placeCount(), 0);
}

QTEST_MAIN(TestTender)
#include "tst_tender.moc"
