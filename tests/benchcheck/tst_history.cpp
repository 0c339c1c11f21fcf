#include "benchcheck/trials.h"
#include "support/randomness.h"

#include <QBuffer>
#include <QTemporaryDir>

using namespace parterre;
using namespace parterre::tests;

namespace {

Result<History> read(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    return readHistory(buffer);
}

QByteArray written(const History &history)
{
    QByteArray bytes = headerLine(history.header) + '\n';
    for (const Event &event : history.events)
        bytes += eventLine(event) + '\n';
    return bytes;
}

/// One of every kind, with every field.
History sample()
{
    TrialBuilder trial;
    trial.take(1, {0, 1}, 1, 2).takeYard(2, 3, 4, 5).refuse(3, {1}, 6, 7).pay(1, 8, 9).release(2, 10, 11);
    trial.history().events[0].command = u"a-command"_s;
    trial.history().events[2].taken = {1};
    trial.event(Operation::TakeBest, 4, 12, 13, Outcome::Unknown);
    trial.last().partySize = 4;
    trial.last().maySplit = true;
    trial.last().section = 1;
    trial.last().categories = {1};
    trial.last().wheelchairs = 2;
    trial.last().namesCode = true;
    trial.last().isAtDesk = true;
    trial.performance().purchaseLimit = 4;
    trial.performance().hasOrphanRule = true;
    trial.history().header.customers = 7;
    Event screen{.operation = Operation::Map, .client = 9, .intended = 0, .start = 0, .end = 14};
    screen.map = ViewerMap{.seq = 7, .seats = u"ahsaaa"_s, .areas = {{0, 10, 3, 0}}, .gaps = 2, .isDesk = true};
    trial.history().events.push_back(screen);
    trial.refund(1, {1}, 15, 16);
    trial.event(Operation::Exchange, 5, 17, 18);
    trial.last().order = orderOf(5);
    trial.last().otherOrder = orderOf(1);
    trial.last().giftCard = GiftCardId::create();
    trial.event(Operation::ExchangeFrom, 1, 17, 18);
    trial.last().order = orderOf(1);
    trial.last().otherOrder = orderOf(5);
    trial.event(Operation::IssueGiftCard, 0, 19, 20);
    trial.last().hold = HoldId();
    trial.last().giftCard = GiftCardId::create();
    trial.last().amount = 5'000;
    trial.event(Operation::Transfer, 5, 21, 22);
    trial.last().order = orderOf(5);
    trial.last().ticket = TicketId::create();
    trial.last().holder = u"Sebastian"_s;
    trial.event(Operation::Reissue, 5, 23, 24, Outcome::Refused);
    trial.last().order = orderOf(5);
    trial.last().ticket = TicketId::create();
    trial.event(Operation::Cancel, 0, 25, 26);
    trial.last().hold = HoldId();
    return trial.history();
}

} // namespace

class TestHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead();
    void aLongOneIsReadInItsOrderAndItsFirstFaultIsTold();
    void whatCannotBeJudgedIsRefused_data();
    void whatCannotBeJudgedIsRefused();
    void noBytesAreTooStrange();
};

void TestHistory::whatIsWrittenIsRead()
{
    const History history = sample();
    const auto again = read(written(history));
    QVERIFY2(again.has_value(), again ? "" : qPrintable(again.error().message));
    QCOMPARE(again->header, history.header);
    QCOMPARE(again->events.size(), history.events.size());
    for (size_t i = 0; i < history.events.size(); ++i)
        QCOMPARE(again->events[i], history.events[i]);
}

/// More than are read or written at once, in parts, by several threads.
void TestHistory::aLongOneIsReadInItsOrderAndItsFirstFaultIsTold()
{
    constexpr int count = 30'000;
    History history = sample();
    history.events.clear();
    for (int i = 0; i < count; ++i) {
        history.events.push_back({.operation = Operation::Release,
                                  .client = i,
                                  .intended = i,
                                  .start = i,
                                  .end = i + 1,
                                  .hold = HoldId::create()});
    }
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"history.ndjson"_s);
    QVERIFY(writeHistoryFile(path, history).has_value());
    const auto again = readHistoryFile(path);
    QVERIFY2(again.has_value(), again ? "" : qPrintable(again.error().message));
    QVERIFY(again->events == history.events);

    for (const size_t wrong : {20'100UL, 15'000UL, 8'193UL, 8'192UL, 8'191UL, 5'000UL, 4'000UL}) {
        history.events[wrong].end = 0; // Before it began.
        QVERIFY(writeHistoryFile(path, history).has_value());
        const auto refused = readHistoryFile(path);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().field, u"/%1"_s.arg(wrong + 2)); // The header is line 1.
    }
}

