/// The desktop's part of `./dev demo --smoke`: the very same ClientApplication as `parterre`, driven by mouse and keys
/// through its real widgets against a running server. Signs in, sells two seats that are neighbours for cash, saves
/// the ticket PDF and takes a picture. Prints one line and exits 0 only when the server has confirmed the sale.
#include "clientapplication.h"

#include "catalog/performancemodel.h"
#include "checkout/salepage.h"
#include "common/moneylabel.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "domain/layout/adjacency.h"
#include "seatmap/seatmapcanvas.h"
#include "support/deskhands.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTableWidget>
#include <QTest>
#include <QTimer>

#include <cstdio>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr int wholeRunMillisecondsMax = 60'000;

struct SmokeOptions
{
    QUrl server;
    QString user;
    QString oneTimePassword;
    QString newPassword;
    QDir out;
};

void say(const QString &text)
{
    std::fputs(qPrintable(text + u'\n'), stdout);
    std::fflush(stdout);
}

/// Keys and mouse, by the object names of app/README.md.
class SmokeDesk
{
public:
    SmokeDesk(app::ClientApplication &client, const SmokeOptions &options)
        : m_window(*client.mainWindow())
        , m_hands(m_window)
        , m_options(options)
    {}

    Status run();
    /// What the clerk would see now; for the message of a failure.
    [[nodiscard]] QString whatIsSeen() const;

private:
    Status signIn();
    Status changePasswordIfAsked();
    Status openPerformance();
    Status takeTwoNeighbours();
    Status clickSeat(int number, int placesAfter);
    Status payCash();
    void driveTender();
    Status tender();
    Status saveTickets();
    void driveFileDialog(const QString &path);

    template <class Widget>
    Result<Widget *> visible(const QString &name) const
    {
        return m_hands.visible<Widget>(name);
    }
    Status type(const QString &field, const QString &text) const { return m_hands.type(field, text); }
    Status click(const QString &button) const { return m_hands.click(button); }
    template <class Condition>
    Status waitFor(const QString &what, Condition condition) const
    {
        return m_hands.waitFor(what, condition);
    }
    [[nodiscard]] bool isVisible(const QString &name) const { return m_hands.isVisible(name); }
    [[nodiscard]] ui::SalePage &page() const { return *m_window.findChild<ui::SalePage *>(u"salePage"_s); }

    ui::MainWindow &m_window;
    test::DeskHands m_hands;
    SmokeOptions m_options;
    QString m_ticketFile;
    Status m_dialogStatus; ///< How the part went that ran inside a modal dialog.
};

Status SmokeDesk::run()
{
    m_window.show();
    if (!QTest::qWaitForWindowExposed(&m_window))
        return refuse(ErrorCode::Unavailable, u"the window does not appear"_s);
    PT_CHECK(signIn());
    PT_CHECK(changePasswordIfAsked());
    PT_CHECK(openPerformance());
    PT_CHECK(takeTwoNeighbours());
    if (!m_window.grab().save(m_options.out.filePath(u"desk.png"_s)))
        return refuse(ErrorCode::Unavailable, u"desk.png cannot be written"_s);
    PT_CHECK(payCash());
    return {};
}

Status SmokeDesk::signIn()
{
    PT_CHECK(type(u"signInServer"_s, m_options.server.toString()));
    PT_CHECK(type(u"signInUser"_s, m_options.user));
    PT_CHECK(type(u"signInPassword"_s, m_options.oneTimePassword));
    return click(u"signInButton"_s);
}

Status SmokeDesk::changePasswordIfAsked()
{
    PT_CHECK(waitFor(u"the answer to the sign-in"_s, [this] {
        return isVisible(u"changePasswordButton"_s) || isVisible(u"performanceTable"_s) || isVisible(u"signInNotice"_s);
    }));
    if (isVisible(u"signInNotice"_s))
        return refuse(ErrorCode::Unauthenticated, u"the sign-in was refused"_s);
    if (isVisible(u"changePasswordButton"_s)) {
        PT_CHECK(type(u"newPassword"_s, m_options.newPassword));
        PT_CHECK(type(u"newPasswordAgain"_s, m_options.newPassword));
        PT_CHECK(click(u"changePasswordButton"_s));
    }
    return waitFor(u"the list of performances"_s, [this] { return isVisible(u"performanceTable"_s); });
}

