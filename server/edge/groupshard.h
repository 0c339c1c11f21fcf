#pragma once

#include "edge/eventviewer.h"

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

namespace parterre::server {

/// What the shards of one group share.
struct GroupState
{
    std::atomic<int> viewers = 0;
    std::atomic<int> passes = 0;            ///< That a thread has still to end.
    std::atomic<std::int64_t> lastPass = 0; ///< Nanoseconds from write() to the last viewer of the last thread.
};

/// Counts as long as a pass is on its way, also where it is thrown away with its loop.
class PassTicket
{
public:
    PassTicket(std::shared_ptr<GroupState> state, EventViewer::Moment begun)
        : m_state(std::move(state))
        , m_begun(begun)
    {
        m_state->passes++;
    }
    ~PassTicket()
    {
        m_state->lastPass = std::chrono::nanoseconds(std::chrono::steady_clock::now() - m_begun).count();
        m_state->passes--;
    }
    PassTicket(const PassTicket &) = delete;
    PassTicket &operator=(const PassTicket &) = delete;

private:
    const std::shared_ptr<GroupState> m_state;
    const EventViewer::Moment m_begun;
};

/// The viewers of a group that live on one loop. Used on that loop's thread only.
///
/// A pass hands one buffer to those who were there when it was asked for, some at a time, so that requests are answered
/// in between. Passes are in order. While one is under way a viewer that leaves is a hole, and the holes are closed
/// after the last pass: whoever is at an index when a pass begins is there until it has been passed.
class GroupShard : public std::enable_shared_from_this<GroupShard>
{
public:
    GroupShard(std::shared_ptr<EdgeLoop> loop, std::shared_ptr<GroupState> state);

    [[nodiscard]] const std::shared_ptr<EdgeLoop> &loop() const { return m_loop; }
    void add(std::shared_ptr<EventViewer> viewer);
    void remove(EventViewer &viewer);
    void begin(SharedBytes bytes, std::shared_ptr<PassTicket> ticket);
    /// The group is gone: lets all go on without it.
    void leaveAlone();

private:
    struct Pass
    {
        SharedBytes bytes;
        size_t end = 0;
        std::shared_ptr<PassTicket> ticket;
    };
    void goOn();
    void closeHoles();

    const std::shared_ptr<EdgeLoop> m_loop;
    const std::shared_ptr<GroupState> m_state;
    std::vector<std::shared_ptr<EventViewer>> m_viewers; ///< Null for a hole.
    size_t m_holes = 0;
    std::deque<Pass> m_passes; ///< The first is under way, up to m_next.
    size_t m_next = 0;
};

} // namespace parterre::server
