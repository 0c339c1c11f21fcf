#include "psp/processors.h"
#include "support/randomness.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::psp;
using namespace parterre::test;
using namespace parterre::tests;

namespace {

/// Brings a new intent to the named state and gives its id.
QString intentIn(ProcessorHouse &house, const QString &state)
{
    if (state == u"requires_payment_method"_s)
        return house.post(u"payment_intents"_s, {{u"amount"_s, u"1000"_s}, {u"currency"_s, u"eur"_s}}).text(u"id"_s);
    QJsonObject wish =
        ProcessorHouse::wish(state == u"requires_action"_s ? u"pm_card_authenticationRequired"_s : u"pm_card_visa"_s);
    if (state == u"requires_confirmation"_s) {
        wish.remove(u"confirm"_s);
        wish.remove(u"return_url"_s);
    }
    if (state == u"succeeded"_s)
        wish.insert(u"capture_method"_s, u"automatic"_s);
    const Fate fate{.processing = std::chrono::milliseconds(state == u"processing"_s ? 1'000 : 0)};
    const QString id = house.post(u"payment_intents"_s, wish, {}, fate).text(u"id"_s);
    if (state == u"canceled"_s)
        (void)house.post(u"payment_intents/%1/cancel"_s.arg(id));
    return id;
}

QString actionSecret(ProcessorHouse &house, const QString &intent)
{
    return house.processor.books().intents.find(intent)->actionSecret;
}

} // namespace

class IntentsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachVerbLeadsWhereTheMachineSays_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("verb");
        QTest::addColumn<QString>("to"); // Empty: refused, and nothing changes.
        const QStringList states{u"requires_payment_method"_s,
                                 u"requires_confirmation"_s,
                                 u"requires_action"_s,
                                 u"processing"_s,
                                 u"requires_capture"_s,
                                 u"succeeded"_s,
                                 u"canceled"_s};
        const QStringList confirmed{{}, u"requires_capture"_s, u"requires_action"_s, {}, {}, {}, {}};
        const QStringList captured{{}, {}, {}, {}, u"succeeded"_s, {}, {}};
        const QString over = u"canceled"_s;
        const QStringList cancelled{over, over, over, {}, over, {}, {}};
        for (int i = 0; i < states.size(); ++i) {
            const auto row = [&](const char *verb, const QString &to) {
                QTest::addRow("%s %s", verb, qPrintable(states[i])) << states[i] << QString::fromLatin1(verb) << to;
            };
            row("confirm", confirmed[i]);
            row("capture", captured[i]);
            row("cancel", cancelled[i]);
        }
    }
    void eachVerbLeadsWhereTheMachineSays()
    {
        QFETCH(const QString, from);
        QFETCH(const QString, verb);
        QFETCH(const QString, to);
        ProcessorHouse house;
        const QString id = intentIn(house, from);
        QCOMPARE(house.statusOf(id), from);
        const Told answer = house.post(u"payment_intents/%1/%2"_s.arg(id, verb));
        if (!to.isEmpty()) {
            QCOMPARE(answer.status, 200);
            QCOMPARE(house.statusOf(id), to);
            return;
        }
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.errorText(u"code"_s), u"payment_intent_unexpected_state"_s);
        QCOMPARE(answer.body.value(u"error"_s)[u"payment_intent"_s][u"status"_s].toString(), from);
        QCOMPARE(house.statusOf(id), from);
    }
    void aReservationIsNotMoneyAndACaptureIs()
    {
        ProcessorHouse house;
        const QString id = house.reserve().text(u"id"_s);
        QCOMPARE(house.sums().value(u"authorised"_s).toInteger(), 1000);
        QCOMPARE(house.sums().value(u"captured"_s).toInteger(), 0);
        QCOMPARE(house.post(u"payment_intents/%1/capture"_s.arg(id), {{u"amount_to_capture"_s, u"400"_s}})
                     .number(u"amount_received"_s),
                 400);
        QCOMPARE(house.sums().value(u"authorised"_s).toInteger(), 0);
        QCOMPARE(house.sums().value(u"captured"_s).toInteger(), 400);
    }
    void moreThanWasReservedIsNotCaptured()
    {
        ProcessorHouse house;
        const QString id = house.reserve().text(u"id"_s);
        const Told answer = house.post(u"payment_intents/%1/capture"_s.arg(id), {{u"amount_to_capture"_s, u"1001"_s}});
        QCOMPARE(answer.errorText(u"code"_s), u"amount_too_large"_s);
        QCOMPARE(house.statusOf(id), u"requires_capture"_s);
    }
    void aDeclineLeavesTheIntentOpenForAnotherCard()
    {
        ProcessorHouse house;
        const Told declined = house.reserve(u"pm_card_visa_chargeDeclinedInsufficientFunds"_s);
        QCOMPARE(declined.status, 402);
        QCOMPARE(declined.errorText(u"decline_code"_s), u"insufficient_funds"_s);
        const QString id = declined.body.value(u"error"_s)[u"payment_intent"_s][u"id"_s].toString();
        QCOMPARE(house.statusOf(id), u"requires_payment_method"_s);
        QCOMPARE(house.post(u"payment_intents/%1/confirm"_s.arg(id), {{u"payment_method"_s, u"pm_card_visa"_s}})
                     .text(u"status"_s),
                 u"requires_capture"_s);
    }
    void theHolderOfTheCardConfirmsOnceOrRefuses()
    {
        ProcessorHouse house;
        const QString id = intentIn(house, u"requires_action"_s);
        const QString secret = actionSecret(house, id);
        QVERIFY(!house.processor.answerAction(id, u"guessed"_s, Intents::Holder::Confirms, house.clock.now()));
        QVERIFY(house.processor.answerAction(id, secret, Intents::Holder::Confirms, house.clock.now()));
        QCOMPARE(house.statusOf(id), u"requires_capture"_s);
        QVERIFY(!house.processor.answerAction(id, secret, Intents::Holder::Confirms, house.clock.now()));

        const QString other = intentIn(house, u"requires_action"_s);
        QVERIFY(house.processor.answerAction(other, actionSecret(house, other), Intents::Holder::Refuses,
                                             house.clock.now()));
        QCOMPARE(house.statusOf(other), u"requires_payment_method"_s);
    }
    void aCancelledIntentTakesNoMoneyFromALateHolder()
    {
        ProcessorHouse house;
        const QString id = intentIn(house, u"requires_action"_s);
        const QString secret = actionSecret(house, id);
        QCOMPARE(house.post(u"payment_intents/%1/cancel"_s.arg(id)).status, 200);
        QVERIFY(!house.processor.answerAction(id, secret, Intents::Holder::Confirms, house.clock.now()));
        QCOMPARE(house.sums().value(u"authorised"_s).toInteger(), 0);
    }
    void processingEndsByItselfAndAReservationIsGivenUpAfterAWeek()
    {
        ProcessorHouse house;
        const QString id = intentIn(house, u"processing"_s);
        house.clock.advance(999ms);
        house.processor.settleDue(house.clock.now());
        QCOMPARE(house.statusOf(id), u"processing"_s);
        house.clock.advance(1ms);
        house.processor.settleDue(house.clock.now());
        QCOMPARE(house.statusOf(id), u"requires_capture"_s);
        house.clock.advance(psp::limits::authorisationAge);
        house.processor.settleDue(house.clock.now());
        QCOMPARE(house.statusOf(id), u"canceled"_s);
    }
    void refundsNeverPassWhatCame()
    {
        ProcessorHouse house;
        const QString id = intentIn(house, u"succeeded"_s);
        const auto refund = [&](const QString &amount) {
            return house.post(u"refunds"_s, {{u"payment_intent"_s, id}, {u"amount"_s, amount}}).status;
        };
        QCOMPARE(refund(u"400"_s), 200);
        QCOMPARE(refund(u"601"_s), 400);
        QCOMPARE(refund(u"600"_s), 200);
        QCOMPARE(refund(u"1"_s), 400);
        QCOMPARE(house.sums().value(u"net"_s).toInteger(), 0);
    }
    void unknownParametersAndValuesAreRefusedByName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("param");
        QTest::newRow("misspelt") << u"amuont"_s << u"1"_s << u"amuont"_s;
        QTest::newRow("zero") << u"amount"_s << u"0"_s << u"amount"_s;
        QTest::newRow("negative") << u"amount"_s << u"-5"_s << u"amount"_s;
        QTest::newRow("fraction") << u"amount"_s << u"10.5"_s << u"amount"_s;
        QTest::newRow("nine digits") << u"amount"_s << u"100000000"_s << u"amount"_s;
        QTest::newRow("currency") << u"currency"_s << u"euro"_s << u"currency"_s;
        QTest::newRow("capture method") << u"capture_method"_s << u"later"_s << u"capture_method"_s;
        QTest::newRow("card") << u"payment_method"_s << u"pm_card_unheard_of"_s << u"payment_method"_s;
    }
    void unknownParametersAndValuesAreRefusedByName()
    {
        QFETCH(const QString, name);
        QFETCH(const QString, value);
        QFETCH(const QString, param);
        ProcessorHouse house;
        QJsonObject wish = ProcessorHouse::wish(u"pm_card_visa"_s);
        wish.insert(name, value);
        const Told answer = house.post(u"payment_intents"_s, wish);
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.errorText(u"param"_s), param);
        QCOMPARE(house.processor.books().intents.size(), 0);
    }
    void anyOrderOfCallsKeepsTheBooksStraight()
    {
        QRandomGenerator random(testSeed());
        ProcessorHouse house;
        const QStringList cards{u"pm_card_visa"_s, u"pm_card_chargeDeclined"_s, u"pm_card_authenticationRequired"_s,
                                u"pm_card_pendingRefund"_s, u"pm_card_refundFail"_s};
        QStringList ids;
        for (int round = 0; round < 3'000; ++round) {
            if (ids.isEmpty() || random.bounded(6) == 0) {
                const Told made =
                    house.post(u"payment_intents"_s, {{u"amount"_s, u"1000"_s}, {u"currency"_s, u"eur"_s}});
                ids << made.text(u"id"_s);
            }
            const QString id = ids.at(random.bounded(static_cast<int>(ids.size())));
            const QString path = u"payment_intents/"_s + id;
            switch (random.bounded(6)) {
            case 0:
                (void)house.post(path + u"/confirm"_s, {{u"payment_method"_s, cards.at(random.bounded(5))}});
                break;
            case 1:
                (void)house.post(path + u"/capture"_s);
                break;
            case 2:
                (void)house.post(path + u"/cancel"_s);
                break;
            case 3:
                (void)house.post(u"refunds"_s, {{u"payment_intent"_s, id}, {u"amount"_s, u"300"_s}});
                break;
            case 4:
                (void)house.processor.answerAction(
                    id, actionSecret(house, id),
                    random.bounded(2) ? Intents::Holder::Confirms : Intents::Holder::Refuses, house.clock.now());
                break;
            default:
                house.clock.advance(std::chrono::milliseconds(random.bounded(1'500)));
                house.processor.settleDue(house.clock.now());
            }
            for (const auto &intent : house.processor.books().intents.inOrder()) {
                const bool isReserved = intent->status == IntentStatus::RequiresCapture;
                const bool isPaid = intent->status == IntentStatus::Succeeded;
                QCOMPARE(intent->amountCapturable, isReserved ? intent->amount : 0);
                QVERIFY((intent->amountReceived > 0) == isPaid);
                QVERIFY(intent->actionSecret.isEmpty() || intent->status == IntentStatus::RequiresAction);
            }
            QVERIFY(house.sums().value(u"net"_s).toInteger() >= 0);
        }
    }
};

QTEST_APPLESS_MAIN(IntentsTest)
#include "tst_intents.moc"
