#include "support/runningkafka.h"

#include "base/ids.h"
#include "kafka/kafkaconsumer.h"
#include "support/need.h"

#include <QElapsedTimer>

namespace parterre::test {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int kafkaMillisecondsMax = 30'000;
constexpr int listenMillisecondsMax = 60'000;
constexpr int quietMilliseconds = 2'000;

} // namespace

RunningKafka::RunningKafka(int partitions)
{
    m_settings.topic = u"parterre.facts"_s;
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(QStringLiteral(PARTERRE_BIN_DIR "/parterre-kafkamock"),
                    {m_settings.topic, QString::number(partitions)});
    const QByteArray ready = line();
    if (!ready.startsWith("kafka: "))
        qFatal("parterre-kafkamock does not start: %s", ready.constData());
    m_settings.brokers = QString::fromLatin1(ready.mid(7));
}

RunningKafka::~RunningKafka()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(kafkaMillisecondsMax))
        m_process.kill();
}

QStringList RunningKafka::flags() const
{
    return {u"--kafka-brokers"_s, m_settings.brokers, u"--kafka-topic"_s, m_settings.topic};
}

QByteArray RunningKafka::line()
{
    QElapsedTimer waited;
    waited.start();
    while (!m_process.canReadLine() && !waited.hasExpired(kafkaMillisecondsMax)) {
        if (!m_process.waitForReadyRead(1'000) && m_process.state() == QProcess::NotRunning)
            break;
    }
    return m_process.readLine().trimmed();
}

void RunningKafka::say(const QByteArray &command)
{
    m_process.write(command + '\n');
    if (const QByteArray answer = line(); answer != "ok")
        qFatal("parterre-kafkamock did not go %s: %s", command.constData(), answer.constData());
}

std::vector<server::KafkaMessage> RunningKafka::messages(int least) const
{
    const auto consumer =
        need(server::KafkaConsumer::open(m_settings, u"test."_s + newUuidV7().toString(QUuid::Id128)));
    std::vector<server::KafkaMessage> found;
    QElapsedTimer listened;
    listened.start();
    QElapsedTimer quiet;
    quiet.start();
    while (!listened.hasExpired(listenMillisecondsMax)) {
        if (auto message = consumer->receive(200ms)) {
            found.push_back(*std::move(message));
            quiet.start();
        } else if (static_cast<int>(found.size()) >= least && quiet.hasExpired(quietMilliseconds)) {
            break;
        }
    }
    return found;
}

} // namespace parterre::test
