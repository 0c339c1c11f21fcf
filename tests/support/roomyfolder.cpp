#include "support/roomyfolder.h"

#include <QDir>
#include <QStorageInfo>

namespace parterre::test {

QString roomyFolderTemplate()
{
    constexpr qint64 bytesWanted = qint64(4) << 30;
    const QStorageInfo memory(QStringLiteral("/dev/shm"));
    const bool isRoomy = memory.isValid() && !memory.isReadOnly() && memory.bytesAvailable() > bytesWanted;
    return (isRoomy ? QStringLiteral("/dev/shm") : QDir::tempPath()) + QStringLiteral("/parterre-test-XXXXXX");
}

} // namespace parterre::test
