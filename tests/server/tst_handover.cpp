#include "domain/holds/handover.h"
#include "holds/handoverrepository.h"
#include "identity/failurethrottle.h"
#include "support/saleworld.h"

#include <QRegularExpression>
#include <QtTest>

#include <array>
#include <barrier>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;

namespace {

constexpr auto aPeer = "192.0.2.7";

/// A code that nobody was shown.
QString wrongCode(int number)
{
    return u"zzzz"_s + QString::number(number + 1'000);
}

} // namespace

/// A hold goes from one owner to another by a code (domain/holds/handover.h).
class TestHandover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 4}); }
    void cleanup() { m_world.reset(); }

    // What the desk gives, the customer gets; and the other way round.

    void aClerkGivesAHoldToACustomer()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1), a(2)}));
        need(m_world->takeYard(m_world->desk(), 2, held.id));
        const HoldView taken = need(takeOver(m_world->buyer(), codeOf(m_world->desk(), held.id)));
        QCOMPARE(taken.id, held.id);
        QCOMPARE(taken.places.size(), 3U);
        QCOMPARE(taken.heldUntil, need(m_world->holds().find(m_world->buyer(), held.id)).heldUntil);
        QCOMPARE(ownerOf(held.id), m_world->buyer().owner + u" web"_s);
        const OrderView order = need(m_world->order(m_world->buyer(), taken));
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
    }

    void aClerkTakesTheHoldOfACustomerOver()
    {
        const HoldView held = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        need(takeOver(m_world->desk(), codeOf(m_world->buyer(), held.id)));
        QCOMPARE(ownerOf(held.id), m_world->desk().owner + u" desk"_s);
        const HoldView more = need(m_world->takeSeats(m_world->desk(), {a(3)}, held.id));
        const OrderView order = need(m_world->order(m_world->desk(), more));
        QCOMPARE(need(m_world->payCash(m_world->desk(), order, order.total)).state, OrderState::Confirmed);
    }

    void nothingButTheOwnerChanges()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1), a(2)}));
        need(m_world->takeYard(m_world->desk(), 2, held.id));
        const MapSnapshot before = m_world->storedMap();
        const QString rows = placesAsText();
        need(takeOver(m_world->buyer(), codeOf(m_world->desk(), held.id)));
        QCOMPARE(m_world->storedMap().seq, before.seq);
        QCOMPARE(placesAsText(), rows);
    }

    void theFormerOwnerIsToldWhereTheHoldIs()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        need(takeOver(m_world->buyer(), codeOf(m_world->desk(), held.id)));
        const ReleaseHold all{.hold = held.id, .seats = {}, .areas = {}};
        const std::vector<Result<HoldView>> answers{
            m_world->holds().find(m_world->desk(), held.id), m_world->renew(m_world->desk(), held.id),
            m_world->release(m_world->desk(), all), m_world->takeSeats(m_world->desk(), {a(2)}, held.id)};
        for (const auto &answer : answers) {
            QCOMPARE(refusal(answer), u"hold_gone"_s);
            QCOMPARE(handedOverTo(answer.error()), SalesChannel::Web);
        }
        QCOMPARE(handedOverTo(m_world->order(m_world->desk(), held).error()), SalesChannel::Web);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
    }

    void aStrangerIsToldNothing()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        need(takeOver(m_world->buyer(), codeOf(m_world->desk(), held.id)));
        const auto none = m_world->holds().find(m_world->otherBuyer(), HoldId::create());
        QCOMPARE(m_world->holds().find(m_world->otherBuyer(), held.id).error(), none.error());
        QCOMPARE(m_world->renew(m_world->otherBuyer(), held.id).error(), none.error());
    }

    void aHoldGoesThereAndBack()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString first = codeOf(m_world->desk(), held.id);
        const QString unused = codeOf(m_world->desk(), held.id);
        need(takeOver(m_world->buyer(), first));
        need(takeOver(m_world->desk(), codeOf(m_world->buyer(), held.id)));
        QCOMPARE(need(m_world->renew(m_world->desk(), held.id)).state, HoldState::Live);
        // What was shown before the hold went away is not good again now that it is back.
        QCOMPARE(refusal(takeOver(m_world->otherBuyer(), unused)), u"not_found"_s);
        QCOMPARE(refusal(takeOver(m_world->otherBuyer(), first)), u"wrong_state"_s);
    }

    void theOpenOrderOfTheFormerOwnerIsOver()
    {
        const HoldView held = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const OrderView order = need(m_world->order(m_world->buyer(), held));
        need(takeOver(m_world->desk(), codeOf(m_world->buyer(), held.id)));
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Expired);
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order)), u"hold_gone"_s);
    }

    // Codes.

    void aCodeIsShownOnceAndStoredAsAHash()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        static const QRegularExpression shown(u"\\A[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}\\z"_s);
        QVERIFY2(shown.match(code).hasMatch(), qPrintable(code));
        need(takeOver(m_world->buyer(), code));
        const QString bare = need(readHandoverCode(code));
        for (const QString &table : {u"hold_handover"_s, u"command_log"_s, u"hold_command"_s})
            QCOMPARE(m_world->sqlNumber(u"select count(*) from %1 t where t::text ilike '%%2%'"_s.arg(table, bare)), 0);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold_handover where code_sha256 = "
                                    "sha256(convert_to('%1', 'UTF8'))"_s.arg(bare)),
                 1);
    }

    void onlyTheOwnerIsShownACode()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        QCOMPARE(refusal(m_world->handovers().offer(m_world->buyer(), held.id)), u"hold_gone"_s);
        QCOMPARE(refusal(m_world->handovers().offer(m_world->buyer(), HoldId::create())), u"hold_gone"_s);
    }

    void aCodeIsGoodOnce()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        need(takeOver(m_world->buyer(), code));
        QCOMPARE(refusal(takeOver(m_world->otherBuyer(), code)), u"wrong_state"_s);
        QCOMPARE(ownerOf(held.id), m_world->buyer().owner + u" web"_s);
    }

    void theSameBuyerMayComeTwice()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        const HoldView first = need(takeOver(m_world->buyer(), code));
        QCOMPARE(need(takeOver(m_world->buyer(), code)).id, first.id);
    }

    void aRepeatIsAnsweredWithTheFirstOutcome()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const TakeOverHold command{.code = codeOf(m_world->desk(), held.id)};
        const CommandKey key = SaleWorld::newKey(m_world->buyer());
        const HoldView first = need(m_world->handovers().takeOver(m_world->buyer(), key, command, peer()));
        need(m_world->release(m_world->buyer(), {.hold = held.id, .seats = {}, .areas = {}}));
        const HoldView again = need(m_world->handovers().takeOver(m_world->buyer(), key, command, peer()));
        QCOMPARE(toJson(again), toJson(first));
    }

    void aLostAnswerDoesNotSpoilTheCodeThatIsShown()
    {
        // A repeat makes another code: whichever of them is on the screen is good.
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        std::vector<QString> codes;
        for (int i = 0; i < limits::handoverCodesOpenMax + 1; ++i)
            codes.push_back(codeOf(m_world->desk(), held.id));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold_handover"_s), limits::handoverCodesOpenMax);
        QCOMPARE(refusal(takeOver(m_world->buyer(), codes.front())), u"not_found"_s);
        need(takeOver(m_world->buyer(), codes[1]));
        QCOMPARE(refusal(takeOver(m_world->otherBuyer(), codes.back())), u"not_found"_s);
    }

    void aCodeEndsWithItsHold()
    {
        const HoldView expired = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const HoldView released = need(m_world->takeSeats(m_world->desk(), {a(2)}));
        const QString ofExpired = codeOf(m_world->desk(), expired.id);
        const QString ofReleased = codeOf(m_world->desk(), released.id);
        m_world->letHoldRunOut(expired.id);
        need(m_world->release(m_world->desk(), {.hold = released.id, .seats = {}, .areas = {}}));
        QCOMPARE(refusal(takeOver(m_world->buyer(), ofExpired)), u"hold_gone"_s);
        QCOMPARE(refusal(takeOver(m_world->buyer(), ofReleased)), u"hold_gone"_s);
        QCOMPARE(refusal(m_world->handovers().offer(m_world->desk(), expired.id)), u"hold_gone"_s);
    }

    void guessingIsSlowedDownForTheParty()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        for (int i = 0; i < HandoverService::failuresOfPartyMax; ++i)
            QCOMPARE(refusal(takeOver(m_world->buyer(), wrongCode(i), u"192.0.2.%1"_s.arg(i))), u"not_found"_s);
        const auto refused = takeOver(m_world->buyer(), code, u"192.0.2.100"_s);
        QCOMPARE(refusal(refused), u"rate_limited"_s);
        QVERIFY(refused.error().retryAfterSeconds > 0);
        need(takeOver(m_world->otherBuyer(), code, u"192.0.2.100"_s));
    }

    void guessingIsSlowedDownForTheAddress()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        for (int i = 0; i < FailureThrottle::failuresOfAddressMax; ++i) {
            const SaleParty guesser{.owner = u"buyer:"_s + SessionId::create().text(), .channel = SalesChannel::Web};
            QCOMPARE(refusal(takeOver(guesser, wrongCode(i))), u"not_found"_s);
        }
        QCOMPARE(refusal(takeOver(m_world->buyer(), code)), u"rate_limited"_s);
        need(takeOver(m_world->buyer(), code, u"192.0.2.100"_s));
    }

    void oldCodesAreForgotten()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        (void)codeOf(m_world->desk(), held.id);
        m_world->sql(u"update hold_handover set offered_at = now() - interval '3 days'"_s);
        const auto forgotten = m_world->database().transact(
            [](Transaction &transaction) { return Result<qint64>(handovers::forgetOld(transaction, 100)); });
        QCOMPARE(need(forgotten), 1);
    }

    // What may not go.

    void aHoldThatIsBeingPaidStaysWhereItIs()
    {
        const HoldView held = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const QString code = codeOf(m_world->buyer(), held.id);
        m_world->sql(u"update hold set state = 'frozen'"_s);
        const auto refused = takeOver(m_world->desk(), code);
        QCOMPARE(refusal(refused), u"wrong_state"_s);
        QVERIFY(refused.error().message.startsWith(u"These places are being paid for"_s));
        QCOMPARE(refusal(m_world->handovers().offer(m_world->buyer(), held.id)), u"wrong_state"_s);
        m_world->sql(u"update hold set state = 'live'"_s); // The card was declined; the code is as good as before.
        need(takeOver(m_world->desk(), code));
    }

    void thePurchaseLimitOfTheTakerCounts()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1), a(2), a(3)}));
        const QString code = codeOf(m_world->desk(), held.id);
        const HoldView own = need(m_world->takeSeats(m_world->buyer(), {a(5), a(6)}));
        const auto refused = takeOver(m_world->buyer(), code);
        QCOMPARE(refusal(refused), u"purchase_limit"_s);
        QCOMPARE(refused.error().details.value(u"limit"_s).toInt(), 4);
        need(m_world->release(m_world->buyer(), {.hold = own.id, .seats = {a(5)}, .areas = {}}));
        need(takeOver(m_world->buyer(), code));
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(7)})), u"purchase_limit"_s);
    }

    void theDeskTakesOverAnyNumber()
    {
        const HoldView held = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2), a(3), a(4)}));
        need(m_world->takeSeats(m_world->desk(), {a(5), a(6), a(7), a(8)}));
        need(takeOver(m_world->desk(), codeOf(m_world->buyer(), held.id)));
    }

    // Races.

    void withoutTheLockOneHoldGoesToTwo()
    {
        // The negative control: look, meet, then write, as the service would without the lock of the hold's row.
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        (void)codeOf(m_world->desk(), held.id);
        std::barrier<> meeting(2);
        std::atomic<int> won = 0;
        race([&](const SaleParty &party) {
            const bool isOpen = m_world->sqlNumber(u"select count(*) from hold_handover where taken_at is null"_s) == 1;
            meeting.arrive_and_wait();
            if (!isOpen)
                return;
            m_world->sql(u"update hold set owner = '%1'"_s.arg(party.owner));
            m_world->sql(u"update hold_handover set taken_by = '%1', taken_at = now()"_s.arg(party.owner));
            ++won;
        });
        QCOMPARE(won.load(), 2);
    }

    void oneHoldGoesToOneOfTwo()
    {
        for (int round = 0; round < 10; ++round) {
            const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
            const QString code = codeOf(m_world->desk(), held.id);
            std::atomic<int> won = 0;
            race([&](const SaleParty &party) {
                const auto taken = takeOver(party, code);
                if (taken)
                    ++won;
                else
                    QCOMPARE(refusal(taken), u"wrong_state"_s);
                QCOMPARE(ownerOf(held.id) == party.owner + u" web"_s, taken.has_value());
            });
            QCOMPARE(won.load(), 1);
            for (const SaleParty &party : {m_world->buyer(), m_world->otherBuyer()})
                (void)m_world->release(party, {.hold = held.id, .seats = {}, .areas = {}});
        }
    }

    void withoutTheLockACustomerGetsWhatIsOver()
    {
        // The negative control: the hold is looked at, runs out and is another's by the time that it is written.
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString state = m_world->sqlText(u"select state from hold"_s);
        m_world->letHoldRunOut(held.id);
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        if (state == u"live"_s)
            m_world->sql(u"update hold set owner = '%1' where id = '%2'"_s.arg(m_world->buyer().owner, held.id.text()));
        QCOMPARE(seatsHeldBy(m_world->buyer()), 0);
        QVERIFY(m_world->holds().find(m_world->buyer(), held.id)); // Told that they are his, and they are not.
    }

    void whatRunsOutMeanwhileIsNotTakenOver()
    {
        for (int round = 0; round < 10; ++round) {
            const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
            const QString code = codeOf(m_world->desk(), held.id);
            m_world->sql(u"update hold set held_until = clock_timestamp() + interval '15 ms' where id = '%1'"_s.arg(
                held.id.text()));
            m_world->sql(u"update seat_inventory s set held_until = h.held_until from hold h where h.id = s.hold_id"_s);
            Result<HoldView> taken = refuse(ErrorCode::Internal, {});
            Result<HoldView> other = refuse(ErrorCode::Internal, {});
            {
                const std::jthread taker([&] { taken = takeOver(m_world->buyer(), code); });
                const std::jthread next([&] {
                    while (!other && m_world->sqlNumber(u"select count(*) from hold where id = '%1' and held_until > "
                                                        "clock_timestamp() - interval '50 ms'"_s.arg(held.id.text())))
                        other = m_world->takeSeats(m_world->otherBuyer(), {a(1)});
                });
                const std::jthread sweeper([&] { need(m_world->holds().expireDue()); });
            }
            if (!taken)
                QCOMPARE(refusal(taken), u"hold_gone"_s);
            // Whoever has the seat, it is one of them and was told so; nobody is told that an ended hold is theirs.
            QCOMPARE(m_world->sqlNumber(u"select count(*) from hold h join seat_inventory s on s.hold_id = h.id "
                                        "where s.held_until > clock_timestamp()"_s),
                     other ? 1 : 0);
            QCOMPARE(ownerOf(held.id) == m_world->buyer().owner + u" web"_s, taken.has_value());
            m_world->sql(u"update hold set held_until = now() where state = 'live'"_s);
            m_world->sql(u"update seat_inventory set held_until = now() where held_until is not null"_s);
            need(m_world->holds().expireDue());
        }
    }

    void aTakeOverThatWaitedForTheEndIsRefused()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const QString code = codeOf(m_world->desk(), held.id);
        Result<HoldView> taken = refuse(ErrorCode::Internal, {});
        std::jthread taker;
        need(m_world->database().transact([&](Transaction &transaction) -> Result<int> {
            const auto locked = holds::lock(transaction, held.id);
            taker = std::jthread([&] { taken = takeOver(m_world->buyer(), code); });
            waitForALock();
            HoldRow ended = *locked;
            ended.state = HoldState::Expired;
            holds::write(transaction, ended);
            return 0;
        }));
        taker.join();
        QCOMPARE(refusal(taken), u"hold_gone"_s);
        QCOMPARE(ownerOf(held.id), m_world->desk().owner + u" desk"_s);
    }

    void twoHandoversCannotPassThePurchaseLimit()
    {
        for (int round = 0; round < 5; ++round) {
            const HoldView first = need(m_world->takeSeats(m_world->desk(), {a(1), a(2), a(3)}));
            const HoldView second = need(m_world->takeSeats(m_world->desk(), {a(5), a(6), a(7)}));
            const std::array codes{codeOf(m_world->desk(), first.id), codeOf(m_world->desk(), second.id)};
            std::atomic<int> won = 0;
            {
                std::vector<std::jthread> windows;
                for (const QString &code : codes)
                    windows.emplace_back([&, code] { won += takeOver(m_world->buyer(), code) ? 1 : 0; });
            }
            QCOMPARE(won.load(), 1);
            for (const SaleParty &party : {m_world->desk(), m_world->buyer()}) {
                for (const HoldId &hold : {first.id, second.id})
                    (void)m_world->release(party, {.hold = hold, .seats = {}, .areas = {}});
            }
        }
    }

