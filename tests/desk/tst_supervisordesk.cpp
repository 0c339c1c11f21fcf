#include "clientapplication.h"

#include "check/salebooks.h"
#include "support/deskclient.h"
#include "support/deskhands.h"
#include "support/scriptedprovider.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QSettings>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTimer>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

#define VERIFY_STATUS(expression)                                                                                      \
    do {                                                                                                               \
        const auto status = (expression);                                                                              \
        QVERIFY2(status.has_value(), status ? "" : qPrintable(status.error().message));                                \
    } while (false)

/// The real desktop of a supervisor before the services on a real database, over a real socket.
class TestSupervisorDesk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        app::ClientApplication::prepare(*qApp);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_files.path());
    }
    void init()
    {
        m_provider = std::make_unique<ScriptedProvider>();
        m_house = std::make_unique<DeskHouse>(SaleWorldOptions{.provider = m_provider.get()});
        m_provider->setProvider(m_house->world.testProvider());
        m_house->world.employ(u"orsino"_s, Role::Supervisor, m_password);
        const QUrl server(u"ws://127.0.0.1:%1"_s.arg(m_house->edge->port()));
        m_desk = std::make_unique<app::ClientApplication>(
            app::ClientOptions{.server = server, .user = u"orsino"_s, .size = QSize(1280, 800)});
        m_hands = std::make_unique<DeskHands>(*m_desk->mainWindow());
        m_desk->show();
        VERIFY_STATUS(m_hands->type(u"signInPassword"_s, m_password));
        VERIFY_STATUS(m_hands->click(u"signInButton"_s));
        VERIFY_STATUS(m_hands->waitUntilVisible(u"performanceTable"_s));
    }
    void cleanup()
    {
        m_hands.reset();
        m_desk.reset();
        QCOMPARE(m_house->world.books().faults(), QStringList());
        m_house.reset();
        m_provider.reset();
    }

    /// A provider that is gone for good: one payment came and one did not, as its last list says.
    void seatsThatAProviderLockedAreSoldAndFree()
    {
        const OrderView came = doubt(1, Line::AnswerLost);
        const OrderView neverCame = doubt(2, Line::RequestLost);
        whenOpen(u"paymentsInDoubtDialog"_s, [&](QDialog &dialog) {
            auto *table = dialog.findChild<QTableWidget *>(u"doubtTable"_s);
            QTRY_COMPARE(table->rowCount(), 2);
            QCOMPARE(table->item(0, 0)->text(), came.number); // The oldest first.
            decide(u"doubtMoneyCame"_s, u"on the provider's last list"_s);
            QTRY_COMPARE(m_house->world.seatState(a(1)), u"sold"_s);
            QTRY_COMPARE(table->item(0, 0)->text(), neverCame.number);
            table->selectRow(0);
            decide(u"doubtNoMoney"_s, u"not on the provider's last list"_s);
            QTRY_COMPARE(table->item(0, 3)->text(), u"Is being checked"_s);
        });
        m_desk->mainWindow()->findChild<QAction *>(u"paymentsInDoubtAction"_s)->trigger();
        QCOMPARE(m_house->world.seatState(a(2)), u"held"_s);
        m_house->world.letHoldRunOut(neverCame.hold);
        need(m_house->world.takeSeats(m_house->world.otherBuyer(), {a(2)}));
        QCOMPARE(m_house->world.sqlText(u"select string_agg(decision || ' ' || note, ', ' order by id) from "
                                        "payment_decision"_s),
                 u"money_came on the provider's last list, no_money not on the provider's last list"_s);
    }

    void whatWasSoldAtOtherPricesIsSeen()
    {
        DeskClient clerk(*m_house);
        clerk.begin(m_house->tokenOf(u"malvolio"_s, Role::Supervisor));
        const auto hold = need(clerk.get<HoldView>(
            protocol::MessageType::TakeHold,
            TakeHold{
                .hold = HoldId::create(), .performance = m_house->world.performance(), .seats = {a(1)}, .areas = {}}));
        const PriceOverride press{.kind = OverrideKind::Comp, .price = {}, .reason = u"Press"_s};
        const auto order = need(clerk.get<OrderView>(
            protocol::MessageType::CreateOrder,
            CreateOrder{.order = OrderId::create(),
                        .hold = hold.id,
                        .lines = {{.place = a(1), .priceType = m_house->world.priceType(), .priceOverride = press}},
                        .buyer = {}}));
        (void)need(
            clerk.get<OrderView>(protocol::MessageType::PayCash,
                                 PayCash{.payment = PaymentId::create(), .order = order.id, .tendered = order.total}));
        whenOpen(u"overridesDialog"_s, [&](QDialog &dialog) {
            auto *table = dialog.findChild<QTableWidget *>(u"overridesTable"_s);
            QTRY_COMPARE(table->rowCount(), 1);
            QCOMPARE(table->item(0, 1)->text(), order.number);
            QCOMPARE(table->item(0, 5)->text(), u"malvolio"_s);
        });
        m_desk->mainWindow()->findChild<QAction *>(u"overridesAction"_s)->trigger();
        QVERIFY(m_wasOpen);
    }

private:
    /// An order of one seat whose payment is in doubt, with a provider that does not answer any more.
    OrderView doubt(int seat, Line line)
    {
        SaleWorld &world = m_house->world;
        m_provider->repair();
        m_provider->set(Call::Capture, line);
        const OrderView order = need(world.sell(world.buyer(), {a(seat)}));
        for (const Call call : {Call::Authorise, Call::Capture, Call::Cancel, Call::Query, Call::Refund})
            m_provider->set(call, Line::RequestLost);
        return order;
    }
    /// Runs `hands` once that dialog is open, and closes it.
    void whenOpen(const QString &name, const std::function<void(QDialog &)> &hands)
    {
        m_wasOpen = false;
        auto *watch = new QTimer(m_desk->mainWindow());
        connect(watch, &QTimer::timeout, this, [this, watch, name, hands] {
            auto *dialog = m_desk->mainWindow()->findChild<QDialog *>(name);
            if (!dialog || !dialog->isVisible())
                return;
            watch->stop();
            m_wasOpen = true;
            hands(*dialog);
            dialog->reject();
        });
        watch->start(20);
    }
    /// Presses the button of a decision, and answers what is asked then.
    void decide(const QString &button, const QString &note)
    {
        QTimer::singleShot(0, this, [&] {
            VERIFY_STATUS(m_hands->waitUntilVisible(u"resolveNote"_s));
            VERIFY_STATUS(m_hands->type(u"resolveNote"_s, note));
            VERIFY_STATUS(m_hands->click(u"resolveConfirm"_s));
        });
        VERIFY_STATUS(m_hands->click(button)); // Returns when the decision is made.
    }

    QTemporaryDir m_files;
    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<DeskHouse> m_house;
    std::unique_ptr<app::ClientApplication> m_desk;
    std::unique_ptr<DeskHands> m_hands;
    bool m_wasOpen = false;
    const QString m_password = u"if music be the food of love"_s;
};

QTEST_MAIN(TestSupervisorDesk)
#include "tst_supervisordesk.moc"
