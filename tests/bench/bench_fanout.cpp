#include "edge/edge.h"
#include "runtime/filelimit.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QTextStream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <vector>

/// What a push to many viewers costs, against a bare loop of send() over as many sockets in the same run, and what an
/// idle viewer weighs: `ninja bench_fanout && build/release/bin/bench_fanout --viewers 15000`. The viewers are another
/// process, so that their memory, files and processor time are not ours.
using namespace Qt::StringLiterals;
using namespace parterre::server;

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char *what)
{
    qFatal("%s: %s", what, std::strerror(errno));
}

/// The viewers: connects when told a port, reads whatever comes, and says when the bytes that it was told are there.
class Screens
{
public:
    struct Order
    {
        int port = 0; ///< 0: close all.
        int count = 0;
        bool asksForStream = false;
    };

    Screens()
    {
        std::array<int, 2> orders{};
        std::array<int, 2> answers{};
        if (::pipe(orders.data()) != 0 || ::pipe(answers.data()) != 0)
            fail("pipe");
        m_child = ::fork();
        if (m_child < 0)
            fail("fork");
        if (m_child == 0) {
            ::close(orders[1]);
            ::close(answers[0]);
            serve(orders[0], answers[1]);
            ::_exit(0);
        }
        ::close(orders[0]);
        ::close(answers[1]);
        m_orders = orders[1];
        m_answers = answers[0];
    }
    ~Screens()
    {
        ::close(m_orders);
        ::close(m_answers);
        ::waitpid(m_child, nullptr, 0);
    }
    void give(const Order &order)
    {
        if (::write(m_orders, &order, sizeof order) != static_cast<ssize_t>(sizeof order))
            fail("telling the screens");
        char done = 0;
        if (::read(m_answers, &done, 1) != 1)
            fail("the screens are gone");
    }

private:
    static void serve(int orders, int answers)
    {
        const int poll = ::epoll_create1(0);
        epoll_event event{.events = EPOLLIN, .data = {.fd = orders}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, orders, &event);
        std::vector<int> open;
        std::vector<char> buffer(256 * 1024);
        std::array<epoll_event, 512> events{};
        for (;;) {
            const int count = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                const int file = events[static_cast<size_t>(i)].data.fd;
                if (file != orders) {
                    if (::read(file, buffer.data(), buffer.size()) <= 0)
                        ::epoll_ctl(poll, EPOLL_CTL_DEL, file, nullptr);
                    continue;
                }
                Order order;
                if (::read(orders, &order, sizeof order) != static_cast<ssize_t>(sizeof order))
                    return;
                for (const int one : std::exchange(open, {}))
                    ::close(one);
                for (int made = 0; made < order.count; ++made)
                    open.push_back(connectTo(order, poll));
                (void)!::write(answers, "!", 1);
            }
        }
    }
    static int connectTo(const Order &order, int poll)
    {
        const int file = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<quint16>(order.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (file < 0 || ::connect(file, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            fail("connecting a screen");
        constexpr std::string_view request = "GET /live HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";
        if (order.asksForStream && ::write(file, request.data(), request.size()) < 0)
            fail("asking for a stream");
        epoll_event event{.events = EPOLLIN, .data = {.fd = file}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, file, &event);
        return file;
    }

    pid_t m_child = 0;
    int m_orders = -1;
    int m_answers = -1;
};

qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        fail("/proc/self/statm");
    return file.readAll().split(' ').at(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

double cpuMicroseconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Per viewer and push, in microseconds.
struct Cost
{
    double processor = 0;
    double wall = 0;
    double longestPass = 0; ///< Milliseconds for all viewers.
};

template <class Push>
Cost measure(int viewers, int pushes, const Push &push)
{
    Cost cost;
    push(); // Whatever is warmed up by the first is warm.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    for (int i = 0; i < pushes; ++i) {
        const auto begun = Clock::now();
        const double before = cpuMicroseconds();
        push();
        const double took = std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
        cost.processor += (cpuMicroseconds() - before) / viewers / pushes;
        cost.wall += took / viewers / pushes;
        cost.longestPass = std::max(cost.longestPass, took / 1'000);
        std::this_thread::sleep_for(std::chrono::milliseconds(200)); // The screens read.
    }
    return cost;
}

struct EdgeFigures
{
    Cost cost;
    double bytesPerViewer = 0;
    double openSeconds = 0;
};

EdgeFigures throughTheEdge(Screens &screens, int viewers, int pushes, const SharedBytes &bytes)
{
    Router router;
    WorkerPool workers(2, viewers);
    const auto group = EventGroup::make();
    router.addEventStream(u"/live"_s, [group](const HttpRequest &, const std::shared_ptr<EventStream> &stream) {
        group->add(stream);
        return std::optional<HttpResponse>();
    });
    EdgeConfig config;
    config.threads = 1;
    Edge edge(config, router, workers);
    if (!edge.listen())
        fail("listening");
    const qint64 before = residentBytes();
    const auto begun = Clock::now();
    screens.give({.port = edge.port(), .count = viewers, .asksForStream = true});
    while (edge.counts().eventStreams < viewers)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EdgeFigures figures;
    figures.openSeconds = std::chrono::duration<double>(Clock::now() - begun).count();
    figures.bytesPerViewer = static_cast<double>(residentBytes() - before) / viewers;
    figures.cost = measure(viewers, pushes, [&] {
        group->write(bytes);
        while (group->isBusy())
            std::this_thread::sleep_for(std::chrono::microseconds(200));
    });
    screens.give({});
    edge.shutDown(std::chrono::seconds(5));
    workers.stop();
    return figures;
}

Cost bareSend(Screens &screens, int viewers, int pushes, const QByteArray &bytes)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr *>(&address), size) != 0 || ::listen(listener, 4'096) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        fail("listening");
    std::vector<int> files;
    std::jthread accepting([&] {
        while (static_cast<int>(files.size()) < viewers) {
            const int file = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
            const int on = 1;
            ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            files.push_back(file);
        }
    });
    screens.give({.port = ntohs(address.sin_port), .count = viewers, .asksForStream = false});
    accepting.join();
    const Cost cost = measure(viewers, pushes, [&] {
        for (const int file : files)
            (void)!::send(file, bytes.constData(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    });
    screens.give({});
    for (const int file : files)
        ::close(file);
    ::close(listener);
    return cost;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOption({u"viewers"_s, u"How many."_s, u"count"_s, u"15000"_s});
    parser.addOption({u"pushes"_s, u"How many."_s, u"count"_s, u"20"_s});
    parser.addOption({u"bytes"_s, u"Of a push."_s, u"count"_s, u"400"_s});
    parser.process(application);
    const int viewers = parser.value(u"viewers"_s).toInt();
    const int pushes = parser.value(u"pushes"_s).toInt();
    const auto bytes = std::make_shared<const QByteArray>(parser.value(u"bytes"_s).toInt(), 'x');
    if (viewers < 1 || pushes < 1 || bytes->isEmpty() || raiseFileLimit() < viewers + 100)
        qFatal("All must be numbers from 1 on, and there must be a file for each viewer (ulimit -Hn).");

    Screens screens;
    const Cost before = bareSend(screens, viewers, pushes, *bytes);
    const EdgeFigures edge = throughTheEdge(screens, viewers, pushes, bytes);
    const Cost after = bareSend(screens, viewers, pushes, *bytes);
    const double bare = (before.processor + after.processor) / 2;
    QTextStream out(stdout);
    const auto row = [&out](const QString &what, double figure) {
        out << what.leftJustified(44) << QString::number(figure, 'f', 2).rightJustified(12) << '\n';
    };
    row(u"viewers"_s, viewers);
    row(u"opened in, s"_s, edge.openSeconds);
    row(u"resident bytes a viewer"_s, edge.bytesPerViewer);
    row(u"edge: processor us a push and viewer"_s, edge.cost.processor);
    row(u"edge: wall us a push and viewer"_s, edge.cost.wall);
    row(u"edge: longest pass, ms"_s, edge.cost.longestPass);
    row(u"bare send(): processor us, before"_s, before.processor);
    row(u"bare send(): processor us, after"_s, after.processor);
    row(u"bare send(): wall us"_s, (before.wall + after.wall) / 2);
    row(u"edge against bare, processor"_s, edge.cost.processor / bare);
    return 0;
}
