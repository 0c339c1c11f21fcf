#include "payments/newsqueue.h"

#include "db/database.h"
#include "payments/paymentnewsrepository.h"
#include "runtime/periodictask.h"

#include <algorithm>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// How long news that come while others do may wait for company. A provider waits for seconds.
constexpr std::chrono::milliseconds gatherTime = 50ms;
constexpr std::chrono::milliseconds lookInterval = 1s;
constexpr size_t atOnceMax = 200; ///< Bounds how long one transaction keeps its payments locked.
constexpr size_t waitingMax = 10'000;

} // namespace

class NewsQueue::Private
{
public:
    explicit Private(Database &database)
        : m_database(database)
        , m_task(u"news"_s, lookInterval, [this] { run(); })
    {
        m_task.start();
    }
    void add(ProviderNews news, Answer answer);
    void stop()
    {
        m_task.stop();
        while (hearSome()) {
        }
    }

private:
    void run();
    bool hearSome();
    [[nodiscard]] std::vector<Result<NewsOutcome>> hear(std::span<const ProviderNews> news);

    Database &m_database;
    std::mutex m_mutex;
    std::vector<ProviderNews> m_news;
    std::vector<Answer> m_answers; ///< Of each of the news.
    PeriodicTask m_task;           ///< Last, so that its thread has ended before anything it uses goes.
};

void NewsQueue::Private::add(ProviderNews news, Answer answer)
{
    bool isFull = false;
    {
        const std::lock_guard lock(m_mutex);
        isFull = m_news.size() >= waitingMax;
        if (!isFull) {
            m_news.push_back(std::move(news));
            m_answers.push_back(std::move(answer));
        }
    }
    if (isFull)
        return answer(refuse(ErrorCode::Overloaded, u"Too many events wait to be heard. Tell it again later."_s));
    m_task.wake();
}

void NewsQueue::Private::run()
{
    const auto begun = std::chrono::steady_clock::now();
    if (hearSome())
        std::this_thread::sleep_until(begun + gatherTime);
}

bool NewsQueue::Private::hearSome()
{
    std::vector<ProviderNews> news;
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(m_mutex);
        const auto count = static_cast<ptrdiff_t>(std::min(m_news.size(), atOnceMax));
        news.assign(std::make_move_iterator(m_news.begin()), std::make_move_iterator(m_news.begin() + count));
        answers.assign(std::make_move_iterator(m_answers.begin()), std::make_move_iterator(m_answers.begin() + count));
        m_news.erase(m_news.begin(), m_news.begin() + count);
        m_answers.erase(m_answers.begin(), m_answers.begin() + count);
        if (!m_news.empty())
            m_task.wake();
    }
    if (news.empty())
        return false;
    const auto outcomes = hear(news);
    for (size_t i = 0; i < answers.size(); ++i)
        answers[i](outcomes[i]);
    return true;
}

std::vector<Result<NewsOutcome>> NewsQueue::Private::hear(std::span<const ProviderNews> news)
{
    const auto together = m_database.transact([&](Transaction &transaction) -> Result<std::vector<NewsOutcome>> {
        return paymentnews::hearAll(transaction, news);
    });
    if (together)
        return {together->begin(), together->end()};
    if (news.size() == 1)
        return {refuse(together.error())};
    std::vector<Result<NewsOutcome>> outcomes;
    for (size_t i = 0; i < news.size(); ++i)
        outcomes.push_back(hear(news.subspan(i, 1)).front());
    return outcomes;
}

NewsQueue::NewsQueue(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

NewsQueue::~NewsQueue()
{
    m_private->stop();
}

void NewsQueue::add(ProviderNews news, Answer answer)
{
    m_private->add(std::move(news), std::move(answer));
}

} // namespace parterre::server
