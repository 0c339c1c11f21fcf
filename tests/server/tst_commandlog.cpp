#include "support/saleworld.h"

#include "commands/commandlog.h"
#include "holds/holdcommandrepository.h"

#include <QtTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::answerOf;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;

class TestCommandLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(); }
    void cleanup() { m_world.reset(); }

    void theSameBodyHasTheSameFingerprintHoweverItIsOrdered()
    {
        const QJsonObject body{{u"a"_s, 1}, {u"b"_s, 2}};
        QJsonObject other;
        other.insert(u"b"_s, 2);
        other.insert(u"a"_s, 1);
        const auto fingerprint = [](const QString &command, const QJsonObject &asked) {
            return CommandKey::make(u"user:x"_s, u"k"_s, command, asked).fingerprint;
        };
        QCOMPARE(fingerprint(u"take"_s, body), fingerprint(u"take"_s, other));
        QVERIFY(fingerprint(u"take"_s, body) != fingerprint(u"release"_s, body));
        QVERIFY(fingerprint(u"take"_s, body) != fingerprint(u"take"_s, {{u"a"_s, 1}}));
    }

    void aRepeatedTakeGetsTheFirstHold()
    {
        const TakeHold command = takeOf(u"Stalls-A-1"_s);
        const CommandKey key = keyOf(u"k1"_s, command);
        const HoldView first = need(take(key, command));
        m_world->letHoldRunOut(first.id); // So that doing it again would give another outcome.
        const HoldView again = need(take(key, command));
        QCOMPARE(toJson(again), toJson(first));
    }

    void aRepeatedRefusalStaysARefusal()
    {
        const HoldView theirs = need(m_world->takeSeats(m_world->otherBuyer(), {u"Stalls-A-1"_s}));
        const TakeHold command = takeOf(u"Stalls-A-1"_s);
        const CommandKey key = keyOf(u"k1"_s, command);
        const auto first = take(key, command);
        QCOMPARE(refusal(first), u"seat_taken"_s);
        need(m_world->release(m_world->otherBuyer(), {.hold = theirs.id, .seats = {}, .areas = {}}));
        QCOMPARE(take(key, command).error(), first.error());
        QCOMPARE(m_world->seatState(u"Stalls-A-1"_s), u"available"_s);
        need(take(keyOf(u"k2"_s, command), command));
    }

    void anotherBodyUnderTheSameIdIsRefused()
    {
        const TakeHold first = takeOf(u"Stalls-A-1"_s);
        need(take(keyOf(u"k1"_s, first), first));
        const TakeHold second = takeOf(u"Stalls-A-2"_s);
        QCOMPARE(refusal(take(keyOf(u"k1"_s, second), second)), u"key_reused"_s);
        QCOMPARE(m_world->seatState(u"Stalls-A-2"_s), u"available"_s);
    }

    void theIdsOfTwoBuyersDoNotMeet()
    {
        const TakeHold first = takeOf(u"Stalls-A-1"_s);
        need(take(keyOf(u"k1"_s, first), first));
        const TakeHold second = takeOf(u"Stalls-A-2"_s);
        const auto key = CommandKey::make(m_world->otherBuyer().owner, u"k1"_s, u"take"_s, toJson(second));
        need(answerOf([&](auto done) { m_world->holds().take(m_world->otherBuyer(), key, second, done); }));
    }

    void aRepeatedReleaseGivesBackOnce()
    {
        const HoldView hold = need(m_world->takeYard(m_world->buyer(), 5));
        const ReleaseHold command{.hold = hold.id, .seats = {}, .areas = {{SaleWorld::yard(), 2}}};
        const CommandKey key = CommandKey::make(m_world->buyer().owner, u"k1"_s, u"release"_s, toJson(command));
        for (int i = 0; i < 2; ++i) {
            const auto outcome =
                answerOf([&](auto done) { m_world->holds().release(m_world->buyer(), key, command, done); });
            QCOMPARE(need(outcome).places.front().quantity, 3);
        }
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
    }

    void aRepeatedOrderIsTheSameOrder()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {u"Stalls-A-1"_s}));
        const CreateOrder command{.order = OrderId::create(),
                                  .hold = hold.id,
                                  .lines = {{u"Stalls-A-1"_s, m_world->priceType(), 1}},
                                  .buyer = {}};
        const CommandKey key = CommandKey::make(m_world->desk().owner, u"k1"_s, u"create_order"_s, toJson(command));
        const OrderView first = need(m_world->checkout().createOrder(m_world->desk(), key, command));
        const OrderView again = need(m_world->checkout().createOrder(m_world->desk(), key, command));
        QCOMPARE(toJson(again), toJson(first));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order"_s), 1);
    }

    void aRepeatedCashPaymentIsTakenOnce()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {u"Stalls-A-1"_s}));
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        const PayCash command{.payment = PaymentId::create(), .order = order.id, .tendered = SaleWorld::money(6000)};
        const CommandKey key = CommandKey::make(m_world->desk().owner, u"k1"_s, u"pay_cash"_s, toJson(command));
        const OrderView first = need(m_world->checkout().payCash(m_world->desk(), key, command));
        const OrderView again = need(m_world->checkout().payCash(m_world->desk(), key, command));
        QCOMPARE(toJson(again), toJson(first));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 2);
    }

    void aRepeatedCardPaymentIsChargedOnce_data()
    {
        QTest::addColumn<QString>("card");
        QTest::newRow("good") << u"pm_card_visa"_s;
        QTest::newRow("declined") << u"pm_card_visa_chargeDeclined"_s;
    }

    void aRepeatedCardPaymentIsChargedOnce()
    {
        QFETCH(QString, card);
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {u"Stalls-A-1"_s}));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        const PayCard command{.payment = PaymentId::create(), .order = order.id, .cardToken = card};
        const CommandKey key = CommandKey::make(m_world->buyer().owner, u"k1"_s, u"pay_card"_s, toJson(command));
        const auto first = m_world->checkout().payCard(m_world->buyer(), key, command);
        const auto again = m_world->checkout().payCard(m_world->buyer(), key, command);
        QCOMPARE(again.has_value(), first.has_value());
        if (first)
            QCOMPARE(toJson(*again), toJson(*first));
        else
            QCOMPARE(again.error(), first.error());
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from test_card_provider.payment"_s), 1);
    }

    void aRefusedCardPaymentIsRepeatedAsRefused()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {u"Stalls-A-1"_s}));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        m_world->letHoldRunOut(hold.id);
        const PayCard command{.payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa"_s};
        const CommandKey key = CommandKey::make(m_world->buyer().owner, u"k1"_s, u"pay_card"_s, toJson(command));
        const auto first = m_world->checkout().payCard(m_world->buyer(), key, command);
        QCOMPARE(refusal(first), u"hold_gone"_s);
        QCOMPARE(m_world->checkout().payCard(m_world->buyer(), key, command).error(), first.error());
    }

    void theSameCommandSentByManyAtOnceHasOneEffect()
    {
        const HoldId hold = HoldId::create();
        const TakeHold command{
            .hold = hold, .performance = m_world->performance(), .seats = {}, .areas = {{SaleWorld::yard(), 3}}};
        const CommandKey key = keyOf(u"k1"_s, command);
        std::vector<std::jthread> senders;
        std::atomic<int> answered = 0;
        for (int i = 0; i < 8; ++i) {
            senders.emplace_back([&] {
                const auto outcome = take(key, command);
                answered += outcome && outcome->places.front().quantity == 3 ? 1 : 0;
            });
        }
        senders.clear();
        QCOMPARE(answered, 8);
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
    }

    void oldCommandsAreForgotten()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {u"Stalls-A-1"_s}));
        need(m_world->order(m_world->desk(), hold));
        need(m_world->order(m_world->desk(), hold));
        const QString old = m_world->sqlText(u"select min(key) from command_log"_s);
        const QString young = m_world->sqlText(u"select max(key) from command_log"_s);
        m_world->sql(u"update command_log set created_at = now() - interval '49 hours' where key = '%1'"_s.arg(old));
        const auto forgotten = m_world->database().transact(
            [](Transaction &transaction) -> Result<qint64> { return commandlog::forgetOld(transaction, 100); });
        QCOMPARE(need(forgotten), 1);
        QCOMPARE(m_world->sqlText(u"select key from command_log"_s), young);
    }

    void oldCommandsOnHoldsAreForgotten()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {u"Stalls-A-1"_s}));
        m_world->sql(u"update hold_command set created_at = now() - interval '49 hours'"_s);
        need(m_world->renew(m_world->buyer(), old.id));
        const auto forgotten = m_world->database().transact(
            [](Transaction &transaction) -> Result<qint64> { return holdcommands::forgetOld(transaction, 100); });
        QCOMPARE(need(forgotten), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold_command"_s), 1);
    }

private:
    TakeHold takeOf(const QString &seat)
    {
        return {.hold = HoldId::create(), .performance = m_world->performance(), .seats = {seat}, .areas = {}};
    }
    CommandKey keyOf(const QString &key, const TakeHold &command)
    {
        return CommandKey::make(m_world->buyer().owner, key, u"take"_s, toJson(command));
    }
    Result<HoldView> take(const CommandKey &key, const TakeHold &command)
    {
        return answerOf([&](auto done) { m_world->holds().take(m_world->buyer(), key, command, done); });
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestCommandLog)
#include "tst_commandlog.moc"
