#include "base/clock.h"
#include "base/ids.h"

#include <QSet>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <thread>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

qint64 millisecondsOf(const QUuid &uuid)
{
    return uuid.toString(QUuid::Id128).left(12).toLongLong(nullptr, 16);
}

qint64 millisecondsNow()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(SystemClock().now().time_since_epoch()).count();
}

} // namespace

/// Ids are UUIDv7 (RFC 9562 section 5.7).
class TestIds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void versionAndVariantAreThoseOfTheRfc();
    void theFirstBitsAreTheTime();
    void laterIdsSortAfterEarlierOnes();
    void noIdIsMadeTwice();
    void allOtherBitsAreRandom();
    void anIdIsReadInItsOneSpelling_data();
    void anIdIsReadInItsOneSpelling();
    void anEmptyIdIsNull();
};

void TestIds::versionAndVariantAreThoseOfTheRfc()
{
    for (int i = 0; i < 1'000; ++i) {
        const QString text = HoldId::create().text();
        QCOMPARE(text.at(14), u'7');
        QVERIFY2(u"89ab"_s.contains(text.at(19)), qPrintable(text));
    }
}

void TestIds::theFirstBitsAreTheTime()
{
    const qint64 before = millisecondsNow();
    const qint64 made = millisecondsOf(newUuidV7());
    const qint64 after = millisecondsNow();
    QVERIFY(before <= made && made <= after);
}

void TestIds::laterIdsSortAfterEarlierOnes()
{
    std::vector<OrderId> ids;
    std::vector<QString> texts;
    for (int i = 0; i < 20; ++i) {
        ids.push_back(OrderId::create());
        texts.push_back(ids.back().text());
        QThread::msleep(2);
    }
    QVERIFY(std::is_sorted(ids.begin(), ids.end()));
    QVERIFY(std::is_sorted(texts.begin(), texts.end()));
}

void TestIds::noIdIsMadeTwice()
{
    constexpr int threads = 4;
    constexpr int each = 20'000;
    std::vector<std::vector<QUuid>> made(threads);
    std::vector<std::thread> makers;
    for (std::vector<QUuid> &mine : made) {
        makers.emplace_back([&mine] {
            for (int i = 0; i < each; ++i)
                mine.push_back(newUuidV7());
        });
    }
    for (std::thread &maker : makers)
        maker.join();
    QSet<QUuid> all;
    for (const std::vector<QUuid> &mine : made) {
        for (const QUuid &uuid : mine)
            all.insert(uuid);
    }
    QCOMPARE(all.size(), threads * each);
}

/// Each of the 74 bits beside time, version and variant is seen both ways; the odds against it are 1 in 2^190.
void TestIds::allOtherBitsAreRandom()
{
    std::array<int, 128> ones{};
    constexpr int rounds = 200;
    for (int round = 0; round < rounds; ++round) {
        const QByteArray bytes = newUuidV7().toRfc4122();
        for (size_t bit = 0; bit < 128; ++bit)
            ones[bit] += (static_cast<uchar>(bytes.at(static_cast<qsizetype>(bit / 8))) >> (7 - bit % 8)) & 1;
    }
    for (size_t bit = 52; bit < 128; ++bit) {
        if (bit != 64 && bit != 65)
            QVERIFY2(ones[bit] > 0 && ones[bit] < rounds, qPrintable(u"bit %1"_s.arg(bit)));
    }
}

void TestIds::anIdIsReadInItsOneSpelling_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isId");
    QTest::newRow("canonical") << u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d"_s << true;
    QTest::newRow("another version") << u"9f3c1a52-0f6e-4d7c-8a51-3f1f2a6b8c9d"_s << true;
    QTest::newRow("upper case") << u"0192F3A1-7c1e-7d44-9a51-3f1f2a6b8c9d"_s << false;
    QTest::newRow("braces") << u"{0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d}"_s << false;
    QTest::newRow("without dashes") << u"0192f3a17c1e7d449a513f1f2a6b8c9d"_s << false;
    QTest::newRow("too short") << u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9"_s << false;
    QTest::newRow("with a line end") << u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d\n"_s << false;
    QTest::newRow("no digit") << u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9g"_s << false;
    QTest::newRow("empty") << QString() << false;
}

void TestIds::anIdIsReadInItsOneSpelling()
{
    QFETCH(QString, text);
    QFETCH(bool, isId);
    const auto id = PaymentId::fromText(text);
    QCOMPARE(id.has_value(), isId);
    if (id)
        QCOMPARE(id->text(), text);
}

void TestIds::anEmptyIdIsNull()
{
    QVERIFY(TicketId().isNull());
    QVERIFY(!TicketId::create().isNull());
    QCOMPARE(TicketId(), TicketId());
}

QTEST_APPLESS_MAIN(TestIds)
#include "tst_ids.moc"
