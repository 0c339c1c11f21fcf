#include "runtime/workerpool.h"

#include <QTest>

#include <atomic>
#include <semaphore>
#include <stdexcept>

using namespace parterre::server;

class WorkerPoolTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFullQueueRefusesButTheEndOfAConnectionEnters()
    {
        std::binary_semaphore started{0};
        std::binary_semaphore goOn{0};
        std::atomic<int> done = 0;
        WorkerPool pool(1, 1);
        QVERIFY(pool.tryRun([&] {
            started.release();
            goOn.acquire();
            done++;
        }));
        started.acquire();
        QVERIFY(pool.tryRun([&] { done++; }));
        QVERIFY(!pool.tryRun([&] { done += 100; }));
        pool.run([&] { done++; });
        QCOMPARE(pool.waiting(), 2);
        goOn.release();
        pool.stop();
        QCOMPARE(done.load(), 3);
    }
    void whatThrowsEndsNothingElse()
    {
        std::atomic<int> done = 0;
        WorkerPool pool(1, 10);
        QVERIFY(pool.tryRun([] { throw std::runtime_error("broken"); }));
        QVERIFY(pool.tryRun([&] { done++; }));
        pool.stop();
        QCOMPARE(done.load(), 1);
    }
    void aStoppedPoolRefusesAndLosesNothing()
    {
        std::atomic<int> done = 0;
        WorkerPool pool(2, 10);
        pool.stop();
        pool.stop();
        QVERIFY(!pool.tryRun([&] { done++; }));
        pool.run([&] { done++; });
        QCOMPARE(done.load(), 1);
    }
};

QTEST_GUILESS_MAIN(WorkerPoolTest)
#include "tst_workerpool.moc"
