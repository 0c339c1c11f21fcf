#include "check/salebooks.h"
#include "identity/tokens.h"
#include "payments/cardterminals.h"
#include "support/runningterminal.h"
#include "support/saleworld.h"

#include <QtTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::RunningTerminal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

namespace {

constexpr auto aPeer = "192.0.2.7";

} // namespace

/// Gift cards sold and vouchers given (docs/giftcards.md), through the service on a real database.
class TestGiftCards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(); }
    void cleanup()
    {
        if (m_world)
            QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
        m_adapter.reset();
        m_terminal.reset();
    }

    void aCardIsSoldForCash()
    {
        IssueGiftCard command = aSale(5'000);
        command.tendered = SaleWorld::money(6'000);
        const IssuedGiftCard issued = need(issue(command));
        QCOMPARE(issued.change, SaleWorld::money(1'000));
        QCOMPARE(issued.card.state, GiftCardState::Active);
        QCOMPARE(issued.card.balance, SaleWorld::money(5'000));
        QCOMPARE(issued.card.lastFour, issued.code->right(4));
        QCOMPARE(issued.card.issuedBy, u"Viola of Messaline"_s);
        QCOMPARE(ledger(u"cash_drawer"_s), 5'000);
        QCOMPARE(ledger(u"gift_cards_owed"_s), -5'000);
        QCOMPARE(balanceOf(*issued.code).available, SaleWorld::money(5'000));
        QCOMPARE(need(m_world->giftCards().find(issued.card.id)).movements.size(), size_t(1));
    }

    void theCodeIsNowhereInTheDatabase()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        const QString code = *issued.code;
        for (const QString &table : {u"gift_card"_s, u"gift_card_movement"_s, u"gift_card_sale"_s, u"command_log"_s,
                                     u"ledger_entry"_s, u"outbox"_s}) {
            for (const QString &written : {code, QString(code).remove(u'-'), QString(code).remove(u'-').toLower()}) {
                QCOMPARE(m_world->sqlNumber(
                             u"select count(*) from %1 t where position('%2' in t::text) > 0"_s.arg(table, written)),
                         0);
            }
        }
    }

    void lessThanItCostsSellsNoCard()
    {
        IssueGiftCard command = aSale(5'000);
        command.tendered = SaleWorld::money(4'999);
        QCOMPARE(refusal(issue(command)), u"amount_mismatch"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from gift_card"_s), 0);
    }

    void onlyMoneyOfTheHouseIsTaken()
    {
        IssueGiftCard command = aSale(5'000);
        command.amount = Money(5'000, *Currency::fromCode(u"JPY"_s));
        command.tendered = command.amount;
        QCOMPARE(refusal(issue(command)), u"invalid_input"_s);
    }

    void aSupervisorGivesAVoucherForAReason()
    {
        IssueGiftCard command = aVoucher(2'000);
        QCOMPARE(refusal(issue(command)), u"forbidden"_s);
        const IssuedGiftCard given = need(issue(command, supervisor()));
        QCOMPARE(given.card.kind, GiftCardKind::Voucher);
        QCOMPARE(given.card.reason, command.reason);
        QCOMPARE(ledger(u"vouchers_given"_s), 2'000);
        QCOMPARE(ledger(u"gift_cards_owed"_s), -2'000);
        QCOMPARE(ledger(u"cash_drawer"_s), 0);
    }

    void aRepeatIsNotASecondCardAndItsCodeIsTheOnlyOne()
    {
        const IssueGiftCard command = aSale(5'000);
        const CommandKey key = SaleNode::newKey(m_world->desk());
        const IssuedGiftCard first = need(m_world->giftCards().issue(clerk(), key, command));
        const IssuedGiftCard again = need(m_world->giftCards().issue(clerk(), key, command));
        QCOMPARE(again.card.id, first.card.id);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from gift_card"_s), 1);
        QCOMPARE(ledger(u"cash_drawer"_s), 5'000);
        QVERIFY(*again.code != *first.code);
        QCOMPARE(refusal(ask(*first.code)), u"not_found"_s);
        QCOMPARE(balanceOf(*again.code).available, SaleWorld::money(5'000));
        IssueGiftCard other = aSale(100);
        other.card = command.card;
        QCOMPARE(refusal(issue(other)), u"key_reused"_s);
        other = aSale(100);
        other.payment = command.payment;
        QCOMPARE(refusal(issue(other)), u"key_reused"_s);
    }

    void aSupervisorBlocksACardAndTakesTheBlockOff()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        BlockGiftCard command{.card = issued.card.id, .isBlocked = true, .reason = u"stolen"_s};
        QCOMPARE(refusal(block(command, clerk())), u"forbidden"_s);
        const GiftCardView blocked = need(block(command, supervisor()));
        QCOMPARE(blocked.state, GiftCardState::Blocked);
        QCOMPARE(blocked.blockReason, u"stolen"_s);
        QCOMPARE(blocked.balance, SaleWorld::money(5'000));
        QCOMPARE(balanceOf(*issued.code).available, SaleWorld::money(0));
        QCOMPARE(refusal(m_world->giftCards().renewCode(supervisor(), issued.card.id)), u"wrong_state"_s);
        command.isBlocked = false;
        QCOMPARE(need(block(command, supervisor())).state, GiftCardState::Active);
        command.card = GiftCardId::create();
        QCOMPARE(refusal(block(command, supervisor())), u"not_found"_s);
    }

    void aCardThatHasExpiredHasNothingToSpend()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        m_world->sql(u"update gift_card set expires_at = now()"_s);
        const GiftCardBalance balance = balanceOf(*issued.code);
        QVERIFY(balance.isExpired);
        QCOMPARE(balance.available, SaleWorld::money(0));
        QCOMPARE(need(m_world->giftCards().find(issued.card.id)).balance, SaleWorld::money(5'000)); // It is owed still.
    }

    void aLostCodeIsRenewedAndTheOldOneIsWorthNothing()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        const GiftCardActor other{.principal = u"user:feste"_s, .isSupervisor = false};
        QCOMPARE(refusal(m_world->giftCards().renewCode(other, issued.card.id)), u"forbidden"_s);
        const IssuedGiftCard own = need(m_world->giftCards().renewCode(clerk(), issued.card.id));
        const IssuedGiftCard renewed = need(m_world->giftCards().renewCode(supervisor(), issued.card.id));
        QCOMPARE(refusal(ask(*issued.code)), u"not_found"_s);
        QCOMPARE(refusal(ask(*own.code)), u"not_found"_s);
        QCOMPARE(balanceOf(*renewed.code).available, SaleWorld::money(5'000));
    }

    void cardsAreFoundByTheirLastCharactersOrTheirCode()
    {
        const IssuedGiftCard first = need(issue(aSale(5'000)));
        const IssuedGiftCard second = need(issue(aVoucher(100), supervisor()));
        QCOMPARE(need(m_world->giftCards().search({}, 50)).size(), size_t(2));
        QCOMPARE(need(m_world->giftCards().search({}, 50)).front().id, second.card.id);
        QCOMPARE(need(m_world->giftCards().search(first.card.lastFour.toLower(), 50)).front().id, first.card.id);
        QCOMPARE(need(m_world->giftCards().search(*second.code, 50)).front().id, second.card.id);
        QCOMPARE(refusal(m_world->giftCards().search(u"K7PM-3XQT"_s, 50)), u"invalid_input"_s);
    }

    void whoGuessesIsSlowedDown()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        for (int i = 0; i < GiftCardService::failuresOfPartyMax; ++i)
            QCOMPARE(refusal(ask(wrongCode())), u"not_found"_s);
        const auto refused = ask(*issued.code);
        QCOMPARE(refusal(refused), u"rate_limited"_s);
        QVERIFY(refused.error().retryAfterSeconds > 0);
        const auto other = m_world->giftCards().balance(m_world->otherBuyer(), *issued.code, u"192.0.2.9"_s);
        QCOMPARE(need(other).available, SaleWorld::money(5'000));
    }

    void manySessionsOfOneAddressAreSlowedDown()
    {
        Result<GiftCardBalance> last = ask(wrongCode());
        for (int i = 0; i < 40 && refusal(last) == u"not_found"_s; ++i) {
            const SaleParty party{.owner = u"buyer:%1"_s.arg(i), .channel = SalesChannel::Web};
            last = m_world->giftCards().balance(party, wrongCode(), QString::fromLatin1(aPeer));
        }
        QCOMPARE(refusal(last), u"rate_limited"_s);
    }

    void whatWasMistypedIsNoGuess()
    {
        QString mistyped = *need(issue(aSale(5'000))).code;
        std::swap(mistyped[0], mistyped[6]);
        if (mistyped.at(0) == mistyped.at(6))
            mistyped[1] = mistyped.at(1) == u'A' ? u'B' : u'A';
        for (int i = 0; i < 30; ++i)
            QCOMPARE(refusal(ask(mistyped)), u"invalid_input"_s);
    }

    // At a card terminal.

    void aCardIsSoldAtTheTerminal()
    {
        useTerminal();
        const IssuedGiftCard issued = need(issue(atTerminal(5'000)));
        QCOMPARE(issued.card.state, GiftCardState::Active);
        QVERIFY(issued.code);
        QCOMPARE(ledger(u"card_clearing"_s), 5'000);
        QCOMPARE(m_terminal->net(), 5'000);
    }

    void aDeclinedCustomerHasNoCard()
    {
        useTerminal();
        m_terminal->next(u"decline"_s);
        QCOMPARE(refusal(issue(atTerminal(5'000))), u"payment_declined"_s);
        QCOMPARE(m_world->sqlText(u"select state || ' ' || balance from gift_card"_s), u"void 0"_s);
        QCOMPARE(m_terminal->net(), 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
        QVERIFY(need(m_world->giftCards().search({}, 50)).empty());
    }

    void withoutATerminalCardsAreSoldForCash() { QCOMPARE(refusal(issue(atTerminal(5'000))), u"not_found"_s); }

    /// As when our server dies while the customer pays: the row is there, and nobody waits for the answer.
    void aSaleWhoseServerDiedIsEndedByTheNext_data()
    {
        QTest::addColumn<bool>("hasCharged");
        QTest::newRow("after the customer paid") << true;
        QTest::newRow("before the terminal heard of it") << false;
    }
    void aSaleWhoseServerDiedIsEndedByTheNext()
    {
        QFETCH(bool, hasCharged);
        useTerminal();
        const IssueGiftCard command = atTerminal(5'000);
        if (hasCharged) {
            const ProviderAnswer charged = m_adapter->authorise(
                {.id = command.payment, .amount = command.amount, .instrument = u"left"_s}, u"left"_s);
            QCOMPARE(charged.state, ProviderState::Captured);
        }
        m_world->sql(
            u"insert into gift_card (id, kind, state, currency, amount, expires_at, principal, created_at) values "
            "('%1', 'gift_card', 'unpaid', 'GBP', 5000, now() + interval '1 year', '%3', now()); insert into "
            "gift_card_sale (id, card_id, method, state, currency, amount, terminal, deadline, created_at, updated_at) "
            "values ('%2', '%1', 'terminal', 'authorising', 'GBP', 5000, 'left', now(), now(), now())"_s.arg(
                command.card.text(), command.payment.text(), m_world->desk().owner));
        QCOMPARE(m_world->books().unfinished().size(), 1);
        QCOMPARE(need(m_world->giftCards().settleOverdue()), 1);
        QCOMPARE(need(m_world->giftCards().settleOverdue()), 0);
        const GiftCardView card = need(m_world->giftCards().find(command.card));
        QCOMPARE(card.state, hasCharged ? GiftCardState::Active : GiftCardState::Void);
        QCOMPARE(card.balance, SaleWorld::money(hasCharged ? 5'000 : 0));
        QCOMPARE(m_terminal->net(), hasCharged ? 5'000 : 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
        if (hasCharged) // The clerk who sold it asks for its code.
            QVERIFY(need(m_world->giftCards().renewCode(clerk(), command.card)).code);
    }

    // The last words of the database.

    void theDatabaseKeepsTheBalance()
    {
        const IssuedGiftCard issued = need(issue(aSale(5'000)));
        const QString id = issued.card.id.text();
        QCOMPARE(m_world->sqlRefusal(u"update gift_card set balance = 6000"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"update gift_card set reserved = 1"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"update gift_card_movement set amount = 1"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"delete from gift_card_movement"_s), u"23001"_s);
        const QString again =
            u"insert into gift_card_movement (id, card_id, kind, amount, reserved, created_at) values "
            "(gen_random_uuid(), '%1', 'issued', %2, 0, now())"_s;
        QCOMPARE(m_world->sqlRefusal(again.arg(id).arg(100)), u"23505"_s);
        QCOMPARE(m_world->sqlRefusal(again.arg(id).arg(-100)), u"23514"_s);
    }

    // The check from outside.

    void theBooksAreNotSoundAfterTampering_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        const auto row = [](const char *name, const QString &tampering, const QString &fault) {
            QTest::newRow(name) << tampering << fault;
        };
        row("a balance is raised", u"update gift_card set balance = balance + 1"_s,
            u"not what its movements add up to"_s);
        row("a movement is lost", u"delete from gift_card_movement"_s, u"not what its movements add up to"_s);
        row("what is owed is lost", u"delete from ledger_entry where account = 'gift_cards_owed'"_s,
            u"not what is on the cards"_s);
        row("the ledger has it twice",
            u"insert into ledger_entry (transfer_id, gift_card_id, account, amount, currency) select transfer_id, "
            "gift_card_id, account, amount, currency from ledger_entry"_s,
            u"put on a gift card is not in the ledger exactly once"_s);
        row("an unpaid card is good", u"delete from gift_card_sale"_s, u"was not paid for"_s);
        row("a good card is void", u"update gift_card set state = 'void'"_s,
            u"is good and was not issued, or is not"_s);
        row("a sale becomes a present", u"update gift_card set kind = 'voucher', reason = 'x'"_s,
            u"a voucher was paid for"_s);
        row("a present becomes a sale", u"update gift_card set kind = 'gift_card'"_s, u"vouchers cost the house"_s);
        row("more is set aside than there is",
            u"alter table gift_card drop constraint gift_card_check; update gift_card set reserved = balance + 1"_s,
            u"has set aside more than it has"_s);
        row("the ledger has a stranger", u"update ledger_entry set transfer_id = gen_random_uuid()"_s,
            u"a transfer that nothing stands for"_s);
    }
    void theBooksAreNotSoundAfterTampering()
    {
        QFETCH(QString, tampering);
        QFETCH(QString, fault);
        need(issue(aSale(5'000)));
        need(issue(aVoucher(2'000), supervisor()));
        const QStringList faults =
            m_world->books().faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(!faults.filter(fault).isEmpty(), qPrintable(u"only seen: "_s + faults.join(u" | "_s)));
    }

private:
    [[nodiscard]] GiftCardActor clerk() const { return {.principal = m_world->desk().owner, .isSupervisor = false}; }
    [[nodiscard]] static GiftCardActor supervisor() { return {.principal = u"user:orsino"_s, .isSupervisor = true}; }
    [[nodiscard]] static IssueGiftCard aSale(qint64 pence)
    {
        return {.card = GiftCardId::create(),
                .amount = SaleWorld::money(pence),
                .reason = {},
                .payment = PaymentId::create(),
                .tendered = SaleWorld::money(pence)};
    }
    [[nodiscard]] static IssueGiftCard aVoucher(qint64 pence)
    {
        IssueGiftCard command = aSale(pence);
        command.kind = GiftCardKind::Voucher;
        command.reason = u"The lift was out of order."_s;
        command.tendered.reset();
        return command;
    }
    [[nodiscard]] static IssueGiftCard atTerminal(qint64 pence)
    {
        IssueGiftCard command = aSale(pence);
        command.tendered.reset();
        command.terminal = u"left"_s;
        return command;
    }
    [[nodiscard]] static QString wrongCode() { return giftCardCode(tokens::readableCode(15)); }
    Result<IssuedGiftCard> issue(const IssueGiftCard &command, std::optional<GiftCardActor> actor = {})
    {
        return m_world->giftCards().issue(actor.value_or(clerk()), SaleNode::newKey(m_world->desk()), command);
    }
    Result<GiftCardView> block(const BlockGiftCard &command, const GiftCardActor &actor)
    {
        return m_world->giftCards().setBlocked(actor, SaleNode::newKey(m_world->desk()), command);
    }
    Result<GiftCardBalance> ask(const QString &code)
    {
        return m_world->giftCards().balance(m_world->buyer(), code, QString::fromLatin1(aPeer));
    }
    GiftCardBalance balanceOf(const QString &code) { return need(ask(code)); }
    qint64 ledger(const QString &account)
    {
        return m_world->sqlNumber(
            u"select coalesce(sum(amount), 0) from ledger_entry where account = '%1'"_s.arg(account));
    }
    void useTerminal();

    std::unique_ptr<RunningTerminal> m_terminal;
    std::unique_ptr<CardTerminals> m_adapter;
    std::unique_ptr<SaleWorld> m_world;
};

void TestGiftCards::useTerminal()
{
    m_terminal = std::make_unique<RunningTerminal>();
    m_adapter = std::make_unique<CardTerminals>(CardTerminalsConfig{.terminals = {{u"left"_s, m_terminal->address()}},
                                                                    .holderTimeout = std::chrono::seconds(20),
                                                                    .questionTimeout = std::chrono::seconds(5)});
    m_world->giftCards().useTerminals(*m_adapter);
}

QTEST_MAIN(TestGiftCards)
#include "tst_giftcards.moc"
