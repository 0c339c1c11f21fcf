#include "domain/ticketing/base45.h"
#include "ticketing/ticketsigner.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;

namespace {

TicketSigner aSigner(quint16 keyId, char fill)
{
    auto signer = TicketSigner::fromSeed(keyId, QByteArray(ticketSeedBytes, fill));
    Q_ASSERT(signer);
    return *std::move(signer);
}

TicketPayload aPayload()
{
    return {.keyId = 7,
            .ticket = *TicketId::fromText(u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"_s),
            .performance = 42,
            .placeNumber = 1234,
            .isArea = false,
            .notAfter = Instant(Seconds(1'800'000'000))};
}

} // namespace

class TestTicketSigner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTicketWeSignedIsBelieved()
    {
        const TicketSigner signer = aSigner(7, 'a');
        TicketKeyRing ring;
        QVERIFY(ring.add(7, signer.publicKey()).has_value());
        const auto payload = ring.verify(signer.sign(aPayload()));
        QVERIFY(payload.has_value());
        QVERIFY(*payload == aPayload());
    }

    void theKeyIsTheOneOfTheRfc()
    {
        // RFC 8032 section 7.1, test 1.
        const auto signer = TicketSigner::fromSeed(
            1, QByteArray::fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
        QVERIFY(signer.has_value());
        QCOMPARE(signer->publicKey().toHex(),
                 QByteArray("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    }

    void everyFlippedBitIsRefused()
    {
        const TicketSigner signer = aSigner(7, 'a');
        TicketKeyRing ring;
        // The other ids are known too, so a changed key id meets a real key and not only the lookup.
        for (int bit = 0; bit < 16; ++bit)
            QVERIFY(ring.add(static_cast<quint16>(7 ^ (1 << bit)), signer.publicKey()).has_value());
        QVERIFY(ring.add(7, signer.publicKey()).has_value());
        const auto whole = base45Decode(signer.sign(aPayload()));
        QVERIFY(whole.has_value());
        QVERIFY(ring.verify(base45Encode(*whole)).has_value());
        for (qsizetype byte = 0; byte < whole->size(); ++byte) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray changed = *whole;
                changed[byte] = static_cast<char>(changed[byte] ^ (1 << bit));
                QVERIFY2(!ring.verify(base45Encode(changed)).has_value(),
                         qPrintable(u"byte %1 bit %2"_s.arg(byte).arg(bit)));
            }
        }
    }

    void anotherKeyUnderTheSameIdIsRefused()
    {
        TicketKeyRing ring;
        QVERIFY(ring.add(7, aSigner(7, 'b').publicKey()).has_value());
        QVERIFY(!ring.verify(aSigner(7, 'a').sign(aPayload())).has_value());
    }

    void anUnknownKeyIsRefused() { QVERIFY(!TicketKeyRing().verify(aSigner(7, 'a').sign(aPayload())).has_value()); }

    void anOldKeyIsStillBelievedAfterANewOne()
    {
        const TicketSigner old = aSigner(1, 'a');
        const TicketSigner current = aSigner(2, 'b');
        TicketKeyRing ring;
        QVERIFY(ring.add(1, old.publicKey()).has_value());
        QVERIFY(ring.add(2, current.publicKey()).has_value());
        QVERIFY(ring.verify(old.sign(aPayload())).has_value());
        QVERIFY(ring.verify(current.sign(aPayload())).has_value());
    }

    void keysOfAnotherLengthAreRefused()
    {
        QVERIFY(!TicketSigner::fromSeed(1, QByteArray(31, 'a')).has_value());
        QVERIFY(!TicketKeyRing().add(1, QByteArray(33, 'a')).has_value());
    }

    void aSecondKeyUnderAnIdIsRefused()
    {
        TicketKeyRing ring;
        QVERIFY(ring.add(1, aSigner(1, 'a').publicKey()).has_value());
        QVERIFY(ring.add(1, aSigner(1, 'a').publicKey()).has_value());
        QVERIFY(!ring.add(1, aSigner(1, 'b').publicKey()).has_value());
    }

    void newSeedsDiffer()
    {
        QCOMPARE(newTicketSeed().size(), ticketSeedBytes);
        QVERIFY(newTicketSeed() != newTicketSeed());
    }
};

QTEST_APPLESS_MAIN(TestTicketSigner)
#include "tst_ticketsigner.moc"
