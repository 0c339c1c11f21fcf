#include "load/diskprobe.h"

#include "load/loop.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <array>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds pause{50};
constexpr size_t pageBytes = 8'192; // What PostgreSQL writes of its log at least.

} // namespace

DiskProbe::DiskProbe(const QString &folder)
{
    const QByteArray path = QFile::encodeName(QDir(folder).filePath(u"disk.probe"_s));
    const int file = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
        m_thread = std::jthread([this, file](const std::stop_token &stop) { work(stop, file); });
}

qint64 DiskProbe::takeSlowest()
{
    const qint64 since = m_since;
    return std::max(m_slowest.exchange(0), since > 0 ? Loop::now() - since : 0);
}

void DiskProbe::work(const std::stop_token &stop, int file)
{
    const std::array<char, pageBytes> page{};
    while (!stop.stop_requested()) {
        const qint64 begin = Loop::now();
        m_since = begin;
        // The same page again, as the log writes over a file that is there.
        if (::pwrite(file, page.data(), page.size(), 0) != ssize_t(page.size()) || ::fdatasync(file) != 0)
            break; // A disk without room; what was seen so far stays true.
        m_slowest = std::max<qint64>(m_slowest, Loop::now() - begin);
        m_since = 0;
        std::this_thread::sleep_for(pause);
    }
    m_since = 0;
    ::close(file);
}

} // namespace parterre::bench
