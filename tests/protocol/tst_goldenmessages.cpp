#include "protocol/messagesamples.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace parterre;
using namespace parterre::protocol;
using namespace parterre::tests;

namespace {

QString goldenFolder()
{
    return QStringLiteral(PARTERRE_SOURCE_DIR "/tests/golden/protocol/");
}

QByteArray pretty(const Envelope &envelope)
{
    return QJsonDocument::fromJson(encode(envelope)).toJson(QJsonDocument::Indented);
}

/// The lines that differ, `-` as the file has them and `+` as they are now.
QString difference(const QByteArray &golden, const QByteArray &now)
{
    const QStringList before = QString::fromUtf8(golden).split(u'\n');
    const QStringList after = QString::fromUtf8(now).split(u'\n');
    QString text;
    for (const QString &line : before) {
        if (!after.contains(line))
            text += u"\n- "_s + line;
    }
    for (const QString &line : after) {
        if (!before.contains(line))
            text += u"\n+ "_s + line;
    }
    return text;
}

} // namespace

/// What peers in the field already speak: tests/golden/protocol/<type>.json. A file changes only by a field that is
/// added at its end. `PARTERRE_WRITE_GOLDEN=1` writes the files of types that have none yet, and no others.
class TestGoldenMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!qEnvironmentVariableIsSet("PARTERRE_WRITE_GOLDEN"))
            return;
        QVERIFY(QDir().mkpath(goldenFolder()));
        for (const MessageSample &sample : messageSamples()) {
            QFile file(goldenFolder() + enumName(sample.envelope.type) + u".json"_s);
            if (!file.exists())
                QVERIFY(file.open(QIODevice::WriteOnly) && file.write(pretty(sample.envelope)) > 0);
        }
    }
    void everyTypeHasOneSampleAndOneFile()
    {
        QStringList expected;
        for (const auto &[type, name] : EnumNames<MessageType>::names)
            expected += QString::fromLatin1(name);
        QStringList sampled;
        for (const MessageSample &sample : messageSamples())
            sampled += enumName(sample.envelope.type);
        QCOMPARE(sampled, expected);
        QStringList files = QDir(goldenFolder()).entryList({u"*.json"_s}, QDir::Files, QDir::Name);
        files.replaceInStrings(u".json"_s, QString());
        expected.sort();
        QCOMPARE(files, expected);
    }
    void aMessageIsWrittenAsTheFileSays_data() { addRows(); }
    void aMessageIsWrittenAsTheFileSays()
    {
        const MessageSample sample = currentSample();
        const QByteArray golden = goldenBytes(sample);
        const QByteArray now = pretty(sample.envelope);
        QVERIFY2(golden == now,
                 qPrintable(u"%1.json differs:%2"_s.arg(enumName(sample.envelope.type), difference(golden, now))));
    }
    void theFileIsReadWithoutLoss_data() { addRows(); }
    void theFileIsReadWithoutLoss()
    {
        const MessageSample sample = currentSample();
        const auto envelope = decode(goldenBytes(sample), limits::deskReplyBytesMax);
        QVERIFY2(envelope.has_value(), envelope ? "" : qPrintable(envelope.error().message));
        QCOMPARE(envelope->type, sample.envelope.type);
        const auto body = sample.reread(envelope->body);
        QVERIFY2(body.has_value(), body ? "" : qPrintable(body.error().message));
        QCOMPARE(*body, envelope->body);
    }
    void aFieldThatANewerPeerAddsIsPassedOver_data() { addRows(); }
    void aFieldThatANewerPeerAddsIsPassedOver()
    {
        const MessageSample sample = currentSample();
        QJsonObject body = sample.envelope.body;
        body.insert(u"from_the_future"_s, 7);
        const auto read = sample.reread(body);
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().message));
        QCOMPARE(*read, sample.envelope.body);
    }

private:
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
    static QByteArray goldenBytes(const MessageSample &sample)
    {
        QFile file(goldenFolder() + enumName(sample.envelope.type) + u".json"_s);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

QTEST_GUILESS_MAIN(TestGoldenMessages)
#include "tst_goldenmessages.moc"
