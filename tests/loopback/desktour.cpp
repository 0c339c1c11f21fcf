/// Takes the pictures of docs/images that show the desktop, and those that a change of it should be looked at in:
///
///     xvfb-run -a build/dev/bin/parterre-desk-tour --out FOLDER
///
/// Starts a parterred of its own with the demonstration's season, lets a colleague sell, and then goes the clerk's way
/// with the real desktop: sign-in, list, cart, a killed server and its return, cash, ticket. Once in light, once in
/// dark. Exits 1 with a sentence when a step does not come to what it should. Built on demand: `ninja
/// parterre-desk-tour`.
#include "clientapplication.h"

#include "checkout/salepage.h"
#include "common/countdownlabel.h"
#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"
#include "support/colleague.h"
#include "support/deskhands.h"
#include "support/runningserver.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTimer>

#include <cstdio>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr int ordersOfTheColleague = 110;
constexpr unsigned seed = 1599; ///< The same house every time.

void say(const QString &text)
{
    std::fputs(qPrintable(text + u'\n'), stdout);
    std::fflush(stdout);
}

/// What the screen shows: the window, and over it the dialogs, each with the frame that a window manager would draw.
QPixmap photograph(QWidget &window)
{
    QPixmap picture = window.grab();
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    for (QDialog *dialog : window.findChildren<QDialog *>()) { // In the order in which they were opened.
        if (!dialog->isVisible())
            continue;
        const QRect place(dialog->mapToGlobal(QPoint()) - window.mapToGlobal(QPoint()), dialog->size());
        painter.setPen(Qt::NoPen);
        constexpr int shadow = 18;
        painter.setBrush(QColor(0, 0, 0, 7));
        for (int i = shadow; i > 0; --i)
            painter.drawRoundedRect(place.adjusted(-i, -i + 4, i, i + 4), i, i);
        painter.drawPixmap(place.topLeft(), dialog->grab());
        painter.setPen(ui::Theme::of(dialog).border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(place).adjusted(-0.5, -0.5, 0.5, 0.5));
    }
    return picture;
}

struct TourOptions
{
    QDir out;
    ui::ThemeMode mode = ui::ThemeMode::Light;
    QString user;
    QString firstPassword; ///< Empty once it was changed.
    QString password;
};

class DeskTour
{
public:
    DeskTour(test::RunningServer &server, TourOptions options)
        : m_server(server)
        , m_options(std::move(options))
        , m_client({.server = server.deskUrl(), .user = m_options.user, .size = QSize(1440, 900)})
        , m_window(*m_client.mainWindow())
        , m_hands(m_window)
    {}

    Status run()
    {
        m_window.show();
        PT_CHECK(signIn());
        PT_CHECK(lookForNothing());
        PT_CHECK(fillTheCart());
        PT_CHECK(loseTheServer());
        PT_CHECK(payCash());
        return lookAtOrders();
    }
    Status take(const QString &name)
    {
        QTest::qWait(150);
        const QString file =
            u"desk-%1%2.png"_s.arg(name, m_options.mode == ui::ThemeMode::Dark ? u"-dark"_s : QString());
        // Eight bits would show bands in shadows; the strongest packing keeps 24 below our limit.
        if (photograph(m_window)
                .toImage()
                .convertToFormat(QImage::Format_RGB888)
                .save(m_options.out.filePath(file), "png", 0))
            return {};
        return refuse(ErrorCode::Unavailable, u"%1 cannot be written"_s.arg(file));
    }

private:
    Status signIn();
    Status lookForNothing();
    Status fillTheCart();
    Status takeNeighbours();
    Status loseTheServer();
    Status payCash();
    Status tender();
    Status preview();
    Status lookAtOrders();
    /// Runs `steps` inside the dialog that `open` opens and waits for.
    template <class Open, class Steps>
    Status inDialog(Open open, Steps steps)
    {
        Status outcome = refuse(ErrorCode::WrongState, u"no dialog opened"_s);
        QTimer::singleShot(300, &m_window, [&] {
            outcome = steps();
            if (!outcome) {
                say(u"desk-tour: "_s + outcome.error().message);
                (void)take(u"failed"_s);
                std::_Exit(1); // The dialog stands in the way of an orderly end.
            }
        });
        open();
        return outcome;
    }
    [[nodiscard]] ui::SalePage &page() { return *m_window.salePage(); }
    void key(int key, Qt::KeyboardModifiers modifiers = {})
    {
        QWidget *target = QApplication::focusWidget();
        if (!target)
            target = QApplication::activeModalWidget() ? QApplication::activeModalWidget() : &m_window;
        QTest::keyClick(target, static_cast<Qt::Key>(key), modifiers);
    }

    test::RunningServer &m_server;
    TourOptions m_options;
    app::ClientApplication m_client;
    ui::MainWindow &m_window;
    test::DeskHands m_hands;
};

