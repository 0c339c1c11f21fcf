#include "kafka/kafkaclient.h"

#include "base/assert.h"

#include <QFile>
#include <QLoggingCategory>

#include <array>

namespace parterre::server::kafka {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logClient, "parterre.kafka")

constexpr qint64 propertiesBytesMax = 64 * 1024;
constexpr int levelWarning = 4; ///< Of syslog, which librdkafka's levels are.

void takeLog(const rd_kafka_t *, int level, const char *facility, const char *text)
{
    // A broker that is away is said again and again, and the outbox says it once where it matters.
    if (level < levelWarning)
        qCInfo(logClient) << facility << text;
    else
        qCDebug(logClient) << facility << text;
}

Status setProperty(const Conf &conf, const QByteArray &name, const QByteArray &value, const QString &source)
{
    std::array<char, 512> why{};
    if (rd_kafka_conf_set(conf.get(), name.constData(), value.constData(), why.data(), why.size()) == RD_KAFKA_CONF_OK)
        return {};
    return refuse(ErrorCode::InvalidInput, u"%1: %2"_s.arg(source, QString::fromUtf8(why.data())),
                  QString::fromUtf8(name));
}

Status readProperties(const Conf &conf, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound,
                      u"The Kafka properties %1 cannot be read: %2."_s.arg(path, file.errorString()));
    const QByteArray content = file.read(propertiesBytesMax + 1);
    if (content.size() > propertiesBytesMax)
        return refuse(ErrorCode::TooLarge, u"The Kafka properties %1 are larger than 64 KiB."_s.arg(path));
    int number = 0;
    for (const QByteArray &line : content.split('\n')) {
        ++number;
        const QByteArray text = line.trimmed();
        if (text.isEmpty() || text.startsWith('#'))
            continue;
        const qsizetype equals = text.indexOf('=');
        if (equals < 1)
            return refuse(ErrorCode::InvalidInput, u"%1, line %2: it is name=value."_s.arg(path).arg(number));
        PT_CHECK(setProperty(conf, text.left(equals).trimmed(), text.mid(equals + 1).trimmed(),
                             u"%1, line %2"_s.arg(path).arg(number)));
    }
    return {};
}

} // namespace

Result<Conf> makeConf(const KafkaSettings &settings)
{
    Conf conf(rd_kafka_conf_new());
    rd_kafka_conf_set_log_cb(conf.get(), takeLog);
    PT_CHECK(setProperty(conf, "bootstrap.servers", settings.brokers.toUtf8(), u"kafka-brokers"_s));
    set(conf, "client.id", "parterred");
    set(conf, "reconnect.backoff.max.ms", "2000"); // A broker that is back is noticed soon.
    set(conf, "socket.keepalive.enable", "true");
    if (!settings.propertiesFile.isEmpty())
        PT_CHECK(readProperties(conf, settings.propertiesFile));
    return conf;
}

void set(const Conf &conf, const char *name, const char *value)
{
    std::array<char, 512> why{};
    const auto done = rd_kafka_conf_set(conf.get(), name, value, why.data(), why.size());
    PT_ASSERT(done == RD_KAFKA_CONF_OK, "librdkafka knows the settings that we make");
}

Result<Client> makeClient(rd_kafka_type_t type, Conf conf)
{
    std::array<char, 512> why{};
    Client client(rd_kafka_new(type, conf.get(), why.data(), why.size()));
    if (!client)
        return refuse(ErrorCode::InvalidInput, u"Kafka: %1"_s.arg(QString::fromUtf8(why.data())));
    (void)conf.release(); // It is the client's now.
    return client;
}

QString errorText(rd_kafka_resp_err_t error)
{
    return QString::fromUtf8(rd_kafka_err2str(error));
}

} // namespace parterre::server::kafka