Status SmokeDesk::openPerformance()
{
    PT_TRY(QTableView * table, visible<QTableView>(u"performanceTable"_s));
    PT_CHECK(waitFor(u"a performance in the list"_s, [table] { return table->model()->rowCount() > 0; }));
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        const QModelIndex index = table->model()->index(row, ui::PerformanceModel::EventColumn);
        const auto state = static_cast<PerformanceState>(index.data(ui::PerformanceModel::StateRole).toInt());
        if (state != PerformanceState::OnSale)
            continue;
        table->scrollTo(index);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(index).center());
        QTest::keyClick(table, Qt::Key_Return);
        return waitFor(u"the seat map"_s, [this] {
            const auto *canvas = m_window.findChild<ui::SeatMapCanvas *>(u"seatMapCanvas"_s);
            return canvas->isVisible() && !canvas->model().isEmpty();
        });
    }
    return refuse(ErrorCode::NotOnSale, u"no performance is on sale"_s);
}

Status SmokeDesk::takeTwoNeighbours()
{
    PT_TRY(ui::SeatMapCanvas * canvas, visible<ui::SeatMapCanvas>(u"seatMapCanvas"_s));
    const LayoutIndex &index = canvas->model().index();
    const auto isFree = [&](int seat) {
        return canvas->model().state(seat) == SeatState::Available &&
               index.seat(seat).accessibility == Accessibility::None;
    };
    for (int seat = 0; seat + 1 < index.seatCount(); ++seat) {
        if (!isFree(seat) || !isFree(seat + 1) || !areAdjacent(index, {seat, seat + 1}))
            continue;
        canvas->showSeats({seat, seat + 1});
        PT_CHECK(clickSeat(seat, 1));
        return clickSeat(seat + 1, 2);
    }
    return refuse(ErrorCode::SoldOut, u"no two free seats stand side by side"_s);
}

Status SmokeDesk::clickSeat(int number, int placesAfter)
{
    PT_TRY(ui::SeatMapCanvas * canvas, visible<ui::SeatMapCanvas>(u"seatMapCanvas"_s));
    QTest::mouseClick(canvas, Qt::LeftButton, Qt::NoModifier, canvas->seatPixelRect(number).center().toPoint());
    return waitFor(u"%1 in the cart"_s.arg(canvas->model().index().seatName(number)),
                   [this, canvas, number, placesAfter] {
                       return canvas->model().isOwn(number) && page().sale().placeCount() == placesAfter;
                   });
}

Status SmokeDesk::payCash()
{
    m_dialogStatus = refuse(ErrorCode::WrongState, u"the cash window did not open"_s);
    QTimer::singleShot(0, &m_window, [this] { driveTender(); });
    PT_CHECK(click(u"cartPay"_s)); // Comes back when the dialog is closed.
    return m_dialogStatus;
}

void SmokeDesk::driveTender()
{
    m_dialogStatus = tender();
    if (!m_dialogStatus) {
        // The dialog stands in the way of everything; the run is over, so leave from here.
        say(u"smoke-desk: "_s + m_dialogStatus.error().message + u'\n' + whatIsSeen());
        m_window.grab().save(m_options.out.filePath(u"failed.png"_s));
        std::fflush(nullptr);
        std::_Exit(1);
    }
}

Status SmokeDesk::tender()
{
    PT_CHECK(waitFor(u"the cash window"_s, [this] { return isVisible(u"tenderAmount"_s); }));
    PT_TRY(const ui::MoneyLabel *total, visible<ui::MoneyLabel>(u"tenderTotal"_s));
    qint64 majorUnit = 1;
    for (int i = 0; i < total->money().currency().decimals(); ++i)
        majorUnit *= 10;
    const Money extra(10 * majorUnit, total->money().currency());
    PT_CHECK(type(u"tenderAmount"_s, ui::moneyTypedText(total->money() + extra)));
    PT_TRY(const ui::MoneyLabel *change, visible<ui::MoneyLabel>(u"tenderChange"_s));
    if (change->money() != extra)
        return refuse(ErrorCode::AmountMismatch, u"the change shown is %1"_s.arg(change->text()));
    PT_CHECK(click(u"tenderConfirm"_s));
    PT_CHECK(waitFor(u"the confirmation of the payment"_s, [this] { return isVisible(u"nextCustomer"_s); }));
    const OrderView order = page().sale().order().value();
    PT_CHECK(saveTickets());
    say(u"order %1: %2 seats, total %3, change %4, ticket %5"_s.arg(order.number)
            .arg(order.lines.size())
            .arg(order.total.plainText(), order.change.plainText(), m_ticketFile));
    if (order.state != OrderState::Confirmed || order.lines.size() != 2)
        return refuse(ErrorCode::WrongState, u"the order is not a confirmed one of two seats"_s);
    return click(u"nextCustomer"_s);
}

