#pragma once

#include "base/result.h"
#include "kafka/kafkasettings.h"

#include <librdkafka/rdkafka.h>

#include <memory>

/// What producer and consumer share. For server/kafka only.
namespace parterre::server::kafka {

struct ClientDeleter
{
    void operator()(rd_kafka_t *client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

struct ConfDeleter
{
    void operator()(rd_kafka_conf_t *conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

/// Brokers, logging, and what the properties file says. InvalidInput names the setting that is not understood.
[[nodiscard]] Result<Conf> makeConf(const KafkaSettings &settings);
/// A setting of ours, which is right.
void set(const Conf &conf, const char *name, const char *value);
[[nodiscard]] Result<Client> makeClient(rd_kafka_type_t type, Conf conf);
[[nodiscard]] QString errorText(rd_kafka_resp_err_t error);

} // namespace parterre::server::kafka
