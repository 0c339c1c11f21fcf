#include "base/assert.h"
#include "edge/connection.h"
#include "edge/eventviewer.h"
#include "edge/groupshard.h"

#include <algorithm>

namespace parterre::server {

namespace {

/// Some 300 microseconds of send(): no request waits noticeably for a push to 10,000 viewers.
constexpr size_t viewersPerTurn = 64;

class EdgeEventGroup final : public EventGroup
{
public:
    ~EdgeEventGroup() override
    {
        for (const auto &shard : m_shards)
            shard->loop()->post([shard] { shard->leaveAlone(); });
    }
    void add(const std::shared_ptr<EventStream> &stream) override
    {
        const auto handle = std::dynamic_pointer_cast<ViewerHandle>(stream);
        PT_ASSERT(handle, "the streams of a group are those that the edge opened");
        auto viewer = handle->takeViewer();
        m_state->viewers++;
        const auto shard = shardOf(viewer->loop());
        shard->loop()->post([shard, viewer = std::move(viewer)] { shard->add(viewer); });
    }
    void write(const SharedBytes &bytes) override
    {
        const std::lock_guard lock(m_mutex);
        const auto begun = std::chrono::steady_clock::now();
        for (const auto &shard : m_shards) {
            shard->loop()->post(
                [shard, bytes, ticket = std::make_shared<PassTicket>(m_state, begun)] { shard->begin(bytes, ticket); });
        }
    }
    [[nodiscard]] int size() const override { return m_state->viewers; }
    [[nodiscard]] bool isBusy() const override { return m_state->passes > 0; }
    [[nodiscard]] std::chrono::nanoseconds lastPass() const override
    {
        return std::chrono::nanoseconds(m_state->lastPass);
    }

private:
    std::shared_ptr<GroupShard> shardOf(const std::shared_ptr<EdgeLoop> &loop)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::ranges::find(m_shards, loop, &GroupShard::loop);
        if (found != m_shards.end())
            return *found;
        return m_shards.emplace_back(std::make_shared<GroupShard>(loop, m_state));
    }

    const std::shared_ptr<GroupState> m_state = std::make_shared<GroupState>();
    std::mutex m_mutex; ///< Guards the shards, one for each loop.
    std::vector<std::shared_ptr<GroupShard>> m_shards;
};

} // namespace

std::shared_ptr<EventGroup> EventGroup::make()
{
    return std::make_shared<EdgeEventGroup>();
}

GroupShard::GroupShard(std::shared_ptr<EdgeLoop> loop, std::shared_ptr<GroupState> state)
    : m_loop(std::move(loop))
    , m_state(std::move(state))
{}

void GroupShard::add(std::shared_ptr<EventViewer> viewer)
{
    if (!viewer->isOpen()) {
        m_state->viewers--;
        return;
    }
    viewer->shard = shared_from_this();
    viewer->shardIndex = m_viewers.size();
    m_viewers.push_back(std::move(viewer));
}

void GroupShard::remove(EventViewer &viewer)
{
    m_viewers.at(viewer.shardIndex).reset();
    ++m_holes;
    m_state->viewers--;
    if (m_passes.empty())
        closeHoles();
}

void GroupShard::closeHoles()
{
    if (m_holes * 8 < m_viewers.size()) // Few: they cost less than moving all the others.
        return;
    std::erase(m_viewers, nullptr);
    for (size_t i = 0; i < m_viewers.size(); ++i)
        m_viewers[i]->shardIndex = i;
    m_holes = 0;
}

void GroupShard::begin(SharedBytes bytes, std::shared_ptr<PassTicket> ticket)
{
    m_passes.push_back({.bytes = std::move(bytes), .end = m_viewers.size(), .ticket = std::move(ticket)});
    if (m_passes.size() == 1)
        goOn();
}

void GroupShard::goOn()
{
    if (m_passes.empty()) // The group left meanwhile.
        return;
    const auto now = std::chrono::steady_clock::now();
    const Pass &pass = m_passes.front();
    const size_t turnEnd = std::min(pass.end, m_next + viewersPerTurn);
    for (; m_next < turnEnd; ++m_next) {
        // A copy: who ends itself in send() takes itself out of the vector.
        if (const auto viewer = m_viewers[m_next])
            viewer->send(pass.bytes, now);
    }
    if (m_next == pass.end) {
        m_passes.pop_front();
        m_next = 0;
    }
    if (!m_passes.empty())
        asio::post(m_loop->context, [self = shared_from_this()] { self->goOn(); });
    else
        closeHoles();
}

void GroupShard::leaveAlone()
{
    for (const auto &viewer : m_viewers) {
        if (viewer)
            viewer->shard.reset();
    }
    m_viewers.clear();
    m_passes.clear();
}

} // namespace parterre::server
