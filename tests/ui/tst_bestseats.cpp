#include "checkout/bestchoice.h"
#include "checkout/salepage.h"
#include "seatmap/seatmapcanvas.h"
#include "ui/desk.h"

#include <QComboBox>
#include <QDialog>
#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace parterre::ui;
using namespace Qt::StringLiterals;

/// Best seats for a party at the desk, and the seat that a sale would leave alone, with real widgets and keys. Rows
/// have 20 seats: seat number 42 is `S-3-3`.
class TestBestSeats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void aNumberAndBOnTheMapTakeTheBest();
    void twoDigitsAreOneNumber();
    void anOldNumberDoesNotCount();
    void shiftBTakesOthersInstead();
    void anotherNumberReplacesWhatWasChosen();
    void whatWasClickedIsKept();
    void enterInTheFieldsAsksAndEscapeGoesBack();
    void theFieldsAreWhatIsAsked();
    void theLastChoiceIsKept();
    void whereNothingFitsTheLimitInTheWayIsOffered();
    void theAnswerGoesWithItsCart();
    void pricesAreLimitedByWhatIsShown();
    void aKeptZoneOfAnotherHouseCountsAsAny();
    void aLoneSeatIsNamedAndTakenAtAPress();
    void payingOverALoneSeatNeedsAReason();
    void theWindowOfTheReasonChoosesOthers();
    void aLoneSeatThatTheOrderFindsIsAskedAboutNextTime();

private:
    void makePage();
    void pressOnMap(const QString &keys);
    void clickSeat(int number);
    void chooseItem(const QString &box, const QString &text);
    /// Sells every seat but these.
    void leaveOnly(const std::vector<int> &seats);
    void whenOpen(const QString &dialog, const std::function<void(QDialog &)> &act);
    [[nodiscard]] QStringList cart() const;
    [[nodiscard]] bool isOneRow() const;
    [[nodiscard]] QString answer() const;
    [[nodiscard]] SaleController &sale() const { return m_page->sale(); }
    [[nodiscard]] QSpinBox &size() const { return *find<QSpinBox>(*m_page, u"bestSize"_s); }
    [[nodiscard]] SeatMapCanvas &canvas() const { return *find<SeatMapCanvas>(*m_page, u"seatMapCanvas"_s); }
    [[nodiscard]] QString keyOf(int number) const { return m_house->index().seat(number).key; }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<SalePage> m_page;
};

void TestBestSeats::init()
{
    QSettings().clear();
    m_house = smallHouse();
    makePage();
}

void TestBestSeats::cleanup()
{
    m_page.reset();
    m_house.reset();
}

void TestBestSeats::makePage()
{
    m_page = std::make_unique<SalePage>(m_house->map(), m_house->sales(), m_house->house(), m_house->session());
    m_page->resize(1280, 800);
    m_page->show();
    m_page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_page->openPerformance(m_house->performances.front());
    QTRY_VERIFY(!canvas().model().isEmpty());
}

void TestBestSeats::pressOnMap(const QString &keys)
{
    canvas().setFocus();
    for (const QChar key : keys)
        QTest::keyClick(&canvas(), key.toLatin1(), key.isUpper() ? Qt::ShiftModifier : Qt::NoModifier);
}

void TestBestSeats::clickSeat(int number)
{
    QTest::mouseClick(&canvas(), Qt::LeftButton, Qt::NoModifier, canvas().seatPixelRect(number).center().toPoint());
}

void TestBestSeats::chooseItem(const QString &box, const QString &text)
{
    auto *items = find<QComboBox>(*m_page, box);
    const int index = items->findText(text, Qt::MatchStartsWith);
    QVERIFY2(index >= 0, qPrintable(text));
    items->setCurrentIndex(index);
}

void TestBestSeats::leaveOnly(const std::vector<int> &seats)
{
    for (int seat = 0; seat < m_house->index().seatCount(); ++seat) {
        if (std::ranges::find(seats, seat) == seats.end())
            m_house->sellElsewhere(keyOf(seat));
    }
}