private:
    [[nodiscard]] static QString peer() { return QString::fromLatin1(aPeer); }
    QString codeOf(const SaleParty &party, const HoldId &hold)
    {
        return need(m_world->handovers().offer(party, hold)).code;
    }
    Result<HoldView> takeOver(const SaleParty &party, const QString &code, const QString &from = peer())
    {
        return m_world->handovers().takeOver(party, SaleWorld::newKey(party), {.code = code}, from);
    }
    [[nodiscard]] QString ownerOf(const HoldId &hold)
    {
        return m_world->sqlText(u"select owner || ' ' || channel from hold where id = '%1'"_s.arg(hold.text()));
    }
    /// Every place that is held, as the database has it.
    [[nodiscard]] QString placesAsText()
    {
        return m_world->sqlText(
            u"select (select string_agg(s::text, ' ' order by seat_no) from seat_inventory s where hold_id is not "
            u"null) "
            "|| (select string_agg(a::text, ' ') from area_hold a) || (select string_agg(i::text, ' ') from "
            "area_inventory i)"_s);
    }
    [[nodiscard]] int seatsHeldBy(const SaleParty &party)
    {
        return static_cast<int>(m_world->sqlNumber(u"select count(*) from seat_inventory s join hold h on h.id = "
                                                   "s.hold_id where h.owner = '%1'"_s.arg(party.owner)));
    }
    /// Until somebody waits for a lock that another has.
    void waitForALock()
    {
        QTRY_VERIFY_WITH_TIMEOUT(
            m_world->sqlNumber(u"select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                               "and datname = current_database()"_s) > 0,
            10'000);
    }
    /// Both customers at once.
    template <class Work>
    void race(const Work &work)
    {
        std::barrier<> start(2);
        const auto run = [&](const SaleParty &party) {
            start.arrive_and_wait();
            work(party);
        };
        const std::jthread one([&] { run(m_world->buyer()); });
        const std::jthread two([&] { run(m_world->otherBuyer()); });
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestHandover)
#include "tst_handover.moc"
