#include "domain/ticketing/base45.h"
#include "domain/ticketing/ticketcode.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

TicketPayload aPayload()
{
    return {.keyId = 0x0102,
            .ticket = *TicketId::fromText(u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"_s),
            .performance = 0x11223344,
            .placeNumber = 0x00000809,
            .isArea = true,
            .notAfter = Instant(Seconds(0xF0000001U))};
}

} // namespace

class TestTicketCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePayloadIsLaidOutAsDocumented()
    {
        QCOMPARE(encodeTicketPayload(aPayload()).toHex(), QByteArray("01"
                                                                     "0102"
                                                                     "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"
                                                                     "11223344"
                                                                     "80000809"
                                                                     "f0000001"));
    }

    void aPayloadComesBackAsItWas()
    {
        const auto back = decodeTicketPayload(encodeTicketPayload(aPayload()));
        QVERIFY(back.has_value());
        QVERIFY(*back == aPayload());
    }

    void aCodeHas143Characters()
    {
        const QString code = joinTicketCode(encodeTicketPayload(aPayload()), QByteArray(ticketSignatureBytes, '\xA5'));
        QCOMPARE(code.size(), ticketCodeCharacters);
        const auto parts = splitTicketCode(code);
        QVERIFY(parts.has_value());
        QCOMPARE(parts->signature, QByteArray(ticketSignatureBytes, '\xA5'));
        QVERIFY(parts->payload == aPayload());
    }

    void theShortIdIsTheEndOfTheLongOne()
    {
        QCOMPARE(shortPerformanceId(*PerformanceId::fromText(u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"_s)), 0x2e3f4a5bU);
    }

    void anotherVersionIsRefused()
    {
        QByteArray bytes = encodeTicketPayload(aPayload());
        bytes[0] = 2;
        QVERIFY(!decodeTicketPayload(bytes).has_value());
    }

    void aNullTicketIdIsRefused()
    {
        QByteArray bytes = encodeTicketPayload(aPayload());
        bytes.replace(3, 16, QByteArray(16, '\0'));
        QVERIFY(!decodeTicketPayload(bytes).has_value());
    }

    void anotherLengthIsRefused()
    {
        const QByteArray bytes = encodeTicketPayload(aPayload());
        for (qsizetype size = 0; size < bytes.size(); ++size)
            QVERIFY(!decodeTicketPayload(bytes.first(size)).has_value());
        QVERIFY(!decodeTicketPayload(bytes + '\0').has_value());
        QVERIFY(!splitTicketCode(QString()).has_value());
        QVERIFY(!splitTicketCode(QString(1'000'000, u'0')).has_value());
    }

    void noisyCodesAreRefusedOrReadExactly()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QString whole = joinTicketCode(encodeTicketPayload(aPayload()), QByteArray(ticketSignatureBytes, 'x'));
        for (int round = 0; round < 5000; ++round) {
            QString code = whole;
            for (int i = random.bounded(1, 6); i > 0; --i)
                code[random.bounded(ticketCodeCharacters)] = QChar(static_cast<char16_t>(random.bounded(0x20, 0x100)));
            if (const auto parts = splitTicketCode(code)) {
                QCOMPARE(joinTicketCode(parts->payloadBytes, parts->signature), code);
                QCOMPARE(encodeTicketPayload(parts->payload), parts->payloadBytes);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestTicketCode)
#include "tst_ticketcode.moc"
