#include "support/saleworld.h"

#include <QJsonArray>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;

namespace {

QString a(int number)
{
    return SaleWorld::seatKey(u"Stalls"_s, u"A"_s, number);
}

} // namespace

class TestHolds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(); }
    void cleanup() { m_world.reset(); }

    void takingSeatsMakesAHoldOfTenMinutes()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        QCOMPARE(hold.state, HoldState::Live);
        QCOMPARE(hold.places.size(), size_t(2));
        QCOMPARE(hold.places.front().name, u"Stalls, row A, seat 1"_s);
        QVERIFY2(hold.secondsLeft > 590 && hold.secondsLeft <= 600, qPrintable(QString::number(hold.secondsLeft)));
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    }

private:
    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestHolds)
#include "tst_holds.moc"
