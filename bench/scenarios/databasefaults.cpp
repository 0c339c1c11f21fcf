#include "scenarios/databasefaults.h"

#include "load/drillrepository.h"

#include <utility>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 effectLasts = 2 * second;

} // namespace

DatabaseFaults::DatabaseFaults(World &world)
    : m_world(world)
{}

bool DatabaseFaults::isUnderWay() const
{
    return m_fullUntil > 0 || (m_at > 0 && Loop::now() - m_at < effectLasts);
}

DatabaseFaults::Kind DatabaseFaults::nextKind(QRandomGenerator &random)
{
    const auto add = [&](std::vector<Kind> kinds) {
        for (size_t i = kinds.size(); i > 0; --i) {
            std::swap(kinds[i - 1], kinds[random.bounded(static_cast<quint32>(i))]);
            m_toCome.push_back(kinds[i - 1]);
        }
    };
    if (m_toCome.empty()) {
        add({Kind::Cut, Kind::Backend, Kind::Postmaster});
        if (m_world.node().disk()) // Taken from the end: a short drill has them too.
            add({Kind::DiskFull, Kind::DiskFullForLog});
    }
    const Kind kind = m_toCome.back();
    m_toCome.pop_back();
    return kind;
}

bool DatabaseFaults::fillDisk()
{
    return m_world.node().disk()->fill().has_value();
}

QString DatabaseFaults::begin(QRandomGenerator &random)
{
    const bool isOver = m_fullUntil == 0 && Loop::now() - m_at > 2 * effectLasts;
    if (!isOver)
        return {};
    const Kind kind = nextKind(random);
    const qint64 fullFor = random.bounded(1'000, 2'500) * millisecond;
    switch (kind) {
    case Kind::Cut:
        m_name = u"all connections to PostgreSQL cut"_s;
        (void)cutConnections(m_world.node().dsn()); // Where it is dead already, they are.
        break;
    case Kind::Backend:
        m_name = u"a process of PostgreSQL killed"_s;
        m_world.node().killBackend(random);
        break;
    case Kind::Postmaster:
        m_name = u"the postmaster killed"_s;
        m_world.node().killPostmaster();
        break;
    case Kind::DiskFull:
        m_name = u"PostgreSQL's disk full"_s;
        if (!fillDisk())
            return {};
        break;
    case Kind::DiskFullForLog:
        m_name = u"PostgreSQL's disk full when its log needed a new file"_s;
        if (!fillDisk())
            return {};
        useUpLog(m_world.node().dsn());
        break;
    }
    m_at = Loop::now();
    if (m_world.node().disk() && m_world.node().disk()->isFull())
        m_fullUntil = m_at + fullFor;
    return m_name;
}

void DatabaseFaults::tick()
{
    if (m_fullUntil > 0 && Loop::now() >= m_fullUntil)
        (void)end(); // It is tried again at the next tick, and at the end of the drill it counts.
}

Status DatabaseFaults::end()
{
    if (m_fullUntil == 0)
        return {};
    PT_CHECK(m_world.node().disk()->makeRoom());
    m_fullUntil = 0;
    m_at = Loop::now();
    return {};
}

QString DatabaseFaults::leftOut() const
{
    const Status &disk = m_world.node().diskStatus();
    return disk ? QString() : u"Full disks were not part of it, since on this machine "_s + disk.error().message;
}

} // namespace parterre::bench
