#include "clientapplication.h"

#include "checkout/salepage.h"
#include "common/noticebar.h"
#include "seatmap/seatmapcanvas.h"
#include "support/cable.h"
#include "support/colleague.h"
#include "support/deskhands.h"
#include "support/runningserver.h"

#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;

/// The real desktop with an open cart while the real server is killed, or only its cable is cut: what the clerk sees
/// and what is still true afterwards.
class tst_deskreconnect : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();
    void cleanup();
    void aKilledServerKeepsTheCartAndTheSaleGoesOn();
    void whatOthersSoldMeanwhileIsOnTheMap();
    void whatOthersSoldBeforeAndAfterAKillIsOnTheMap();
    void aHoldThatEndedMeanwhileIsToldAndCanBeTakenAgain();
    void aSeatThatWasClickedWithoutConnectionIsNotTaken();

private:
    static constexpr int shortHoldSeconds = 4;
    static constexpr int nightOfShortHolds = 3; ///< By its date, from 0.

    [[nodiscard]] QString seasonWithOneNightOfShortHolds() const;
    Status open(int night);
    Status take(const std::vector<int> &seats);
    [[nodiscard]] ui::SalePage &page() { return *m_desk->mainWindow()->salePage(); }
    [[nodiscard]] ui::SeatMapCanvas &canvas() { return *m_desk->mainWindow()->findChild<ui::SeatMapCanvas *>(); }
    [[nodiscard]] QString notice(const QString &name);
    [[nodiscard]] QString keyOf(int seat) { return canvas().model().index().seat(seat).key; }
    /// Two free neighbours after `after`.
    [[nodiscard]] std::vector<int> freePair(int after = 0);

    QTemporaryDir m_files;
    std::unique_ptr<RunningServer> m_server;
    std::unique_ptr<Colleague> m_colleague;
    std::unique_ptr<Cable> m_cable;
    std::unique_ptr<app::ClientApplication> m_desk;
    std::unique_ptr<DeskHands> m_hands;
    const QString m_password = u"as merry as the day is long"_s;
};

#define VERIFY_STATUS(expression)                                                                                      \
    do {                                                                                                               \
        const auto status = (expression);                                                                              \
        QVERIFY2(status.has_value(), status ? "" : qPrintable(status.error().message));                                \
    } while (false)

QString tst_deskreconnect::seasonWithOneNightOfShortHolds() const
{
    const QFileInfo demo(RunningServer::demoSeason());
    for (const QString &name : {u"globe.pretix.json"_s, u"globe.annotations.json"_s})
        QFile::copy(demo.dir().filePath(name), m_files.filePath(name));
    QFile file(demo.filePath());
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the demonstration's season cannot be read");
    QJsonObject season = QJsonDocument::fromJson(file.readAll()).object();
    QJsonArray events = season[u"events"_s].toArray();
    QJsonObject event = events[0].toObject();
    QJsonArray nights = event[u"performances"_s].toArray();
    QJsonObject night = nights[2].toObject();
    night[u"hold_seconds"_s] = shortHoldSeconds;
    nights[2] = night;
    event[u"performances"_s] = nights;
    events[0] = event;
    season[u"events"_s] = events;
    QFile changed(m_files.filePath(u"season.json"_s));
    if (!changed.open(QIODevice::WriteOnly))
        qFatal("a season cannot be written");
    changed.write(QJsonDocument(season).toJson());
    return changed.fileName();
}

void tst_deskreconnect::initTestCase()
{
    app::ClientApplication::prepare(*qApp);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_files.path());
    m_server = std::make_unique<RunningServer>();
    VERIFY_STATUS(m_server->applySeason(seasonWithOneNightOfShortHolds()));
    VERIFY_STATUS(m_server->start());
    const auto first = m_server->addUser(u"beatrice"_s, u"clerk"_s, u"Beatrice"_s);
    VERIFY_STATUS(first);
    VERIFY_STATUS(Colleague(1).signIn(m_server->deskUrl(), u"beatrice"_s, *first, m_password));
    const auto other = m_server->addUser(u"dogberry"_s, u"clerk"_s, u"Dogberry"_s);
    VERIFY_STATUS(other);
    m_colleague = std::make_unique<Colleague>(2);
    VERIFY_STATUS(m_colleague->signIn(m_server->deskUrl(), u"dogberry"_s, *other, u"comparisons are odorous"_s));
}

void tst_deskreconnect::cleanupTestCase()
{
    m_colleague.reset();
    m_server.reset();
}

