#include "kafka/kafkaproducer.h"

#include "kafka/kafkaclient.h"

#include <QLoggingCategory>

#include <array>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logProducer, "parterre.kafka")

// Less than the lease of a fact in the outbox (30 s), so that nobody else publishes it meanwhile.
constexpr const char *messageMillisecondsMax = "10000";
constexpr int probeMilliseconds = 1'000;
constexpr int pollMilliseconds = 100;
constexpr int purgeMilliseconds = 2'000;

/// What is being sent, until there is a report on all of it.
struct Batch
{
    std::vector<Status> answers;
    size_t left = 0;
};

struct Report
{
    Batch *batch = nullptr;
    size_t index = 0;
};

Status answerTo(rd_kafka_resp_err_t error)
{
    switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        return {};
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        return refuse(ErrorCode::TooLarge, u"Kafka does not take it: %1."_s.arg(kafka::errorText(error)));
    default:
        // Settings, rights and a topic that is missing too: nothing that another message would be spared.
        return refuse(ErrorCode::Unavailable, u"Kafka: %1."_s.arg(kafka::errorText(error)));
    }
}

void takeReport(rd_kafka_t *, const rd_kafka_message_t *message, void *)
{
    const std::unique_ptr<Report> report(static_cast<Report *>(message->_private));
    report->batch->answers[report->index] = answerTo(message->err);
    --report->batch->left;
}

} // namespace

class KafkaProducer::Private
{
public:
    [[nodiscard]] Status open();
    void produce(const KafkaMessage &message, Batch &batch, size_t index);
    void waitFor(const Batch &batch);
    [[nodiscard]] Status probe();

    KafkaSettings settings;
    kafka::Client client;
    bool isDoubtful = false; ///< The last batch did not get through; ask before the next is given out.
};

Status KafkaProducer::Private::open()
{
    client.reset();
    PT_TRY(auto conf, kafka::makeConf(settings));
    kafka::set(conf, "enable.idempotence", "true");
    kafka::set(conf, "acks", "all");
    kafka::set(conf, "linger.ms", "2");
    kafka::set(conf, "message.timeout.ms", messageMillisecondsMax);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), takeReport);
    PT_TRY(client, kafka::makeClient(RD_KAFKA_PRODUCER, std::move(conf)));
    return {};
}

Status KafkaProducer::Private::probe()
{
    std::array<char, 512> why{};
    if (rd_kafka_fatal_error(client.get(), why.data(), why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        qCWarning(logProducer) << "The producer is made anew:" << why.data();
        PT_CHECK(open());
    }
    const rd_kafka_metadata_t *metadata = nullptr;
    const auto known = rd_kafka_metadata(client.get(), 0, nullptr, &metadata, probeMilliseconds);
    if (known != RD_KAFKA_RESP_ERR_NO_ERROR)
        return refuse(ErrorCode::Unavailable, u"Kafka: %1."_s.arg(kafka::errorText(known)));
    rd_kafka_metadata_destroy(metadata);
    return {};
}

void KafkaProducer::Private::produce(const KafkaMessage &message, Batch &batch, size_t index)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(message.headers.size());
    for (const auto &[name, value] : message.headers)
        rd_kafka_header_add(headers, name.constData(), name.size(), value.constData(), value.size());
    auto report = std::make_unique<Report>(&batch, index);
    const QByteArray topic = settings.topic.toUtf8();
    const auto queued = rd_kafka_producev(
        client.get(), RD_KAFKA_V_TOPIC(topic.constData()),
        RD_KAFKA_V_KEY(message.key.constData(), static_cast<size_t>(message.key.size())),
        RD_KAFKA_V_VALUE(const_cast<char *>(message.value.constData()), static_cast<size_t>(message.value.size())),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(report.get()),
        RD_KAFKA_V_END);
    if (queued == RD_KAFKA_RESP_ERR_NO_ERROR) {
        (void)report.release(); // takeReport() has it now, and librdkafka the headers.
        ++batch.left;
        return;
    }
    rd_kafka_headers_destroy(headers);
    batch.answers[index] = answerTo(queued);
}

void KafkaProducer::Private::waitFor(const Batch &batch)
{
    // Each message is reported on within its own timeout; the end is for a librdkafka that does not keep to that.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (batch.left > 0 && std::chrono::steady_clock::now() < end)
        rd_kafka_poll(client.get(), pollMilliseconds);
    if (batch.left == 0)
        return;
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (batch.left > 0)
        rd_kafka_flush(client.get(), purgeMilliseconds);
}

KafkaProducer::KafkaProducer()
    : m_private(std::make_unique<Private>())
{}

KafkaProducer::~KafkaProducer() = default;

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::open(const KafkaSettings &settings)
{
    std::unique_ptr<KafkaProducer> producer(new KafkaProducer);
    producer->m_private->settings = settings;
    PT_CHECK(producer->m_private->open());
    return producer;
}

std::vector<Status> KafkaProducer::send(std::span<const KafkaMessage> messages)
{
    if (m_private->isDoubtful || !m_private->client) {
        if (const Status reached = m_private->client ? m_private->probe() : m_private->open(); !reached)
            return std::vector<Status>(messages.size(), refuse(ErrorCode::Unavailable, reached.error().message));
    }
    Batch batch{.answers = std::vector<Status>(messages.size())};
    for (size_t i = 0; i < messages.size(); ++i)
        m_private->produce(messages[i], batch, i);
    m_private->waitFor(batch);
    m_private->isDoubtful = false;
    for (const Status &answer : batch.answers)
        m_private->isDoubtful = m_private->isDoubtful || !answer;
    return std::move(batch.answers);
}

} // namespace parterre::server
