#include "holds/holdqueue.h"

#include <QtTest>

#include <future>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace std::chrono_literals;

namespace {

/// What a queue was made to carry out. Batches stand at the gate until it is opened.
class Counter
{
public:
    HoldQueue::Run run()
    {
        return [this](const PerformanceId &performance, std::vector<HoldRequest> requests) -> HoldQueue::Answer {
            {
                const std::lock_guard lock(m_mutex);
                m_batches.push_back({performance, requests.size()});
            }
            m_gate.wait();
            auto shared = std::make_shared<std::vector<HoldRequest>>(std::move(requests));
            return [shared] {
                for (const HoldRequest &request : *shared)
                    request.done(HoldView{});
            };
        };
    }
    void open() { m_opener.set_value(); }

    HoldRequest request()
    {
        return {.party = {},
                .key = {},
                .command = RenewHold{HoldId::create()},
                .done = [this](const Result<HoldView> &outcome) {
                    const std::lock_guard lock(m_mutex);
                    (outcome ? m_served : m_refused)++;
                    if (!outcome)
                        m_refusals.push_back(outcome.error());
                }};
    }

    struct Batch
    {
        PerformanceId performance;
        size_t size = 0;
    };
    std::vector<Batch> batches()
    {
        const std::lock_guard lock(m_mutex);
        return m_batches;
    }
    size_t batchCount() { return batches().size(); }
    int served()
    {
        const std::lock_guard lock(m_mutex);
        return m_served;
    }
    int refused()
    {
        const std::lock_guard lock(m_mutex);
        return m_refused;
    }
    std::vector<Error> refusals()
    {
        const std::lock_guard lock(m_mutex);
        return m_refusals;
    }

private:
    std::promise<void> m_opener;
    std::shared_future<void> m_gate = m_opener.get_future().share();
    std::mutex m_mutex;
    std::vector<Batch> m_batches;
    int m_served = 0;
    int m_refused = 0;
    std::vector<Error> m_refusals;
};

} // namespace

class TestHoldQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRequestThatComesAloneRunsAlone()
    {
        Counter counter;
        HoldQueue queue({}, counter.run());
        counter.open();
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.served(), 1);
        QCOMPARE(counter.batches().front().size, 1);
    }

    void whatComesWhileABatchRunsIsOneBatch()
    {
        Counter counter;
        HoldQueue queue({.batchesAtOnce = 1}, counter.run());
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        for (int i = 0; i < 10; ++i)
            queue.add(m_hall, counter.request());
        counter.open();
        QTRY_COMPARE(counter.served(), 11);
        QCOMPARE(counter.batchCount(), 2);
        QCOMPARE(counter.batches().back().size, 10);
    }

    void aBatchIsBounded()
    {
        Counter counter;
        HoldQueue queue({.batchesAtOnce = 1, .requestsMax = 4}, counter.run());
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        for (int i = 0; i < 10; ++i)
            queue.add(m_hall, counter.request());
        counter.open();
        QTRY_COMPARE(counter.served(), 11);
        for (const Counter::Batch &batch : counter.batches())
            QVERIFY(batch.size <= 4);
    }

    void aBatchIsBoundedBySeatsToo()
    {
        Counter counter;
        HoldQueue queue({.batchesAtOnce = 1, .seatsMax = 10}, counter.run());
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        for (int i = 0; i < 6; ++i) {
            HoldRequest request = counter.request();
            request.command = TakeHold{.hold = HoldId::create(),
                                       .performance = m_hall,
                                       .seats = std::vector<QString>(i == 5 ? 30 : 4, u"A-1"_s),
                                       .areas = {}};
            queue.add(m_hall, std::move(request));
        }
        counter.open();
        QTRY_COMPARE(counter.served(), 7);
        std::vector<size_t> sizes;
        for (const Counter::Batch &batch : counter.batches())
            sizes.push_back(batch.size);
        QCOMPARE(sizes, std::vector<size_t>({1, 2, 2, 1, 1})); // The last has more than the bound, and runs alone.
    }

    void noMoreBatchesOfOnePerformanceRunThanAllowed()
    {
        Counter counter;
        HoldQueue queue({.threads = 3, .batchesAtOnce = 2, .requestsMax = 1}, counter.run());
        for (int i = 0; i < 5; ++i)
            queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 2);
        QTest::qWait(50);
        QCOMPARE(counter.batchCount(), 2);
        queue.add(m_other, counter.request());
        QTRY_COMPARE(counter.batchCount(), 3);
        counter.open();
        QTRY_COMPARE(counter.served(), 6);
    }

    void performancesTakeTurns()
    {
        Counter counter;
        HoldQueue queue({.threads = 1, .batchesAtOnce = 1, .requestsMax = 5}, counter.run());
        for (int i = 0; i < 21; ++i)
            queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        queue.add(m_other, counter.request());
        counter.open();
        QTRY_COMPARE(counter.served(), 22);
        const auto batches = counter.batches();
        const auto other = std::ranges::find(batches, m_other, &Counter::Batch::performance);
        QVERIFY2(other - batches.begin() <= 2, "one that is rushed must not keep another waiting");
    }

    void whatWaitedTooLongIsRefusedBeforeItIsCarriedOut()
    {
        Counter counter;
        HoldQueue queue({.threads = 1, .batchesAtOnce = 1, .waitMax = 100ms}, counter.run());
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        for (int i = 0; i < 3; ++i)
            queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.refused(), 3); // Though the only thread is busy.
        for (const Error &error : counter.refusals()) {
            QCOMPARE(error.code, ErrorCode::Overloaded);
            QVERIFY(error.retryAfterSeconds > 0);
        }
        counter.open();
        QTRY_COMPARE(counter.served(), 1);
        QCOMPARE(counter.batchCount(), 1);
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.served(), 2);
    }

    void aFullQueueRefusesAtOnce()
    {
        Counter counter;
        HoldQueue queue({.batchesAtOnce = 1, .waitingMax = 2}, counter.run());
        queue.add(m_hall, counter.request());
        QTRY_COMPARE(counter.batchCount(), 1);
        for (int i = 0; i < 3; ++i)
            queue.add(m_hall, counter.request());
        QCOMPARE(counter.refused(), 1);
        QCOMPARE(counter.refusals().front().code, ErrorCode::Overloaded);
        counter.open();
        QTRY_COMPARE(counter.served(), 3);
    }

    void stoppingAnswersWhatWasAccepted()
    {
        Counter counter;
        HoldQueue queue({.requestsMax = 3}, counter.run());
        for (int i = 0; i < 20; ++i)
            queue.add(i % 2 == 0 ? m_hall : m_other, counter.request());
        counter.open();
        queue.stop();
        QCOMPARE(counter.served(), 20);
        queue.add(m_hall, counter.request());
        QCOMPARE(counter.refusals().front().code, ErrorCode::Unavailable);
        QCOMPARE(queue.waiting(), 0);
    }

private:
    const PerformanceId m_hall = PerformanceId::create();
    const PerformanceId m_other = PerformanceId::create();
};

QTEST_GUILESS_MAIN(TestHoldQueue)
#include "tst_holdqueue.moc"
