#include "load/smalldisk.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 roomyBytes = 8ULL << 30; ///< A promise, not memory: only what is written takes any.
constexpr int fillTriesMax = 200;

std::unexpected<Error> failed(const QString &what)
{
    return refuse(ErrorCode::Unavailable, what + u": "_s + QString::fromLocal8Bit(std::strerror(errno)) + u'.');
}

Status write(const char *path, const QByteArray &text)
{
    QFile file(QString::fromLatin1(path));
    if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && file.write(text) == text.size())
        return {};
    return refuse(ErrorCode::Unavailable, u"%1 cannot be written: %2."_s.arg(file.fileName(), file.errorString()));
}

/// Mounts of our own from here on. An ordinary user may have them in a user namespace, where he is who he was.
Status enterNamespace()
{
    const QByteArray user = QByteArray::number(geteuid());
    const QByteArray group = QByteArray::number(getegid());
    const bool isRoot = geteuid() == 0;
    if (::unshare(isRoot ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return failed(u"a namespace for mounts is refused"_s);
    if (!isRoot) {
        PT_CHECK(write("/proc/self/setgroups", "deny"));
        PT_CHECK(write("/proc/self/uid_map", user + ' ' + user + " 1"));
        PT_CHECK(write("/proc/self/gid_map", group + ' ' + group + " 1"));
    }
    // Else what is mounted here would appear everywhere.
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return failed(u"mounts cannot be kept to ourselves"_s);
    return {};
}

} // namespace

Result<std::unique_ptr<SmallDisk>> SmallDisk::mountOn(const QString &folder)
{
    static const Status entered = enterNamespace();
    PT_CHECK(entered);
    if (!QDir().mkpath(folder))
        return refuse(ErrorCode::Unavailable, u"The folder %1 cannot be made."_s.arg(folder));
    const QByteArray path = QFile::encodeName(folder);
    const QByteArray options = "mode=0755,size=" + QByteArray::number(roomyBytes);
    if (::mount("parterre-small-disk", path.constData(), "tmpfs", MS_NOSUID | MS_NODEV, options.constData()) != 0)
        return failed(u"mounting a file system is refused"_s);
    return std::unique_ptr<SmallDisk>(new SmallDisk(path));
}

SmallDisk::~SmallDisk()
{
    // Who still stands on it keeps it until he leaves.
    ::umount2(m_folder.constData(), MNT_DETACH);
}

Status SmallDisk::resize(quint64 bytes)
{
    const QByteArray options = "size=" + QByteArray::number(bytes);
    if (::mount(nullptr, m_folder.constData(), nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV, options.constData()) != 0)
        return failed(u"the file system does not take another size"_s);
    return {};
}

Status SmallDisk::fill()
{
    // It never becomes smaller than what is on it, and that may grow while we look.
    Status done;
    for (int i = 0; i < fillTriesMax; ++i) {
        struct statvfs now
        {};
        if (::statvfs(m_folder.constData(), &now) != 0)
            return failed(u"the file system cannot be measured"_s);
        done = resize((now.f_blocks - now.f_bfree) * now.f_frsize);
        if (done)
            break;
    }
    m_isFull = done.has_value();
    return done;
}

Status SmallDisk::makeRoom()
{
    PT_CHECK(resize(roomyBytes));
    m_isFull = false;
    return {};
}

} // namespace parterre::bench
