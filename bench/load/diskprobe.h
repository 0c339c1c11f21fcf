#pragma once

#include <QString>
#include <QtGlobal>

#include <atomic>
#include <thread>

namespace parterre::bench {

/// Writes one page to a file of its own and waits for the disk, twenty times a second: a commit that takes long where
/// this takes long as well waited for the disk, whoever keeps it busy.
class DiskProbe
{
public:
    /// The folder is to lie on the disk of the database's log.
    explicit DiskProbe(const QString &folder);
    ~DiskProbe() = default;
    DiskProbe(const DiskProbe &) = delete;
    DiskProbe &operator=(const DiskProbe &) = delete;

    /// Nanoseconds of the slowest since the last call; one that has not ended counts with what it took so far.
    [[nodiscard]] qint64 takeSlowest();

private:
    void work(const std::stop_token &stop, int file);

    std::atomic<qint64> m_slowest = 0;
    std::atomic<qint64> m_since = 0; ///< When the one that runs began; 0 between them.
    std::jthread m_thread;
};

} // namespace parterre::bench
