#include "domain/payments/payment.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array states{PaymentState::Created,  PaymentState::Authorising,   PaymentState::Authorised,
                            PaymentState::Captured, PaymentState::Declined,      PaymentState::Cancelled,
                            PaymentState::InDoubt,  PaymentState::RequiresAction};

Money euros(qint64 cents)
{
    return {cents, *Currency::fromCode(u"EUR"_s)};
}

} // namespace

/// The machine of a payment attempt (design section 4), arrow by arrow.
class TestPayment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theMachineHasTheseArrowsAndNoOthers_data();
    void theMachineHasTheseArrowsAndNoOthers();
    void whatIsSettledStaysAsItIs();
    void whatIsNotSettledCanStillBe();
    void theChangeIsWhatIsOver_data();
    void theChangeIsWhatIsOver();
    void tooLittleCashIsRefusedWithWhatIsMissing();
    void cashOfAnotherCurrencyIsRefused();
};

void TestPayment::theMachineHasTheseArrowsAndNoOthers_data()
{
    QTest::addColumn<PaymentState>("from");
    QTest::addColumn<QString>("to"); // y by the order of `states`.
    QTest::newRow("created") << PaymentState::Created << u"yy-y----"_s;
    QTest::newRow("authorising") << PaymentState::Authorising << u"-yyyyyyy"_s;
    QTest::newRow("authorised") << PaymentState::Authorised << u"--yy-yy-"_s;
    QTest::newRow("captured") << PaymentState::Captured << u"---y----"_s;
    QTest::newRow("declined") << PaymentState::Declined << u"----y---"_s;
    QTest::newRow("cancelled") << PaymentState::Cancelled << u"-----y--"_s;
    QTest::newRow("requires action") << PaymentState::RequiresAction << u"--yyyyyy"_s;
    QTest::newRow("in doubt") << PaymentState::InDoubt << u"--yyyyyy"_s;
}

void TestPayment::theMachineHasTheseArrowsAndNoOthers()
{
    QFETCH(PaymentState, from);
    QFETCH(QString, to);
    for (size_t i = 0; i < states.size(); ++i) {
        const auto decided = decidePayment(from, states[i]);
        QVERIFY2(decided.has_value() == (to.at(static_cast<qsizetype>(i)) == u'y'), qPrintable(enumName(states[i])));
        if (decided) {
            QCOMPARE(*decided, states[i]);
            continue;
        }
        QCOMPARE(decided.error().code, ErrorCode::WrongState);
        QVERIFY(decided.error().message.contains(enumName(from)));
        QVERIFY(decided.error().message.contains(enumName(states[i])));
    }
}

void TestPayment::whatIsSettledStaysAsItIs()
{
    for (const PaymentState from : states) {
        if (!isSettled(from))
            continue;
        for (const PaymentState to : states)
            QCOMPARE(decidePayment(from, to).has_value(), from == to);
    }
}

/// Design D4: every attempt ends.
void TestPayment::whatIsNotSettledCanStillBe()
{
    for (const PaymentState from : states) {
        if (!isSettled(from))
            QVERIFY(decidePayment(from, PaymentState::Captured).has_value());
    }
}

void TestPayment::theChangeIsWhatIsOver_data()
{
    QTest::addColumn<qint64>("total");
    QTest::addColumn<qint64>("tendered");
    QTest::newRow("exact") << qint64(5'000) << qint64(5'000);
    QTest::newRow("a note") << qint64(4'250) << qint64(5'000);
    QTest::newRow("a free ticket") << qint64(0) << qint64(0);
    QTest::newRow("one cent") << qint64(1) << qint64(100);
}

void TestPayment::theChangeIsWhatIsOver()
{
    QFETCH(qint64, total);
    QFETCH(qint64, tendered);
    QCOMPARE(cashChange(euros(total), euros(tendered)).value(), euros(tendered - total));
}

void TestPayment::tooLittleCashIsRefusedWithWhatIsMissing()
{
    const auto refused = cashChange(euros(5'000), euros(4'999));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AmountMismatch);
    QCOMPARE(refused.error().field, u"/tendered/amount"_s);
    for (const QString &amount : {u"50.00 EUR"_s, u"49.99 EUR"_s, u"0.01 EUR is missing"_s})
        QVERIFY2(refused.error().message.contains(amount), qPrintable(refused.error().message));
}

void TestPayment::cashOfAnotherCurrencyIsRefused()
{
    const auto refused = cashChange(euros(5'000), Money(10'000, *Currency::fromCode(u"GBP"_s)));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AmountMismatch);
    QCOMPARE(refused.error().field, u"/tendered/currency"_s);
}

QTEST_APPLESS_MAIN(TestPayment)
#include "tst_payment.moc"