Status SmokeDesk::saveTickets()
{
    m_ticketFile = m_options.out.filePath(page().sale().order()->number + u".pdf"_s);
    QFile::remove(m_ticketFile);
    // The tickets come from the server first; the dialog opens when they are there, and may miss what comes too early.
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &m_window, [this] { driveFileDialog(m_ticketFile); });
    poll.start(100);
    PT_CHECK(click(u"saveTickets"_s));
    PT_CHECK(waitFor(u"the saved tickets"_s, [this] { return isVisible(u"doneNotice"_s); }));
    QFile file(m_ticketFile);
    if (!file.open(QIODevice::ReadOnly) || !file.peek(5).startsWith("%PDF-"))
        return refuse(ErrorCode::NotFound, u"%1 is not a PDF"_s.arg(m_ticketFile));
    return {};
}

void SmokeDesk::driveFileDialog(const QString &path)
{
    auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget());
    if (!dialog)
        return;
    auto *name = dialog->findChild<QLineEdit *>(u"fileNameEdit"_s);
    name->setText(path); // Typed letter by letter, a list of completions would open over the button.
    QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save), Qt::LeftButton);
}

QString SmokeDesk::whatIsSeen() const
{
    QStringList seen{u"window: "_s + m_window.windowTitle()};
    if (const QWidget *dialog = QApplication::activeModalWidget())
        seen += u"dialog: "_s + dialog->windowTitle();
    for (const ui::NoticeBar *notice : m_window.findChildren<ui::NoticeBar *>()) {
        if (notice->isVisible())
            seen += u"%1: %2"_s.arg(notice->objectName(), notice->text());
    }
    for (const QLabel *label : m_window.findChildren<QLabel *>(QRegularExpression(u"^status"_s))) {
        if (label->isVisible())
            seen += u"%1: %2"_s.arg(label->objectName(), label->text());
    }
    return u"  "_s + seen.join(u"\n  "_s);
}

SmokeOptions readOptions(const QApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Sells two seats for cash through the real desktop. For ./dev demo --smoke."_s);
    const QCommandLineOption server(u"server"_s, u"ws://127.0.0.1:PORT/v1/desk"_s, u"url"_s);
    const QCommandLineOption user(u"user"_s, u"Who signs in."_s, u"name"_s, u"admin"_s);
    const QCommandLineOption once(u"one-time-password"_s, u"The password that the server printed."_s, u"password"_s);
    const QCommandLineOption fresh(u"new-password"_s, u"The password to have from then on."_s, u"password"_s);
    const QCommandLineOption out(u"out"_s, u"Where tickets and desk.png go."_s, u"folder"_s, u"."_s);
    parser.addOptions({server, user, once, fresh, out});
    parser.addHelpOption();
    parser.process(application);
    return {.server = QUrl(parser.value(server)),
            .user = parser.value(user),
            .oneTimePassword = parser.value(once),
            .newPassword = parser.value(fresh),
            .out = QDir(QFileInfo(parser.value(out)).absoluteFilePath())};
}

} // namespace

int main(int argc, char **argv)
{
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    QApplication application(argc, argv);
    app::ClientApplication::prepare(application);
    const SmokeOptions options = readOptions(application);
    if (!options.out.mkpath(u"."_s)) {
        say(u"smoke-desk: %1 cannot be made"_s.arg(options.out.path()));
        return 1;
    }
    // What a clerk of this machine has set is neither read nor changed.
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, options.out.filePath(u"settings"_s));

    app::ClientApplication client({.server = options.server, .user = options.user, .size = QSize(1440, 900)});
    SmokeDesk desk(client, options);
    QTimer::singleShot(wholeRunMillisecondsMax, &application, [&] {
        say(u"smoke-desk: not done after %1 s\n%2"_s.arg(wholeRunMillisecondsMax / 1000).arg(desk.whatIsSeen()));
        std::_Exit(1);
    });
    if (const Status done = desk.run(); !done) {
        say(u"smoke-desk: "_s + done.error().message + u'\n' + desk.whatIsSeen());
        client.mainWindow()->grab().save(options.out.filePath(u"failed.png"_s));
        return 1;
    }
    return 0;
}