void tst_deskreconnect::init()
{
    m_cable = std::make_unique<Cable>(m_server->deskUrl().port());
    const QUrl server(u"ws://127.0.0.1:%1"_s.arg(m_cable->port()));
    m_desk = std::make_unique<app::ClientApplication>(
        app::ClientOptions{.server = server, .user = u"beatrice"_s, .size = QSize(1280, 800)});
    m_hands = std::make_unique<DeskHands>(*m_desk->mainWindow());
    m_desk->show();
    VERIFY_STATUS(m_hands->type(u"signInPassword"_s, m_password));
    VERIFY_STATUS(m_hands->click(u"signInButton"_s));
    VERIFY_STATUS(m_hands->waitUntilVisible(u"performanceTable"_s));
}

void tst_deskreconnect::cleanup()
{
    m_hands.reset();
    m_desk.reset();
    m_cable.reset();
}

Status tst_deskreconnect::open(int night)
{
    PT_TRY(auto nights, m_colleague->performances());
    std::ranges::sort(nights, {}, &PerformanceSummary::startsAt);
    const PerformanceSummary &chosen = nights.at(static_cast<size_t>(night));
    PT_CHECK(m_colleague->open(chosen.id));
    m_desk->mainWindow()->findChild<QAction *>(u"goSale"_s)->trigger();
    page().openPerformance(chosen);
    return m_hands->waitFor(u"the map"_s, [&] {
        return page().sale().performance().summary.id == chosen.id && !canvas().model().isEmpty();
    });
}

Status tst_deskreconnect::take(const std::vector<int> &seats)
{
    canvas().showSeats(seats);
    for (const int seat : seats)
        QTest::mouseClick(&canvas(), Qt::LeftButton, {}, canvas().seatPixelRect(seat).center().toPoint());
    return m_hands->waitFor(u"the seats in the cart"_s, [&] {
        return std::ranges::all_of(seats, [&](int seat) { return canvas().model().isOwn(seat); });
    });
}

std::vector<int> tst_deskreconnect::freePair(int after)
{
    const LayoutIndex &index = canvas().model().index();
    const auto isFree = [&](int seat) {
        return canvas().model().state(seat) == SeatState::Available &&
               index.seat(seat).accessibility == Accessibility::None;
    };
    const auto areTwoFree = [&](int seat) {
        return seat >= 0 && seat + 1 < index.seatCount() && isFree(seat) && isFree(seat + 1) &&
               areAdjacent(index, {seat, seat + 1});
    };
    // Such as the orphan rule allows, whatever others take.
    for (int seat = after + 1; seat + 1 < index.seatCount(); ++seat) {
        const bool leavesNobodyAlone =
            (!areTwoFree(seat - 1) || areTwoFree(seat - 2)) && (!areTwoFree(seat + 1) || areTwoFree(seat + 2));
        if (areTwoFree(seat) && leavesNobodyAlone)
            return {seat, seat + 1};
    }
    qFatal("the house is sold out");
}

QString tst_deskreconnect::notice(const QString &name)
{
    const auto *bar = m_desk->mainWindow()->findChild<ui::NoticeBar *>(name);
    return bar->isVisible() ? bar->text() : QString();
}

