#pragma once

#include <QString>

namespace parterre::test {

/// Ends what a test executable leaves running when it crashes or is killed: every `postgres` and `parterred` that was
/// started with a path below `folder`. A PostgreSQL outlives the process that started it on purpose, so without this
/// each crash would leave one for ever. The folder is removed with them.
///
/// The watcher is a shell that reads a pipe which only we can write to; it sees our death as the pipe's end. It is
/// nobody's child, since ctest kills the children of a test that takes too long.
class ClusterWatch
{
public:
    explicit ClusterWatch(const QString &folder);
    ~ClusterWatch(); ///< An orderly end: nothing is killed.
    ClusterWatch(const ClusterWatch &) = delete;
    ClusterWatch &operator=(const ClusterWatch &) = delete;

private:
    int m_pipe = -1;
};

} // namespace parterre::test
