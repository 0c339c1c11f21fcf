#pragma once

#include <QStringList>

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred payments`: lists the payments in doubt and those under review; `resolve ID came|no-money NOTE` ends one
/// in doubt and `close ID NOTE` closes a review, as a supervisor does at a desk. The server may run meanwhile. Returns
/// the process's exit status.
[[nodiscard]] int runPayments(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err);

} // namespace parterre::server
