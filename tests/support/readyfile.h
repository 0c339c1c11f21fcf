#pragma once

#include <QProcess>
#include <QString>

namespace parterre::test {

/// Has a process that is to be started end with the test, also where that is killed.
void endWithTest(QProcess &process);

/// What a process that was just started writes into the file `ready` once it serves, without white space around it; one
/// that ends before, or takes too long, ends the test with the name of its log.
[[nodiscard]] QString awaitReadyFile(QProcess &process, const QString &ready, const QString &log);

} // namespace parterre::test
