#pragma once

#include "base/error.h"

#include <QTextStream>

namespace parterre::server {

/// What the subcommands of parterred end with that keep users and keys.
enum CommandExit {
    CommandDone = 0,
    CommandRefused = 1, ///< Understood, and not possible.
    CommandMisused = 2, ///< Not understood.
};

/// Says why, as "parterred COMMAND: reason".
inline int refuseCommand(QStringView command, const Error &error, QTextStream &err)
{
    err << "parterred " << command << ": " << error.message << '\n';
    return CommandRefused;
}

} // namespace parterre::server
