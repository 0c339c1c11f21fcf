#pragma once

#include "outbox/factconsumer.h"
#include "runtime/config.h"

#include <memory>
#include <span>

namespace parterre::server {

class Database;

struct ConsumerSetup
{
    Database &database;
    const ServerConfig &config;
};

/// The one who mails tickets. In the server's own process the server's mails are it.
inline constexpr auto notificationsName = "notifications";

/// A consumer by the name under which the outbox and Kafka remember how far it has come.
struct NamedConsumer
{
    const char *name;
    const char *help;
    Result<std::unique_ptr<FactConsumer>> (*make)(const ConsumerSetup &setup);
};

/// All who are told facts: by the outbox in the server's process, or, with Kafka, by `parterred consume NAME`.
[[nodiscard]] std::span<const NamedConsumer> factConsumers();
[[nodiscard]] const NamedConsumer *findFactConsumer(const QString &name);

} // namespace parterre::server
