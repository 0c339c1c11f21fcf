#pragma once

#include "edge/asio.h"
#include "edge/http.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace parterre::server {

class GroupShard;
struct EdgeLoop;
struct EdgeState;

/// One who follows an event stream: a socket and what is still to be sent to it. There are 15,000 of these where there
/// are a hundred of anything else, so it is no coroutine and has no timer: it is a few hundred bytes, asks the kernel
/// directly, and is looked after by its loop.
///
/// Before open() it gathers what is written. What is written to many comes through a GroupShard and is sent at once
/// where nothing waits.
class EventViewer : public std::enable_shared_from_this<EventViewer>
{
public:
    using Moment = std::chrono::steady_clock::time_point;

    EventViewer(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop);
    ~EventViewer();
    EventViewer(const EventViewer &) = delete;
    EventViewer &operator=(const EventViewer &) = delete;

    // From any thread.
    /// False when it is gone, or takes so little that it is dropped: it never costs more than streamPendingBytesMax.
    bool write(const SharedBytes &bytes);
    /// Ends when all that was written is sent.
    void close();
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] const std::shared_ptr<EdgeLoop> &loop() const { return m_loop; }

    // On its loop's thread.
    /// Takes over the socket and sends `head` before all else.
    void open(tcp::socket socket, QByteArray head);
    /// As write(), without a way through another thread.
    void send(const SharedBytes &bytes, Moment now);
    /// Sends a sign of life where nothing was sent for long, and ends one whose socket has taken nothing for too long.
    void look(Moment now);
    void end();
    [[nodiscard]] bool hasSocket() const { return m_socket.has_value(); }

    size_t loopIndex = 0;  ///< Of EdgeLoop::viewers.
    size_t shardIndex = 0; ///< Of the shard's.
    std::shared_ptr<GroupShard> shard;

private:
    [[nodiscard]] bool queue(const SharedBytes &bytes);
    void flush();
    void consume(size_t bytes);
    [[nodiscard]] bool takeInbox();
    void waitForRoom();
    void watchForEnd();

    const std::shared_ptr<EdgeState> m_state;
    const std::shared_ptr<EdgeLoop> m_loop; ///< Outlives the socket, whose executor it is.
    std::optional<tcp::socket> m_socket;

    mutable std::mutex m_mutex; ///< Guards the four below.
    std::vector<SharedBytes> m_inbox;
    qsizetype m_bytes = 0; ///< In the inbox and being sent.
    bool m_isOpen = true;
    bool m_isWoken = false; ///< The loop has been told of the inbox.

    std::vector<SharedBytes> m_sending; ///< The first is sent up to m_sent.
    size_t m_sent = 0;
    bool m_waitsForRoom = false;
    Moment m_movedAt; ///< When its socket last took something.
};

/// What a handler holds. When every copy is gone the stream is closed, unless it has joined an EventGroup.
class ViewerHandle final : public EventStream
{
public:
    explicit ViewerHandle(std::shared_ptr<EventViewer> viewer)
        : m_viewer(std::move(viewer))
    {}
    ~ViewerHandle() override
    {
        if (!m_isGrouped)
            m_viewer->close();
    }
    bool write(const SharedBytes &bytes) override { return m_viewer->write(bytes); }
    void close() override { m_viewer->close(); }
    [[nodiscard]] bool isOpen() const override { return m_viewer->isOpen(); }

    /// For the group, which keeps it from now on.
    [[nodiscard]] std::shared_ptr<EventViewer> takeViewer()
    {
        m_isGrouped = true;
        return m_viewer;
    }

private:
    const std::shared_ptr<EventViewer> m_viewer;
    std::atomic<bool> m_isGrouped = false;
};

} // namespace parterre::server
