#include "runtime/sha256.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTest>

#include <thread>

using namespace parterre::server;

class TestOfSha256 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theVectorsOfTheStandardComeOut()
    {
        QCOMPARE(sha256({}).toHex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QCOMPARE(sha256({"abc"}).toHex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    void piecesAreHashedAsOneOnEveryThread()
    {
        const auto compare = [](bool &isSame) {
            QByteArray bytes;
            for (int size = 0; size < 300; ++size) {
                const QByteArrayView all(bytes);
                isSame = isSame && sha256({all.first(size / 3), all.sliced(size / 3)}) ==
                                       QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
                bytes.append(static_cast<char>(size * 7));
            }
        };
        bool here = true;
        bool there = true;
        std::thread other([&] { compare(there); });
        compare(here);
        other.join();
        QVERIFY(here);
        QVERIFY(there);
    }

    void theCodesOfTheStandardComeOut()
    {
        // RFC 4231, test cases 2 and 6: a short key, and one that is longer than a block.
        QCOMPARE(hmacSha256("Jefe", "what do ya want ", "for nothing?").toHex(),
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        QCOMPARE(hmacSha256(QByteArray(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First").toHex(),
                 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        for (int size = 0; size < 200; ++size) {
            const QByteArray key(size, 'k');
            QCOMPARE(hmacSha256(key, "message"),
                     QMessageAuthenticationCode::hash("message", key, QCryptographicHash::Sha256));
        }
    }
};

QTEST_GUILESS_MAIN(TestOfSha256)
#include "tst_sha256.moc"
