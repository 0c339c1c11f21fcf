#include "checkout/salesteps.h"
#include "holds/holdbatch.h"
#include "holds/holdcommandrepository.h"
#include "inventory/inventoryrepository.h"
#include "support/randomness.h"
#include "support/saleworld.h"

#include <QScopeGuard>
#include <QtTest>

#include <future>
#include <semaphore>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

/// Commands that share one transaction. They are put into one batch by hand, so that it is the same one every time.
class TestHoldBatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<SaleWorld>();
        m_retriesBefore = m_world->database().counts().retries;
    }
    void cleanup() { m_world.reset(); }

    void manyCommandsAreOneChangeOfTheMap()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(9)}));
        const HoldView kept = need(m_world->takeSeats(m_world->buyer(), {a(10)}));
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        const auto outcomes = run({take(m_world->buyer(), {a(1), a(2)}), take(m_world->otherBuyer(), {a(3)}, 4),
                                   request(m_world->buyer(), ReleaseHold{.hold = old.id, .seats = {}, .areas = {}}),
                                   request(m_world->buyer(), RenewHold{kept.id})});
        for (const auto &outcome : outcomes)
            QCOMPARE(refusal(outcome), u"ok"_s);
        QCOMPARE(m_world->sqlNumber(u"select seq from map_clock"_s), seq + 1);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->seatState(a(3)), u"held"_s);
        QCOMPARE(m_world->seatState(a(9)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"4 0"_s);
        QCOMPARE(outcomes[1]->areas.front().quantity, 4);
    }

    void theFirstOfABatchHasTheSeat()
    {
        const auto outcomes = run({take(m_world->buyer(), {a(1)}), take(m_world->otherBuyer(), {a(1), a(2)})});
        QCOMPARE(refusal(outcomes[0]), u"ok"_s);
        QCOMPARE(refusal(outcomes[1]), u"seat_taken"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
    }

    void theLoserIsToldAfterTheWinnersCommit()
    {
        // Whoever asks in the moment of the refusal must find the seat taken.
        std::promise<Result<HoldView>> loser;
        QString state;
        const auto hold = [&](const SaleParty &party, const HoldService::Done &done) {
            m_world->holds().take(party, SaleNode::newKey(party),
                                  {HoldId::create(), m_world->performance(), {a(1)}, {}}, done);
        };
        std::binary_semaphore won(0);
        hold(m_world->buyer(), [&](const Result<HoldView> &) { won.release(); });
        hold(m_world->otherBuyer(), [&](Result<HoldView> outcome) {
            state = m_world->seatState(a(1));
            loser.set_value(std::move(outcome));
        });
        QCOMPARE(refusal(loser.get_future().get()), u"seat_taken"_s);
        QCOMPARE(state, u"held"_s);
        won.acquire();
    }

    void aSeatGivenBackIsTheNextOnes()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        const auto outcomes = run({request(m_world->buyer(), ReleaseHold{.hold = old.id, .seats = {}, .areas = {}}),
                                   take(m_world->otherBuyer(), {a(1)})});
        QCOMPARE(refusal(outcomes[1]), u"ok"_s);
        QCOMPARE(m_world->sqlText(u"select owner from hold join seat_inventory on hold_id = hold.id"_s),
                 m_world->otherBuyer().owner);
        QCOMPARE(m_world->sqlNumber(u"select seq from map_clock"_s), seq); // Held before and after.
    }

    void theLastPlacesOfAPoolAreGivenOnce()
    {
        const auto outcomes = run({take(m_world->buyer(), {}, 15), take(m_world->otherBuyer(), {a(1)}, 6),
                                   take(m_world->otherBuyer(), {a(2)}, 5)});
        QCOMPARE(refusal(outcomes[0]), u"ok"_s);
        QCOMPARE(refusal(outcomes[1]), u"sold_out"_s);
        QCOMPARE(refusal(outcomes[2]), u"ok"_s);
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
    }

    void aHoldMadeInABatchCanBeAddedToAndGivenBackInIt()
    {
        HoldRequest first = take(m_world->buyer(), {a(1)}, 2);
        HoldRequest second = take(m_world->buyer(), {a(2)}, 1, first.hold());
        const auto outcomes = run(
            {first, second, request(m_world->buyer(), ReleaseHold{.hold = first.hold(), .seats = {a(1)}, .areas = {}}),
             request(m_world->otherBuyer(), RenewHold{first.hold()})});
        QCOMPARE(outcomes[1]->row.seats.size(), 2);
        QCOMPARE(outcomes[2]->row.seats.size(), 1);
        QCOMPARE(refusal(outcomes[3]), u"hold_gone"_s);
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
        QCOMPARE(m_world->sqlText(u"select seats::text from hold"_s),
                 u"{%1}"_s.arg(*m_world->layout().seatNumber(a(2))));
    }

    void aSeatTakenAndGivenBackInABatchIsFree()
    {
        const HoldId hold = HoldId::create();
        const HoldId gone = HoldId::create();
        const auto outcomes =
            run({request(m_world->buyer(), TakeHold{hold, m_world->performance(), {a(1), a(2)}, {}}),
                 request(m_world->otherBuyer(), TakeHold{gone, m_world->performance(), {a(4)}, {}}),
                 request(m_world->buyer(), ReleaseHold{.hold = hold, .seats = {a(2)}, .areas = {}}),
                 request(m_world->otherBuyer(), ReleaseHold{.hold = gone, .seats = {}, .areas = {}})});
        for (const auto &outcome : outcomes)
            QCOMPARE(refusal(outcome), u"ok"_s);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(m_world->seatState(a(4)), u"available"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold where state = 'released'"_s), 1);
    }

    void commandsComeInTheOrderOfTheirKeysTimes()
    {
        const QString early = u"01890000-0000-7abc-8def-000000000000"_s;
        const QString late = u"01890000-0001-7abc-8def-000000000000"_s;
        const auto idOf = [](const QString &principal, const QString &key) {
            return holdcommands::idOf({.principal = principal, .key = key, .fingerprint = {}});
        };
        for (int i = 0; i < 100; ++i) // Whose they are says nothing of their order.
            QVERIFY(idOf(u"buyer:%1"_s.arg(i), early) < idOf(u"buyer:%1"_s.arg(i + 1), late));
        QVERIFY(idOf(u"buyer:1"_s, early) != idOf(u"buyer:2"_s, early));
        QVERIFY(idOf(u"buyer:1"_s, u"a"_s) != idOf(u"buyer:1"_s, u"b"_s));
    }

    void aRepeatInTheSameBatchGetsTheFirstAnswer()
    {
        const HoldRequest first = take(m_world->buyer(), {}, 3);
        HoldRequest other = take(m_world->buyer(), {a(5)});
        other.key.key = first.key.key;
        other.key.fingerprint = "of another command";
        const auto outcomes = run({first, first, other});
        QCOMPARE(outcomes[1]->areas.front().quantity, 3);
        QCOMPARE(refusal(outcomes[2]), u"key_reused"_s);
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
        QCOMPARE(m_world->seatState(a(5)), u"available"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold_command"_s), 1);
    }

    void aRepeatInALaterBatchGetsTheFirstAnswerToTheByte()
    {
        const HoldView theirs = need(m_world->takeSeats(m_world->otherBuyer(), {a(3)}));
        const std::vector<HoldRequest> requests{take(m_world->buyer(), {a(1), a(2)}, 2),
                                                take(m_world->buyer(), {a(3)})};
        const auto first = run(requests);
        need(m_world->release(m_world->otherBuyer(), {.hold = theirs.id, .seats = {}, .areas = {}}));
        m_world->letHoldRunOut(first[0]->row.id);
        const auto again = run(requests);
        const auto facts = need(m_world->lookup()(m_world->performance()));
        QCOMPARE(toJson(viewOf(*again[0], facts)), toJson(viewOf(*first[0], facts)));
        QCOMPARE(again[1].error(), first[1].error());
    }

    void thePurchaseLimitCountsWithinABatch()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 4});
        const HoldView before = need(m_world->takeSeats(m_world->buyer(), {a(10)}));
        const auto outcomes = run({take(m_world->buyer(), {a(1), a(2)}), take(m_world->buyer(), {a(3), a(4)}),
                                   take(m_world->buyer(), {}, 1), take(m_world->otherBuyer(), {a(5), a(6)}, 2),
                                   request(m_world->buyer(), ReleaseHold{.hold = before.id, .seats = {}, .areas = {}}),
                                   take(m_world->buyer(), {a(7)}), take(m_world->buyer(), {a(8)})});
        QStringList told;
        for (const auto &outcome : outcomes)
            told.append(refusal(outcome));
        QCOMPARE(told,
                 QStringList({u"ok"_s, u"purchase_limit"_s, u"ok"_s, u"ok"_s, u"ok"_s, u"ok"_s, u"purchase_limit"_s}));
    }

    void aBatchWithARefusalKeepsTheRest()
    {
        const auto outcomes = run({take(m_world->buyer(), {u"Stalls-Z-9"_s}), take(m_world->buyer(), {a(1)}),
                                   request(m_world->buyer(), RenewHold{HoldId::create()})});
        QCOMPARE(refusal(outcomes[0]), u"invalid_input"_s);
        QCOMPARE(refusal(outcomes[1]), u"ok"_s);
        QCOMPARE(refusal(outcomes[2]), u"hold_gone"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold_command"_s), 3);
    }

    void aHoldOfAnotherPerformanceIsLeftAlone()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        m_world->sql(
            u"insert into performance select '%1', event_id, layout_id, starts_at + interval '1 day', doors_at, "
            "state, purchase_limit, hold_seconds, version from performance"_s.arg(PerformanceId::create().text()));
        m_world->sql(
            u"update hold set performance_id = (select id from performance where id <> performance_id limit 1)"_s);
        const auto outcomes = run({take(m_world->buyer(), {a(2)}, 0, hold.id), take(m_world->buyer(), {a(3)})});
        QCOMPARE(refusal(outcomes[0]), u"hold_gone"_s);
        QCOMPARE(refusal(outcomes[1]), u"ok"_s);
    }

    void aRequestThatTheDatabaseCannotTakeFailsAlone()
    {
        // A trigger of this test stands for what nobody foresaw.
        m_world->sql(u"create function spoil() returns trigger language plpgsql as $$ begin "
                     "if new.owner = '%1' then raise exception 'spoilt'; end if; return new; end $$"_s.arg(
                         m_world->otherBuyer().owner));
        m_world->sql(u"create trigger spoil before insert on hold for each row execute function spoil()"_s);
        std::vector<std::future<Result<HoldView>>> answers;
        for (int seat = 1; seat <= 10; ++seat)
            answers.push_back(send(seat == 5 ? m_world->otherBuyer() : m_world->buyer(), a(seat)));
        for (int seat = 1; seat <= 10; ++seat)
            QCOMPARE(refusal(answers[static_cast<size_t>(seat - 1)].get()), seat == 5 ? u"internal"_s : u"ok"_s);
        QCOMPARE(m_world->seatState(a(5)), u"available"_s);
    }

    void holdsPastTheirTimeAreClosedInBoundedSteps()
    {
        for (int seat = 1; seat <= 7; ++seat)
            m_world->letHoldRunOut(need(m_world->takeSeats(m_world->buyer(), {a(seat)})).id);
        QCOMPARE(need(m_world->holds().expireDue(3)), 3);
        QCOMPARE(need(m_world->holds().expireDue(3)), 3);
        QCOMPARE(need(m_world->holds().expireDue(3)), 1);
        QCOMPARE(need(m_world->holds().expireDue(3)), 0);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from seat_inventory where state <> 'available'"_s), 0);
    }

    void dueHoldsAreFoundByTheirIndex()
    {
        m_world->sql(
            u"insert into hold select gen_random_uuid(), id, 'buyer:x', 'web', 'converted', '{}', now(), now() "
            "from performance, generate_series(1, 20000)"_s);
        m_world->sql(u"analyze hold"_s);
        const QString plan =
            m_world->sqlText(u"explain (format json) select id, performance_id from hold where state = 'live' "
                             "and held_until <= clock_timestamp() order by held_until limit 200"_s);
        QVERIFY2(plan.contains(u"hold_live_by_end"_s), qPrintable(plan));
        QVERIFY2(!plan.contains(u"Seq Scan"_s), qPrintable(plan));
    }

    void nodesThatWantTheSameSeatsNeverWaitInARing()
    {
        const quint32 seed = tests::testSeed();
        SaleNode other(m_world->dsn());
        std::atomic<int> answered = 0;
        std::atomic<int> unexpected = 0;
        const HoldService::Done count = [&](const Result<HoldView> &outcome) {
            const QString told = refusal(outcome);
            if (told != u"ok" && told != u"seat_taken" && told != u"sold_out" && told != u"hold_gone")
                ++unexpected;
            ++answered;
        };
        constexpr int requests = 3'000;
        QRandomGenerator random(seed);
        std::vector<HoldId> holds;
        for (int i = 0; i < requests; ++i) {
            SaleNode &node = random.bounded(2) == 0 ? *m_world : other;
            const SaleParty &party = m_world->buyer();
            const auto key = SaleNode::newKey(party);
            const int dice = random.bounded(10);
            if (dice < 6 || holds.empty()) {
                TakeHold command{.hold = HoldId::create(), .performance = node.performance(), .seats = {}, .areas = {}};
                for (int seats = random.bounded(1, 5); seats > 0; --seats)
                    command.seats.push_back(node.layout().seat(random.bounded(SaleWorld::seatCount)).key);
                if (random.bounded(3) == 0)
                    command.areas = {{SaleWorld::yard(), random.bounded(1, 4)}};
                holds.push_back(command.hold);
                node.holds().take(party, key, command, count);
            } else {
                const HoldId hold = holds[random.bounded(static_cast<quint32>(holds.size()))];
                if (dice < 7)
                    node.holds().renew(party, key, hold, count);
                else
                    node.holds().release(party, key, {.hold = hold, .seats = {}, .areas = {}}, count);
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(answered.load(), requests, 60'000);
        QCOMPARE(unexpected.load(), 0);
        QCOMPARE(m_world->database().counts().retries, m_retriesBefore);
        QCOMPARE(other.database().counts().retries, 0);
        // What the rows of holds and of places say of each other must agree.
        QCOMPARE(
            m_world->sqlNumber(u"select count(*) from seat_inventory s full join (select id, unnest(seats) as seat_no "
                               "from hold where state = 'live') h using (seat_no) where s.hold_id is distinct from "
                               "h.id"_s),
            0);
        QCOMPARE(m_world->sqlNumber(u"select held - (select coalesce(sum(quantity), 0) from area_hold) from "
                                    "area_inventory"_s),
                 0);
    }

    void twoNodesThatGetTheSameCommandDoItOnce()
    {
        SaleNode other(m_world->dsn());
        for (int round = 0; round < 20; ++round) {
            const TakeHold command{.hold = HoldId::create(),
                                   .performance = m_world->performance(),
                                   .seats = {},
                                   .areas = {{SaleWorld::yard(), 1}}};
            const auto key = SaleNode::newKey(m_world->buyer());
            std::promise<Result<HoldView>> first;
            std::promise<Result<HoldView>> second;
            m_world->holds().take(m_world->buyer(), key, command, [&](auto outcome) { first.set_value(outcome); });
            other.holds().take(m_world->buyer(), key, command, [&](auto outcome) { second.set_value(outcome); });
            QCOMPARE(toJson(need(first.get_future().get())), toJson(need(second.get_future().get())));
        }
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
    }

    void whatSeemsNewAndIsNewIsDecidedWithoutLooking()
    {
        const HoldRequest first = take(m_world->buyer(), {a(1)}, 2);
        QCOMPARE(refusal(need(attemptAsNew(first)).front()), u"ok"_s);
        QCOMPARE(refusal(need(attemptAsNew(take(m_world->otherBuyer(), {a(1)}))).front()), u"seat_taken"_s);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->yardCounts(), u"2 0"_s);
    }

    void whatSeemsNewAndIsThereIsDecidedAgain()
    {
        const HoldRequest mine = take(m_world->buyer(), {a(1)});
        const HoldRequest refused = take(m_world->otherBuyer(), {a(1)});
        (void)run({mine, refused});
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        const std::vector<HoldRequest> there{
            mine,                                                // A repeat.
            take(m_world->buyer(), {a(2)}, 0, mine.hold()),      // More for the same hold.
            take(m_world->otherBuyer(), {a(3)}, 0, mine.hold()), // Of a stranger's hold.
            take(m_world->otherBuyer(), {a(1)}, 0, mine.hold()), // That, and refused for another reason meanwhile.
        };
        for (const HoldRequest &request : there) {
            const auto attempted = attemptAsNew(request);
            QVERIFY(!attempted);
            QCOMPARE(attempted.error().code, ErrorCode::InProgress);
        }
        m_world->sql(u"update seat_inventory set state = 'available', hold_id = null, held_until = null"_s);
        const auto repeated = attemptAsNew(refused); // It could be had by now, but was refused.
        QVERIFY(!repeated);
        QCOMPARE(repeated.error().code, ErrorCode::InProgress);
        QCOMPARE(m_world->sqlNumber(u"select seq from map_clock"_s), seq);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from seat_inventory where state <> 'available'"_s), 0);
    }

    void aNodeThatHasNotHeardOfAHoldAnswersAsOneThatHas()
    {
        const auto key = SaleNode::newKey(m_world->buyer());
        TakeHold command{.hold = HoldId::create(), .performance = m_world->performance(), .seats = {a(1)}, .areas = {}};
        const auto ask = [&command](SaleNode &node, const SaleParty &party, const CommandKey &asked) {
            std::promise<Result<HoldView>> answer;
            node.holds().take(party, asked, command, [&](Result<HoldView> outcome) { answer.set_value(outcome); });
            return answer.get_future().get();
        };
        const HoldView first = need(ask(*m_world, m_world->buyer(), key));
        SaleNode repeats(m_world->dsn());
        QCOMPARE(toJson(need(ask(repeats, m_world->buyer(), key))), toJson(first));
        SaleNode strange(m_world->dsn());
        QCOMPARE(refusal(ask(strange, m_world->otherBuyer(), SaleNode::newKey(m_world->otherBuyer()))), u"hold_gone"_s);
        SaleNode adds(m_world->dsn());
        command.seats = {a(2)};
        QCOMPARE(need(ask(adds, m_world->buyer(), SaleNode::newKey(m_world->buyer()))).places.size(), 2);
        QCOMPARE(refusal(ask(adds, m_world->otherBuyer(), SaleNode::newKey(m_world->otherBuyer()))), u"hold_gone"_s);
    }

    void aPaymentBesideTheEndOfItsHoldWaitsInNoRing_data()
    {
        QTest::addColumn<bool>("byTheClock");
        QTest::newRow("released") << false;
        QTest::newRow("expired") << true;
    }

    /// Both hold batch and payments want the pool, which somebody else keeps until both wait for it: the batch first.
    void aPaymentBesideTheEndOfItsHoldWaitsInNoRing()
    {
        QFETCH(bool, byTheClock);
        const HoldView ending = need(m_world->takeYard(m_world->buyer(), 1));
        const HoldView other = need(m_world->takeYard(m_world->otherBuyer(), 1));
        const OrderId lost = need(m_world->order(m_world->buyer(), ending)).id;
        const OrderId paid = need(m_world->order(m_world->otherBuyer(), other)).id;
        if (byTheClock)
            m_world->letHoldRunOut(ending.id);

        std::counting_semaphore<2> isKept(0), isEnough(0);
        std::vector<std::future<Status>> running;
        const auto run = [&](std::function<Status(Transaction &)> work) {
            running.push_back(std::async(std::launch::async, [&, work] { return m_world->database().transact(work); }));
        };
        const auto guard = qScopeGuard([&] { isEnough.release(); }); // Whatever fails here, nobody waits for ever.
        run([&](Transaction &transaction) -> Status {
            (void)inventory::lockPlaces(transaction, m_world->performance(), {},
                                        {*m_world->layout().areaNumber(SaleWorld::yard())});
            isKept.release();
            isEnough.acquire();
            return {};
        });
        isKept.acquire();
        run([&, facts = need(m_world->lookup()(m_world->performance()))](Transaction &transaction) -> Status {
            if (byTheClock) {
                (void)expireHolds(transaction, m_world->performance(), {ending.id});
                return {};
            }
            const std::vector<HoldRequest> release{
                request(m_world->buyer(), ReleaseHold{.hold = ending.id, .seats = {}, .areas = {}})};
            return HoldBatch(facts, release, nullptr, {}).run(transaction);
        });
        waitForLocks(1);
        run([&](Transaction &transaction) -> Status {
            auto sales = salesteps::lockFree(transaction, {lost, paid});
            if (sales.size() != 1 || sales.front().order.id != paid)
                return refuse(ErrorCode::Internal, u"a sale whose hold another works on is left to itself"_s);
            return salesteps::freeze(transaction, sales.front(), sales.front().hold.heldUntil);
        });
        waitForLocks(2);
        isEnough.release();
        for (std::future<Status> &one : running)
            need(one.get());
        QCOMPARE(m_world->database().counts().retries, m_retriesBefore);
        QCOMPARE(m_world->yardCounts(), u"1 0"_s);
        const auto stateOf = [this](const OrderId &order) {
            return m_world->sqlText(u"select state from sale_order where id = '%1'"_s.arg(order.text()));
        };
        QCOMPARE(stateOf(lost), u"expired"_s);
        QCOMPARE(stateOf(paid), u"payment_pending"_s);
    }

private:
    /// Until so many wait for a lock that another has.
    void waitForLocks(int count)
    {
        QTRY_COMPARE(m_world->sqlNumber(u"select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                                        "and datname = current_database()"_s),
                     count);
    }
    HoldRequest request(const SaleParty &party, const HoldRequest::Command &command)
    {
        return {.party = party, .key = SaleNode::newKey(party), .command = command, .done = {}};
    }
    HoldRequest take(const SaleParty &party, const std::vector<QString> &seats, int standing = 0,
                     const HoldId &hold = HoldId::create())
    {
        TakeHold command{.hold = hold, .performance = m_world->performance(), .seats = seats, .areas = {}};
        if (standing > 0)
            command.areas = {{SaleWorld::yard(), standing}};
        return request(party, command);
    }
    using Outcomes = std::vector<Result<HoldSnapshot>>;
    Outcomes run(const std::vector<HoldRequest> &requests) { return need(attempt(requests, {})); }
    Result<Outcomes> attempt(const std::vector<HoldRequest> &requests, const std::vector<bool> &seemsNew)
    {
        const auto facts = need(m_world->lookup()(m_world->performance()));
        return m_world->database().transact([&](Transaction &transaction) -> Result<Outcomes> {
            HoldBatch batch(facts, requests, nullptr, seemsNew);
            PT_CHECK(batch.run(transaction));
            return batch.outcomes();
        });
    }
    /// As the first attempt of a node that has not heard of the request's hold.
    Result<Outcomes> attemptAsNew(const HoldRequest &request) { return attempt({request}, {true}); }
    std::future<Result<HoldView>> send(const SaleParty &party, const QString &seat)
    {
        auto answer = std::make_shared<std::promise<Result<HoldView>>>();
        m_world->holds().take(party, SaleNode::newKey(party), {HoldId::create(), m_world->performance(), {seat}, {}},
                              [answer](Result<HoldView> outcome) { answer->set_value(std::move(outcome)); });
        return answer->get_future();
    }

    std::unique_ptr<SaleWorld> m_world;
    qint64 m_retriesBefore = 0; ///< Of tests that had its database before.
};

QTEST_GUILESS_MAIN(TestHoldBatch)
#include "tst_holdbatch.moc"
