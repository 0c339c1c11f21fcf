/// Takes pictures of the desktop's pages, in light and dark, to be looked at: `desk_pictures OUT [--long]`. With --long
/// every text is two fifths longer and numbers are German, as a translation would have it. Built on demand only.
#include "base/assert.h"
#include "checkout/cartpanel.h"
#include "checkout/overridesdialog.h"
#include "checkout/salepage.h"
#include "checkout/tenderdialog.h"
#include "common/englishplurals.h"
#include "common/keyhelp.h"
#include "common/moneyedit.h"
#include "common/theme.h"
#include "giftcards/giftcardsdialog.h"
#include "giftcards/issuegiftcarddialog.h"
#include "houseseats/housebar.h"
#include "identity/signinpage.h"
#include "payments/paymentsindoubtdialog.h"
#include "payments/resolvepaymentdialog.h"
#include "seatmap/seatmapcanvas.h"
#include "shell/mainwindow.h"
#include "support/scriptedhouse.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTableWidget>
#include <QTest>
#include <QTimer>
#include <QTranslator>

using namespace parterre;
using namespace parterre::ui;
using namespace Qt::StringLiterals;

namespace {

class LongTranslator : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *, const char *source, const char *, int count) const override
    {
        const QString text = QString::fromUtf8(source).replace(u"%n"_s, QString::number(count));
        const QString more = u" wohlbedachtes Kartenverkaufsgespräch vorbestellt"_s;
        return text.size() < 3 ? text : text + more.left(std::max<qsizetype>(4, text.size() * 2 / 5));
    }
};

class Photographer
{
public:
    Photographer(QDir out, QString suffix)
        : m_out(std::move(out))
        , m_suffix(std::move(suffix))
    {}
    void take(QWidget *widget, const QString &name)
    {
        QTest::qWait(120);
        widget->grab().save(m_out.filePath(name + m_suffix + u".png"_s));
    }

private:
    QDir m_out;
    QString m_suffix;
};

template <class Widget>
Widget *find(QWidget &window, const QString &name)
{
    auto *found = window.findChild<Widget *>(name);
    if (!found)
        qFatal("there is no %s", qPrintable(name));
    return found;
}

void signIn(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    find<QLineEdit>(window, u"signInServer"_s)->setText(u"ws://boxoffice.example:8420"_s);
    find<QLineEdit>(window, u"signInUser"_s)->setText(u"clara"_s);
    find<QLineEdit>(window, u"signInPassword"_s)->setText(u"wrong"_s);
    photographer.take(&window, u"1-signin"_s);
    QTest::mouseClick(find<QPushButton>(window, u"signInButton"_s), Qt::LeftButton);
    photographer.take(&window, u"2-signin-refused"_s);
    house.user.mustChangePassword = true;
    house.terminals = {u"left"_s, u"right"_s};
    find<QLineEdit>(window, u"signInPassword"_s)->setText(house.password);
    QTest::mouseClick(find<QPushButton>(window, u"signInButton"_s), Qt::LeftButton);
    photographer.take(&window, u"3-new-password"_s);
    find<QLineEdit>(window, u"newPassword"_s)->setText(u"a sentence of mine"_s);
    find<QLineEdit>(window, u"newPasswordAgain"_s)->setText(u"a sentence of mine"_s);
    QTest::mouseClick(find<QPushButton>(window, u"changePasswordButton"_s), Qt::LeftButton);
    house.recordSale({.performance = {},
                      .orderNumber = u"P-000041"_s,
                      .places = 2,
                      .total = Money(11000, *Currency::fromCode(u"GBP"_s))});
    photographer.take(&window, u"4-list"_s);
}

void sell(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    auto *page = find<SalePage>(window, u"salePage"_s);
    find<QAction>(window, u"goSale"_s)->trigger();
    photographer.take(&window, u"5-sale-none"_s);
    find<QAction>(window, u"goPerformances"_s)->trigger();
    QTest::keyClick(find<QTableView>(window, u"performanceTable"_s), Qt::Key_Return);
    photographer.take(&window, u"5-sale-empty"_s);
    auto *canvas = find<SeatMapCanvas>(window, u"seatMapCanvas"_s);
    std::vector<QString> keys;
    for (int seat = 0; seat < house.index().seatCount() && keys.size() < 4; seat += 61) {
        if (canvas->model().state(seat) == SeatState::Available)
            keys.push_back(house.index().seat(seat).key);
    }
    page->sale().takeSeats(keys);
    page->sale().setAreaQuantity(house.index().area(0).key, 3);
    QTest::qWait(50);
    page->sale().setPriceType(keys.front(), house.detail.types[1].id);
    photographer.take(&window, u"6-sale"_s);
    house.sellElsewhere(house.index().seat(300).key);
    page->sale().takeSeats({house.index().seat(300).key, house.index().seat(301).key});
    photographer.take(&window, u"7-sale-refused"_s);
    canvas->showSeats({300, 320});
    photographer.take(&window, u"8-sale-near"_s);
    canvas->zoomToFit();
}

