#include "runtime/faultpoint.h"
#include "support/deskclient.h"

#include <QTest>

#include <array>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;

/// Desks that want the same seat at the same moment, each over its own WebSocket to a real edge, services and
/// PostgreSQL. The window between reading a seat and writing it is held open by a fault point, so that the race is
/// there every time and not only on a bad day.
class tst_deskrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void withoutTheRowLockBothDesksAreToldThatTheyHaveTheSeat();
    void withTheRowLockOneDeskHasTheSeatAndTheOtherIsToldItsName();
    void crossedPairsNeverWaitForEachOther();

private:
    struct Desk
    {
        explicit Desk(DeskHouse &house, const QString &name)
            : client(house)
        {
            client.begin(house.tokenOf(name, Role::Clerk));
        }
        CommandId take(DeskHouse &house, const std::vector<QString> &seats)
        {
            return client.send(protocol::MessageType::TakeHold, TakeHold{.hold = HoldId::create(),
                                                                         .performance = house.world.performance(),
                                                                         .seats = seats,
                                                                         .areas = {}});
        }
        DeskClient client;
    };
    /// Both commands are on their way before either reply is read.
    std::array<protocol::Envelope, 2> race(const std::vector<QString> &first, const std::vector<QString> &second);

    std::unique_ptr<DeskHouse> m_house;
    std::unique_ptr<Desk> m_first;
    std::unique_ptr<Desk> m_second;
    QString m_seat;
    QString m_neighbour;
};

void tst_deskrace::init()
{
    m_house = std::make_unique<DeskHouse>();
    m_first = std::make_unique<Desk>(*m_house, u"ada"_s);
    m_second = std::make_unique<Desk>(*m_house, u"ben"_s);
    const LayoutIndex &layout = m_house->world.layout();
    m_seat = layout.seat(0).key;
    m_neighbour = layout.seat(1).key;
}

void tst_deskrace::cleanup()
{
    QVERIFY(server::armFaultPoints(""));
    m_first.reset();
    m_second.reset();
    m_house.reset();
}

std::array<protocol::Envelope, 2> tst_deskrace::race(const std::vector<QString> &first,
                                                     const std::vector<QString> &second)
{
    const CommandId one = m_first->take(*m_house, first);
    QTest::qWait(50); // The first is reading by now; else one batch could have both, where there is no race.
    const CommandId two = m_second->take(*m_house, second);
    const auto firstReply = m_first->client.replyTo(one);
    return {firstReply, m_second->client.replyTo(two)};
}

void tst_deskrace::withoutTheRowLockBothDesksAreToldThatTheyHaveTheSeat()
{
    QVERIFY(server::armFaultPoints("inventory_seat_lock:skip,inventory_seats_read:sleep=300"));
    const auto replies = race({m_seat}, {m_seat});
    QCOMPARE(replies[0].type, protocol::MessageType::Hold);
    QCOMPARE(replies[1].type, protocol::MessageType::Hold);
}

void tst_deskrace::withTheRowLockOneDeskHasTheSeatAndTheOtherIsToldItsName()
{
    QVERIFY(server::armFaultPoints("inventory_seats_read:sleep=300"));
    const auto replies = race({m_seat}, {m_seat});
    const bool isFirstTheWinner = replies[0].type == protocol::MessageType::Hold;
    const auto &loser = replies[isFirstTheWinner ? 1 : 0];
    QCOMPARE(replies[isFirstTheWinner ? 0 : 1].type, protocol::MessageType::Hold);
    QCOMPARE(loser.type, protocol::MessageType::Refused);
    const Error error = errorFromJson(loser.body);
    QCOMPARE(error.code, ErrorCode::SeatTaken);
    QVERIFY2(error.message.contains(m_house->world.layout().seatName(0)), qPrintable(error.message));
}

void tst_deskrace::crossedPairsNeverWaitForEachOther()
{
    QVERIFY(server::armFaultPoints("inventory_seats_read:sleep=100"));
    const auto replies = race({m_seat, m_neighbour}, {m_neighbour, m_seat});
    const auto holds = std::ranges::count(replies, protocol::MessageType::Hold, &protocol::Envelope::type);
    QCOMPARE(holds, 1); // A deadlock would be a second refusal, or one that is not about the seats.
    for (const auto &reply : replies) {
        if (reply.type == protocol::MessageType::Refused)
            QCOMPARE(errorFromJson(reply.body).code, ErrorCode::SeatTaken);
    }
}

QTEST_GUILESS_MAIN(tst_deskrace)
#include "tst_deskrace.moc"
