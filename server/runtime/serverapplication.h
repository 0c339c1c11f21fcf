#pragma once

#include "base/result.h"
#include "runtime/config.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace parterre::server {

class Database;
struct NamedConsumer;

/// The parts of one server, started in the order in which they need each other and stopped in reverse:
/// PostgreSQL, migrations, services, live map and outbox, housekeeping, and last the edge, so that nobody is answered
/// before everything is there.
class ServerApplication
{
public:
    explicit ServerApplication(ServerConfig config);
    ~ServerApplication();
    ServerApplication(const ServerApplication &) = delete;
    ServerApplication &operator=(const ServerApplication &) = delete;

    /// Waits for a database of others that is not there yet (runtime/databasewait.h), until `isGivenUp` says so.
    [[nodiscard]] Status start(const std::function<bool()> &isGivenUp = {});
    /// Answers what was accepted, within a few seconds, then stops everything. Idempotent.
    void stop();

    /// `http://127.0.0.1:8420`, once started.
    [[nodiscard]] QString url() const;

    struct FirstAdminText
    {
        QString user;
        QString oneTimePassword;
    };
    /// Set by a start that made the first user.
    [[nodiscard]] std::optional<FirstAdminText> firstAdmin() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

/// The database for a command beside the server: the DSN's, or the embedded one of the data directory, started for the
/// time being when no server runs on it. The schema is brought up to date.
class CommandDatabase
{
public:
    [[nodiscard]] static Result<std::unique_ptr<CommandDatabase>> open(const ServerConfig &config);
    ~CommandDatabase();
    [[nodiscard]] Database &database();

private:
    CommandDatabase();
    class Private;
    std::unique_ptr<Private> m_private;
};

/// One consumer of facts in a process of its own, fed by Kafka.
class ConsumerApplication
{
public:
    /// WrongState where no Kafka is configured.
    [[nodiscard]] static Result<std::unique_ptr<ConsumerApplication>> start(const ServerConfig &config,
                                                                            const NamedConsumer &named);
    ~ConsumerApplication(); ///< Ends what has begun, and leaves the group.
    ConsumerApplication(const ConsumerApplication &) = delete;
    ConsumerApplication &operator=(const ConsumerApplication &) = delete;

private:
    ConsumerApplication();
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
