#include "support/readyfile.h"

#include <QElapsedTimer>
#include <QFile>

#include <sys/prctl.h>

#include <csignal>

namespace parterre::test {

void endWithTest(QProcess &process)
{
    process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

QString awaitReadyFile(QProcess &process, const QString &ready, const QString &log)
{
    constexpr int startMillisecondsMax = 30'000;
    QElapsedTimer waited;
    waited.start();
    QFile file(ready);
    while (!file.exists() || file.size() == 0) {
        if (waited.hasExpired(startMillisecondsMax) || process.waitForFinished(20))
            qFatal("%s does not start; its log is %s", qPrintable(process.program()), qPrintable(log));
    }
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(ready));
    return QString::fromUtf8(file.readAll()).trimmed();
}

} // namespace parterre::test