void payAndLook(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    QTimer::singleShot(0, &window, [&] {
        auto *dialog = find<QWidget>(window, u"tenderDialog"_s);
        photographer.take(dialog, u"9-tender"_s);
        auto *amount = find<MoneyEdit>(window, u"tenderAmount"_s);
        amount->setMoney(Money(1000, *Currency::fromCode(u"GBP"_s)));
        photographer.take(dialog, u"10-tender-missing"_s);
        amount->setMoney(Money(100'000, *Currency::fromCode(u"GBP"_s)));
        house.holdAnswers();
        QTest::mouseClick(find<QPushButton>(window, u"tenderConfirm"_s), Qt::LeftButton);
        house.setStatus({.state = ConnectionState::Reconnecting,
                         .secondsToRetry = 4,
                         .message = u"The connection to the server was lost."_s});
        photographer.take(dialog, u"11-tender-pending"_s);
        house.setStatus({.state = ConnectionState::Online});
        house.sendAnswers();
        QTest::qWait(50);
        photographer.take(dialog, u"12-sold"_s);
        QTest::mouseClick(find<QPushButton>(window, u"nextCustomer"_s), Qt::LeftButton);
    });
    find<SalePage>(window, u"salePage"_s)->pay();
}

/// Two codes on the map, seats chosen to be moved, and what is asked of them.
void moveHouseSeats(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    auto *page = find<SalePage>(window, u"salePage"_s);
    house.addCode({.code = u"CAST"_s, .name = u"Cast and crew"_s, .color = u"#7b5ea7"_s});
    house.addCode({.code = u"FRIENDS"_s,
                   .name = u"Friends of the Globe"_s,
                   .kind = HouseCodeKind::Allocation,
                   .color = u"#c2410c"_s,
                   .hasAccess = true});
    std::vector<QString> free;
    for (int seat = 0; seat < house.index().seatCount() && free.size() < 40; ++seat) {
        if (house.stateOf(house.index().seat(seat).key) == SeatState::Available)
            free.push_back(house.index().seat(seat).key);
    }
    house.setAside({free.begin(), free.begin() + 15}, u"CAST"_s);
    house.setAside({free.begin() + 15, free.begin() + 30}, u"FRIENDS"_s);
    QTest::qWait(500);
    page->toggleHouseSeats();
    auto *bar = find<HouseBar>(window, u"houseBar"_s);
    std::vector<int> chosen;
    for (size_t i = 10; i < 40; ++i)
        chosen.push_back(*house.index().seatNumber(free[i]));
    bar->addSeats(chosen);
    find<SeatMapCanvas>(window, u"seatMapCanvas"_s)->showSeats(chosen);
    photographer.take(&window, u"11-house-seats"_s);
    QTimer::singleShot(200, &window, [&] {
        auto *dialog = find<QDialog>(window, u"moveSeatsDialog"_s);
        find<QComboBox>(window, u"moveCode"_s)->setCurrentIndex(2);
        find<QComboBox>(window, u"moveCodeKind"_s)->setCurrentIndex(1);
        photographer.take(dialog, u"12-set-aside"_s);
        dialog->reject();
    });
    QTest::mouseClick(find<QPushButton>(window, u"houseMove_set_aside"_s), Qt::LeftButton);
    page->toggleHouseSeats();
}

template <class Look>
void whenOpen(MainWindow &window, const QString &name, Look look)
{
    QTimer::singleShot(150, &window, [&window, name, look] {
        auto *dialog = find<QDialog>(window, name);
        look(dialog);
        dialog->reject();
    });
}

/// Refund and exchange of the newest order, what waits, and a performance that is cancelled.
void giveBack(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    find<QAction>(window, u"goOrders"_s)->trigger();
    QTest::qWait(100);
    whenOpen(window, u"refundDialog"_s, [&](QDialog *dialog) { photographer.take(dialog, u"18-refund"_s); });
    QTest::mouseClick(find<QPushButton>(window, u"orderRefund"_s), Qt::LeftButton);
    const OrderView &order = house.orders().back();
    house.afterSale().refundLines(
        {.refund = RefundId::create(), .order = order.id, .lines = {1}, .reason = u"The customer is ill"_s},
        [](const Result<OrderView> &outcome) { PT_ASSERT(outcome.has_value(), "the picture shows a refund"); });
    QTest::qWait(100); // Until it is done.
    find<QLineEdit>(window, u"orderSearch"_s)->clear();
    find<QLineEdit>(window, u"orderSearch"_s)->setText(order.number);
    QTest::qWait(500);
    photographer.take(&window, u"19-refunded"_s);
    house.openRepayments = {{.repayment = {.id = RepaymentId::create(),
                                           .method = PaymentMethod::Card,
                                           .state = RepaymentState::InDoubt,
                                           .amount = order.total,
                                           .failure = u"The card did not take the refund: lost_or_stolen_card."_s},
                             .order = order.id,
                             .orderNumber = order.number,
                             .eventTitle = order.eventTitle,
                             .buyerName = u"Zoë Müller"_s,
                             .since = order.startsAt,
                             .attempts = 3},
                            {.repayment = {.id = RepaymentId::create(),
                                           .method = PaymentMethod::Cash,
                                           .state = RepaymentState::Owed,
                                           .amount = order.total,
                                           .failure = {}},
                             .order = order.id,
                             .orderNumber = u"P-000007"_s,
                             .eventTitle = order.eventTitle,
                             .buyerName = {},
                             .since = order.startsAt,
                             .attempts = 0}};
    whenOpen(window, u"openRefundsDialog"_s, [&](QDialog *dialog) { photographer.take(dialog, u"20-waiting"_s); });
    find<QAction>(window, u"openRefundsAction"_s)->trigger();
    house.cancellation = {.performance = {},
                          .state = CancellationState::Running,
                          .reason = {},
                          .by = u"Clara Ticket"_s,
                          .at = order.startsAt,
                          .orders = 212,
                          .refunded = 87,
                          .amount = Money(1'234'500, order.total.currency()),
                          .repaymentsWaiting = 12,
                          .repaymentsInDoubt = 1,
                          .repaymentsOwed = 31};
    whenOpen(window, u"cancellationDialog"_s, [&](QDialog *dialog) {
        find<QLineEdit>(window, u"cancellationReason"_s)->setText(u"The leading lady is ill"_s);
        photographer.take(dialog, u"21-cancel"_s);
        find<QLineEdit>(window, u"cancellationTyped"_s)->setText(u"CANCEL"_s);
        find<QPushButton>(window, u"cancellationConfirm"_s)->click();
        QTest::qWait(100);
        photographer.take(dialog, u"22-cancelling"_s);
    });
    find<QAction>(window, u"cancelPerformanceAction"_s)->setEnabled(true);
    find<QAction>(window, u"cancelPerformanceAction"_s)->trigger();
}

void exchange(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    const OrderView order = house.orders().back();
    auto *page = find<SalePage>(window, u"salePage"_s);
    page->sale().releaseAll();
    QTest::qWait(100);
    find<QAction>(window, u"goSale"_s)->trigger();
    page->startExchange({.from = order, .lines = {2}, .reason = u"another row"_s}, house.afterSale());
    QTest::qWait(100);
    for (int seat = 0; seat < house.index().seatCount() && page->sale().placeCount() < 2; ++seat) {
        if (house.stateOf(house.index().seat(seat).key) == SeatState::Available) {
            page->sale().takeSeats({house.index().seat(seat).key});
            QTest::qWait(50);
        }
    }
    photographer.take(&window, u"23-exchange"_s);
    house.terminals = {u"left"_s};
    whenOpen(window, u"tenderDialog"_s, [&](QDialog *dialog) { photographer.take(dialog, u"24-exchange-pay"_s); });
    page->pay();
    page->sale().releaseAll();
    page->endExchange();
}

/// Cards of every kind, one that is sold, and one that pays a part of two seats.
void giftCards(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    const Currency currency = house.detail.prices.front().amount.currency();
    const QString code = house.addGiftCard(5'000);
    house.addGiftCard(10'000);
    GiftCardView &voucher = house.giftCardsSold.back().second;
    voucher.kind = GiftCardKind::Voucher;
    voucher.reason = u"The lift was out of order on the evening of the premiere"_s;
    voucher.balance = Money(3'500, currency);
    house.addGiftCard(2'000);
    house.giftCardsSold.back().second.state = GiftCardState::Blocked;
    house.giftCardsSold.back().second.blockReason = u"The letter was stolen"_s;
    GiftCardsDialog list(house.giftCards(), house.sales(), currency, true, &window);
    list.show();
    QTest::qWait(100);
    photographer.take(&list, u"25-gift-cards"_s);
    list.close();
    IssueGiftCardDialog issue(GiftCardKind::GiftCard, currency, house.giftCards(), house.sales(), &window);
    issue.show();
    find<MoneyEdit>(issue, u"giftCardAmount"_s)->setMoney(Money(5'000, currency));
    find<MoneyEdit>(issue, u"giftCardTendered"_s)->setMoney(Money(6'000, currency));
    photographer.take(&issue, u"26-gift-card-sold"_s);
    find<QPushButton>(issue, u"giftCardConfirm"_s)->click();
    QTest::qWait(100);
    photographer.take(&issue, u"27-gift-card-code"_s);
    issue.close();
    SaleController sale(house.sales());
    sale.begin(house.detail);
    for (int seat = 0; seat < house.index().seatCount() && sale.placeCount() < 2; ++seat) {
        if (house.stateOf(house.index().seat(seat).key) == SeatState::Available) {
            sale.takeSeats({house.index().seat(seat).key});
            QTest::qWait(50);
        }
    }
    TenderDialog tender(sale, house.sales(), house.session(), &window);
    tender.show();
    QTimer::singleShot(100, &tender, [&] {
        auto *dialog = find<QDialog>(tender, u"giftCardDialog"_s);
        find<QLineEdit>(*dialog, u"giftCardTyped"_s)->setText(giftCardCodeText(code));
        photographer.take(dialog, u"28-gift-card-typed"_s);
        find<QPushButton>(*dialog, u"giftCardTake"_s)->click();
    });
    find<QPushButton>(tender, u"takeGiftCard"_s)->click();
    QTest::qWait(100);
    photographer.take(&tender, u"29-gift-card-pays"_s);
    find<QPushButton>(tender, u"tenderConfirm"_s)->click();
    QTest::qWait(100);
    photographer.take(&tender, u"30-gift-card-paid"_s);
}

PaymentInDoubt doubtOf(const OrderView &order, DoubtWaitsFor waitsFor)
{
    const bool isDecided = waitsFor != DoubtWaitsFor::Decision;
    PaymentInDoubt doubt{.payment = PaymentId::create(),
                         .order = order.id,
                         .orderNumber = order.number,
                         .eventTitle = order.eventTitle,
                         .startsAt = order.startsAt,
                         .timeZone = order.timeZone,
                         .places = {},
                         .buyer = u"Dr. Maximilian-Alexander von und zu Hohenstein-Waldenburg"_s,
                         .method = PaymentMethod::Terminal,
                         .state = isDecided ? PaymentState::Captured : PaymentState::InDoubt,
                         .waitsFor = waitsFor,
                         .amount = order.total,
                         .terminal = u"left"_s,
                         .reference = u"T-20261128-004711"_s,
                         .known = u"The terminal took 12.00 GBP instead of 110.00 GBP."_s,
                         .since = order.startsAt,
                         .askedAt = order.startsAt,
                         .possible =
                             possibleDecisions(isDecided ? PaymentState::Captured : PaymentState::InDoubt, isDecided),
                         .decided = std::nullopt};
    for (const OrderLine &line : order.lines)
        doubt.places.push_back(line.placeName);
    return doubt;
}

/// Payments in doubt of every kind, the question behind a decision, and what was sold at other prices.
void supervise(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    PaymentsInDoubtDialog none(house.paymentsPort(), &window);
    none.show();
    QTest::qWait(100);
    photographer.take(&none, u"31-no-doubts"_s);
    none.close();
    const OrderView order = house.orders().front();
    house.doubts = {doubtOf(order, DoubtWaitsFor::Decision), doubtOf(order, DoubtWaitsFor::Decision),
                    doubtOf(order, DoubtWaitsFor::Person), doubtOf(order, DoubtWaitsFor::Provider)};
    house.doubts[1].terminal.clear();
    house.doubts[1].method = PaymentMethod::Card;
    house.doubts[1].known = u"The provider does not say what became of it."_s;
    house.doubts[2].known = u"It was decided that the money came, and the provider does not know this payment."_s;
    house.doubts[3].known = u"It was decided that the money came. The provider is asked until it says so."_s;
    for (size_t i = 2; i < 4; ++i)
        house.doubts[i].decided = DecisionView{.decision = PaymentDecision::MoneyCame,
                                               .note = u"Receipt 4711 of the left terminal says approved"_s,
                                               .by = u"Clara Kemp"_s,
                                               .at = order.startsAt};
    PaymentsInDoubtDialog list(house.paymentsPort(), &window);
    list.show();
    QTest::qWait(100);
    photographer.take(&list, u"32-doubts"_s);
    find<QTableWidget>(list, u"doubtTable"_s)->selectRow(2);
    photographer.take(&list, u"33-doubt-decided"_s);
    list.close();
    for (const PaymentDecision decision :
         {PaymentDecision::MoneyCame, PaymentDecision::NoMoney, PaymentDecision::Closed}) {
        ResolvePaymentDialog question(house.doubts[0], decision, house.paymentsPort(), &window);
        question.show();
        find<QLineEdit>(question, u"resolveNote"_s)->setText(u"Receipt 4711 of the left terminal"_s);
        photographer.take(&question, u"34-doubt-"_s + enumName(decision));
    }
    for (int i = 0; i < 4; ++i) {
        house.overrides.push_back({.at = order.startsAt,
                                   .orderNumber = order.number,
                                   .event = order.eventTitle,
                                   .startsAt = order.startsAt,
                                   .placeName = order.lines.front().placeName,
                                   .kind = i % 2 == 0 ? OverrideKind::Comp : OverrideKind::Price,
                                   .listed = order.lines.front().amount,
                                   .price = Money(i % 2 == 0 ? 0 : 1'000, order.total.currency()),
                                   .reason = i % 2 == 0 ? u"Press: the Illyria Evening Post"_s
                                                        : u"Sat behind a pillar on the evening of the premiere"_s,
                                   .givenBy = u"Viola of Messaline"_s,
                                   .approvedBy = u"Malvolio"_s,
                                   .timeZone = order.timeZone});
    }
    OverridesDialog prices(house.sales(), house.catalog(), &window);
    prices.show();
    QTest::qWait(100);
    photographer.take(&prices, u"35-other-prices"_s);
    find<QLineEdit>(prices, u"overridesText"_s)->setText(u"nobody"_s);
    photographer.take(&prices, u"36-other-prices-nothing"_s);
}

void lookElsewhere(MainWindow &window, tests::ScriptedHouse &house, Photographer &photographer)
{
    for (const QString &buyer :
         {u"Zoë Müller"_s, u"Dr. Maximilian-Alexander von und zu Hohenstein-Waldenburg"_s, QString()}) {
        OrderView order = house.orders().front();
        order.id = OrderId::create(); // Else what is done to one of them is done to the first.
        order.number = u"P-%1"_s.arg(house.orders().size() + 1, 6, 10, QChar(u'0'));
        order.buyer = {.name = buyer, .email = buyer.isEmpty() ? QString() : u"buyer@example.org"_s};
        house.addOrder(order);
    }
    QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
    find<QAction>(window, u"goOrders"_s)->trigger();
    photographer.take(&window, u"13-orders"_s);
    find<QAction>(window, u"goPerformances"_s)->trigger();
    find<QLineEdit>(window, u"performanceSearch"_s)->setText(u"Hamlet"_s);
    photographer.take(&window, u"14-list-nothing"_s);
    find<QLineEdit>(window, u"performanceSearch"_s)->clear();
    house.setStatus({.state = ConnectionState::Reconnecting,
                     .secondsToRetry = 4,
                     .message = u"The connection to the server was lost."_s});
    photographer.take(&window, u"15-offline"_s);
    find<QAction>(window, u"goSale"_s)->trigger();
    photographer.take(&window, u"16-offline-sale"_s);
    house.setStatus({.state = ConnectionState::Online});
    KeyHelp help(&window);
    help.show();
    photographer.take(&help, u"17-keys"_s);
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(u"Parterre"_s);
    QCoreApplication::setApplicationName(u"desk_pictures"_s);
    const QDir out(argc > 1 ? QString::fromLocal8Bit(argv[1]) : u"."_s);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, out.filePath(u"settings"_s));
    const bool isLong = application.arguments().contains(u"--long"_s);
    const LongTranslator translator;
    if (isLong) {
        QCoreApplication::installTranslator(const_cast<LongTranslator *>(&translator));
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    } else {
        QCoreApplication::installTranslator(new EnglishPlurals(&application));
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    }
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        applyTheme(application, mode);
        Photographer photographer(out, (isLong ? u"-long"_s : QString()) +
                                           (mode == ThemeMode::Dark ? u"-dark"_s : QString()));
        const auto house = tests::globeHouse();
        MainWindow window(
            {house->session(), house->catalog(), house->map(), house->sales(), house->house(), house->afterSale()});
        window.show();
        signIn(window, *house, photographer);
        sell(window, *house, photographer);
        moveHouseSeats(window, *house, photographer);
        payAndLook(window, *house, photographer);
        lookElsewhere(window, *house, photographer);
        giveBack(window, *house, photographer);
        exchange(window, *house, photographer);
        giftCards(window, *house, photographer);
        supervise(window, *house, photographer);
    }
    return 0;
}
