#include "kafka/kafkaconsumer.h"

#include "kafka/kafkaclient.h"

#include <QLoggingCategory>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.kafka")

constexpr size_t headersMax = 100;

struct MessageDeleter
{
    void operator()(rd_kafka_message_t *message) const { rd_kafka_message_destroy(message); }
};
using Received = std::unique_ptr<rd_kafka_message_t, MessageDeleter>;

struct ListDeleter
{
    void operator()(rd_kafka_topic_partition_list_t *list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter>;

KafkaMessage copyOf(rd_kafka_message_t &received)
{
    KafkaMessage message{
        .key = QByteArray(static_cast<const char *>(received.key), static_cast<qsizetype>(received.key_len)),
        .value = QByteArray(static_cast<const char *>(received.payload), static_cast<qsizetype>(received.len))};
    rd_kafka_headers_t *headers = nullptr;
    if (rd_kafka_message_headers(&received, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return message;
    const char *name = nullptr;
    const void *value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         i < headersMax && rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
        message.headers.emplace_back(name, QByteArray(static_cast<const char *>(value), static_cast<qsizetype>(size)));
    return message;
}

} // namespace

class KafkaConsumer::Private
{
public:
    kafka::Client client;
    QByteArray topic;
    int partition = -1;
    qint64 offset = -1;
};

KafkaConsumer::KafkaConsumer()
    : m_private(std::make_unique<Private>())
{}

KafkaConsumer::~KafkaConsumer()
{
    if (m_private->client)
        rd_kafka_consumer_close(m_private->client.get());
}

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::open(const KafkaSettings &settings, const QString &group)
{
    PT_TRY(auto conf, kafka::makeConf(settings));
    kafka::set(conf, "group.id", group.toUtf8().constData());
    kafka::set(conf, "enable.auto.commit", "false");
    kafka::set(conf, "enable.auto.offset.store", "false");
    kafka::set(conf, "auto.offset.reset", "earliest"); // A group that is new hears everything that is there.
    kafka::set(conf, "session.timeout.ms", "10000");   // So long are the facts of a killed member nobody's.
    std::unique_ptr<KafkaConsumer> consumer(new KafkaConsumer);
    consumer->m_private->topic = settings.topic.toUtf8();
    PT_TRY(consumer->m_private->client, kafka::makeClient(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(consumer->m_private->client.get());
    const PartitionList topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), consumer->m_private->topic.constData(), RD_KAFKA_PARTITION_UA);
    if (const auto error = rd_kafka_subscribe(consumer->m_private->client.get(), topics.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return refuse(ErrorCode::InvalidInput, u"Kafka: %1."_s.arg(kafka::errorText(error)));
    return consumer;
}

std::optional<KafkaMessage> KafkaConsumer::receive(std::chrono::milliseconds wait)
{
    m_private->partition = -1;
    const Received received(rd_kafka_consumer_poll(m_private->client.get(), static_cast<int>(wait.count())));
    if (!received)
        return std::nullopt;
    if (received->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        qCDebug(log) << "no message:" << rd_kafka_message_errstr(received.get());
        return std::nullopt;
    }
    m_private->partition = received->partition;
    m_private->offset = received->offset;
    return copyOf(*received);
}

void KafkaConsumer::done()
{
    if (m_private->partition < 0)
        return;
    const PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), m_private->topic.constData(), m_private->partition)->offset =
        m_private->offset + 1;
    // Refused where the partition has gone to another member meanwhile, who will receive the message again.
    if (const auto error = rd_kafka_offsets_store(m_private->client.get(), list.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
        qCInfo(log) << "a partition has gone to another:" << kafka::errorText(error);
}

Status KafkaConsumer::commit()
{
    const auto error = rd_kafka_commit(m_private->client.get(), nullptr, 0);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__NO_OFFSET)
        return {};
    return refuse(ErrorCode::Unavailable, u"Kafka did not take the commit: %1."_s.arg(kafka::errorText(error)));
}

} // namespace parterre::server