void TestBestSeats::whenOpen(const QString &dialog, const std::function<void(QDialog &)> &act)
{
    auto *watch = new QTimer(m_page.get());
    connect(watch, &QTimer::timeout, this, [this, watch, dialog, act] {
        auto *open = m_page->findChild<QDialog *>(dialog);
        if (!open || !open->isVisible())
            return;
        watch->stop();
        watch->deleteLater();
        act(*open);
        if (QTest::currentTestFailed())
            open->reject();
    });
    watch->start(5);
}

QStringList TestBestSeats::cart() const
{
    QStringList keys;
    for (const CartLine &line : sale().lines())
        keys.append(line.key);
    return keys;
}

/// Neighbours: their numbers follow each other, and no row ends between them.
bool TestBestSeats::isOneRow() const
{
    std::vector<int> numbers;
    for (const QString &key : cart())
        numbers.push_back(m_house->index().seatNumber(key).value());
    std::ranges::sort(numbers);
    return !numbers.empty() && numbers.front() / 20 == numbers.back() / 20 &&
           numbers.back() - numbers.front() == static_cast<int>(numbers.size()) - 1;
}

QString TestBestSeats::answer() const
{
    const auto *shown = find<QWidget>(*m_page, u"bestAnswer"_s);
    return shown->isVisible() ? find<QLabel>(*m_page, u"bestAnswerText"_s)->text() : QString();
}

void TestBestSeats::aNumberAndBOnTheMapTakeTheBest()
{
    pressOnMap(u"4b"_s);
    QTRY_COMPARE(sale().placeCount(), 4);
    QVERIFY(isOneRow());
    QCOMPARE(m_house->takes.size(), 1U);
    QCOMPARE(m_house->takes.front().best, BestPlaces{.size = 4});
    const int first = m_house->index().seatNumber(cart().first()).value();
    QVERIFY2(answer().contains(u"row %1: seats"_s.arg(first / 20 + 1)), qPrintable(answer()));
    QVERIFY(canvas().hasFocus());
    QVERIFY(canvas().model().isOwn(first));
    QCOMPARE(canvas().cursorPlace(), MapPlace::seat(first));
}

void TestBestSeats::twoDigitsAreOneNumber()
{
    pressOnMap(u"12b"_s);
    QTRY_COMPARE(sale().placeCount(), 12);
    pressOnMap(u"25"_s); // More than a party may have: the second digit starts anew.
    QCOMPARE(size().value(), 5);
}

void TestBestSeats::anOldNumberDoesNotCount()
{
    pressOnMap(u"1"_s);
    QTest::keyClick(&canvas(), Qt::Key_Right);
    pressOnMap(u"2b"_s);
    QTRY_COMPARE(sale().placeCount(), 2);
}

void TestBestSeats::shiftBTakesOthersInstead()
{
    pressOnMap(u"3b"_s);
    QTRY_COMPARE(sale().placeCount(), 3);
    const QStringList first = cart();
    pressOnMap(u"B"_s);
    QTRY_VERIFY(sale().placeCount() == 3 && cart() != first);
    for (const QString &key : first) {
        QVERIFY(!cart().contains(key));
        QTRY_COMPARE(m_house->stateOf(key), SeatState::Available);
    }
    QVERIFY(isOneRow());
    QCOMPARE(m_house->releases.size(), 1U);
}

void TestBestSeats::anotherNumberReplacesWhatWasChosen()
{
    pressOnMap(u"3b"_s);
    QTRY_COMPARE(sale().placeCount(), 3);
    pressOnMap(u"5b"_s);
    QTRY_COMPARE(sale().placeCount(), 5);
    QVERIFY(isOneRow());
}

void TestBestSeats::whatWasClickedIsKept()
{
    clickSeat(42);
    QTRY_COMPARE(sale().placeCount(), 1);
    pressOnMap(u"2b"_s);
    QTRY_COMPARE(sale().placeCount(), 3);
    QVERIFY(sale().isHeld(keyOf(42)));
    QVERIFY(!answer().contains(u"row 3: seats 3"_s));
    pressOnMap(u"B"_s); // Not for these: the clerk has chosen one of them.
    QTest::qWait(20);
    QCOMPARE(m_house->takes.size(), 2U);
}

