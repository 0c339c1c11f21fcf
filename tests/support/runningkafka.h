#pragma once

#include "kafka/kafkasettings.h"

#include <QProcess>

#include <map>
#include <vector>

namespace parterre::test {

/// A Kafka in a process of its own (parterre-kafkamock) that a test takes down and up. What it cannot do ends the test.
class RunningKafka
{
public:
    explicit RunningKafka(int partitions = 3);
    ~RunningKafka();
    RunningKafka(const RunningKafka &) = delete;
    RunningKafka &operator=(const RunningKafka &) = delete;

    void takeDown() { say("down"); }
    void bringUp() { say("up"); }
    [[nodiscard]] const server::KafkaSettings &settings() const { return m_settings; }
    /// The same as flags of parterred.
    [[nodiscard]] QStringList flags() const;

    /// Everything that is in the topic, in the order of each partition, as a listener of a new group hears it. Waits
    /// until there are `least` and nothing more has come for two seconds.
    [[nodiscard]] std::vector<server::KafkaMessage> messages(int least) const;

private:
    void say(const QByteArray &command);
    [[nodiscard]] QByteArray line();

    QProcess m_process;
    server::KafkaSettings m_settings;
};

} // namespace parterre::test
