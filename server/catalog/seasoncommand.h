#pragma once

#include "catalog/seasonrepository.h"

#include <QStringList>

class QTextStream;

namespace parterre::server {

class Database;

/// Reads the season file and the plans that it names, and applies it. Errors name file and JSON pointer.
[[nodiscard]] Result<season::Report> applySeason(const QString &path, Database &database);

/// `parterred apply-season FILE`; `arguments` are what follows the verb. Returns the exit status: 0 done, 1 refused,
/// 2 for a command line that cannot be read.
[[nodiscard]] int runApplySeason(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err);

} // namespace parterre::server