Status DeskTour::signIn()
{
    m_window.activateWindow(); // Xvfb has no window manager that would do it.
    if (!QTest::qWaitForWindowActive(&m_window))
        return refuse(ErrorCode::Unavailable, u"the window does not get the keyboard"_s);
    PT_CHECK(m_hands.type(u"signInPassword"_s, u"a wrong password"_s));
    PT_CHECK(take(u"sign-in"_s));
    PT_CHECK(m_hands.click(u"signInButton"_s));
    PT_CHECK(m_hands.waitUntilVisible(u"signInNotice"_s));
    PT_CHECK(take(u"sign-in-refused"_s));
    const bool isFirst = !m_options.firstPassword.isEmpty();
    PT_CHECK(m_hands.type(u"signInPassword"_s, isFirst ? m_options.firstPassword : m_options.password));
    key(Qt::Key_Return);
    if (isFirst) {
        PT_CHECK(m_hands.waitUntilVisible(u"newPassword"_s));
        PT_CHECK(m_hands.type(u"newPassword"_s, m_options.password));
        PT_CHECK(m_hands.type(u"newPasswordAgain"_s, m_options.password));
        PT_CHECK(take(u"new-password"_s));
        key(Qt::Key_Return);
    }
    PT_CHECK(m_hands.waitUntilVisible(u"performanceTable"_s));
    const auto *table = m_window.findChild<QTableView *>(u"performanceTable"_s);
    PT_CHECK(m_hands.waitFor(u"the performances"_s, [table] { return table->model()->rowCount() > 0; }));
    return take(u"list"_s);
}

Status DeskTour::lookForNothing()
{
    PT_CHECK(m_hands.type(u"performanceSearch"_s, u"Macbeth"_s));
    PT_CHECK(take(u"list-nothing"_s));
    return m_hands.type(u"performanceSearch"_s, u""_s);
}

Status DeskTour::fillTheCart()
{
    m_window.findChild<QAction *>(u"goSale"_s)->trigger();
    PT_CHECK(take(u"sale-none"_s));
    m_window.findChild<QAction *>(u"goPerformances"_s)->trigger();
    key(Qt::Key_Return);
    const auto *canvas = m_window.findChild<ui::SeatMapCanvas *>(u"seatMapCanvas"_s);
    PT_CHECK(
        m_hands.waitFor(u"the seat map"_s, [canvas] { return canvas->isVisible() && !canvas->model().isEmpty(); }));
    PT_CHECK(take(u"sale-empty"_s));
    PT_CHECK(takeNeighbours());
    return take(u"sale"_s);
}

Status DeskTour::takeNeighbours()
{
    auto *canvas = m_window.findChild<ui::SeatMapCanvas *>(u"seatMapCanvas"_s);
    const LayoutIndex &index = canvas->model().index();
    for (int seat = 0; seat + 1 < index.seatCount(); ++seat) {
        const bool isFree = canvas->model().state(seat) == SeatState::Available &&
                            canvas->model().state(seat + 1) == SeatState::Available;
        const bool isPlain = index.seat(seat).accessibility == Accessibility::None &&
                             index.seat(seat + 1).accessibility == Accessibility::None;
        if (!isFree || !isPlain || !areAdjacent(index, {seat, seat + 1}) ||
            !index.sectionOf(seat).name.contains(u"Middle"_s))
            continue;
        canvas->setCursorPlace(ui::MapPlace::seat(seat));
        key(Qt::Key_Space);
        canvas->setCursorPlace(ui::MapPlace::seat(seat + 1));
        key(Qt::Key_Space);
        canvas->zoomToFit();
        return m_hands.waitFor(u"two seats in the cart"_s, [this] { return page().sale().placeCount() == 2; });
    }
    return refuse(ErrorCode::SoldOut, u"no two free seats stand side by side"_s);
}

