#include "load/processtimes.h"

#include <QDir>
#include <QFile>

#include <unistd.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;

std::optional<ProcessTimes> processTimes(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    // The name in parentheses may have blanks; after it the parent is the 2nd field, the times are 12 to 15 (proc(5)).
    const QByteArray stat = file.readAll();
    const auto fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    const qint64 tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
    const auto time = [&](int index) { return fields.value(index).toLongLong() * tick; };
    return ProcessTimes{.parent = fields.value(1).toLongLong(),
                        .nanoseconds = time(11) + time(12),
                        .childNanoseconds = time(13) + time(14)};
}

std::vector<qint64> childrenOf(qint64 parent)
{
    std::vector<qint64> children;
    const auto entries = parent > 0 ? QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot) : QStringList();
    for (const QString &entry : entries) {
        const auto times = entry.at(0).isDigit() ? processTimes(entry.toLongLong()) : std::nullopt;
        if (times && times->parent == parent)
            children.push_back(entry.toLongLong());
    }
    return children;
}

qint64 clusterNanoseconds(qint64 postmaster)
{
    const ProcessTimes own = processTimes(postmaster).value_or(ProcessTimes());
    qint64 spent = own.nanoseconds + own.childNanoseconds;
    for (const qint64 child : childrenOf(postmaster))
        spent += processTimes(child).value_or(ProcessTimes()).nanoseconds;
    return spent;
}

qint64 ownNanoseconds()
{
    return processTimes(::getpid()).value_or(ProcessTimes()).nanoseconds;
}

} // namespace parterre::bench
