#include "checkout/salecontroller.h"
#include "checkout/tenderdialog.h"
#include "common/moneylabel.h"
#include "giftcards/giftcardsdialog.h"
#include "giftcards/issuegiftcarddialog.h"
#include "ui/desk.h"

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
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

/// Gift cards at the desk: sold, given, blocked, and taken for a part of two seats at 25.00.
class TestGiftCards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init()
    {
        m_house = smallHouse();
        m_house->setStatus({.state = ui::ConnectionState::Online});
    }
    void cleanup()
    {
        m_tender.reset();
        m_sale.reset();
        m_house.reset();
    }

    // Selling and giving.

    void aCardIsSoldForCashAndItsCodeIsShownOnce()
    {
        ui::IssueGiftCardDialog dialog(GiftCardKind::GiftCard, Currency(), m_house->giftCards(), m_house->sales());
        dialog.show();
        QVERIFY(!find<QPushButton>(dialog, u"giftCardConfirm"_s)->isEnabled());
        type(dialog, u"giftCardAmount"_s, u"40"_s);
        type(dialog, u"giftCardTendered"_s, u"30"_s);
        QVERIFY(!find<QPushButton>(dialog, u"giftCardConfirm"_s)->isEnabled());
        type(dialog, u"giftCardTendered"_s, u"50"_s);
        QCOMPARE(find<QLabel>(dialog, u"giftCardChange"_s)->text(), u"€10.00"_s);
        click(dialog, u"giftCardConfirm"_s);
        QTRY_VERIFY(find<QLabel>(dialog, u"giftCardCode"_s)->isVisible());
        QCOMPARE(m_house->issues.at(0).amount, euro(4'000));
        QCOMPARE(*m_house->issues.at(0).tendered, euro(5'000));
        QCOMPARE(find<QLabel>(dialog, u"giftCardCode"_s)->text().size(), 19);
        QVERIFY(find<QLabel>(dialog, u"giftCardDoneText"_s)->text().startsWith(u"Give €10.00 change."_s));
    }

    void withoutAnAmountHandedOverItIsExact()
    {
        ui::IssueGiftCardDialog dialog(GiftCardKind::GiftCard, Currency(), m_house->giftCards(), m_house->sales());
        dialog.show();
        type(dialog, u"giftCardAmount"_s, u"40"_s);
        click(dialog, u"giftCardConfirm"_s);
        QTRY_COMPARE(m_house->issues.size(), size_t(1));
        QCOMPARE(*m_house->issues[0].tendered, euro(4'000));
    }

    void aCardIsSoldAtTheTerminalAndEscapeStopsIt()
    {
        m_house->terminals = {u"left"_s};
        ui::IssueGiftCardDialog dialog(GiftCardKind::GiftCard, Currency(), m_house->giftCards(), m_house->sales());
        dialog.show();
        type(dialog, u"giftCardAmount"_s, u"40"_s);
        QTRY_VERIFY(find<QPushButton>(dialog, u"giftCardByCard"_s)->isVisible());
        m_house->holdAnswers();
        QTest::keyClick(&dialog, Qt::Key_F6);
        QTRY_COMPARE(m_house->issues.size(), size_t(1));
        QCOMPARE(*m_house->issues[0].terminal, u"left"_s);
        QVERIFY(!m_house->issues[0].tendered);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(dialog.isVisible());
        QCOMPARE(m_house->stopped, std::vector<PaymentId>{m_house->issues[0].payment});
        m_house->sendAnswers();
        QTRY_VERIFY(find<QLabel>(dialog, u"giftCardCode"_s)->isVisible());
    }

    void aRefusalSellsNothingAndTheNextTryIsAnotherCard()
    {
        ui::IssueGiftCardDialog dialog(GiftCardKind::GiftCard, Currency(), m_house->giftCards(), m_house->sales());
        dialog.show();
        type(dialog, u"giftCardAmount"_s, u"40"_s);
        m_house->refuseNext({.code = ErrorCode::Unavailable, .message = u"The server is away."_s});
        click(dialog, u"giftCardConfirm"_s);
        QTRY_COMPARE(noticeText(dialog, u"giftCardNotice"_s), u"The server is away."_s);
        click(dialog, u"giftCardConfirm"_s);
        QTRY_VERIFY(find<QLabel>(dialog, u"giftCardCode"_s)->isVisible());
        QCOMPARE(m_house->giftCardsSold.size(), size_t(1));
    }

    void aVoucherNeedsAReason()
    {
        ui::IssueGiftCardDialog dialog(GiftCardKind::Voucher, Currency(), m_house->giftCards(), m_house->sales());
        dialog.show();
        type(dialog, u"giftCardAmount"_s, u"20"_s);
        QVERIFY(!find<QPushButton>(dialog, u"giftCardConfirm"_s)->isEnabled());
        type(dialog, u"giftCardReason"_s, u"The lift was out of order"_s);
        click(dialog, u"giftCardConfirm"_s);
        QTRY_COMPARE(m_house->issues.size(), size_t(1));
        QCOMPARE(m_house->issues[0].kind, GiftCardKind::Voucher);
        QVERIFY(!m_house->issues[0].tendered && !m_house->issues[0].terminal);
    }

    // The list.

    void aSupervisorBlocksTheChosenCardWithAReason()
    {
        m_house->addGiftCard(4'000);
        ui::GiftCardsDialog dialog(m_house->giftCards(), m_house->sales(), Currency(), true);
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"giftCardTable"_s);
        QTRY_COMPARE(table->rowCount(), 1);
        QCOMPARE(table->item(0, 1)->text(), u"€40.00"_s);
        QTRY_VERIFY(find<QLabel>(dialog, u"giftCardMovements"_s)->text().startsWith(u"Issued: €40.00"_s));
        auto *block = find<QPushButton>(dialog, u"giftCardBlock"_s);
        QVERIFY(!block->isEnabled());
        type(dialog, u"giftCardBlockReason"_s, u"stolen"_s);
        QTest::mouseClick(block, Qt::LeftButton);
        QTRY_COMPARE(table->item(0, 2)->text(), u"Blocked"_s);
        QCOMPARE(m_house->blocks.at(0).reason, u"stolen"_s);
        QCOMPARE(block->text(), u"Take the &block off"_s);
    }

    void aClerkSeesAndSellsOnly()
    {
        ui::GiftCardsDialog dialog(m_house->giftCards(), m_house->sales(), Currency(), false);
        dialog.show();
        for (const QString &name : {u"giftCardBlock"_s, u"giftCardGive"_s})
            QVERIFY(!find<QPushButton>(dialog, name)->isVisible());
        QVERIFY(find<QPushButton>(dialog, u"giftCardSell"_s)->isVisible());
    }

    void aCardIsLookedForByItsCode()
    {
        const QString code = m_house->addGiftCard(4'000);
        m_house->addGiftCard(1'000);
        ui::GiftCardsDialog dialog(m_house->giftCards(), m_house->sales(), Currency(), false);
        dialog.show();
        auto *table = find<QTableWidget>(dialog, u"giftCardTable"_s);
        QTRY_COMPARE(table->rowCount(), 2);
        type(dialog, u"giftCardSearch"_s, giftCardCodeText(code));
        QTest::keyClick(find<QLineEdit>(dialog, u"giftCardSearch"_s), Qt::Key_Return);
        QTRY_COMPARE(table->rowCount(), 1);
        QCOMPARE(table->item(0, 1)->text(), u"€40.00"_s);
    }

    // In the cash window.

    void aGiftCardPaysAPartAndCashTheRest()
    {
        openTender();
        take(m_house->addGiftCard(2'000));
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderTotal"_s)->money(), euro(3'000));
        QVERIFY(find<QLabel>(*m_tender, u"giftCardsTaken"_s)->text().contains(u"pays €20.00"_s));
        click(*m_tender, u"quickTender1"_s);
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderChange"_s)->money(), euro(0));
        type(*m_tender, u"tenderAmount"_s, u"50"_s);
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderChange"_s)->money(), euro(2'000));
        QTest::keyClick(m_tender.get(), Qt::Key_Return);
        QTRY_VERIFY(isSold());
        QCOMPARE(*m_house->partPayments.at(0).cash, euro(5'000));
        QCOMPARE(*m_house->partPayments[0].giftCards.at(0).amount, euro(2'000));
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"doneChange"_s)->money(), euro(2'000));
        QVERIFY(find<QLabel>(*m_tender, u"doneText"_s)->text().contains(u"Gift card ···· "_s));
        QCOMPARE(m_house->giftCardsSold[0].second.balance, euro(0));
    }

    void aGiftCardPaysAll()
    {
        openTender();
        take(m_house->addGiftCard(8'000));
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderTotal"_s)->money(), euro(0));
        QVERIFY(!find<QPushButton>(*m_tender, u"takeGiftCard"_s)->isEnabled());
        QTest::keyClick(m_tender.get(), Qt::Key_Return);
        QTRY_VERIFY(isSold());
        QVERIFY(!m_house->partPayments.at(0).cash);
        QCOMPARE(m_house->giftCardsSold[0].second.balance, euro(3'000));
    }

    void cashPaysAPartAndTheTerminalTheRest()
    {
        m_house->terminals = {u"left"_s};
        openTender();
        QTRY_VERIFY(find<QPushButton>(*m_tender, u"payByCard"_s)->isVisible());
        type(*m_tender, u"tenderAmount"_s, u"15"_s);
        QVERIFY(!find<QPushButton>(*m_tender, u"tenderConfirm"_s)->isEnabled());
        QVERIFY(find<QPushButton>(*m_tender, u"payByCard"_s)->text().contains(u"€15.00 in cash, the rest"_s));
        QTest::keyClick(m_tender.get(), Qt::Key_F6);
        QTRY_VERIFY(isSold());
        QCOMPARE(*m_house->partPayments.at(0).cash, euro(1'500));
        QCOMPARE(*m_house->partPayments[0].terminal, u"left"_s);
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"doneChange"_s)->money(), euro(1'500)); // To be collected.
    }

    void giftCardsAndTheTerminalTogether()
    {
        m_house->terminals = {u"left"_s};
        openTender();
        take(m_house->addGiftCard(2'000));
        take(m_house->addGiftCard(1'000));
        QTest::keyClick(m_tender.get(), Qt::Key_F6);
        QTRY_VERIFY(isSold());
        QCOMPARE(m_house->partPayments.at(0).giftCards.size(), size_t(2));
        QVERIFY(!m_house->partPayments[0].cash);
        QCOMPARE(m_sale->order()->tenders.size(), size_t(3));
    }

    void aCodeThatIsNoneIsSaidInTheDialog()
    {
        openTender();
        whenOpen([this](QWidget &dialog) {
            type(dialog, u"giftCardTyped"_s, u"K7PM-3XQT"_s);
            click(dialog, u"giftCardTake"_s);
            QVERIFY(noticeText(dialog, u"giftCardTenderNotice"_s).contains(u"16 letters and digits"_s));
            type(dialog, u"giftCardTyped"_s, giftCardCode(QString(15, u'z')));
            click(dialog, u"giftCardTake"_s);
            QTRY_VERIFY(noticeText(dialog, u"giftCardTenderNotice"_s).contains(u"No gift card has this code"_s));
            QTest::keyClick(&dialog, Qt::Key_Escape);
        });
        QTest::keyClick(m_tender.get(), Qt::Key_F3);
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderTotal"_s)->money(), euro(5'000));
    }

    void aRefusedPaymentKeepsTheCartAndMayBePaidWithout()
    {
        openTender();
        take(m_house->addGiftCard(2'000));
        m_house->giftCardsSold[0].second.balance = euro(0); // Somebody else was quicker.
        QTest::keyClick(m_tender.get(), Qt::Key_Return);
        QTRY_VERIFY(noticeText(*m_tender, u"tenderNotice"_s).contains(u"left"_s));
        click(*m_tender, u"dropGiftCards"_s);
        QCOMPARE(find<ui::MoneyLabel>(*m_tender, u"tenderTotal"_s)->money(), euro(5'000));
        QTest::keyClick(m_tender.get(), Qt::Key_Return);
        QTRY_VERIFY(isSold());
        QCOMPARE(m_house->payments.size(), size_t(1));
    }

private:
    void openTender()
    {
        m_sale = std::make_unique<ui::SaleController>(m_house->sales());
        m_sale->begin(m_house->detail);
        m_sale->takeSeats({m_house->index().seat(42).key, m_house->index().seat(43).key});
        QTRY_COMPARE(m_sale->placeCount(), 2);
        m_tender = std::make_unique<ui::TenderDialog>(*m_sale, m_house->sales(), m_house->session());
        m_tender->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_tender.get()));
    }
    void take(const QString &code)
    {
        whenOpen([code](QWidget &dialog) {
            type(dialog, u"giftCardTyped"_s, giftCardCodeText(code));
            click(dialog, u"giftCardTake"_s);
        });
        QTest::keyClick(m_tender.get(), Qt::Key_F3);
        m_tender->activateWindow(); // No window manager gives it back to whom it was.
        QTRY_COMPARE(QApplication::activeWindow(), m_tender.get());
    }
    /// Does this with the dialog for a gift card once it is open, since it runs until it is closed.
    void whenOpen(const std::function<void(QWidget &)> &hands)
    {
        auto *watch = new QTimer(m_tender.get());
        connect(watch, &QTimer::timeout, this, [this, watch, hands] {
            auto *dialog = m_tender->findChild<QDialog *>(u"giftCardDialog"_s);
            if (!dialog || !dialog->isVisible())
                return;
            watch->stop();
            watch->deleteLater();
            hands(*dialog);
        });
        watch->start(20);
    }
    [[nodiscard]] bool isSold() const { return find<QPushButton>(*m_tender, u"nextCustomer"_s)->isVisible(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SaleController> m_sale;
    std::unique_ptr<ui::TenderDialog> m_tender;
};

QTEST_MAIN(TestGiftCards)
#include "tst_giftcards.moc"
