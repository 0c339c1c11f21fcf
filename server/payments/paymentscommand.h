#pragma once

#include <QStringList>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred payments`: what a person should know of, as a table; `parterred payments close ID NOTE...` ends a review.
/// Returns the exit status: 0 done, 1 refused, 2 for a command line that cannot be read.
[[nodiscard]] int runPayments(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err);

} // namespace parterre::server
