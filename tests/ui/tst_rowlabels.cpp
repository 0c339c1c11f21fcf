#include "seatmap/seatmapmodel.h"
#include "support/sampleplan.h"

#include <QTest>

using namespace parterre;
using namespace parterre::ui;
using namespace Qt::StringLiterals;

namespace {

/// Two boxes of one row each, side by side with a gap of `gap` plan units between their last and first chair.
SeatMapModel twoBoxes(const QString &left, const QString &right, double gap)
{
    Layout layout = tests::blockPlan(1, 1);
    LayoutSection &section = layout.sections.front();
    section.rows = {tests::straightRow(u"L"_s, left, {0, 0}, 3, 0),
                    tests::straightRow(u"R"_s, right, {50 + gap, 0}, 3, 0)};
    SeatMapModel model;
    model.setLayout(std::make_shared<const LayoutIndex>(layout));
    return model;
}

int labelsOf(const SeatMapModel &model, const QString &text)
{
    return static_cast<int>(std::ranges::count(model.rowLabels(), text, &RowLabel::text));
}

} // namespace

/// Names at the ends of rows are read, or they are not there.
class TestRowLabels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLetterStandsAtBothEndsOfARow()
    {
        const SeatMapModel model = twoBoxes(u"A"_s, u"B"_s, 200);
        QCOMPARE(labelsOf(model, u"A"_s), 2);
        QCOMPARE(labelsOf(model, u"B"_s), 2);
    }

    void aLongNameIsNotWrittenOverTheNextRowsChairs()
    {
        const SeatMapModel model = twoBoxes(u"Box 12 left"_s, u"Box 14 left"_s, 60);
        QCOMPARE(labelsOf(model, u"Box 12 left"_s), 1);
        QCOMPARE(labelsOf(model, u"Box 14 left"_s), 1);
    }

    void aLongNameIsWrittenWhereItHasRoom()
    {
        const SeatMapModel model = twoBoxes(u"Box 12 left"_s, u"Box 14 left"_s, 300);
        QCOMPARE(labelsOf(model, u"Box 12 left"_s), 2);
    }

    void anAisleHasOneLetterInItsMiddle()
    {
        const SeatMapModel model = twoBoxes(u"A"_s, u"A"_s, 60);
        QCOMPARE(labelsOf(model, u"A"_s), 3);
    }
};

QTEST_MAIN(TestRowLabels)
#include "tst_rowlabels.moc"
