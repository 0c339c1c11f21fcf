#include "domain/checkout/order.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array states{OrderState::Open,     OrderState::PaymentPending, OrderState::Confirmed,
                            OrderState::Expired,  OrderState::PartlyRefunded, OrderState::Refunded,
                            OrderState::Exchanged};

/// A performance with two zones, of which the second has no price for children, and three price types, of which the
/// last is for the box office only.
struct House
{
    PriceTypeId adult = PriceTypeId::create();
    PriceTypeId child = PriceTypeId::create();
    PriceTypeId staff = PriceTypeId::create();
    PerformanceDetail performance;

    House()
    {
        const PriceZoneId stalls = PriceZoneId::create();
        const PriceZoneId yard = PriceZoneId::create();
        performance.zones = {{.id = stalls, .category = u"Stalls"_s, .name = u"Best"_s, .color = {}},
                             {.id = yard, .category = u"Yard"_s, .name = u"Standing"_s, .color = {}}};
        performance.types = {{.id = adult, .name = u"Adult"_s, .isPublic = true},
                             {.id = child, .name = u"Child"_s, .isPublic = true},
                             {.id = staff, .name = u"Staff"_s, .isPublic = false}};
        performance.prices = {{.zone = stalls, .type = adult, .amount = euros(4'000)},
                              {.zone = stalls, .type = child, .amount = euros(2'000)},
                              {.zone = stalls, .type = staff, .amount = euros(0)},
                              {.zone = yard, .type = adult, .amount = euros(500)}};
    }

    [[nodiscard]] static Money euros(qint64 cents) { return {cents, *Currency::fromCode(u"EUR"_s)}; }
    [[nodiscard]] static std::vector<HeldPlace> held()
    {
        return {{.key = u"A-1"_s, .name = u"Stalls, row A, seat 1"_s, .category = u"Stalls"_s},
                {.key = u"A-2"_s, .name = u"Stalls, row A, seat 2"_s, .category = u"Stalls"_s},
                {.key = u"YARD"_s, .name = u"The Yard"_s, .category = u"Yard"_s, .isArea = true, .quantity = 3}};
    }
    /// Every place that is held, for adults.
    [[nodiscard]] std::vector<OrderLineRequest> lines() const
    {
        return {{.place = u"A-1"_s, .priceType = adult},
                {.place = u"A-2"_s, .priceType = adult},
                {.place = u"YARD"_s, .priceType = adult, .quantity = 3}};
    }
};

/// One house for all tests, since rows and tests have to speak of the same ids.
const House &house()
{
    static const House one;
    return one;
}

/// What the lines cost together; the house asks for no fees and no taxes.
Money costOf(std::vector<OrderLine> lines)
{
    return totalOf(chargeLines(lines, house().performance, SalesChannel::Web), *Currency::fromCode(u"EUR"_s));
}

} // namespace

/// What an order costs, and what it may become.
class TestOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theMachineHasTheseArrowsAndNoOthers_data();
    void theMachineHasTheseArrowsAndNoOthers();
    void everyHeldPlaceGetsItsLine();
    void anAreaMayBeSharedBetweenPriceTypes();
    void aRefusalNamesTheField_data();
    void aRefusalNamesTheField();
    void aTypeOfTheBoxOfficeIsSoldThere();
    void anOrderHasALimitOfPlaces();
    void theTotalIsTheSum();
    void anAddressIsTakenOrRefused_data();
    void anAddressIsTakenOrRefused();
};

void TestOrder::theMachineHasTheseArrowsAndNoOthers_data()
{
    QTest::addColumn<OrderState>("from");
    QTest::addColumn<QString>("to"); // y by the order of `states`.
    QTest::newRow("open") << OrderState::Open << u"yy-y---"_s;
    QTest::newRow("payment pending") << OrderState::PaymentPending << u"yyyy---"_s;
    QTest::newRow("confirmed") << OrderState::Confirmed << u"--y-yyy"_s;
    QTest::newRow("expired") << OrderState::Expired << u"---y---"_s;
    QTest::newRow("partly refunded") << OrderState::PartlyRefunded << u"----yyy"_s;
    QTest::newRow("refunded") << OrderState::Refunded << u"-----y-"_s;
    QTest::newRow("exchanged") << OrderState::Exchanged << u"------y"_s;
}

void TestOrder::theMachineHasTheseArrowsAndNoOthers()
{
    QFETCH(OrderState, from);
    QFETCH(QString, to);
    for (size_t i = 0; i < states.size(); ++i) {
        const auto decided = decideOrder(from, states[i]);
        QVERIFY2(decided.has_value() == (to.at(static_cast<qsizetype>(i)) == u'y'), qPrintable(enumName(states[i])));
        if (!decided)
            QCOMPARE(decided.error().code, ErrorCode::WrongState);
    }
}

void TestOrder::everyHeldPlaceGetsItsLine()
{
    const auto lines = priceLines(house().lines(), House::held(), house().performance, SalesChannel::Web);
    QVERIFY2(lines.has_value(), lines ? "" : qPrintable(lines.error().message));
    QCOMPARE(lines->size(), size_t(5)); // An area is unfolded: one ticket a place.
    for (size_t i = 0; i < lines->size(); ++i)
        QCOMPARE(lines->at(i).number, static_cast<int>(i) + 1);
    QCOMPARE(lines->at(0).placeName, u"Stalls, row A, seat 1"_s);
    QCOMPARE(lines->at(0).zoneName, u"Best"_s);
    QCOMPARE(lines->at(0).priceTypeName, u"Adult"_s);
    QCOMPARE(lines->at(0).amount, House::euros(4'000));
    QVERIFY(lines->at(4).isArea);
    QCOMPARE(lines->at(4).amount, House::euros(500));
}

void TestOrder::anAreaMayBeSharedBetweenPriceTypes()
{
    const std::vector<HeldPlace> held{
        {.key = u"BOX"_s, .name = u"Box"_s, .category = u"Stalls"_s, .isArea = true, .quantity = 3}};
    const auto lines = priceLines({{.place = u"BOX"_s, .priceType = house().adult, .quantity = 2},
                                   {.place = u"BOX"_s, .priceType = house().child, .quantity = 1}},
                                  held, house().performance, SalesChannel::Web);
    QVERIFY(lines.has_value());
    QCOMPARE(costOf(*lines), House::euros(10'000));
}

void TestOrder::aRefusalNamesTheField_data()
{
    QTest::addColumn<std::vector<OrderLineRequest>>("lines");
    QTest::addColumn<QString>("field");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [&](const char *name, size_t line, const OrderLineRequest &request, const QString &field,
                         ErrorCode code = ErrorCode::InvalidInput) {
        std::vector<OrderLineRequest> lines = house().lines();
        if (line < lines.size())
            lines.at(line) = request;
        else
            lines.push_back(request);
        QTest::newRow(name) << lines << field << code;
    };
    row("a place that is not held", 1, {.place = u"B-9"_s, .priceType = house().adult}, u"/lines/1/place"_s);
    row("a seat named twice", 3, {.place = u"A-1"_s, .priceType = house().adult}, u"/lines/3/quantity"_s);
    row("more than is held", 2, {.place = u"YARD"_s, .priceType = house().adult, .quantity = 4},
        u"/lines/2/quantity"_s);
    row("none of it", 2, {.place = u"YARD"_s, .priceType = house().adult, .quantity = 0}, u"/lines/2/quantity"_s);
    row("less than none", 2, {.place = u"YARD"_s, .priceType = house().adult, .quantity = -1}, u"/lines/2/quantity"_s);
    row("forgotten places", 2, {.place = u"YARD"_s, .priceType = house().adult, .quantity = 2}, u"/lines"_s);
    row("an unknown price type", 0, {.place = u"A-1"_s, .priceType = PriceTypeId::create()}, u"/lines/0/price_type"_s);
    row("a type without a price here", 2, {.place = u"YARD"_s, .priceType = house().child, .quantity = 3},
        u"/lines/2/price_type"_s);
    row("a type of the box office", 1, {.place = u"A-2"_s, .priceType = house().staff}, u"/lines/1/price_type"_s,
        ErrorCode::Forbidden);
    QTest::newRow("a forgotten seat") << std::vector{house().lines().at(0), house().lines().at(2)} << u"/lines"_s
                                      << ErrorCode::InvalidInput;
}

void TestOrder::aRefusalNamesTheField()
{
    QFETCH(std::vector<OrderLineRequest>, lines);
    QFETCH(QString, field);
    QFETCH(ErrorCode, code);
    const auto priced = priceLines(lines, House::held(), house().performance, SalesChannel::Web);
    QVERIFY(!priced);
    QCOMPARE(priced.error().field, field);
    QCOMPARE(priced.error().code, code);
    QVERIFY(!priced.error().message.isEmpty());
}

void TestOrder::aTypeOfTheBoxOfficeIsSoldThere()
{
    auto lines = house().lines();
    lines.at(0).priceType = house().staff;
    const auto priced = priceLines(lines, House::held(), house().performance, SalesChannel::Desk);
    QVERIFY(priced.has_value());
    QCOMPARE(priced->at(0).amount, House::euros(0));
}

void TestOrder::anOrderHasALimitOfPlaces()
{
    const std::vector<HeldPlace> held{{.key = u"YARD"_s,
                                       .name = u"The Yard"_s,
                                       .category = u"Yard"_s,
                                       .isArea = true,
                                       .quantity = limits::orderLinesMax + 1}};
    const auto priced =
        priceLines({{.place = u"YARD"_s, .priceType = house().adult, .quantity = limits::orderLinesMax + 1}}, held,
                   house().performance, SalesChannel::Desk);
    QVERIFY(!priced);
    QCOMPARE(priced.error().code, ErrorCode::TooLarge);
    QCOMPARE(priced.error().field, u"/lines"_s);
}

void TestOrder::theTotalIsTheSum()
{
    const auto lines = priceLines(house().lines(), House::held(), house().performance, SalesChannel::Web);
    QCOMPARE(costOf(*lines), House::euros(2 * 4'000 + 3 * 500));
    QCOMPARE(totalOf({}, *Currency::fromCode(u"EUR"_s)), House::euros(0));
}

void TestOrder::anAddressIsTakenOrRefused_data()
{
    QTest::addColumn<QString>("email");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("plain") << u"name@example.org"_s << true;
    QTest::newRow("with a tag") << u"name+globe@example.org"_s << true;
    QTest::newRow("of this machine") << u"root@localhost"_s << true;
    QTest::newRow("beyond ASCII") << u"jörg@bühne.example"_s << true;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("no sign") << u"name.example.org"_s << false;
    QTest::newRow("nothing before") << u"@example.org"_s << false;
    QTest::newRow("nothing after") << u"name@"_s << false;
    QTest::newRow("two signs") << u"a@b@example.org"_s << false;
    QTest::newRow("a space") << u"na me@example.org"_s << false;
    QTest::newRow("a line end") << u"name@example.org\nBcc: all@example.org"_s << false;
    QTest::newRow("a control character") << u"name\u0007@example.org"_s << false;
}

void TestOrder::anAddressIsTakenOrRefused()
{
    QFETCH(QString, email);
    QFETCH(bool, isTaken);
    const Status checked = checkEmail(email, u"/buyer/email"_s);
    QCOMPARE(checked.has_value(), isTaken);
    if (!checked)
        QCOMPARE(checked.error().field, u"/buyer/email"_s);
}

QTEST_APPLESS_MAIN(TestOrder)
#include "tst_order.moc"
