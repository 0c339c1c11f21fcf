#include "payments/paymentsathand.h"

#include <QTest>

using namespace parterre;
using namespace parterre::server;
using namespace std::chrono_literals;

namespace {

constexpr PaymentsAtHand::Time start{};

} // namespace

class TestPaymentsAtHand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsChargedIsAtHandUntilItsTimeIsOver()
    {
        PaymentsAtHand payments;
        const PaymentId mine = PaymentId::create();
        QVERIFY(!payments.has(mine, start));
        payments.add(mine, start);
        QVERIFY(payments.has(mine, start + PaymentsAtHand::timeMax - 1ms));
        QVERIFY(!payments.has(mine, start + PaymentsAtHand::timeMax));
        QVERIFY(!payments.has(PaymentId::create(), start));
    }

    void whatEndedWithoutMoneyIsNot()
    {
        PaymentsAtHand payments;
        const PaymentId mine = PaymentId::create();
        payments.add(mine, start);
        payments.remove(mine);
        QVERIFY(!payments.has(mine, start));
    }

    void whatIsChargedAgainHasItsTimeAnew()
    {
        PaymentsAtHand payments;
        const PaymentId mine = PaymentId::create();
        payments.add(mine, start);
        payments.add(mine, start + 10s);
        payments.add(PaymentId::create(), start + PaymentsAtHand::timeMax + 1s); // Forgets what is over.
        QVERIFY(payments.has(mine, start + PaymentsAtHand::timeMax + 1s));
    }

    void noMoreAreKeptThanItsLimit()
    {
        PaymentsAtHand payments;
        const PaymentId first = PaymentId::create();
        payments.add(first, start);
        for (size_t i = 0; i < PaymentsAtHand::countMax; ++i)
            payments.add(PaymentId::create(), start);
        QVERIFY(!payments.has(first, start));
    }
};

QTEST_GUILESS_MAIN(TestPaymentsAtHand)
#include "tst_paymentsathand.moc"
