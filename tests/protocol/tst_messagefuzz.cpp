#include "protocol/messagesamples.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace parterre;
using namespace parterre::protocol;
using namespace parterre::tests;

namespace {

/// A value that some reader somewhere did not expect.
QJsonValue oddValue(QRandomGenerator &random)
{
    const QJsonValue odd[] = {QJsonValue(),
                              true,
                              0,
                              -1,
                              0.5,
                              1e308,
                              -9'007'199'254'740'993.0,
                              2'147'483'648.0,
                              QString(),
                              u"\0\u202e€"_s,
                              QString(300, u'x'),
                              u"0192f3a1-7c1e-7d44-9a51-00000000000G"_s,
                              u"2026-02-30T25:61:00Z"_s,
                              QJsonArray(),
                              QJsonArray{QJsonArray{QJsonArray{1}}},
                              QJsonObject(),
                              QJsonObject{{u"amount"_s, u"12"_s}, {u"currency"_s, u"eur"_s}}};
    return odd[random.bounded(static_cast<int>(std::size(odd)))];
}

QJsonValue broken(const QJsonValue &value, QRandomGenerator &random);

QJsonObject brokenObject(QJsonObject object, QRandomGenerator &random)
{
    const QStringList keys = object.keys();
    if (keys.isEmpty() || random.bounded(12) == 0) {
        object.insert(u"stray"_s, oddValue(random));
        return object;
    }
    const QString key = keys.at(random.bounded(static_cast<int>(keys.size())));
    if (random.bounded(5) == 0)
        object.remove(key);
    else
        object.insert(key, broken(object.value(key), random));
    return object;
}

/// One place of the value, chosen at random, is changed; mostly somewhere below.
QJsonValue broken(const QJsonValue &value, QRandomGenerator &random)
{
    if (value.isObject() && random.bounded(4) != 0)
        return brokenObject(value.toObject(), random);
    if (value.isArray() && !value.toArray().isEmpty() && random.bounded(4) != 0) {
        QJsonArray array = value.toArray();
        const int place = random.bounded(static_cast<int>(array.size()));
        if (random.bounded(4) == 0) {
            for (int copies = random.bounded(400); copies > 0; --copies)
                array.append(array.at(place));
        } else {
            array.replace(place, broken(array.at(place), random));
        }
        return array;
    }
    return oddValue(random);
}

} // namespace

/// Each body type against bodies that are almost right, and each message against broken bytes.
class TestMessageFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBrokenBodyIsRefusedByFieldOrReadWhole_data() { addRows(); }
    void aBrokenBodyIsRefusedByFieldOrReadWhole()
    {
        const MessageSample sample = currentSample();
        QRandomGenerator random(newSeed());
        for (int round = 0; round < 3'000; ++round) {
            QJsonObject body = sample.envelope.body;
            for (int change = random.bounded(1, 4); change > 0; --change)
                body = brokenObject(body, random);
            const auto read = sample.reread(body);
            // What was understood is written so that it is understood again, and the same.
            const auto again = read ? sample.reread(*read) : read;
            const bool isRight = read ? again && *again == *read
                                      : read.error().field.startsWith(u'/') && !read.error().message.isEmpty();
            if (!isRight) // QVERIFY2 would write each of them as text, which took longer than to read it.
                QFAIL(QJsonDocument(body).toJson().constData());
        }
    }
    void brokenBytesBreakNothing_data() { addRows(); }
    void brokenBytesBreakNothing()
    {
        const MessageSample sample = currentSample();
        const QByteArray good = encode(sample.envelope);
        QRandomGenerator random(newSeed());
        for (int round = 0; round < 1'000; ++round) {
            QByteArray bad = good;
            for (int change = random.bounded(1, 6); change > 0; --change)
                bad[random.bounded(static_cast<int>(bad.size()))] = static_cast<char>(random.bounded(256));
            bad.truncate(bad.size() - (random.bounded(3) == 0 ? random.bounded(static_cast<int>(bad.size())) : 0));
            const auto envelope = decode(bad, limits::deskMessageBytesMax);
            if (!envelope) {
                QVERIFY(!envelope.error().message.isEmpty());
                continue;
            }
            const auto read = sample.reread(envelope->body);
            QVERIFY(read || !read.error().message.isEmpty());
        }
    }

private:
    /// PARTERRE_SEED repeats a run that failed.
    static quint32 newSeed()
    {
        bool isGiven = false;
        const uint given = qEnvironmentVariable("PARTERRE_SEED").toUInt(&isGiven);
        const quint32 seed = isGiven ? given : QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        return seed;
    }
    static void addRows()
    {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const MessageSample &sample : messageSamples())
            QTest::newRow(qPrintable(enumName(sample.envelope.type))) << index++;
    }
    static MessageSample currentSample()
    {
        QFETCH(const int, index);
        return messageSamples().at(static_cast<size_t>(index));
    }
};

QTEST_GUILESS_MAIN(TestMessageFuzz)
#include "tst_messagefuzz.moc"
