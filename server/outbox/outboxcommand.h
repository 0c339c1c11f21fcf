#pragma once

#include "base/result.h"

#include <QStringList>

#include <optional>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred outbox list|replay|skip`: what waits for whom, and the list of facts that a consumer refused for good.
struct OutboxCommand
{
    enum class Verb { List, Replay, Skip };
    Verb verb = Verb::List;
    std::optional<qint64> fact{}; ///< Of replay; absent for all of the list.
    QString consumer{};           ///< Empty: every one that refused it.
    QString reason{};             ///< Of skip.

    /// Takes what is its own out of `arguments`; the rest are settings of the server.
    [[nodiscard]] static Result<OutboxCommand> takeFrom(QStringList &arguments);
};

/// Returns the exit status: 0 done, 1 refused.
[[nodiscard]] int runOutbox(const OutboxCommand &command, Database &database, QTextStream &out, QTextStream &err);

/// The lines for --help.
[[nodiscard]] QString outboxCommandHelp();

} // namespace parterre::server