void TestHistory::whatCannotBeJudgedIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("field");
    const History history = sample();
    const auto row = [&](const char *name, const QString &field, void (*spoil)(History &)) {
        History spoilt = history;
        spoil(spoilt);
        QTest::newRow(name) << written(spoilt) << field;
    };
    QTest::newRow("nothing") << QByteArray() << QString();
    QTest::newRow("no header") << eventLine(history.events[0]) + '\n' << u"/1/history"_s;
    QTest::newRow("a field that nobody knows")
        << headerLine(history.header) + "\n{\"operation\":\"take\",\"colour\":1}\n"
        << u"/2/client"_s;
    QTest::newRow("a line that is too long")
        << headerLine(history.header) + '\n' + QByteArray(historyLineBytesMax + 1, ' ') << u"/2"_s;
    QTest::newRow("an empty line") << headerLine(history.header) + "\n\n" << u"/2"_s;
    row("it ends before it begins", u"/2"_s, [](History &h) { h.events[0].end = 0; });
    row("it begins before it was meant to", u"/2"_s, [](History &h) { h.events[0].start = 0; });
    row("another performance", u"/3"_s, [](History &h) { h.events[1].performance = 1; });
    row("another seat", u"/2"_s, [](History &h) { h.events[0].seats.push_back(trialSeats); });
    row("another seat in a refusal", u"/4"_s, [](History &h) { h.events[2].taken = {-1}; });
    row("a price zone of what is no party", u"/2"_s, [](History &h) { h.events[0].categories = {1}; });
    row("a section of what is no party", u"/2"_s, [](History &h) { h.events[0].section = 1; });
    row("a code of what takes nothing", u"/5"_s, [](History &h) { h.events[3].namesCode = true; });
    row("no hold", u"/2"_s, [](History &h) { h.events[0].hold = {}; });
    row("an exchange of one order", u"/10"_s, [](History &h) { h.events[8].otherOrder = {}; });
    row("another order of what is no exchange", u"/2"_s, [](History &h) { h.events[0].otherOrder = orderOf(1); });
    row("a gift card of nothing", u"/12"_s, [](History &h) { h.events[10].amount = 0; });
    row("an amount of what is no gift card", u"/2"_s, [](History &h) { h.events[0].amount = 1; });
    row("a replacement of no ticket", u"/13"_s, [](History &h) { h.events[11].ticket = {}; });
    row("a ticket of what is no replacement", u"/2"_s, [](History &h) { h.events[0].ticket = TicketId::create(); });
    row("a holder of another code", u"/14"_s, [](History &h) { h.events[12].holder = u"Sebastian"_s; });
    row("a screen without its map", u"/8"_s, [](History &h) { h.events[6].map.reset(); });
    row("an area of three numbers", u"/8"_s, [](History &h) { h.events[6].map->areas = {{1, 2, 3}}; });
    row("no clock", u"/1/clock"_s, [](History &h) { h.header.clock.clear(); });
    row("a clock that runs backwards", u"/1/clock/0/after"_s, [](History &h) { h.header.clock[0].before = 5'000; });
}

void TestHistory::whatCannotBeJudgedIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, field);
    const auto history = read(bytes);
    QVERIFY(!history.has_value());
    QCOMPARE(history.error().field, field);
}

/// Whatever is done to a history, it is read or refused, and what is read is judged.
void TestHistory::noBytesAreTooStrange()
{
    QRandomGenerator random(testSeed());
    const QByteArray good = written(sample());
    TrialBuilder trial;
    const FinalState final{.readAt = databaseAt(60'000), .performances = {trial.database()}};
    int judged = 0;
    for (int i = 0; i < 2'000; ++i) {
        const auto history = read(spoiled(good, random));
        if (history && judge(*history, final).has_value())
            ++judged;
    }
    QVERIFY(judged < 2'000);
}

QTEST_APPLESS_MAIN(TestHistory)
#include "tst_history.moc"
