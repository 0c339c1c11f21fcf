#pragma once

#include <QByteArray>
#include <QString>

#include <utility>
#include <vector>

namespace parterre::server {

struct KafkaSettings
{
    QString brokers; ///< `host:port`, with commas.
    QString topic;
    /// More of librdkafka's own settings, one `name=value` a line: TLS, SASL. A file, as some are secrets.
    QString propertiesFile{};
};

struct KafkaMessage
{
    QByteArray key; ///< Messages of one key keep their order.
    QByteArray value;
    std::vector<std::pair<QByteArray, QByteArray>> headers{};

    [[nodiscard]] QByteArray header(QByteArrayView name) const
    {
        for (const auto &[headerName, headerValue] : headers) {
            if (headerName == name)
                return headerValue;
        }
        return {};
    }
};

} // namespace parterre::server
