#include "edge/eventviewer.h"

#include "edge/connection.h"
#include "edge/groupshard.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace parterre::server {

namespace {

constexpr size_t buffersPerWrite = 32; ///< One gather write; more than the kernel's fast path gains nothing.
constexpr int discardedReadsMax = 64;  ///< A viewer has nothing to say; one that talks all the same gets its turn only.
constexpr size_t emptyCapacityKept = 4; ///< Buffers; a viewer that was slow once gives the rest back.

void giveBack(std::vector<SharedBytes> &buffers)
{
    buffers.clear();
    if (buffers.capacity() > emptyCapacityKept)
        std::vector<SharedBytes>().swap(buffers);
}

} // namespace

EventViewer::EventViewer(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop)
    : m_state(std::move(state))
    , m_loop(std::move(loop))
{}

EventViewer::~EventViewer() = default;

bool EventViewer::write(const SharedBytes &bytes)
{
    std::unique_lock lock(m_mutex);
    if (!m_isOpen)
        return false;
    const bool isQueued = queue(bytes);
    const bool wakes = !std::exchange(m_isWoken, true);
    lock.unlock();
    if (!isQueued)
        m_loop->post([self = shared_from_this()] { self->end(); });
    else if (wakes)
        m_loop->post([self = shared_from_this()] { self->flush(); });
    return isQueued;
}

void EventViewer::close()
{
    {
        const std::lock_guard lock(m_mutex);
        if (!std::exchange(m_isOpen, false))
            return;
    }
    m_loop->post([self = shared_from_this()] { self->flush(); });
}

bool EventViewer::isOpen() const
{
    const std::lock_guard lock(m_mutex);
    return m_isOpen;
}

/// Under the lock. False when there is more than a viewer may cost; then it is closed.
bool EventViewer::queue(const SharedBytes &bytes)
{
    if (m_bytes + bytes->size() > m_state->config.streamPendingBytesMax) {
        m_isOpen = false;
        m_inbox.clear();
        m_state->droppedSlowViewers++;
        return false;
    }
    m_bytes += bytes->size();
    m_inbox.push_back(bytes);
    return true;
}

void EventViewer::open(tcp::socket socket, QByteArray head)
{
    m_socket.emplace(std::move(socket));
    m_movedAt = std::chrono::steady_clock::now();
    m_state->open++;
    m_state->eventStreams++;
    loopIndex = m_loop->viewers.size();
    m_loop->viewers.push_back(this);
    beast::error_code error;
    m_socket->native_non_blocking(true, error);
    {
        const std::lock_guard lock(m_mutex);
        m_inbox.insert(m_inbox.begin(), std::make_shared<const QByteArray>(std::move(head)));
        m_bytes += m_inbox.front()->size();
    }
    watchForEnd();
    flush();
}

void EventViewer::send(const SharedBytes &bytes, Moment now)
{
    std::unique_lock lock(m_mutex);
    if (!m_isOpen)
        return;
    if (!m_socket || !m_sending.empty() || !m_inbox.empty()) {
        const bool isQueued = queue(bytes);
        lock.unlock();
        return isQueued ? void() : end();
    }
    lock.unlock();
    const auto size = static_cast<size_t>(bytes->size());
    const ssize_t sent = ::send(m_socket->native_handle(), bytes->constData(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == static_cast<ssize_t>(size)) {
        m_movedAt = now;
        return;
    }
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return end();
    m_sending.push_back(bytes);
    m_sent = static_cast<size_t>(std::max<ssize_t>(sent, 0));
    lock.lock();
    m_bytes += bytes->size();
    lock.unlock();
    waitForRoom();
}

/// Sends until nothing is left or the socket takes no more.
void EventViewer::flush()
{
    if (!m_socket || m_waitsForRoom)
        return;
    while (!m_sending.empty() || takeInbox()) {
        std::array<iovec, buffersPerWrite> parts{};
        const size_t count = std::min(m_sending.size(), parts.size());
        for (size_t i = 0; i < count; ++i) {
            const size_t skipped = i == 0 ? m_sent : 0;
            parts[i] = {.iov_base = const_cast<char *>(m_sending[i]->constData()) + skipped,
                        .iov_len = static_cast<size_t>(m_sending[i]->size()) - skipped};
        }
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(m_socket->native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return waitForRoom();
        if (sent < 0)
            return end();
        m_movedAt = std::chrono::steady_clock::now();
        consume(static_cast<size_t>(sent));
    }
    if (!isOpen()) {
        beast::error_code ignored;
        m_socket->shutdown(tcp::socket::shutdown_send, ignored);
        end();
    }
}

bool EventViewer::takeInbox()
{
    const std::lock_guard lock(m_mutex);
    m_isWoken = false;
    m_sending.swap(m_inbox);
    giveBack(m_inbox);
    return !m_sending.empty();
}

void EventViewer::consume(size_t bytes)
{
    size_t whole = 0;
    m_sent += bytes;
    qsizetype done = 0;
    while (whole < m_sending.size() && m_sent >= static_cast<size_t>(m_sending[whole]->size())) {
        m_sent -= static_cast<size_t>(m_sending[whole]->size());
        done += m_sending[whole]->size();
        ++whole;
    }
    if (whole == m_sending.size())
        giveBack(m_sending);
    else
        m_sending.erase(m_sending.begin(), m_sending.begin() + static_cast<std::ptrdiff_t>(whole));
    const std::lock_guard lock(m_mutex);
    m_bytes -= done;
}

void EventViewer::waitForRoom()
{
    m_waitsForRoom = true;
    m_socket->async_wait(tcp::socket::wait_write, [self = shared_from_this()](beast::error_code error) {
        self->m_waitsForRoom = false;
        if (!error)
            self->flush();
    });
}

/// A viewer says nothing more. Reading goes on only to learn at once that it is gone.
void EventViewer::watchForEnd()
{
    m_socket->async_wait(tcp::socket::wait_read, [self = shared_from_this()](beast::error_code error) {
        if (error || !self->m_socket)
            return;
        std::array<char, 512> discarded{};
        for (int reads = 0; reads < discardedReadsMax; ++reads) {
            const ssize_t size =
                ::recv(self->m_socket->native_handle(), discarded.data(), discarded.size(), MSG_DONTWAIT);
            if (size < 0 && (errno == EAGAIN || errno == EINTR))
                break;
            if (size <= 0)
                return self->end();
        }
        self->watchForEnd();
    });
}

void EventViewer::look(Moment now)
{
    static const auto heartbeat = std::make_shared<const QByteArray>(": ping\n\n");
    const auto quiet = now - m_movedAt;
    if (m_waitsForRoom && quiet > m_state->config.writeTimeout) {
        m_state->droppedSlowViewers++;
        return end();
    }
    if (quiet * 2 >= m_state->config.pingInterval)
        send(heartbeat, now);
}

void EventViewer::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isOpen = false;
        giveBack(m_inbox);
    }
    if (const auto left = std::exchange(shard, nullptr))
        left->remove(*this);
    if (!m_socket)
        return;
    m_loop->viewers.back()->loopIndex = loopIndex;
    m_loop->viewers.at(loopIndex) = m_loop->viewers.back();
    m_loop->viewers.pop_back();
    giveBack(m_sending);
    beast::error_code ignored;
    m_socket->close(ignored);
    m_socket.reset();
    m_state->eventStreams--;
    m_state->open--;
}

} // namespace parterre::server
