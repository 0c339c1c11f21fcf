#pragma once

#include <QStringList>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred user add|list|disable|password`; `arguments` are what follows `user`. Returns the exit status: 0 done,
/// 1 refused, 2 for a command line that cannot be read.
[[nodiscard]] int runUser(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err);

/// The lines for --help.
[[nodiscard]] QString userCommandHelp();

} // namespace parterre::server
