#include "checkout/givedialog.h"
#include "checkout/salepage.h"
#include "checkout/takeoverdialog.h"
#include "common/countdownlabel.h"
#include "common/qrcodeview.h"
#include "seatmap/seatmapcanvas.h"
#include "shell/mainwindow.h"
#include "ui/desk.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// A clerk gives places to a customer and takes a customer's over, with real widgets, mouse and keys.
class TestHandover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void theCodeIsShownLargeAndAsAQrCode();
    void theLinkOpensTheShopWithTheCode_data();
    void theLinkOpensTheShopWithTheCode();
    void codeAndLinkAreCopied();
    void whenTheCustomerHasThePlacesTheDialogSaysSo();
    void whenTheTimeRunsOutTheDialogSaysSo();
    void aRefusedCodeIsAskedForAgain();
    void thatTheCustomerHasThemIsSeenInTheCartToo();
    void whatIsClickedAfterwardsIsANewSale();
    void thereIsNothingToGiveFromAnEmptyCart();
    void aCodeTakesTheCustomersPlacesOver();
    void placesOfAnotherPerformanceOpenIt();
    void aCodeThatIsNoneIsNotSent();
    void aRefusalIsShownAndTheCodeMayBeCorrected();
    void theCartMustBeEmptyFirst();
    void bothActionsHaveTheirKeys();

private:
    void takeTwo();
    /// Runs `hands` while the dialog that `open` shows is open.
    template <class Open, class Hands>
    void inDialog(const Open &open, const Hands &hands);
    [[nodiscard]] QString notice() const { return noticeText(*m_page, u"saleNotice"_s); }
    [[nodiscard]] ui::SeatMapCanvas &canvas() const { return *find<ui::SeatMapCanvas>(*m_page, u"seatMapCanvas"_s); }
    [[nodiscard]] QString keyOf(int number) const { return m_house->index().seat(number).key; }
    [[nodiscard]] int places() const { return m_page->sale().placeCount(); }
    static QString codeIn(const QDialog &dialog) { return find<QLabel>(dialog, u"giveCode"_s)->text(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SalePage> m_page;
};

void TestHandover::init()
{
    m_house = smallHouse();
    m_page = std::make_unique<ui::SalePage>(m_house->map(), m_house->sales(), m_house->house(), m_house->session());
    m_page->resize(1280, 800);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    m_page->openPerformance(m_house->performances.front());
    QTRY_VERIFY(!canvas().model().isEmpty());
}

void TestHandover::cleanup()
{
    m_page.reset();
    m_house.reset();
}

void TestHandover::takeTwo()
{
    m_page->sale().takeSeats({keyOf(42), keyOf(43)});
    QTRY_COMPARE(places(), 2);
}

template <class Open, class Hands>
void TestHandover::inDialog(const Open &open, const Hands &hands)
{
    bool isDone = false;
    QTimer::singleShot(0, m_page.get(), [&] {
        auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget());
        if (!dialog)
            qFatal("no dialog opened");
        hands(*dialog);
        isDone = true;
        if (dialog->isVisible())
            dialog->reject();
    });
    open();
    QVERIFY(isDone);
}

void TestHandover::theCodeIsShownLargeAndAsAQrCode()
{
    takeTwo();
    inDialog([this] { click(*m_page, u"cartGive"_s); },
             [this](QDialog &dialog) {
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
                 const auto *code = find<QLabel>(dialog, u"giveCode"_s);
                 QVERIFY(code->fontInfo().pointSizeF() > 2 * dialog.fontInfo().pointSizeF());
                 const auto *qr = find<ui::QrCodeView>(dialog, u"giveQr"_s);
                 QVERIFY(qr->text().endsWith(u"#/handover/K7PM-2222"_s));
                 QVERIFY(qr->width() > 100 && qr->isVisible());
                 QVERIFY(find<ui::CountdownLabel>(dialog, u"giveCountdown"_s)->remainingSeconds() > 590);
                 const QString shots = qEnvironmentVariable("PARTERRE_SHOTS");
                 if (!shots.isEmpty())
                     QVERIFY(dialog.grab().save(shots + u"/give.png"_s));
             });
    QCOMPARE(places(), 2); // Closing the dialog changes nothing.
}