void TestBestSeats::enterInTheFieldsAsksAndEscapeGoesBack()
{
    m_page->startChoosing();
    QVERIFY(size().hasFocus());
    QTest::keyClick(&size(), Qt::Key_Escape);
    QVERIFY(canvas().hasFocus());
    m_page->startChoosing();
    QTest::keyClicks(&size(), u"6"_s);
    QTest::keyClick(&size(), Qt::Key_Return);
    QTRY_COMPARE(sale().placeCount(), 6);
    QVERIFY(canvas().hasFocus());
}

void TestBestSeats::theFieldsAreWhatIsAsked()
{
    size().setValue(3);
    chooseItem(u"bestZone"_s, u"Standing"_s);
    chooseItem(u"bestSeating"_s, u"Only side by side"_s);
    click(*m_page, u"bestFind"_s);
    QTRY_COMPARE(sale().placeCount(), 3);
    const BestPlaces asked{.size = 3, .zone = m_house->detail.zones[1].id, .maySplit = false};
    QCOMPARE(m_house->takes.front().best, asked);
    QCOMPARE(cart(), QStringList{u"floor"_s});
    QVERIFY2(answer().contains(u"Floor × 3"_s), qPrintable(answer()));
}

void TestBestSeats::theLastChoiceIsKept()
{
    size().setValue(7);
    chooseItem(u"bestZone"_s, u"Standing"_s);
    chooseItem(u"bestPrice"_s, u"At most"_s);
    click(*m_page, u"bestFind"_s);
    QTRY_COMPARE(sale().placeCount(), 7);
    makePage();
    QCOMPARE(size().value(), 7);
    QCOMPARE(find<QComboBox>(*m_page, u"bestZone"_s)->currentData().toString(), u"Standing"_s);
    QVERIFY(find<QComboBox>(*m_page, u"bestPrice"_s)->isVisible()); // A limit is seen.
}

void TestBestSeats::whereNothingFitsTheLimitInTheWayIsOffered()
{
    leaveOnly({42, 44, 46, 100});
    size().setValue(3);
    chooseItem(u"bestZone"_s, u"Stalls"_s);
    chooseItem(u"bestSeating"_s, u"Only side by side"_s);
    pressOnMap(u"b"_s);
    QTRY_VERIFY2(answer().contains(u"side by side"_s), qPrintable(answer()));
    QCOMPARE(sale().placeCount(), 0);
    auto *offer = find<QPushButton>(*m_page, u"bestOffer1"_s);
    QVERIFY2(offer->text().contains(u"apart (4 free)"_s), qPrintable(offer->text()));
    QVERIFY(find<QPushButton>(*m_page, u"bestOffer2"_s)->text().contains(u"Any price zone (54 free)"_s));
    QTRY_VERIFY(offer->hasFocus());
    QTest::keyClick(offer, Qt::Key_Space);
    QTRY_COMPARE(sale().placeCount(), 3);
    QCOMPARE(find<QComboBox>(*m_page, u"bestSeating"_s)->currentIndex(), 0);
}

void TestBestSeats::theAnswerGoesWithItsCart()
{
    pressOnMap(u"2b"_s);
    QTRY_VERIFY(!answer().isEmpty());
    sale().releaseSeats({cart().first()});
    QTRY_COMPARE(sale().placeCount(), 1);
    QVERIFY(answer().isEmpty());
}

/// The prices of the Globe: the public's cheapest is compared, an adult's is read, and the press counts for nothing.
void TestBestSeats::pricesAreLimitedByWhatIsShown()
{
    const auto globe = globeHouse();
    QStringList limits;
    for (const PriceLimit &limit : priceLimits(globe->detail))
        limits.append(limit.most.numberText() + u" shows "_s + limit.shown.numberText());
    QCOMPARE(limits, (QStringList{u"5.00 shows 10.00"_s, u"19.00 shows 25.00"_s, u"31.00 shows 39.00"_s,
                                  u"34.00 shows 42.00"_s, u"44.00 shows 52.00"_s, u"47.00 shows 55.00"_s}));
}

void TestBestSeats::aKeptZoneOfAnotherHouseCountsAsAny()
{
    BestChoice other{.size = 4, .zone = u"Royal Box"_s, .section = u"Balcony"_s, .need = AccessNeed::Wheelchair};
    other.priceMax = Money(100, *Currency::fromCode(u"JPY"_s));
    keepChoice(other);
    QCOMPARE(keptChoice(), other);
    makePage();
    QCOMPARE(size().value(), 4);
    pressOnMap(u"b"_s);
    QTRY_COMPARE(sale().placeCount(), 4);
    QCOMPARE(m_house->takes.front().best, BestPlaces{.size = 4});
}

