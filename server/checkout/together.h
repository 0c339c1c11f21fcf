#pragma once

#include <QUuid>

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace parterre::server {

/// Carries out in one go what several threads ask for at the same time. There is no timer and no thread: whoever asks
/// while nothing runs does so at once, for all who wait; what is asked meanwhile waits, and its first then does the
/// same. So a request that comes alone runs alone, and the more come the fewer goes they take.
template <class Item, class Outcome>
class Together
{
public:
    /// One outcome for each item, in their order.
    using Run = std::function<std::vector<Outcome>(const std::vector<const Item *> &)>;

    Together(size_t atOnceMax, Run run)
        : m_atOnceMax(atOnceMax)
        , m_run(std::move(run))
    {}

    /// Blocks until it is done. Of one `subject` there is never more than one in a go.
    [[nodiscard]] Outcome ask(const Item &item, const QUuid &subject)
    {
        Waiting mine{.item = &item, .subject = subject, .outcome = {}, .failure = {}, .leads = false, .changed = {}};
        std::unique_lock lock(m_mutex);
        m_waiting.push_back(&mine);
        if (!std::exchange(m_isRunning, true))
            mine.leads = true;
        mine.changed.wait(lock, [&mine] { return mine.leads || mine.isDone(); });
        if (mine.leads)
            lead(lock);
        if (mine.failure)
            std::rethrow_exception(mine.failure);
        return *std::move(mine.outcome);
    }

private:
    struct Waiting
    {
        const Item *item;
        QUuid subject;
        std::optional<Outcome> outcome;
        std::exception_ptr failure;
        bool leads; ///< It is the first of those who wait, and carries out the next go.
        std::condition_variable changed;

        [[nodiscard]] bool isDone() const { return outcome.has_value() || failure; }
    };

    void lead(std::unique_lock<std::mutex> &lock)
    {
        const std::vector<Waiting *> group = takeGroup();
        std::vector<const Item *> items;
        for (const Waiting *one : group)
            items.push_back(one->item);
        lock.unlock();
        std::vector<Outcome> outcomes;
        std::exception_ptr failure;
        try {
            outcomes = m_run(items);
        } catch (...) { // Whoever waits would do so for ever.
            failure = std::current_exception();
        }
        lock.lock();
        for (size_t i = 0; i < group.size(); ++i) {
            if (failure)
                group[i]->failure = failure;
            else
                group[i]->outcome = std::move(outcomes[i]);
            group[i]->changed.notify_one();
        }
        m_isRunning = !m_waiting.empty();
        if (m_isRunning) {
            m_waiting.front()->leads = true;
            m_waiting.front()->changed.notify_one();
        }
    }
    /// The first is always in it.
    [[nodiscard]] std::vector<Waiting *> takeGroup()
    {
        std::vector<Waiting *> group;
        std::deque<Waiting *> left;
        for (Waiting *one : m_waiting) {
            bool isKnown = group.size() >= m_atOnceMax;
            for (const Waiting *other : group)
                isKnown = isKnown || other->subject == one->subject;
            if (isKnown)
                left.push_back(one);
            else
                group.push_back(one);
        }
        m_waiting = std::move(left);
        return group;
    }

    const size_t m_atOnceMax;
    const Run m_run;
    std::mutex m_mutex;
    std::deque<Waiting *> m_waiting;
    bool m_isRunning = false;
};

} // namespace parterre::server