void TestHandover::theLinkOpensTheShopWithTheCode_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<QString>("link");
    QTest::newRow("plain") << u"http://box:8420"_s << u"http://box:8420/#/handover/K7PM-3XQT"_s;
    QTest::newRow("a socket") << u"ws://box:8420/v1/desk"_s << u"http://box:8420/#/handover/K7PM-3XQT"_s;
    QTest::newRow("secure") << u"wss://box/v1/desk"_s << u"https://box/#/handover/K7PM-3XQT"_s;
}

void TestHandover::theLinkOpensTheShopWithTheCode()
{
    QFETCH(const QString, server);
    QFETCH(const QString, link);
    QCOMPARE(ui::GiveDialog::linkFor(ui::GiveDialog::shopOf(QUrl(server)), u"K7PM-3XQT"_s).toString(), link);
}

void TestHandover::codeAndLinkAreCopied()
{
    takeTwo();
    inDialog([this] { m_page->give(); },
             [](QDialog &dialog) {
                 QTRY_VERIFY(find<QPushButton>(dialog, u"giveCopyCode"_s)->isEnabled());
                 click(dialog, u"giveCopyCode"_s);
                 QCOMPARE(QApplication::clipboard()->text(), u"K7PM-2222"_s);
                 click(dialog, u"giveCopyLink"_s);
                 QVERIFY(QApplication::clipboard()->text().endsWith(u"#/handover/K7PM-2222"_s));
             });
}

