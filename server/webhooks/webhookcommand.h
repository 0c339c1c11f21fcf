#pragma once

#include "base/result.h"
#include "http/addressrule.h"
#include "webhooks/webhookrepository.h"

#include <QStringList>

#include <optional>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred webhook add|list|disable|enable|remove|deliveries|replay`: who is told by HTTP, and what became of it.
struct WebhookCommand
{
    enum class Verb { Add, List, Disable, Enable, Remove, Deliveries, Replay };
    Verb verb = Verb::List;
    QString url{}; ///< Of add.
    QStringList types{};
    std::optional<WebhookEndpointId> endpoint{};
    std::optional<qint64> delivery{}; ///< Of replay; absent for all that has failed.

    /// Takes what is its own out of `arguments`; the rest are settings of the server.
    [[nodiscard]] static Result<WebhookCommand> takeFrom(QStringList &arguments);
};

/// Returns the exit status: 0 done, 1 refused. A secret is written to `out` once, by add.
[[nodiscard]] int runWebhook(const WebhookCommand &command, const AddressRule &rule, Database &database,
                             QTextStream &out, QTextStream &err);

/// The lines for --help.
[[nodiscard]] QString webhookCommandHelp();

} // namespace parterre::server
