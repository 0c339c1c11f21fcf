#pragma once

#include "base/result.h"
#include "payments/providernews.h"

#include <functional>
#include <memory>

namespace parterre::server {

class Database;

/// Hears what a card provider tells, all that has come since the last time in one transaction: of each sale come five
/// news, and a commit costs more than what they say. News that come alone are heard at once.
///
/// Each is answered after the commit. Where a group is refused its news are heard one by one, so that one that cannot
/// be heard takes no others with it.
class NewsQueue
{
public:
    using Answer = std::function<void(const Result<NewsOutcome> &)>;

    explicit NewsQueue(Database &database);
    /// Hears and answers what waits.
    ~NewsQueue();
    NewsQueue(const NewsQueue &) = delete;
    NewsQueue &operator=(const NewsQueue &) = delete;

    /// From any thread; `answer` is called on the queue's own. Overloaded, on this one, where too many wait.
    void add(ProviderNews news, Answer answer);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
