#include "payments/stripewebhook.h"
#include "support/randomness.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::tests;

namespace {

const QByteArray body = R"({"id":"evt_1","type":"payment_intent.succeeded"})";
const QByteArray secret = "whsec_present";
const Instant now{std::chrono::seconds(1800000000)};

QByteArray codeOf(const QByteArray &time, const QByteArray &text = body, const QByteArray &by = secret)
{
    return QMessageAuthenticationCode::hash(time + '.' + text, by, QCryptographicHash::Sha256).toHex();
}

QByteArray signedAt(qint64 secondsAgo, const QByteArray &by = secret)
{
    const QByteArray time = QByteArray::number(1800000000 - secondsAgo);
    return "t=" + time + ",v1=" + codeOf(time, body, by);
}

QString said(const QByteArray &header, const QByteArray &text = body, const QByteArrayList &secrets = {secret})
{
    const Status status = checkStripeSignature(header, text, secrets, now);
    return status ? u"ok"_s : status.error().message;
}

} // namespace

class StripeSignatureTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoKnowsTheSecretIsBelieved()
    {
        QCOMPARE(said(signedAt(0)), u"ok"_s);
        QCOMPARE(said("t=1800000000, v0=junk, v1=" + codeOf("1800000000")), u"ok"_s);
    }
    void severalSignaturesAndSecretsServeAChangeOfSecrets()
    {
        const QByteArray both = signedAt(0, "whsec_old") + ",v1=" + codeOf("1800000000", body, "whsec_new");
        QCOMPARE(said(both, body, {"whsec_new"}), u"ok"_s);
        QCOMPARE(said(both, body, {"whsec_old"}), u"ok"_s);
        QCOMPARE(said(signedAt(0, "whsec_old"), body, {"whsec_new", "whsec_old"}), u"ok"_s);
    }
    void whatIsForgedOrStaleIsNot_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("why");
        const QString forged = u"The signature is not of this body by a secret that we share."_s;
        QTest::newRow("no header") << QByteArray() << body << u"There is no Stripe-Signature."_s;
        QTest::newRow("another secret") << signedAt(0, "whsec_presenT") << body << forged;
        QTest::newRow("another body") << signedAt(0) << body + ' ' << forged;
        QTest::newRow("another time") << "t=1800000001,v1=" + codeOf("1800000000") << body << forged;
        QTest::newRow("half a code") << "t=1800000000,v1=" + codeOf("1800000000").left(32) << body << forged;
        QTest::newRow("only v0") << "t=1800000000,v0=" + codeOf("1800000000") << body
                                 << u"Stripe-Signature names no time or no signature of scheme v1."_s;
        QTest::newRow("no time") << "v1=" + codeOf("1800000000") << body
                                 << u"Stripe-Signature names no time or no signature of scheme v1."_s;
        QTest::newRow("too long") << signedAt(0) + QByteArray(4'096, ',') << body
                                  << u"Stripe-Signature is longer than 4096 bytes."_s;
        QTest::newRow("stale") << signedAt(301) << body
                               << u"The signature is 301 seconds old; up to 300 are taken, either way."_s;
        QTest::newRow("from the future") << signedAt(-301) << body
                                         << u"The signature is -301 seconds old; up to 300 are taken, either way."_s;
    }
    void whatIsForgedOrStaleIsNot()
    {
        QFETCH(const QByteArray, header);
        QFETCH(const QByteArray, text);
        QFETCH(const QString, why);
        QCOMPARE(said(header, text), why);
    }
    void theToleranceIsFiveMinutesEitherWay()
    {
        QCOMPARE(said(signedAt(300)), u"ok"_s);
        QCOMPARE(said(signedAt(-300)), u"ok"_s);
    }
    void noSpoiledHeaderIsBelieved()
    {
        QRandomGenerator random(testSeed());
        const QByteArray good = signedAt(0);
        for (int round = 0; round < 20'000; ++round) {
            const QByteArray bad = spoiled(good, random);
            if (!bad.contains(codeOf("1800000000")) || !bad.contains("1800000000"))
                QVERIFY2(said(bad) != u"ok"_s, bad.constData());
        }
    }

    void anEventSaysWhichPaymentToAskFor()
    {
        const auto news = readStripeEvent(
            R"({"id":"evt_2","type":"payment_intent.amount_capturable_updated","data":{"object":{"object":
               "payment_intent","id":"pi_7","metadata":{"payment":"0192f3a1-7c1e-7d44-9a51-0123456789ab"}}}})");
        QVERIFY(news.has_value());
        QCOMPARE(news->id, u"evt_2"_s);
        QCOMPARE(news->reference, u"pi_7"_s);
        QCOMPARE(news->payment->text(), u"0192f3a1-7c1e-7d44-9a51-0123456789ab"_s);
        QCOMPARE(news->kind, ProviderNews::Kind::MoneyCame);
    }
    void aRefundNamesItsPaymentByStripesId()
    {
        const auto news = readStripeEvent(
            R"({"id":"evt_3","type":"refund.failed","data":{"object":{"object":"refund","id":"re_1",
               "payment_intent":"pi_7","metadata":{"payment":"nobody"}}}})");
        QVERIFY(news.has_value());
        QCOMPARE(news->reference, u"pi_7"_s);
        QVERIFY(!news->payment);
        QCOMPARE(news->kind, ProviderNews::Kind::MoneyReturned);
    }
    void aRefundThatIsLostSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("why");
        QTest::addColumn<QString>("failure");
        QTest::newRow("done") << QByteArray("succeeded") << QByteArray("null") << QString();
        QTest::newRow("under way") << QByteArray("pending") << QByteArray("null") << QString();
        QTest::newRow("failed") << QByteArray("failed") << QByteArray("\"lost_or_stolen_card\"")
                                << u"The card did not take the refund: lost_or_stolen_card."_s;
        QTest::newRow("canceled by hand")
            << QByteArray("canceled") << QByteArray("null") << u"The card did not take the refund: canceled."_s;
    }
    void aRefundThatIsLostSaysWhy()
    {
        QFETCH(const QByteArray, status);
        QFETCH(const QByteArray, why);
        QFETCH(const QString, failure);
        const auto news =
            readStripeEvent("{\"id\":\"evt_4\",\"type\":\"refund.updated\",\"data\":{\"object\":{\"object\":"
                            "\"refund\",\"id\":\"re_1\",\"status\":\"" +
                            status + "\",\"failure_reason\":" + why +
                            ",\"payment_intent\":\"pi_7\",\"metadata\":{\"refund\":\"r\"}}}}");
        QVERIFY(news.has_value());
        QCOMPARE(news->refund, u"r"_s);
        QCOMPARE(news->failure, failure);
    }
    void whatIsNoEventIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("{");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no type") << QByteArray(R"({"id":"evt_1"})");
        QTest::newRow("a number for an id") << QByteArray(R"({"id":7,"type":"x"})");
        QTest::newRow("a long id") << "{\"type\":\"x\",\"id\":\"" + QByteArray(256, 'e') + "\"}";
    }
    void whatIsNoEventIsRefused()
    {
        QFETCH(const QByteArray, text);
        const auto news = readStripeEvent(text);
        QVERIFY(!news.has_value());
        QCOMPARE(news.error().code, ErrorCode::InvalidInput);
    }
};

QTEST_APPLESS_MAIN(StripeSignatureTest)
#include "tst_stripesignature.moc"
