#include "domain/catalog/catalog.h"
#include "domain/identity/user.h"
#include "domain/inventory/seatstate.h"

#include <QSet>
#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array performanceStates{PerformanceState::Draft, PerformanceState::OnSale, PerformanceState::Paused,
                                       PerformanceState::Cancelled};
constexpr std::array roles{Role::Clerk, Role::Supervisor, Role::Manager, Role::Admin};
constexpr std::array seatStates{SeatState::Available, SeatState::Held,  SeatState::PaymentPending,
                                SeatState::Sold,      SeatState::House, SeatState::Killed};

} // namespace

/// The small rules of catalogue, identity and inventory, each as its whole table.
class TestRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPerformanceMovesBetweenTheseStates_data();
    void aPerformanceMovesBetweenTheseStates();
    void aPriceIsFoundByZoneAndType();
    void aRoleMayDoWhatTheTableSays_data();
    void aRoleMayDoWhatTheTableSays();
    void whatIsNotInTheTableIsForbidden();
    void aNewPasswordIsTakenOrRefused_data();
    void aNewPasswordIsTakenOrRefused();
    void everyStateHasItsOwnLetter();
    void thePublicSeesNoReasons();
};

void TestRules::aPerformanceMovesBetweenTheseStates_data()
{
    QTest::addColumn<PerformanceState>("from");
    QTest::addColumn<QString>("to"); // y by the order of `performanceStates`.
    QTest::newRow("draft") << PerformanceState::Draft << u"yy-y"_s;
    QTest::newRow("on sale") << PerformanceState::OnSale << u"-yyy"_s;
    QTest::newRow("paused") << PerformanceState::Paused << u"-yyy"_s;
    QTest::newRow("cancelled") << PerformanceState::Cancelled << u"---y"_s;
}

void TestRules::aPerformanceMovesBetweenTheseStates()
{
    QFETCH(PerformanceState, from);
    QFETCH(QString, to);
    for (size_t i = 0; i < performanceStates.size(); ++i) {
        const auto decided = decidePerformanceState(from, performanceStates[i]);
        QVERIFY2(decided.has_value() == (to.at(static_cast<qsizetype>(i)) == u'y'),
                 qPrintable(enumName(performanceStates[i])));
        if (!decided) {
            QCOMPARE(decided.error().code, ErrorCode::WrongState);
            QCOMPARE(decided.error().field, u"/state"_s);
        }
    }
}

void TestRules::aPriceIsFoundByZoneAndType()
{
    const PriceZoneId zone = PriceZoneId::create();
    const PriceTypeId type = PriceTypeId::create();
    PerformanceDetail detail;
    detail.zones = {{.id = zone, .category = u"Stalls"_s, .name = u"Best"_s, .color = {}}};
    detail.types = {{.id = type, .name = u"Adult"_s}};
    detail.prices = {{.zone = zone, .type = type, .amount = Money(4'000, Currency())}};
    QCOMPARE(detail.zoneForCategory(u"Stalls"_s)->id, zone);
    QVERIFY(!detail.zoneForCategory(u"Best"_s));
    QCOMPARE(detail.type(type)->name, u"Adult"_s);
    QVERIFY(!detail.type(PriceTypeId::create()));
    QCOMPARE(detail.price(zone, type)->minorUnits(), 4'000);
    QVERIFY(!detail.price(zone, PriceTypeId::create()));
}

void TestRules::aRoleMayDoWhatTheTableSays_data()
{
    QTest::addColumn<Permission>("permission");
    QTest::addColumn<QString>("allowed"); // y by the order of `roles`.
    QTest::newRow("sell") << Permission::Sell << u"yyyy"_s;
    QTest::newRow("see all orders") << Permission::SeeAllOrders << u"-yyy"_s;
    QTest::newRow("change a performance") << Permission::ChangePerformanceState << u"--yy"_s;
    QTest::newRow("manage gift cards") << Permission::ManageGiftCards << u"-yyy"_s;
    QTest::newRow("resolve payments") << Permission::ResolvePayments << u"-yyy"_s;
    QTest::newRow("manage users") << Permission::ManageUsers << u"---y"_s;
}

void TestRules::aRoleMayDoWhatTheTableSays()
{
    QFETCH(Permission, permission);
    QFETCH(QString, allowed);
    for (size_t i = 0; i < roles.size(); ++i)
        QCOMPARE(may(roles[i], permission), allowed.at(static_cast<qsizetype>(i)) == u'y');
}

void TestRules::whatIsNotInTheTableIsForbidden()
{
    for (const Role role : roles)
        QVERIFY(!may(role, static_cast<Permission>(99)));
}

void TestRules::aNewPasswordIsTakenOrRefused_data()
{
    QTest::addColumn<QString>("password");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("a sentence") << u"four horses eat green soup"_s << true;
    QTest::newRow("as short as allowed") << u"x7!kq-2z"_s << true;
    QTest::newRow("one too short") << u"x7!kq-2"_s << false;
    QTest::newRow("as long as allowed") << u"ab"_s.repeated(64) << true;
    QTest::newRow("one too long") << u"ab"_s.repeated(64) + u'c' << false;
    QTest::newRow("any language") << u"Übungsgänge"_s << true;
    QTest::newRow("among the first tried") << u"password123"_s << false;
    QTest::newRow("in capitals") << u"PassWord123"_s << false;
    QTest::newRow("the own name") << u"Box.Office.7"_s << false;
    QTest::newRow("empty") << QString() << false;
}

void TestRules::aNewPasswordIsTakenOrRefused()
{
    QFETCH(QString, password);
    QFETCH(bool, isTaken);
    const Status checked = checkNewPassword(password, u"box.office.7"_s);
    QCOMPARE(checked.has_value(), isTaken);
    if (!checked)
        QCOMPARE(checked.error().field, u"/new_password"_s);
}

void TestRules::everyStateHasItsOwnLetter()
{
    QSet<char> letters;
    for (const SeatState state : seatStates) {
        QCOMPARE(seatStateFromLetter(seatStateLetter(state)), std::optional(state));
        letters.insert(seatStateLetter(state));
    }
    QCOMPARE(letters.size(), static_cast<qsizetype>(seatStates.size()));
    for (int c = 0; c < 256; ++c) {
        if (!letters.contains(static_cast<char>(c)))
            QVERIFY(!seatStateFromLetter(static_cast<char>(c)));
    }
}

/// A buyer learns whether a place can be had, now or later, and not why.
void TestRules::thePublicSeesNoReasons()
{
    QCOMPARE(publicSeatState(SeatState::Available), SeatState::Available);
    QCOMPARE(publicSeatState(SeatState::Held), SeatState::Held);
    QCOMPARE(publicSeatState(SeatState::PaymentPending), SeatState::Held);
    QCOMPARE(publicSeatState(SeatState::Sold), SeatState::Sold);
    QCOMPARE(publicSeatState(SeatState::House), SeatState::Sold);
    QCOMPARE(publicSeatState(SeatState::Killed), SeatState::Sold);
}

QTEST_APPLESS_MAIN(TestRules)
#include "tst_rules.moc"
