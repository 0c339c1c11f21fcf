#pragma once

#include "base/result.h"

#include <QStringList>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred api-key create|list|revoke`, for sellers who use the API without a session (server/identity/README.md).
struct ApiKeyCommand
{
    QString verb;
    QString name;
    int placesMax = 0; ///< Of one performance; 0 for any number.

    /// Takes what is its own out of `arguments`; the rest are settings of the server.
    [[nodiscard]] static Result<ApiKeyCommand> takeFrom(QStringList &arguments);
};

/// Returns the exit status: 0 done, 1 refused, 2 for a command line that cannot be read. The key is written to `out`
/// once and is known nowhere else.
[[nodiscard]] int runApiKey(const ApiKeyCommand &command, Database &database, QTextStream &out, QTextStream &err);

/// The lines for --help.
[[nodiscard]] QString apiKeyCommandHelp();

} // namespace parterre::server
