#include "domain/ticketing/fulfilment.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

const Instant start = *instantFromText(u"2026-12-12T18:30:00Z"_s);

TicketFacts aTicket()
{
    return {.startsAt = start};
}

QString outcome(const Status &status)
{
    return status ? u"ok"_s : errorCodeName(status.error().code);
}

} // namespace

class TestFulfilment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoMayReplaceWhichTicketWhen_data()
    {
        QTest::addColumn<TicketFacts>("ticket");
        QTest::addColumn<int>("hoursAfterStart");
        QTest::addColumn<QString>("buyer");
        QTest::addColumn<QString>("clerk");
        const auto with = [](auto change) {
            TicketFacts ticket = aTicket();
            change(ticket);
            return ticket;
        };
        QTest::newRow("before the start") << aTicket() << -1 << u"ok"_s << u"ok"_s;
        QTest::newRow("at the start") << aTicket() << 0 << u"wrong_state"_s << u"ok"_s;
        QTest::newRow("a day later") << aTicket() << 24 << u"wrong_state"_s << u"wrong_state"_s;
        QTest::newRow("void") << with([](auto &t) { t.state = TicketState::Void; }) << -1 << u"wrong_state"_s
                              << u"wrong_state"_s;
        QTest::newRow("not paid") << with([](auto &t) { t.isOrderConfirmed = false; }) << -1 << u"wrong_state"_s
                                  << u"wrong_state"_s;
        QTest::newRow("cancelled") << with([](auto &t) { t.isCancelled = true; }) << -1 << u"wrong_state"_s
                                   << u"wrong_state"_s;
        QTest::newRow("passed on") << with([](auto &t) { t.isPassedOn = true; }) << -1 << u"wrong_state"_s << u"ok"_s;
        QTest::newRow("too often") << with([](auto &t) { t.replacedToday = replacementsADayMax; }) << -1
                                   << u"rate_limited"_s << u"ok"_s;
    }
    void whoMayReplaceWhichTicketWhen()
    {
        QFETCH(const TicketFacts, ticket);
        QFETCH(const int, hoursAfterStart);
        const Instant now = start + std::chrono::hours(hoursAfterStart);
        QTEST(outcome(decideReplace(ticket, AskedBy::Buyer, now)), "buyer");
        QTEST(outcome(decideReplace(ticket, AskedBy::Clerk, now)), "clerk");
    }

    void whenTicketsAreSentAgain_data()
    {
        QTest::addColumn<ResendFacts>("order");
        QTest::addColumn<QString>("said");
        QTest::addColumn<int>("wait");
        QTest::newRow("the first time") << ResendFacts{} << u"ok"_s << 0;
        QTest::newRow("not paid") << ResendFacts{.isOrderConfirmed = false} << u"wrong_state"_s << 0;
        QTest::newRow("no address") << ResendFacts{.hasAddress = false} << u"invalid_input"_s << 0;
        QTest::newRow("at once") << ResendFacts{.secondsSinceLast = 0, .withinAnHour = 1} << u"rate_limited"_s << 30;
        QTest::newRow("too soon") << ResendFacts{.secondsSinceLast = 29, .withinAnHour = 1} << u"rate_limited"_s << 1;
        QTest::newRow("soon enough") << ResendFacts{.secondsSinceLast = 30, .withinAnHour = 1} << u"ok"_s << 0;
        QTest::newRow("too often") << ResendFacts{.secondsSinceLast = 600, .withinAnHour = resendsAnHourMax}
                                   << u"rate_limited"_s << 3'600;
    }
    void whenTicketsAreSentAgain()
    {
        QFETCH(const ResendFacts, order);
        const Status decided = decideResend(order);
        QTEST(outcome(decided), "said");
        QTEST(decided ? 0 : decided.error().retryAfterSeconds, "wait");
    }

    void aHolderHasANameOfOneLine()
    {
        const auto check = [](const QString &name, std::optional<QString> email) {
            return checkHolder({.ticket = TicketId::create(), .name = name, .email = std::move(email)});
        };
        QVERIFY(check(u"Sebastian"_s, u"sebastian@example.org"_s));
        QVERIFY(check(u"Sebastian"_s, std::nullopt));
        QCOMPARE(check(u"  "_s, std::nullopt).error().field, u"/name"_s);
        QCOMPARE(check(u"Sebastian\r\nBcc: all"_s, std::nullopt).error().field, u"/name"_s);
        QCOMPARE(check(u"Sebastian"_s, u"nowhere"_s).error().field, u"/email"_s);
    }
};


QTEST_GUILESS_MAIN(TestFulfilment)
#include "tst_fulfilment.moc"
