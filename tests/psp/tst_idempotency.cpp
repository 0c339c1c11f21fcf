#include "psp/processors.h"
#include "service/journal.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::psp;
using namespace parterre::test;

class IdempotencyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRepeatIsAnsweredTheSameAndDoneOnce()
    {
        ProcessorHouse house;
        const Told first = house.reserve(u"pm_card_visa"_s, u"k1"_s);
        const Told again = house.reserve(u"pm_card_visa"_s, u"k1"_s);
        QCOMPARE(again.body, first.body);
        QVERIFY(!first.isReplay && again.isReplay);
        QCOMPARE(house.processor.books().intents.size(), 1);
    }
    void otherParametersOrAnotherPathUnderAKeyAreRefused()
    {
        ProcessorHouse house;
        const Told first = house.reserve(u"pm_card_visa"_s, u"k1"_s);
        QCOMPARE(house.reserve(u"pm_card_mastercard"_s, u"k1"_s).errorText(u"type"_s), u"idempotency_error"_s);
        const Told other = house.post(u"payment_intents/%1/capture"_s.arg(first.text(u"id"_s)), {}, u"k1"_s);
        QCOMPARE(other.status, 400);
        QCOMPARE(other.errorText(u"type"_s), u"idempotency_error"_s);
        QCOMPARE(house.statusOf(first.text(u"id"_s)), u"requires_capture"_s);
    }
    void whatIsKeptUnderAKey_data()
    {
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isKept");
        QTest::addColumn<int>("intents");
        using F = Fate::Failure;
        QTest::newRow("500 before") << static_cast<int>(F::ErrorInstead) << 500 << true << 0;
        QTest::newRow("500 after") << static_cast<int>(F::ErrorAfterwards) << 500 << true << 1;
        QTest::newRow("429 locked") << static_cast<int>(F::LockTimeout) << 429 << false << 0;
        QTest::newRow("429 rate") << static_cast<int>(F::TooManyRequests) << 429 << false << 0;
        QTest::newRow("409") << static_cast<int>(F::KeyInUse) << 409 << false << 0;
        QTest::newRow("403") << static_cast<int>(F::NotPermitted) << 403 << false << 0;
    }
    void whatIsKeptUnderAKey()
    {
        QFETCH(const int, failure);
        QFETCH(const int, status);
        QFETCH(const bool, isKept);
        QFETCH(const int, intents);
        ProcessorHouse house;
        const Told failed = house.reserve(u"pm_card_visa"_s, u"k"_s, {.failure = static_cast<Fate::Failure>(failure)});
        QCOMPARE(failed.status, status);
        QCOMPARE(house.processor.books().intents.size(), intents);
        const Told again = house.reserve(u"pm_card_visa"_s, u"k"_s);
        QCOMPARE(again.status, isKept ? status : 200);
        QCOMPARE(again.isReplay, isKept);
        QCOMPARE(house.processor.books().intents.size(), isKept ? intents : 1);
    }
    void aDeclineIsKeptAndABadParameterIsNot()
    {
        ProcessorHouse house;
        QCOMPARE(house.reserve(u"pm_card_chargeDeclined"_s, u"d"_s).status, 402);
        QVERIFY(house.reserve(u"pm_card_chargeDeclined"_s, u"d"_s).isReplay);
        QCOMPARE(house.reserve(u"pm_card_unheard_of"_s, u"b"_s).status, 400);
        QCOMPARE(house.reserve(u"pm_card_visa"_s, u"b"_s).status, 200);
    }
    void aKeyIsForgottenAfterADayAndNotBefore()
    {
        ProcessorHouse house;
        (void)house.reserve(u"pm_card_visa"_s, u"k"_s);
        house.clock.advance(psp::limits::idempotencyKeyAge);
        QVERIFY(house.reserve(u"pm_card_visa"_s, u"k"_s).isReplay);
        house.clock.advance(1s);
        QVERIFY(!house.reserve(u"pm_card_visa"_s, u"k"_s).isReplay);
        QCOMPARE(house.processor.books().intents.size(), 2);
    }
    void aKeyOf256CharactersIsRefused()
    {
        ProcessorHouse house;
        QCOMPARE(house.reserve(u"pm_card_visa"_s, QString(255, u'k')).status, 200);
        QCOMPARE(house.reserve(u"pm_card_visa"_s, QString(256, u'k')).status, 400);
    }
    void theJournalBringsBooksAndKeysBack()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"journal"_s);
        ProcessorHouse house;
        QJsonObject first;
        {
            auto journal = Journal::open(path, house.processor.books().seed());
            QVERIFY(journal.has_value());
            const Call call{.method = u"POST"_s,
                            .path = {u"payment_intents"_s},
                            .form = ProcessorHouse::wish(u"pm_card_visa"_s),
                            .idempotencyKey = u"k"_s};
            first = house.reserve(u"pm_card_visa"_s, u"k"_s).body;
            QVERIFY(journal->write(Journal::lineOf(call, {}, house.clock.now())).has_value());
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"what\":\"call\",\"torn"); // The process was killed while it wrote.
        file.close();

        auto journal = Journal::open(path, "another seed");
        QVERIFY(journal.has_value());
        QCOMPARE(journal->seed(), house.processor.books().seed());
        ProcessorHouse reborn;
        reborn.processor = Processor(journal->seed(), u"http://psp.test"_s);
        QVERIFY(journal->replay(reborn.processor).has_value());
        const Told again = reborn.reserve(u"pm_card_visa"_s, u"k"_s);
        QVERIFY(again.isReplay);
        QCOMPARE(again.body, first);
        QCOMPARE(reborn.sums(), house.sums());
    }
};

QTEST_APPLESS_MAIN(IdempotencyTest)
#include "tst_idempotency.moc"
