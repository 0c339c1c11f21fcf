#include "domain/giftcards/decidegiftcard.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

Money pounds(qint64 pence)
{
    return {pence, *Currency::fromCode(u"GBP"_s)};
}

Instant day(int days)
{
    return *instantFromText(u"2026-11-28T19:30:00Z"_s) + std::chrono::days(days);
}

GiftCardFacts aCard(qint64 balance, qint64 reserved = 0)
{
    return {.state = GiftCardState::Active,
            .lastFour = u"EFGH"_s,
            .balance = pounds(balance),
            .reserved = pounds(reserved),
            .expiresAt = day(10)};
}

QString codeOf(const Error &error)
{
    return errorCodeName(error.code);
}

} // namespace

/// The rules of gift cards (docs/giftcards.md).
class TestDecideGiftCard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoMayIssueWhat_data()
    {
        QTest::addColumn<IssueGiftCard>("command");
        QTest::addColumn<bool>("isSupervisor");
        QTest::addColumn<QString>("outcome");
        IssueGiftCard cash{.card = GiftCardId::create(), .amount = pounds(5'000), .reason = {}, .payment = {}};
        IssueGiftCard terminal = cash;
        IssueGiftCard both = cash;
        IssueGiftCard neither = cash;
        cash.tendered = pounds(5'000);
        terminal.terminal = u"left"_s;
        both.tendered = pounds(5'000);
        both.terminal = u"left"_s;
        IssueGiftCard voucher = neither;
        voucher.kind = GiftCardKind::Voucher;
        voucher.reason = u"The lift was out of order."_s;
        IssueGiftCard noReason = voucher;
        noReason.reason = u"  "_s;
        IssueGiftCard paidVoucher = voucher;
        paidVoucher.tendered = pounds(5'000);
        QTest::newRow("a clerk sells for cash") << cash << false << u"ok"_s;
        QTest::newRow("a clerk sells by card") << terminal << false << u"ok"_s;
        QTest::newRow("in two ways") << both << false << u"invalid_input /tendered"_s;
        QTest::newRow("in none") << neither << true << u"invalid_input /tendered"_s;
        QTest::newRow("a clerk gives") << voucher << false << u"forbidden "_s;
        QTest::newRow("a supervisor gives") << voucher << true << u"ok"_s;
        QTest::newRow("for no reason") << noReason << true << u"invalid_input /reason"_s;
        QTest::newRow("for money") << paidVoucher << true << u"invalid_input /tendered"_s;
    }
    void whoMayIssueWhat()
    {
        QFETCH(IssueGiftCard, command);
        QFETCH(bool, isSupervisor);
        QFETCH(QString, outcome);
        const Status issued = checkIssue(command, {.principal = u"user:viola"_s, .isSupervisor = isSupervisor});
        QCOMPARE(issued ? u"ok"_s : codeOf(issued.error()) + u' ' + issued.error().field, outcome);
    }

    void howMuchACardPays_data()
    {
        QTest::addColumn<GiftCardFacts>("card");
        QTest::addColumn<qint64>("due");
        QTest::addColumn<qint64>("wanted");
        QTest::addColumn<QString>("outcome");
        GiftCardFacts blocked = aCard(5'000);
        blocked.state = GiftCardState::Blocked;
        GiftCardFacts unpaid = aCard(0);
        unpaid.state = GiftCardState::Unpaid;
        GiftCardFacts expired = aCard(5'000);
        expired.expiresAt = day(0);
        GiftCardFacts euros = aCard(5'000);
        euros.balance = Money(5'000, *Currency::fromCode(u"EUR"_s));
        euros.reserved = Money(0, *Currency::fromCode(u"EUR"_s));
        const qint64 all = -1;
        QTest::newRow("more than is due") << aCard(5'000) << 3'000LL << all << u"3000"_s;
        QTest::newRow("less than is due") << aCard(2'000) << 3'000LL << all << u"2000"_s;
        QTest::newRow("some of it is set aside") << aCard(5'000, 4'500) << 3'000LL << all << u"500"_s;
        QTest::newRow("as much as is wanted") << aCard(5'000) << 3'000LL << 1'000LL << u"1000"_s;
        QTest::newRow("more is wanted than there is") << aCard(2'000) << 3'000LL << 2'001LL << u"amount_mismatch"_s;
        QTest::newRow("more is wanted than is due") << aCard(5'000) << 3'000LL << 3'001LL << u"amount_mismatch"_s;
        QTest::newRow("all of it is set aside") << aCard(5'000, 5'000) << 3'000LL << all << u"amount_mismatch"_s;
        QTest::newRow("blocked") << blocked << 3'000LL << all << u"wrong_state"_s;
        QTest::newRow("not paid for") << unpaid << 3'000LL << all << u"wrong_state"_s;
        QTest::newRow("expired this moment") << expired << 3'000LL << all << u"wrong_state"_s;
        QTest::newRow("of another currency") << euros << 3'000LL << all << u"amount_mismatch"_s;
    }
    void howMuchACardPays()
    {
        QFETCH(GiftCardFacts, card);
        QFETCH(qint64, due);
        QFETCH(qint64, wanted);
        QFETCH(QString, outcome);
        const auto share = decideReserve(card, pounds(due), wanted < 0 ? std::nullopt : std::optional(pounds(wanted)),
                                         day(0), u"/gift_cards/0"_s);
        QCOMPARE(share ? QString::number(share->minorUnits()) : codeOf(share.error()), outcome);
        if (!share)
            QVERIFY(share.error().field.startsWith(u"/gift_cards/0"_s));
    }

    void whatIsLeftIsToldToPrograms()
    {
        const auto refused = decideReserve(aCard(2'000, 500), pounds(3'000), pounds(2'000), day(0), u"/gift_cards/0"_s);
        QCOMPARE(refused.error().details.value(u"available"_s).toObject().value(u"amount"_s).toInt(), 1'500);
    }

    void onlyWhatIsGoodMayBeSpent()
    {
        GiftCardFacts card = aCard(5'000, 1'000);
        QCOMPARE(availableOf(card, day(0)), pounds(4'000));
        QCOMPARE(availableOf(card, day(10)), pounds(0));
        card.state = GiftCardState::Blocked;
        QCOMPARE(availableOf(card, day(0)), pounds(0));
    }

    void onlyWhatWasPaidForIsBlocked()
    {
        QCOMPARE(decideBlock(GiftCardState::Active, true).value(), GiftCardState::Blocked);
        QCOMPARE(decideBlock(GiftCardState::Blocked, false).value(), GiftCardState::Active);
        QVERIFY(!decideBlock(GiftCardState::Unpaid, true));
        QVERIFY(!decideBlock(GiftCardState::Void, false));
    }

    void moneyThatComesBackMayBeUsedForAWhile()
    {
        QCOMPARE(expiryAfterRefund(day(400), day(0)), day(400));
        QCOMPARE(expiryAfterRefund(day(-5), day(0)), day(giftCardDaysAfterRefund));
    }
};

QTEST_APPLESS_MAIN(TestDecideGiftCard)
#include "tst_decidegiftcard.moc"
