#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace parterre::bench {

/// A file system of our own in memory that can be made full and roomy again, so that writing to it fails as on a disk
/// without room. Only this process and those it starts see it, and it goes with the last of them, however they end.
class SmallDisk
{
public:
    /// Puts one on the folder, which is made. Refuses, with the reason, where this machine does not let us mount: in a
    /// container without CAP_SYS_ADMIN, or as an ordinary user where those have no namespaces of their own. To be
    /// called before the process has a second thread.
    [[nodiscard]] static Result<std::unique_ptr<SmallDisk>> mountOn(const QString &folder);
    ~SmallDisk();
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    /// From now on nothing can be added to it; what is there can still be written over.
    [[nodiscard]] Status fill();
    [[nodiscard]] Status makeRoom();
    [[nodiscard]] bool isFull() const { return m_isFull; }

private:
    explicit SmallDisk(QByteArray folder)
        : m_folder(std::move(folder))
    {}
    [[nodiscard]] Status resize(quint64 bytes);

    QByteArray m_folder;
    bool m_isFull = false;
};

} // namespace parterre::bench