void TestHandover::whenTheCustomerHasThePlacesTheDialogSaysSo()
{
    takeTwo();
    inDialog([this] { m_page->give(); },
             [this](QDialog &dialog) {
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
                 m_house->enterCode(codeIn(dialog));
                 QTRY_COMPARE_WITH_TIMEOUT(noticeText(dialog, u"giveNotice"_s), u"2 places went to the customer."_s,
                                           10'000);
                 QVERIFY(!find<ui::QrCodeView>(dialog, u"giveQr"_s)->isVisible());
                 QTest::keyClick(&dialog, Qt::Key_Return);
             });
    QCOMPARE(places(), 0);
    QVERIFY2(notice().startsWith(u"The customer has these places now"_s), qPrintable(notice()));
    QCOMPARE(m_house->stateOf(keyOf(42)), SeatState::Held);
}

void TestHandover::whenTheTimeRunsOutTheDialogSaysSo()
{
    takeTwo();
    inDialog([this] { m_page->give(); },
             [this](QDialog &dialog) {
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
                 m_house->endHold();
                 QTRY_VERIFY_WITH_TIMEOUT(
                     noticeText(dialog, u"giveNotice"_s).startsWith(u"The time for these places"_s), 10'000);
             });
}

void TestHandover::aRefusedCodeIsAskedForAgain()
{
    takeTwo();
    m_house->refuseNext({.code = ErrorCode::Overloaded, .message = u"Try again in a second."_s});
    inDialog([this] { m_page->give(); },
             [](QDialog &dialog) {
                 QTRY_COMPARE(noticeText(dialog, u"giveNotice"_s), u"Try again in a second."_s);
                 QVERIFY(!find<QPushButton>(dialog, u"giveCopyCode"_s)->isEnabled());
                 Q_EMIT find<ui::NoticeBar>(dialog, u"giveNotice"_s)->actionTriggered();
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
             });
}

void TestHandover::thatTheCustomerHasThemIsSeenInTheCartToo()
{
    takeTwo();
    QString code;
    inDialog([this] { m_page->give(); },
             [&](QDialog &dialog) {
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
                 code = codeIn(dialog);
             });
    m_house->enterCode(code);
    QTRY_COMPARE_WITH_TIMEOUT(places(), 0, 10'000);
    QVERIFY2(notice().startsWith(u"The customer has these places now"_s), qPrintable(notice()));
    QVERIFY(!m_page->sale().canUndo());
}

void TestHandover::whatIsClickedAfterwardsIsANewSale()
{
    takeTwo();
    QString code;
    inDialog([this] { m_page->give(); },
             [&](QDialog &dialog) {
                 QTRY_COMPARE(codeIn(dialog), u"K7PM-2222"_s);
                 code = codeIn(dialog);
             });
    m_house->enterCode(code);
    m_page->sale().takeSeats({keyOf(50)}); // Before the desk has heard of it.
    QTRY_COMPARE(places(), 1);
    QVERIFY(m_house->takes.back().hold != m_house->takes.front().hold);
}

void TestHandover::thereIsNothingToGiveFromAnEmptyCart()
{
    QVERIFY(!find<QPushButton>(*m_page, u"cartGive"_s)->isVisible());
    m_page->give();
    QVERIFY2(notice().startsWith(u"Take the places first"_s), qPrintable(notice()));
}

void TestHandover::aCodeTakesTheCustomersPlacesOver()
{
    m_house->askForHelp(u"ABCD-2345"_s, m_house->performances.front().id, {keyOf(7), keyOf(8)});
    inDialog([this] { click(*m_page, u"cartTakeOver"_s); },
             [](QDialog &dialog) {
                 type(dialog, u"takeOverCode"_s, u"abcd 2345"_s);
                 const QString shots = qEnvironmentVariable("PARTERRE_SHOTS");
                 if (!shots.isEmpty())
                     QVERIFY(dialog.grab().save(shots + u"/takeover.png"_s));
                 QTest::keyClick(&dialog, Qt::Key_Return);
                 QTRY_VERIFY(!dialog.isVisible());
             });
    QTRY_COMPARE(places(), 2);
    QVERIFY(canvas().model().isOwn(7));
    QTRY_COMPARE(m_house->renewals, 1); // Who comes for help has lost time already.
    m_page->sale().releaseSeats({keyOf(8)});
    QTRY_COMPARE(places(), 1);
}

void TestHandover::placesOfAnotherPerformanceOpenIt()
{
    const PerformanceSummary &other = m_house->performances[1];
    m_house->askForHelp(u"ABCD-2345"_s, other.id, {keyOf(7)});
    inDialog([this] { m_page->takeOver(); },
             [](QDialog &dialog) {
                 type(dialog, u"takeOverCode"_s, u"ABCD-2345"_s);
                 QTest::keyClick(&dialog, Qt::Key_Return);
                 QTRY_VERIFY(!dialog.isVisible());
             });
    QTRY_COMPARE(places(), 1);
    QCOMPARE(find<QLabel>(*m_page, u"saleTitle"_s)->text(), other.eventTitle);
    QCOMPARE(m_page->sale().performance().summary.id, other.id);
    QVERIFY(m_house->releases.empty());
}

void TestHandover::aCodeThatIsNoneIsNotSent()
{
    inDialog([this] { m_page->takeOver(); },
             [](QDialog &dialog) {
                 type(dialog, u"takeOverCode"_s, u"ABC"_s);
                 QTest::keyClick(&dialog, Qt::Key_Return);
                 QVERIFY(noticeText(dialog, u"takeOverNotice"_s).startsWith(u"A code has 8 letters and digits"_s));
             });
}

void TestHandover::aRefusalIsShownAndTheCodeMayBeCorrected()
{
    m_house->askForHelp(u"ABCD-2345"_s, m_house->performances.front().id, {keyOf(7)});
    inDialog([this] { m_page->takeOver(); },
             [](QDialog &dialog) {
                 type(dialog, u"takeOverCode"_s, u"ABCD-2346"_s);
                 QTest::keyClick(&dialog, Qt::Key_Return);
                 QTRY_VERIFY(noticeText(dialog, u"takeOverNotice"_s).startsWith(u"No places wait under this code"_s));
                 type(dialog, u"takeOverCode"_s, u"ABCD-2345"_s);
                 QTest::keyClick(&dialog, Qt::Key_Return);
                 QTRY_VERIFY(!dialog.isVisible());
             });
    QTRY_COMPARE(places(), 1);
}

void TestHandover::theCartMustBeEmptyFirst()
{
    takeTwo();
    QVERIFY(!find<QPushButton>(*m_page, u"cartTakeOver"_s)->isVisible());
    m_page->takeOver();
    QVERIFY2(notice().startsWith(u"There are places in the cart"_s), qPrintable(notice()));
    QCOMPARE(places(), 2);
}

void TestHandover::bothActionsHaveTheirKeys()
{
    ui::MainWindow window({.session = m_house->session(),
                           .catalog = m_house->catalog(),
                           .map = m_house->map(),
                           .sales = m_house->sales(),
                           .house = m_house->house(),
                           .afterSale = m_house->afterSale()});
    QCOMPARE(window.findChild<QAction *>(u"giveAction"_s)->shortcut(), QKeySequence(Qt::Key_F9));
    QCOMPARE(window.findChild<QAction *>(u"takeOverAction"_s)->shortcut(), QKeySequence(Qt::SHIFT | Qt::Key_F9));
}

QTEST_MAIN(TestHandover)
#include "tst_handover.moc"
