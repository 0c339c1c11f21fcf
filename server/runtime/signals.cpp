#include "runtime/signals.h"

#include "base/assert.h"

#include <QSocketNotifier>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parterre::server {

namespace {

int sockets[2] = {-1, -1};
std::atomic<int> received = 0;

void handle(int)
{
    // Only calls that are safe in a signal handler.
    if (received.fetch_add(1) > 0)
        ::_exit(130);
    const char byte = 1;
    (void)!::write(sockets[0], &byte, 1);
}

} // namespace

Signals::Signals(QObject *parent)
    : QObject(parent)
{
    PT_ASSERT(sockets[0] < 0, "one object a process");
    const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets);
    PT_ASSERT(made == 0, "a process that has just started has descriptors left");
    m_notifier = std::make_unique<QSocketNotifier>(sockets[1], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        (void)!::read(sockets[1], &byte, 1);
        Q_EMIT stopRequested();
    });
    struct sigaction action
    {};
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals()
{
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    m_notifier.reset();
    ::close(std::exchange(sockets[0], -1));
    ::close(std::exchange(sockets[1], -1));
    received = 0;
}

void notifySystemd(const QByteArray &state)
{
    const QByteArray path = qgetenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.isEmpty() || path.size() >= static_cast<qsizetype>(sizeof address.sun_path))
        return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.constData(), static_cast<size_t>(path.size()));
    if (address.sun_path[0] == '@') // systemd's spelling of an abstract socket.
        address.sun_path[0] = '\0';
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<size_t>(path.size()));
    (void)!::sendto(descriptor, state.constData(), static_cast<size_t>(state.size()), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr *>(&address), length);
    ::close(descriptor);
}

} // namespace parterre::server