Status DeskTour::loseTheServer()
{
    const QString hold = page().sale().hold()->id.text();
    m_server.kill();
    PT_CHECK(m_hands.waitUntilVisible(u"connectionBanner"_s));
    PT_CHECK(take(u"offline"_s));
    m_window.findChild<QAction *>(u"goPerformances"_s)->trigger();
    PT_CHECK(take(u"offline-list"_s));
    m_window.findChild<QAction *>(u"goSale"_s)->trigger();
    PT_CHECK(m_server.start());
    PT_CHECK(m_hands.waitFor(
        u"the connection"_s, [this] { return m_client.session().status().state == ui::ConnectionState::Online; },
        60'000));
    PT_CHECK(take(u"online-again"_s));
    const auto &held = page().sale().hold();
    if (!held || held->id.text() != hold || page().sale().placeCount() != 2)
        return refuse(ErrorCode::HoldGone, u"the cart did not survive the server"_s);
    return {};
}

Status DeskTour::payCash()
{
    return inDialog([this] { page().pay(); }, [this] { return tender(); });
}

Status DeskTour::tender()
{
    PT_CHECK(m_hands.waitUntilVisible(u"tenderAmount"_s));
    PT_CHECK(m_hands.type(u"tenderAmount"_s, u"20"_s));
    PT_CHECK(take(u"tender-missing"_s));
    PT_CHECK(m_hands.type(u"tenderAmount"_s, u"100"_s));
    PT_CHECK(take(u"tender"_s));
    PT_CHECK(m_hands.click(u"tenderConfirm"_s));
    PT_CHECK(m_hands.waitUntilVisible(u"nextCustomer"_s));
    PT_CHECK(take(u"sold"_s));
    PT_CHECK(inDialog(
        [this] {
            (void)m_hands.click(u"previewTickets"_s);
            QTest::qWait(3'000);
        },
        [this] { return preview(); }));
    return m_hands.click(u"nextCustomer"_s);
}

Status DeskTour::preview()
{
    PT_CHECK(m_hands.waitUntilVisible(u"ticketPreview"_s));
    PT_TRY(QDialog * dialog, m_hands.visible<QDialog>(u"ticketPreview"_s));
    QTest::qWait(500);
    PT_CHECK(take(u"preview"_s));
    dialog->reject();
    return {};
}

Status DeskTour::lookAtOrders()
{
    m_window.findChild<QAction *>(u"goOrders"_s)->trigger();
    QTest::qWait(800);
    PT_CHECK(take(u"orders"_s));
    return inDialog([this] { m_window.findChild<QAction *>(u"keysAction"_s)->trigger(); },
                    [this]() -> Status {
                        PT_CHECK(take(u"keys"_s));
                        key(Qt::Key_Escape);
                        return {};
                    });
}

/// A house on its way to a good evening: most nights have some sales, the first has many, and a few places are in
/// somebody's cart.
Status sellBefore(test::Colleague &colleague)
{
    static const QStringList names{u"Judith Quiney"_s,
                                   u"Zoë Müller"_s,
                                   u"Ann Hathaway"_s,
                                   u"Ben Jonson"_s,
                                   u"Dr. Maximilian-Alexander von und zu Hohenstein"_s,
                                   QString()};
    PT_TRY(const auto performances, colleague.performances());
    int night = 0;
    for (const PerformanceSummary &performance : performances) {
        if (performance.state != PerformanceState::OnSale)
            continue;
        PT_CHECK(colleague.open(performance.id));
        const int orders = ordersOfTheColleague / (1 + night * night);
        for (int i = 0; i < orders; ++i) {
            const std::vector<QString> party = colleague.someParty();
            const QString name = names.at((i + night) % names.size());
            const auto order = colleague.sell(party, {.name = name, .email = {}}, i % 4 == 0 ? 2 + i % 5 : 0);
            // Our map is a moment behind, and some parties would leave a seat alone; neither is a fault.
            if (!order && order.error().code != ErrorCode::SeatTaken && order.error().code != ErrorCode::SeatLeftAlone)
                return refuse(order.error());
        }
        for (int i = 0; i < 4; ++i)
            (void)colleague.hold(colleague.someParty());
        ++night;
    }
    return {};
}

Status tour(const QDir &out, const QStringList &modes)
{
    test::RunningServer server;
    say(u"starting a server with the demonstration's season"_s);
    PT_CHECK(server.applySeason());
    PT_CHECK(server.start());
    PT_TRY(const QString first, server.addUser(u"clara"_s, u"manager"_s, u"Clara Kemp"_s));
    PT_TRY(const QString other, server.addUser(u"peter"_s, u"clerk"_s, u"Peter Quince"_s));
    test::Colleague colleague(seed);
    PT_CHECK(colleague.signIn(server.deskUrl(), u"peter"_s, other, u"the wall and the moonshine"_s));
    say(u"the colleague sells"_s);
    PT_CHECK(sellBefore(colleague));
    TourOptions options{.out = out,
                        .mode = ui::ThemeMode::Light,
                        .user = u"clara"_s,
                        .firstPassword = first,
                        .password = u"nine men's morris"_s};
    for (const QString &mode : modes) {
        options.mode = mode == u"dark"_s ? ui::ThemeMode::Dark : ui::ThemeMode::Light;
        ui::applyTheme(*qApp, options.mode);
        say(u"taking pictures in "_s + mode);
        DeskTour desk(server, options);
        if (const Status done = desk.run(); !done) {
            (void)desk.take(u"failed"_s);
            return done;
        }
        options.firstPassword.clear();
    }
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    QApplication application(argc, argv);
    app::ClientApplication::prepare(application);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Takes pictures of the desktop at work, with a server of its own."_s);
    const QCommandLineOption folder(u"out"_s, u"Where the pictures go."_s, u"folder"_s, u"."_s);
    const QCommandLineOption modes(u"modes"_s, u"Which appearances."_s, u"light,dark"_s, u"light,dark"_s);
    parser.addOptions({folder, modes});
    parser.addHelpOption();
    parser.process(application);
    const QDir out(QFileInfo(parser.value(folder)).absoluteFilePath());
    if (!out.mkpath(u"."_s)) {
        say(u"desk-tour: %1 cannot be made"_s.arg(out.path()));
        return 1;
    }
    // What a clerk of this machine has set is neither read nor changed.
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    if (const Status done = tour(out, parser.value(modes).split(u',')); !done) {
        say(u"desk-tour: "_s + done.error().message);
        return 1;
    }
    say(u"the pictures are in "_s + out.path());
    return 0;
}