void tst_deskreconnect::aKilledServerKeepsTheCartAndTheSaleGoesOn()
{
    VERIFY_STATUS(open(0));
    VERIFY_STATUS(take(freePair()));
    const HoldView before = *page().sale().hold();
    const quint64 told = page().sale().timesTold();
    m_server->kill();
    QTRY_VERIFY(notice(u"connectionBanner"_s).contains(u"connection to the server was lost"_s));
    QVERIFY(notice(u"connectionBanner"_s).contains(u"Trying"_s));
    QCOMPARE(page().sale().placeCount(), 2);
    VERIFY_STATUS(m_server->start());
    VERIFY_STATUS(m_hands->click(u"noticeAction"_s)); // Try now.
    QTRY_VERIFY_WITH_TIMEOUT(notice(u"connectionBanner"_s).isEmpty(), 60'000);
    QTRY_VERIFY(page().sale().timesTold() > told); // The cart is not only kept, it is asked for.
    QVERIFY(page().sale().hold());
    QVERIFY(page().sale().hold()->id == before.id);
    QCOMPARE(page().sale().hold()->heldUntil, before.heldUntil);
    QVERIFY(page().sale().hold()->secondsLeft <= before.secondsLeft);
    page().sale().payCash(page().sale().total());
    QTRY_COMPARE(page().sale().paymentStep(), ui::PaymentStep::Paid);
    QCOMPARE(page().sale().order()->lines.size(), 2U);
}

void tst_deskreconnect::whatOthersSoldMeanwhileIsOnTheMap()
{
    VERIFY_STATUS(open(1));
    const std::vector<int> ours = freePair();
    const std::vector<int> theirs = freePair(ours.back());
    VERIFY_STATUS(take(ours));
    m_cable->cut();
    QTRY_VERIFY(!notice(u"connectionBanner"_s).isEmpty());
    VERIFY_STATUS(m_colleague->sell({keyOf(theirs[0]), keyOf(theirs[1])}, {}, 3));
    QTest::qWait(500); // Longer than a push takes.
    QCOMPARE(canvas().model().state(theirs[0]), SeatState::Available);
    m_cable->mend();
    QTRY_VERIFY_WITH_TIMEOUT(canvas().model().state(theirs[0]) == SeatState::Sold, 60'000);
    QCOMPARE(canvas().model().state(theirs[1]), SeatState::Sold);
    QCOMPARE(canvas().model().areaCounts(0).sold, 3);
    for (const int seat : ours)
        QVERIFY(canvas().model().isOwn(seat));
    // And the line is live again.
    const std::vector<int> later = freePair(theirs.back());
    VERIFY_STATUS(m_colleague->sell({keyOf(later[0]), keyOf(later[1])}, {}));
    QTRY_COMPARE(canvas().model().state(later[0]), SeatState::Sold);
}

void tst_deskreconnect::whatOthersSoldBeforeAndAfterAKillIsOnTheMap()
{
    VERIFY_STATUS(open(2));
    const std::vector<int> before = freePair();
    const std::vector<int> after = freePair(before.back());
    m_cable->cut();
    QTRY_VERIFY(!notice(u"connectionBanner"_s).isEmpty());
    VERIFY_STATUS(m_colleague->sell({keyOf(before[0]), keyOf(before[1])}, {}));
    m_server->kill();
    QTRY_VERIFY(!m_colleague->isOnline());
    VERIFY_STATUS(m_server->start());
    QTRY_VERIFY_WITH_TIMEOUT(m_colleague->isOnline(), 60'000);
    VERIFY_STATUS(m_colleague->sell({keyOf(after[0]), keyOf(after[1])}, {}));
    m_cable->mend();
    QTRY_VERIFY_WITH_TIMEOUT(canvas().model().state(after[0]) == SeatState::Sold, 60'000);
    QCOMPARE(canvas().model().state(before[0]), SeatState::Sold);
}

void tst_deskreconnect::aHoldThatEndedMeanwhileIsToldAndCanBeTakenAgain()
{
    VERIFY_STATUS(open(nightOfShortHolds));
    const std::vector<int> ours = freePair();
    VERIFY_STATUS(take(ours));
    m_cable->cut();
    QTRY_VERIFY(!notice(u"connectionBanner"_s).isEmpty());
    QTest::qWait(shortHoldSeconds * 1'000 + 1'000);
    QCOMPARE(page().sale().placeCount(), 2); // Only the server knows; without it nothing is thrown away.
    m_cable->mend();
    QTRY_VERIFY_WITH_TIMEOUT(notice(u"saleNotice"_s).contains(u"ran out"_s), 60'000);
    QCOMPARE(page().sale().placeCount(), 0);
    QTRY_COMPARE(canvas().model().state(ours[0]), SeatState::Available);
    VERIFY_STATUS(m_hands->click(u"noticeAction"_s));
    QTRY_COMPARE(page().sale().placeCount(), 2);
}

void tst_deskreconnect::aSeatThatWasClickedWithoutConnectionIsNotTaken()
{
    VERIFY_STATUS(open(4));
    const std::vector<int> pair = freePair();
    canvas().showSeats(pair);
    m_cable->cut();
    QTRY_VERIFY(!notice(u"connectionBanner"_s).isEmpty());
    QTest::mouseClick(&canvas(), Qt::LeftButton, {}, canvas().seatPixelRect(pair[0]).center().toPoint());
    QTRY_VERIFY(notice(u"saleNotice"_s).contains(u"nothing was done"_s));
    QCOMPARE(page().sale().placeCount(), 0);
    m_cable->mend();
    QTRY_VERIFY_WITH_TIMEOUT(notice(u"connectionBanner"_s).isEmpty(), 60'000);
    VERIFY_STATUS(take(pair));
}

QTEST_MAIN(tst_deskreconnect)
#include "tst_deskreconnect.moc"
