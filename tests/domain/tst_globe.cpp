#include "domain/layoutfixtures.h"

#include "domain/layout/adjacency.h"

#include <cmath>

using namespace parterre;
using namespace Qt::StringLiterals;

/// The demo house is what resources/demo/README.md says.
class TestGlobe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_index = std::make_unique<LayoutIndex>(tests::globe()); }

    void itHas857Seats() { QCOMPARE(m_index->seatCount(), 857); }

    void sevenHundredStandInTheYard()
    {
        QCOMPARE(m_index->areaCount(), 1);
        QCOMPARE(m_index->area(0).capacity, 700);
    }

    void noTwoSeatsOverlap()
    {
        for (int a = 0; a < m_index->seatCount(); ++a) {
            for (int b = 0; b < a; ++b) {
                const QPointF apart = m_index->seat(a).position - m_index->seat(b).position;
                const double clear = m_index->seat(a).radius + m_index->seat(b).radius;
                QVERIFY2(std::hypot(apart.x(), apart.y()) >= clear, qPrintable(m_index->seatName(a)));
            }
        }
    }

    void everyWheelchairSpaceHasACompanionBesideIt()
    {
        int spaces = 0;
        int companions = 0;
        for (const PlacedSeat &placed : m_index->seats()) {
            const LayoutSeat &seat = m_index->seat(placed.number);
            spaces += seat.accessibility == Accessibility::Wheelchair ? 1 : 0;
            if (seat.companionOf.isEmpty())
                continue;
            ++companions;
            QVERIFY(areAdjacent(*m_index, {placed.number, m_index->seatNumber(seat.companionOf).value()}));
        }
        QCOMPARE(spaces, 4);
        QCOMPARE(companions, spaces);
    }

    void theStageIsNoDecorationAnyMore() { QVERIFY(m_index->layout().stage.has_value()); }

    void thePlanIsValidAgainstTheSchemaOfPretix()
    {
        QCOMPARE(tests::schemaFaults(tests::sharedPretixFile(u"seating-plan.schema.json"_s),
                                     tests::demoFile(u"globe.pretix.json"_s)),
                 QString());
    }

    void itsOwnFormIsValidAgainstOurSchema()
    {
        const QByteArray schema =
            tests::fileBytes(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/schemas/layout.schema.json"));
        QCOMPARE(tests::schemaFaults(schema, QJsonDocument(layoutToJson(m_index->layout())).toJson()), QString());
    }

    void anAnnotationOfAnUnknownSeatNamesItsPlace()
    {
        const QJsonObject notes{{u"accessibility"_s, QJsonArray{QJsonObject{{u"keys"_s, QJsonArray{u"nowhere"_s}},
                                                                            {u"kind"_s, u"wheelchair"_s}}}}};
        const auto refused = applyLayoutAnnotations(m_index->layout(), notes);
        QVERIFY(!refused);
        QCOMPARE(refused.error().field, u"/accessibility/0/keys/0"_s);
    }

private:
    std::unique_ptr<LayoutIndex> m_index;
};

QTEST_APPLESS_MAIN(TestGlobe)
#include "tst_globe.moc"
