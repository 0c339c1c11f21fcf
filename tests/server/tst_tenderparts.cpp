#include "check/salebooks.h"
#include "identity/tokens.h"
#include "runtime/faultpoint.h"
#include "support/paidworld.h"

#include <QtTest>

#include <latch>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// Orders that are paid in several ways (docs/giftcards.md), through the services on a real database. A seat of row A
/// costs 50.00.
class TestTenderParts : public QObject, private test::PaidWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    void aGiftCardPaysAll()
    {
        const QString code = aCard(8'000);
        const OrderView sold = need(pay(anOrder(), {{.code = code}}));
        QCOMPARE(sold.state, OrderState::Confirmed);
        QCOMPARE(sold.paymentMethod, PaymentMethod::GiftCard);
        QCOMPARE(sold.tickets.size(), size_t(1));
        QCOMPARE(available(code), 3'000);
        QCOMPARE(ledger(u"gift_cards_owed"_s), -3'000);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from test_card_provider.payment"_s), 0);
    }

    void theRestGoesOnACard()
    {
        const QString code = aCard(2'000);
        const OrderView sold = need(pay(anOrder(), {{.code = code}}, u"pm_card_visa"_s));
        QCOMPARE(sold.state, OrderState::Confirmed);
        QCOMPARE(sold.paymentMethod, PaymentMethod::Card);
        QCOMPARE(sold.tenders.size(), size_t(2));
        QCOMPARE(sold.tenders[0].method, PaymentMethod::GiftCard);
        QCOMPARE(sold.tenders[0].amount, SaleWorld::money(2'000));
        QCOMPARE(sold.tenders[1].amount, SaleWorld::money(3'000));
        QCOMPARE(available(code), 0);
        QCOMPARE(atProvider(), 3'000);
        QCOMPARE(ledger(u"card_clearing"_s), 3'000);
    }

    void severalCardsAndCash()
    {
        const QString first = aCard(2'000);
        const QString second = aCard(1'000);
        PayInParts command = commandFor(anOrder(m_world->desk()), {{.code = first}, {.code = second}});
        command.cash = SaleWorld::money(5'000);
        const OrderView sold = need(pay(m_world->desk(), command));
        QCOMPARE(sold.change, SaleWorld::money(3'000));
        QCOMPARE(sold.tenders.size(), size_t(3));
        QCOMPARE(available(first) + available(second), 0);
        QCOMPARE(ledger(u"cash_drawer"_s), 3'000 + 2'000); // The order, and the cards that were sold.
    }

    void whatIsPaidWithIsRefusedByField_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("a code that no card has") << u"unknown"_s << u"not_found /gift_cards/0/code"_s;
        QTest::newRow("mistyped") << u"mistyped"_s << u"invalid_input /gift_cards/0/code"_s;
        QTest::newRow("twice the same") << u"twice"_s << u"invalid_input /gift_cards/1/code"_s;
        QTest::newRow("blocked") << u"blocked"_s << u"wrong_state /gift_cards/0"_s;
        QTest::newRow("expired") << u"expired"_s << u"wrong_state /gift_cards/0"_s;
        QTest::newRow("more than it has") << u"more"_s << u"amount_mismatch /gift_cards/0"_s;
        QTest::newRow("nothing for the rest") << u"rest"_s << u"amount_mismatch /gift_cards"_s;
        QTest::newRow("cash from a buyer") << u"cash"_s << u"forbidden /cash"_s;
    }
    void whatIsPaidWithIsRefusedByField()
    {
        QFETCH(QString, how);
        QFETCH(QString, outcome);
        const QString code = aCard(2'000);
        PayInParts command = commandFor(anOrder(), {{.code = code}});
        command.cardToken = u"pm_card_visa"_s;
        if (how == u"unknown"_s)
            command.giftCards[0].code = giftCardCode(tokens::readableCode(15));
        else if (how == u"mistyped"_s)
            command.giftCards[0].code = u"aaaabbbbccccdddd"_s;
        else if (how == u"twice"_s)
            command.giftCards.push_back({.code = code.toLower()});
        else if (how == u"blocked"_s)
            m_world->sql(u"update gift_card set state = 'blocked', block_reason = 'stolen'"_s);
        else if (how == u"expired"_s)
            m_world->sql(u"update gift_card set expires_at = now()"_s);
        else if (how == u"more"_s)
            command.giftCards[0].amount = SaleWorld::money(2'001);
        else if (how == u"rest"_s)
            command.cardToken.reset();
        else if (how == u"cash"_s)
            command.cash = SaleWorld::money(5'000);
        const auto refused = pay(m_world->buyer(), command);
        QVERIFY(!refused);
        QCOMPARE(errorCodeName(refused.error().code) + u' ' + refused.error().field, outcome);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->sqlNumber(u"select sum(reserved) from gift_card"_s), 0);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 0);
    }

    void aDeclinedCardGivesTheGiftCardFree()
    {
        const QString code = aCard(2'000);
        const OrderView order = anOrder();
        QCOMPARE(refusal(pay(order, {{.code = code}}, u"pm_card_visa_chargeDeclined"_s)), u"payment_declined"_s);
        QCOMPARE(available(code), 2'000);
        QCOMPARE(need(pay(order, {{.code = code}}, u"pm_card_visa"_s)).state, OrderState::Confirmed);
        QCOMPARE(available(code), 0);
        QCOMPARE(atProvider(), 3'000);
    }

    void aRepeatIsAnsweredWithTheFirstOutcome()
    {
        for (const QString &card : {QString(), u"pm_card_visa"_s}) {
            const QString code = aCard(card.isEmpty() ? 5'000 : 2'000);
            PayInParts command = commandFor(anOrder(m_world->buyer(), card.isEmpty() ? 1 : 2), {{.code = code}});
            if (!card.isEmpty())
                command.cardToken = card;
            const CommandKey key = SaleNode::newKey(m_world->buyer());
            const OrderView first = need(m_world->checkout().payInParts(m_world->buyer(), key, command));
            const OrderView again = need(m_world->checkout().payInParts(m_world->buyer(), key, command));
            QCOMPARE(again.number, first.number);
            QCOMPARE(again.state, OrderState::Confirmed);
            QCOMPARE(available(code), 0);
        }
    }

    void whatIsSetAsideIsNobodyElses()
    {
        const QString code = aCard(6'000);
        m_provider->set(Call::Capture, Line::AnswerLost);
        m_provider->set(Call::Query, Line::RequestLost);
        const OrderView pending =
            need(pay(anOrder(), {{.code = code, .amount = SaleWorld::money(4'000)}}, u"pm_card_visa"_s));
        QCOMPARE(pending.state, OrderState::PaymentPending);
        QCOMPARE(available(code), 2'000);
        const OrderView other = anOrder(m_world->otherBuyer(), 2);
        PayInParts command = commandFor(other, {{.code = code, .amount = SaleWorld::money(3'000)}});
        command.cardToken = u"pm_card_visa"_s;
        QCOMPARE(refusal(pay(m_world->otherBuyer(), command)), u"amount_mismatch"_s);
        m_provider->repair();
        QCOMPARE(settle(), 1);
        QCOMPARE(viewOf(pending).state, OrderState::Confirmed);
        QCOMPARE(available(code), 2'000);
        command.giftCards[0].amount = SaleWorld::money(2'000);
        QCOMPARE(need(pay(m_world->otherBuyer(), command)).state, OrderState::Confirmed);
        QCOMPARE(available(code), 0);
    }

    void aPaymentThatNeverReachedTheProviderGivesTheGiftCardFree()
    {
        const QString code = aCard(2'000);
        m_provider->set(Call::Authorise, Line::RequestLost);
        const OrderView pending = need(pay(anOrder(), {{.code = code}}, u"pm_card_visa"_s));
        QCOMPARE(pending.state, OrderState::PaymentPending);
        QCOMPARE(available(code), 0);
        m_provider->repair();
        QCOMPARE(settle(), 1);
        QCOMPARE(viewOf(pending).state, OrderState::Open);
        QCOMPARE(available(code), 2'000);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(atProvider(), 0);
    }

    void aCardThatIsBlockedMeanwhileStillPaysWhatItHasSetAside()
    {
        const QString code = aCard(2'000);
        m_provider->beforeCapture([this](const PaymentId &) {
            m_world->sql(u"update gift_card set state = 'blocked', block_reason = 'x'"_s);
        });
        QCOMPARE(need(pay(anOrder(), {{.code = code}}, u"pm_card_visa"_s)).state, OrderState::Confirmed);
        QCOMPARE(m_world->sqlNumber(u"select balance from gift_card"_s), 0);
    }

    // Races.

    void withoutTheLockTwoOrdersAreToldOfTheSameMoney()
    {
        const QString code = aCard(5'000);
        QVERIFY(armFaultPoints("gift_card_lock:skip,gift_card_read:sleep=200"));
        // Both believe that it is theirs, and only the last word of the database stops one of them.
        QCOMPARE(raceFor(code), QStringList({u"internal"_s, u"ok"_s}));
        // Without that too, the card pays twice.
        m_world->sql(u"alter table gift_card drop constraint gift_card_check; "
                     "alter table gift_card drop constraint gift_card_balance_check"_s);
        QCOMPARE(raceFor(aCard(5'000), 3), QStringList({u"ok"_s, u"ok"_s}));
        QVERIFY(armFaultPoints(""));
        const QStringList faults = m_world->books().faults();
        QVERIFY2(!faults.filter(u"less than nothing"_s).isEmpty(), "the control must see the race");
        open(); // Its books are broken.
    }

    void ofTwoOrdersForTheSameMoneyOneIsPaid()
    {
        QVERIFY(armFaultPoints("gift_card_read:sleep=30"));
        for (int i = 0; i < 4; ++i)
            QCOMPARE(raceFor(aCard(5'000), 2 * i + 1), QStringList({u"amount_mismatch"_s, u"ok"_s}));
    }

    void ordersThatNameCardsCrosswiseDoNotWaitForEachOther()
    {
        const QString first = aCard(3'000);
        const QString second = aCard(3'000);
        std::latch start(2);
        QStringList outcomes;
        std::mutex mutex;
        const auto buy = [&](const SaleParty &party, int seat, const std::vector<GiftCardTender> &cards) {
            const PayInParts command = commandFor(anOrder(party, seat), cards);
            start.arrive_and_wait();
            const QString outcome = refusal(pay(party, command));
            const std::scoped_lock lock(mutex);
            outcomes += outcome;
        };
        {
            std::jthread one([&] { buy(m_world->buyer(), 1, {{.code = first}, {.code = second}}); });
            std::jthread two([&] { buy(m_world->otherBuyer(), 2, {{.code = second}, {.code = first}}); });
        }
        outcomes.sort();
        QCOMPARE(outcomes, QStringList({u"amount_mismatch"_s, u"ok"_s}));
        QCOMPARE(m_world->database().counts().retries, 0);
    }

    // After the sale.

    void moneyGoesBackToTheGiftCardFirst()
    {
        const QString code = aCard(7'000);
        const OrderView order = anOrder(m_world->buyer(), 1, 2); // 100.00
        const OrderView sold = need(pay(order, {{.code = code}}, u"pm_card_visa"_s));
        const OrderView back = need(refund(sold, {1}));
        QCOMPARE(back.refunds[0].repayments.size(), size_t(1));
        QCOMPARE(back.refunds[0].repayments[0].method, PaymentMethod::GiftCard);
        QCOMPARE(back.refunds[0].repayments[0].state, RepaymentState::Repaid);
        QCOMPARE(available(code), 5'000);
        const OrderView rest = need(refund(sold, {2}));
        QCOMPARE(rest.refunds[1].repayments.size(), size_t(2));
        QCOMPARE(rest.refunds[1].repayments[0].amount, SaleWorld::money(2'000));
        QCOMPARE(rest.refunds[1].repayments[1].method, PaymentMethod::Card);
        QCOMPARE(rest.refunds[1].repayments[1].amount, SaleWorld::money(3'000));
        QCOMPARE(available(code), 7'000);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 1);
        QCOMPARE(ledger(u"gift_cards_owed"_s), -7'000);
        QCOMPARE(ledger(u"card_clearing"_s), 0);
        QCOMPARE(ledger(u"ticket_sales"_s), 0);
    }

    void moneyThatComesBackToAnExpiredCardMayBeUsedForAWhile()
    {
        const QString code = aCard(5'000);
        const OrderView sold = need(pay(anOrder(), {{.code = code}}));
        m_world->sql(u"update gift_card set expires_at = now() - interval '1 day'"_s);
        need(refund(sold));
        QCOMPARE(available(code), 5'000);
        QCOMPARE(m_world->sqlText(u"select expires_at > now() + interval '89 days' from gift_card"_s), u"t"_s);
    }

    void aCancelledPerformanceGivesEverythingBackAtOnce()
    {
        const QString code = aCard(2'000);
        need(pay(anOrder(), {{.code = code}}, u"pm_card_visa"_s));
        need(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                             {.performance = m_world->performance(), .reason = u"Feste is ill"_s}));
        QCOMPARE(need(m_world->cancellations().step()), 1);
        QCOMPARE(available(code), 2'000);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 1);
        m_world->sql(u"update cancellation set created_at = created_at - interval '1 minute'"_s); // All servers know.
        QCOMPARE(need(m_world->cancellations().step()), 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void theNewPlacesOfAnExchangeGoBackToTheGiftCardToo()
    {
        const QString code = aCard(5'000);
        const OrderView sold = need(pay(anOrder(m_world->desk()), {{.code = code}}, {}, m_world->desk()));
        const OrderView next = anOrder(m_world->desk(), 2);
        const ExchangeOrder command{.order = next.id,
                                    .from = sold.id,
                                    .lines = {},
                                    .refund = RefundId::create(),
                                    .reason = u"another seat"_s,
                                    .payment = PaymentId::create()};
        const OrderView exchanged = need(
            m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()), command));
        QCOMPARE(exchanged.state, OrderState::Confirmed);
        QCOMPARE(available(code), 0);
        need(refund(exchanged));
        QCOMPARE(available(code), 5'000);
    }

    // The check from outside.

    void theBooksAreNotSoundAfterTampering_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        const auto row = [](const char *name, const QString &tampering, const QString &fault) {
            QTest::newRow(name) << tampering << fault;
        };
        row("a part is lost", u"delete from payment_attempt where part_of is not null"_s,
            u"not paid once and in full"_s);
        row("a part has another end", u"update payment_attempt set state = 'cancelled' where part_of is not null"_s,
            u"has another end than the payment that it is a part of"_s);
        row("it was never set aside", u"delete from gift_card_movement where kind = 'reserved'"_s,
            u"was not set aside, or has another end"_s);
        row("it was not taken", u"delete from gift_card_movement where kind = 'redeemed'"_s,
            u"was not set aside, or has another end"_s);
        row("it did not come back", u"delete from gift_card_movement where kind = 'refunded'"_s,
            u"what went back to a gift card and is not on it"_s);
        row("it is not in the ledger", u"delete from ledger_entry where account = 'gift_cards_owed' and amount > 0"_s,
            u"what is owed to holders of gift cards"_s);
    }
    void theBooksAreNotSoundAfterTampering()
    {
        QFETCH(QString, tampering);
        QFETCH(QString, fault);
        need(pay(anOrder(), {{.code = aCard(2'000)}}, u"pm_card_visa"_s));
        need(refund(need(pay(anOrder(m_world->buyer(), 2), {{.code = aCard(6'000)}}))));
        QCOMPARE(m_world->books().faults(), QStringList());
        const QStringList faults =
            m_world->books().faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(!faults.filter(fault).isEmpty(), qPrintable(u"only seen: "_s + faults.join(u" | "_s)));
    }

private:
    OrderView anOrder(const SaleParty &party, int seat = 1, int seats = 1)
    {
        std::vector<QString> keys;
        for (int i = 0; i < seats; ++i)
            keys.push_back(a(seat + i));
        return need(m_world->order(party, need(m_world->takeSeats(party, keys))));
    }
    OrderView anOrder() { return anOrder(m_world->buyer()); }
    static PayInParts commandFor(const OrderView &order, const std::vector<GiftCardTender> &cards)
    {
        return {.payment = PaymentId::create(), .order = order.id, .giftCards = cards};
    }
    Result<OrderView> pay(const SaleParty &party, const PayInParts &command)
    {
        return m_world->checkout().payInParts(party, SaleNode::newKey(party), command);
    }
    Result<OrderView> pay(const OrderView &order, const std::vector<GiftCardTender> &cards, const QString &card = {},
                          std::optional<SaleParty> party = {})
    {
        PayInParts command = commandFor(order, cards);
        if (!card.isEmpty())
            command.cardToken = card;
        return pay(party.value_or(m_world->buyer()), command);
    }
    int settle()
    {
        m_world->sql(u"update payment_attempt set deadline = now() - interval '1 second', created_at = created_at - "
                     "interval '1 hour' where state in ('authorising', 'in_doubt')"_s);
        return need(m_world->checkout().settleOverdue());
    }
    /// Two buyers pay a seat each with the same code at once; how that ended, sorted.
    QStringList raceFor(const QString &code, int seat = 1)
    {
        const PayInParts first = commandFor(anOrder(m_world->buyer(), seat), {{.code = code}});
        const PayInParts second = commandFor(anOrder(m_world->otherBuyer(), seat + 1), {{.code = code}});
        QStringList outcomes(2);
        std::latch start(2);
        {
            std::jthread one([&] {
                start.arrive_and_wait();
                outcomes[0] = refusal(pay(m_world->buyer(), first));
            });
            std::jthread two([&] {
                start.arrive_and_wait();
                outcomes[1] = refusal(pay(m_world->otherBuyer(), second));
            });
        }
        outcomes.sort();
        return outcomes;
    }
};

QTEST_MAIN(TestTenderParts)
#include "tst_tenderparts.moc"
