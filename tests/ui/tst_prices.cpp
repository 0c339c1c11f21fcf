#include "checkout/cartpanel.h"
#include "checkout/pricedialog.h"
#include "checkout/tenderdialog.h"
#include "common/moneyedit.h"
#include "common/moneylabel.h"
#include "common/rowdelegate.h"
#include "ui/desk.h"

#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QTableWidget>
#include <QTextDocument>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

Money euro(qint64 cents)
{
    return {cents, Currency()};
}

} // namespace

/// What a clerk sees of fees, taxes, promotion codes and other prices, before anybody pays: two seats at 25.00.
class TestPrices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init()
    {
        m_house = smallHouse();
        m_house->setStatus({.state = ui::ConnectionState::Online});
        const Tax vat{.name = u"VAT"_s, .rateBasisPoints = 2'000, .isIncluded = true};
        for (PriceType &type : m_house->detail.types)
            type.tax = vat;
        m_house->detail.fees = {
            {.name = u"Handling"_s, .per = FeePer::Order, .channels = {}, .amount = euro(203), .tax = vat},
            {.name = u"Booking fee"_s, .per = FeePer::Ticket, .channels = {SalesChannel::Web}, .amount = euro(150)}};
        m_house->detail.cashStep = 5;
        m_sale = std::make_unique<ui::SaleController>(m_house->sales());
        m_cart = std::make_unique<ui::CartPanel>(*m_sale);
        m_cart->resize(460, 760);
        m_cart->show();
        m_sale->begin(m_house->detail);
        m_seats = {m_house->index().seat(42).key, m_house->index().seat(43).key};
        m_sale->takeSeats(m_seats);
        QTRY_COMPARE(m_sale->placeCount(), 2);
    }
    void cleanup()
    {
        m_dialog.reset();
        m_cart.reset();
        m_sale.reset();
        m_house.reset();
    }

    void theCartShowsWhatIsInTheTotal()
    {
        QCOMPARE(m_sale->total(), euro(5'203));
        const QString costs = plain(u"cartCosts"_s);
        QVERIFY2(costs.contains(u"Tickets"_s) && costs.contains(u"Handling"_s) && costs.contains(u"2.03"_s),
                 qPrintable(costs));
        QVERIFY2(!costs.contains(u"Booking fee"_s), qPrintable(costs)); // It is of the web.
        const QString taxes = plain(u"cartTaxes"_s);
        QVERIFY2(taxes.contains(u"of which VAT 20 %"_s) && taxes.contains(u"8.68"_s), qPrintable(taxes));
        grab(u"cart"_s, *m_cart);
    }

    void theCashIsRoundedAndItIsSaid()
    {
        ui::TenderDialog tender(*m_sale, m_house->sales(), m_house->session());
        tender.show();
        QCOMPARE(find<ui::MoneyEdit>(tender, u"tenderAmount"_s)->money().value(), euro(5'205));
        const QString said = plainOf(*find<QLabel>(tender, u"tenderCosts"_s));
        QVERIFY2(said.contains(u"Rounded to the smallest coin"_s) && said.contains(u"0.02"_s), qPrintable(said));
        grab(u"tender"_s, tender);
        click(tender, u"tenderConfirm"_s);
        QTRY_COMPARE(m_sale->paymentStep(), ui::PaymentStep::Paid);
        QCOMPARE(m_house->payments.front().tendered, euro(5'205));
        QCOMPARE(m_sale->order()->total, euro(5'203));
        QCOMPARE(m_sale->order()->rounding, euro(2));
    }

    void aCodeIsAskedForAndItsDiscountIsShown()
    {
        enterCode(u"summer"_s);
        QVERIFY(!m_sale->canPay()); // Nobody pays before the server has said what comes off.
        QTRY_VERIFY(m_sale->canPay());
        QCOMPARE(m_house->quotes.back().promotion.value(), u"SUMMER"_s);
        QCOMPARE(m_sale->total(), euro(4'703));
        const QString costs = plain(u"cartCosts"_s);
        QVERIFY2(costs.contains(u"Summer treat"_s) && costs.contains(u"5.00"_s), qPrintable(costs));
        grab(u"promotion"_s, *m_cart);
        m_sale->payCash(m_sale->cost().cashDue());
        QTRY_COMPARE(m_sale->paymentStep(), ui::PaymentStep::Paid);
        QCOMPARE(m_house->orderCommands.back().promotion.value(), u"SUMMER"_s);
    }

    void aCodeThatIsNotGoodIsSaidAndTakenAway()
    {
        enterCode(u"winter"_s);
        QTRY_COMPARE(plain(u"promotionFault"_s), u"There is no code WINTER. Check it, or go on without."_s);
        QVERIFY(m_sale->promotion().isEmpty());
        QCOMPARE(m_sale->total(), euro(5'203));
        QVERIFY(m_sale->canPay());
    }

    void aChangedCartIsQuotedAnew()
    {
        enterCode(u"SUMMER"_s);
        QTRY_VERIFY(m_sale->canPay());
        m_sale->releaseSeats({m_seats[1]});
        QTRY_COMPARE(m_sale->placeCount(), 1);
        QTRY_VERIFY(m_sale->canPay());
        QCOMPARE(m_sale->total(), euro(2'250 + 203));
        QCOMPARE(m_house->quotes.size(), size_t(2));
    }

    void aCompNeedsAReasonAndASupervisor()
    {
        openPrice();
        click(*m_dialog, u"priceConfirm"_s);
        QCOMPARE(noticeText(*m_dialog, u"priceNotice"_s), u"Type the reason. It is kept with the order."_s);
        type(*m_dialog, u"priceReason"_s, u"Press"_s);
        click(*m_dialog, u"priceConfirm"_s);
        QVERIFY(noticeText(*m_dialog, u"priceNotice"_s).startsWith(u"A supervisor"_s));
        type(*m_dialog, u"priceSupervisor"_s, u"malvolio"_s);
        type(*m_dialog, u"pricePassword"_s, u"wrong"_s);
        grab(u"price"_s, *m_dialog);
        click(*m_dialog, u"priceConfirm"_s);
        QTRY_VERIFY(noticeText(*m_dialog, u"priceNotice"_s).contains(u"do not match"_s));
        QVERIFY(find<QLineEdit>(*m_dialog, u"pricePassword"_s)->text().isEmpty());
        type(*m_dialog, u"pricePassword"_s, u"yellow stockings"_s);
        QTest::keyClick(m_dialog.get(), Qt::Key_Return);
        QTRY_VERIFY(!m_dialog->isVisible());
        QCOMPARE(m_sale->total(), euro(2'703));
        const auto *table = find<QTableWidget>(*m_cart, u"cartTable"_s);
        QVERIFY(table->item(0, 0)->data(ui::RowDelegate::SecondLineRole).toString().contains(u"Press"_s));
        grab(u"comp"_s, *m_cart);
        m_sale->payCash(m_sale->cost().cashDue());
        QTRY_COMPARE(m_sale->paymentStep(), ui::PaymentStep::Paid);
        const CreateOrder &order = m_house->orderCommands.back();
        QCOMPARE(order.approval.value(), u"a-signature"_s);
        QCOMPARE(order.lines[0].priceOverride->kind, OverrideKind::Comp);
        QVERIFY(!order.lines[1].priceOverride);
    }

    void aSupervisorSignsByBeingThere()
    {
        m_house->user.role = Role::Supervisor;
        signIn();
        openPrice();
        QVERIFY(!find<QLineEdit>(*m_dialog, u"priceSupervisor"_s)->isVisible());
        find<QRadioButton>(*m_dialog, u"priceOther"_s)->click();
        type(*m_dialog, u"priceAmount"_s, u"12.50"_s);
        type(*m_dialog, u"priceReason"_s, u"Behind a pillar"_s);
        click(*m_dialog, u"priceConfirm"_s);
        QVERIFY(!m_dialog->isVisible());
        QCOMPARE(m_sale->total(), euro(1'250 + 2'500 + 203));
        openPrice();
        QCOMPARE(find<QLineEdit>(*m_dialog, u"priceReason"_s)->text(), u"Behind a pillar"_s);
        click(*m_dialog, u"priceList"_s);
        QCOMPARE(m_sale->total(), euro(5'203));
    }

    void theNextCustomerPaysTheList()
    {
        enterCode(u"SUMMER"_s);
        m_sale->setPriceOverride(m_seats[0], PriceOverride{.kind = OverrideKind::Comp, .price = {}, .reason = u"x"_s});
        QTRY_VERIFY(m_sale->canPay());
        m_sale->payCash(m_sale->cost().cashDue());
        QTRY_COMPARE(m_sale->paymentStep(), ui::PaymentStep::Paid);
        m_sale->nextCustomer();
        m_cart->clearBuyer();
        m_sale->takeSeats({m_house->index().seat(45).key});
        QTRY_VERIFY(m_sale->canPay());
        QCOMPARE(m_sale->total(), euro(2'703));
        QVERIFY(find<QLineEdit>(*m_cart, u"promotion"_s)->text().isEmpty());
    }

private:
    static QString plainOf(const QLabel &label)
    {
        QTextDocument document;
        document.setHtml(label.text());
        return document.toPlainText();
    }
    QString plain(const QString &label) { return plainOf(*find<QLabel>(*m_cart, label)); }

    void enterCode(const QString &code)
    {
        type(*m_cart, u"promotion"_s, code);
        QTest::keyClick(find<QLineEdit>(*m_cart, u"promotion"_s), Qt::Key_Return);
    }

    void signIn()
    {
        bool isSignedIn = false;
        m_house->session().signIn(QUrl(), m_house->user.name, m_house->password,
                                  [&](const Result<UserView> &user) { isSignedIn = user.has_value(); });
        QTRY_VERIFY(isSignedIn);
    }

    void openPrice()
    {
        m_dialog =
            std::make_unique<ui::PriceDialog>(*m_sale, m_house->sales(), m_house->session(), *m_cart->currentLine());
        m_dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    }

    /// PARTERRE_SHOTS=folder keeps pictures to look at.
    static void grab(const QString &name, QWidget &widget)
    {
        if (qEnvironmentVariableIsSet("PARTERRE_SHOTS"))
            widget.grab().save(qEnvironmentVariable("PARTERRE_SHOTS") + u"/prices-"_s + name + u".png"_s);
    }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SaleController> m_sale;
    std::unique_ptr<ui::CartPanel> m_cart;
    std::unique_ptr<ui::PriceDialog> m_dialog;
    std::vector<QString> m_seats;
};

QTEST_MAIN(TestPrices)
#include "tst_prices.moc"
