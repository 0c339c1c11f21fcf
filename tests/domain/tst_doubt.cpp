#include "domain/payments/doubt.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// What a person may decide of a payment (docs/payments.md).
class TestDoubt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatMayBeDecided_data()
    {
        QTest::addColumn<PaymentState>("state");
        QTest::addColumn<bool>("isUnderReview");
        QTest::addColumn<QString>("possible");
        const QString ends = u"money_came no_money"_s;
        QTest::newRow("in doubt") << PaymentState::InDoubt << false << ends;
        QTest::newRow("being made") << PaymentState::Authorising << false << QString();
        QTest::newRow("at the bank") << PaymentState::RequiresAction << false << QString();
        QTest::newRow("reserved") << PaymentState::Authorised << false << QString();
        QTest::newRow("sold") << PaymentState::Captured << false << QString();
        QTest::newRow("sold, and contradicted") << PaymentState::Captured << true << u"closed"_s;
        QTest::newRow("declined") << PaymentState::Declined << false << QString();
        QTest::newRow("declined, and money came") << PaymentState::Declined << true << u"closed"_s;
        QTest::newRow("cancelled, and money came") << PaymentState::Cancelled << true << u"closed"_s;
    }

    void whatMayBeDecided()
    {
        QFETCH(const PaymentState, state);
        QFETCH(const bool, isUnderReview);
        QFETCH(const QString, possible);
        QStringList names;
        for (const PaymentDecision decision : possibleDecisions(state, isUnderReview))
            names += enumName(decision);
        QCOMPARE(names.join(u' '), possible);
    }

    void aDecisionNeedsANote()
    {
        QJsonObject body = toJson(
            ResolvePayment{.payment = PaymentId::create(), .decision = PaymentDecision::NoMoney, .note = u"seen"_s});
        QVERIFY(fromJson<ResolvePayment>(body).has_value());
        body.insert(u"note"_s, QString());
        const auto read = fromJson<ResolvePayment>(body);
        QVERIFY(!read);
        QCOMPARE(read.error().field, u"/note"_s);
    }
};

QTEST_GUILESS_MAIN(TestDoubt)
#include "tst_doubt.moc"
