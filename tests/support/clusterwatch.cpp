#include "support/clusterwatch.h"

#include "base/assert.h"

#include <QFile>

#include <array>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parterre::test {

namespace {

// $1 is the folder. The server first, so that it does not start its PostgreSQL again.
constexpr auto script = R"sh(
read -r word && exit 0
folder=$1
end_all() {
    for file in $(grep -laF -- "$folder" /proc/[0-9]*/cmdline); do
        process=$(basename "$(dirname "$file")")
        [ "$(basename "$(readlink "/proc/$process/exe")")" = "$2" ] && kill -s "$1" "$process"
    done
}
end_all KILL parterred
end_all QUIT postgres
sleep 2
rm -rf -- "$folder"
)sh";

} // namespace

ClusterWatch::ClusterWatch(const QString &folder)
{
    std::array<int, 2> ends{};
    const int made = ::pipe2(ends.data(), O_CLOEXEC);
    PT_ASSERT(made == 0, "a test may open two more files");
    const QByteArray name = QFile::encodeName(folder);
    const pid_t child = ::fork();
    PT_ASSERT(child >= 0, "a test may start one more process");
    if (child == 0) {
        // Only calls that are safe between fork and exec. The second fork makes the watcher nobody's child.
        ::setsid();
        if (::fork() != 0)
            ::_exit(0);
        ::dup2(ends[0], STDIN_FILENO);
        const int nothing = ::open("/dev/null", O_WRONLY);
        ::dup2(nothing, STDOUT_FILENO);
        ::dup2(nothing, STDERR_FILENO);
        ::execl("/bin/sh", "sh", "-c", script, "watcher", name.constData(), static_cast<char *>(nullptr));
        ::_exit(127);
    }
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    m_pipe = ends[1];
}

ClusterWatch::~ClusterWatch()
{
    (void)!::write(m_pipe, "done\n", 5);
    ::close(m_pipe);
}

} // namespace parterre::test
