#pragma once

#include "load/world.h"

#include <QRandomGenerator>
#include <QString>

#include <vector>

namespace parterre::bench {

/// What goes wrong with PostgreSQL in a drill, one thing after the other: its connections are cut, one of its processes
/// or its postmaster is killed, its disk is full for a while, with its log in need of a new file or not. All happen
/// before one of them happens again.
class DatabaseFaults
{
public:
    explicit DatabaseFaults(World &world);

    /// Begins one, unless the last is too fresh; its name, or empty.
    [[nodiscard]] QString begin(QRandomGenerator &random);
    /// Gives a full disk room again when its time is over. To be called often.
    void tick();
    /// Whether what is not answered now is most likely its doing.
    [[nodiscard]] bool isUnderWay() const;
    [[nodiscard]] const QString &name() const { return m_name; }
    /// Ends it now.
    [[nodiscard]] Status end();
    /// A sentence about what this machine does not let happen; empty where all does.
    [[nodiscard]] QString leftOut() const;

private:
    enum class Kind { Cut, Backend, Postmaster, DiskFull, DiskFullForLog };
    [[nodiscard]] Kind nextKind(QRandomGenerator &random);
    [[nodiscard]] bool fillDisk();

    World &m_world;
    std::vector<Kind> m_toCome;
    QString m_name;
    qint64 m_at = 0;        ///< When the last one happened, or ended.
    qint64 m_fullUntil = 0; ///< 0 while there is room.
};

} // namespace parterre::bench