void TestBestSeats::aLoneSeatIsNamedAndTakenAtAPress()
{
    m_house->detail.orphanRule = OrphanRule::Strict;
    clickSeat(41);
    QTRY_COMPARE(noticeText(*m_page, u"loneSeatNotice"_s), u"Stalls, row 3, seat 1 would be left alone."_s);
    click(*find<NoticeBar>(*m_page, u"loneSeatNotice"_s), u"noticeAction"_s);
    QTRY_COMPARE(sale().placeCount(), 2);
    QVERIFY(sale().isHeld(keyOf(40)));
    QVERIFY(noticeText(*m_page, u"loneSeatNotice"_s).isEmpty());
}

void TestBestSeats::payingOverALoneSeatNeedsAReason()
{
    m_house->detail.orphanRule = OrphanRule::Strict;
    m_house->setStatus({.state = ConnectionState::Online});
    clickSeat(41);
    QTRY_COMPARE(sale().placeCount(), 1);
    whenOpen(u"loneSeatDialog"_s, [&](QDialog &dialog) {
        QVERIFY(find<QLabel>(dialog, u"loneSeatText"_s)->text().contains(u"row 3, seat 1"_s));
        auto *reason = find<QComboBox>(dialog, u"loneSeatReason"_s);
        QVERIFY(!find<QPushButton>(dialog, u"loneSeatLeave"_s)->isEnabled());
        QTest::keyClicks(reason->lineEdit(), u"A pillar stands before it."_s);
        whenOpen(u"tenderDialog"_s, [&](QDialog &tender) {
            click(tender, u"tenderConfirm"_s);
            QTRY_VERIFY(find<QPushButton>(tender, u"nextCustomer"_s)->isVisible());
            click(tender, u"nextCustomer"_s);
        });
        QTest::keyClick(reason->lineEdit(), Qt::Key_Return);
    });
    m_page->pay();
    QCOMPARE(m_house->orderCommands.size(), 1U);
    QCOMPARE(m_house->orderCommands.front().leaveSingleReason, u"A pillar stands before it."_s);
    QCOMPARE(m_house->stateOf(keyOf(41)), SeatState::Sold);
}

void TestBestSeats::theWindowOfTheReasonChoosesOthers()
{
    m_house->detail.orphanRule = OrphanRule::Strict;
    clickSeat(41);
    QTRY_COMPARE(sale().placeCount(), 1);
    whenOpen(u"loneSeatDialog"_s, [&](QDialog &dialog) { click(dialog, u"loneSeatOthers"_s); });
    m_page->pay();
    QTRY_VERIFY(sale().placeCount() == 1 && !sale().isHeld(keyOf(41)));
    QVERIFY(sale().leftAlone().empty());
    QVERIFY(m_house->orderCommands.empty());
    QVERIFY(answer().startsWith(u"Chosen"_s));
}

/// The hold was told before somebody took the seat beside the lone one.
void TestBestSeats::aLoneSeatThatTheOrderFindsIsAskedAboutNextTime()
{
    clickSeat(41);
    QTRY_COMPARE(sale().placeCount(), 1);
    const QJsonArray seats{QJsonObject{{u"key"_s, keyOf(40)}, {u"name"_s, u"Stalls, row 3, seat 1"_s}}};
    m_house->refuseNext({.code = ErrorCode::SeatLeftAlone, .message = u"Alone."_s, .details = {{u"seats"_s, seats}}});
    sale().payCash(sale().total());
    QTRY_COMPARE(sale().paymentStep(), PaymentStep::Refused);
    QCOMPARE(noticeText(*m_page, u"loneSeatNotice"_s), u"Stalls, row 3, seat 1 would be left alone."_s);
    sale().setLeaveSingleReason(u"She is six feet tall."_s);
    sale().payCash(sale().total());
    QTRY_COMPARE(sale().paymentStep(), PaymentStep::Paid);
    QCOMPARE(m_house->orderCommands.back().leaveSingleReason, u"She is six feet tall."_s);
}

QTEST_MAIN(TestBestSeats)
#include "tst_bestseats.moc"
