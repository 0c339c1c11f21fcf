#include "load/barepush.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int filesForOthers = 200;

class File
{
public:
    explicit File(int number)
        : m_number(number)
    {}
    ~File()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    File(File &&other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {}
    File &operator=(File &&) = delete;
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

struct Pair
{
    File sender;
    File receiver;
};

std::unexpected<Error> failed(const char *what)
{
    return refuse(ErrorCode::Unavailable,
                  u"The bare loop cannot %1: %2"_s.arg(QLatin1StringView(what), qt_error_string(errno)));
}

Result<std::vector<Pair>> connectedPairs(int count)
{
    const File listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener.number(), reinterpret_cast<sockaddr *>(&address), size) != 0 ||
        ::listen(listener.number(), 128) != 0 ||
        ::getsockname(listener.number(), reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return failed("listen");
    std::vector<Pair> pairs;
    pairs.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
        File receiver(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (receiver.number() < 0 ||
            ::connect(receiver.number(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            return failed("connect");
        File sender(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
        if (sender.number() < 0)
            return failed("accept");
        const int yes = 1;
        ::setsockopt(sender.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        pairs.push_back({std::move(sender), std::move(receiver)});
    }
    return pairs;
}

/// Reads whatever arrives until told to stop, as the viewers do in the real run.
void drain(const std::vector<Pair> &pairs, const std::atomic<bool> &isOver)
{
    const File poll(::epoll_create1(EPOLL_CLOEXEC));
    for (const Pair &pair : pairs) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = pair.receiver.number()}};
        ::epoll_ctl(poll.number(), EPOLL_CTL_ADD, pair.receiver.number(), &event);
    }
    std::array<epoll_event, 256> events{};
    std::array<char, 64 * 1024> buffer{};
    while (!isOver) {
        const int count = ::epoll_wait(poll.number(), events.data(), static_cast<int>(events.size()), 50);
        for (int i = 0; i < count; ++i)
            (void)::recv(events[static_cast<size_t>(i)].data.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    }
}

double threadMicroseconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    const auto micro = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return micro(usage.ru_utime) + micro(usage.ru_stime);
}

} // namespace

Result<BarePush> measureBarePush(int connections, int bytes, int rounds)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const int most = (static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1'000'000)) - filesForOthers) / 2;
    BarePush result{.connections = std::clamp(connections, 1, most)};
    PT_TRY(const auto pairs, connectedPairs(result.connections));
    std::atomic<bool> isOver = false;
    std::thread reader([&] { drain(pairs, isOver); });
    const std::vector<char> push(static_cast<size_t>(bytes), 'x');
    const double begin = threadMicroseconds();
    for (int round = 0; round < rounds; ++round) {
        for (const Pair &pair : pairs)
            result.sends += ::send(pair.sender.number(), push.data(), push.size(), MSG_NOSIGNAL) > 0;
        // As the real pushes are, so that readers keep up.
        std::this_thread::sleep_for(std::chrono::milliseconds(75));
    }
    const double spent = threadMicroseconds() - begin;
    isOver = true;
    reader.join();
    result.microsecondsPerSend = spent / static_cast<double>(std::max<qint64>(result.sends, 1));
    return result;
}

} // namespace parterre::bench
