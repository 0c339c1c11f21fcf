#pragma once

class QTextStream;

namespace parterre::server {

class Database;

/// `parterred cancellations`: how far the refunds of the newest cancelled performances are. Returns the exit status.
int runCancellations(Database &database, QTextStream &out, QTextStream &err);

} // namespace parterre::server
