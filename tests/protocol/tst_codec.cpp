#include "protocol/codec.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace parterre;
using namespace parterre::protocol;
using namespace Qt::StringLiterals;

class TestCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeComesBackAsItWasSent()
    {
        for (const auto &[type, name] : EnumNames<MessageType>::names) {
            const Envelope sent{.type = type, .id = CommandId::create(), .re = std::nullopt, .body = {{u"x"_s, 1}}};
            const auto read = decode(encode(sent), limits::deskMessageBytesMax);
            QVERIFY2(read.has_value(), name);
            QCOMPARE(read->type, type);
            QCOMPARE(read->id->text(), sent.id->text());
            QCOMPARE(read->body, sent.body);
        }
    }
    void aRefusalNamesWhatCannotBeRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("field");
        QTest::newRow("unknown type") << QByteArray(R"({"type":"steal","body":{}})") << u"/type"_s;
        QTest::newRow("no body") << QByteArray(R"({"type":"hello"})") << u"/body"_s;
        QTest::newRow("bad id") << QByteArray(R"({"type":"hello","id":"7","body":{}})") << u"/id"_s;
    }
    void aRefusalNamesWhatCannotBeRead()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, field);
        const auto read = decode(text, limits::deskMessageBytesMax);
        QVERIFY(!read);
        QCOMPARE(read.error().field, field);
    }
    void aMessageOverTheLimitIsRefused()
    {
        const auto read = decode(QByteArray(101, ' '), 100);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::TooLarge);
    }
    void versionsAgreeOrTheRefusalSaysWhoUpdates_data()
    {
        QTest::addColumn<int>("desk");
        QTest::addColumn<int>("deskMin");
        QTest::addColumn<int>("agreed"); // 0 for none.
        QTest::newRow("same") << 3 << 2 << 3;
        QTest::newRow("older desk") << 2 << 1 << 2;
        QTest::newRow("newer desk") << 5 << 3 << 3;
        QTest::newRow("desk too old") << 1 << 1 << 0;
        QTest::newRow("desk too new") << 6 << 4 << 0;
    }
    void versionsAgreeOrTheRefusalSaysWhoUpdates()
    {
        QFETCH(const int, desk);
        QFETCH(const int, deskMin);
        QFETCH(const int, agreed);
        const auto version = agreeOnVersion({.version = desk, .versionMin = deskMin, .software = {}}, 3, 2);
        QCOMPARE(version.value_or(0), agreed);
        if (!version)
            QCOMPARE(version.error().code, ErrorCode::VersionMismatch);
    }
    void noBytesBreakTheReader()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QByteArray good = encode(request(MessageType::TakeHold, CommandId::create(),
                                               TakeHold{.hold = HoldId::create(),
                                                        .performance = PerformanceId::create(),
                                                        .seats = {u"A-1"_s},
                                                        .areas = {{.area = u"floor"_s, .quantity = 2}}}));
        for (int i = 0; i < 5'000; ++i) {
            QByteArray bad = good;
            for (int change = random.bounded(1, 6); change > 0; --change)
                bad[random.bounded(static_cast<int>(bad.size()))] = static_cast<char>(random.bounded(256));
            bad.truncate(random.bounded(static_cast<int>(bad.size()) + 1));
            if (const auto read = decode(bad, limits::deskMessageBytesMax)) {
                (void)fromJson<TakeHold>(read->body);
                (void)fromJson<CreateOrder>(read->body);
                (void)fromJson<MapOpened>(read->body);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
