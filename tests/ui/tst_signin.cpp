#include "catalog/performancepage.h"
#include "identity/signinpage.h"
#include "shell/mainwindow.h"
#include "ui/desk.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// Signing in at the real main window, and what the window shows of session and connection.
class TestSignIn : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void aRightPasswordOpensTheList();
    void enterInThePasswordSignsIn();
    void aWrongPasswordIsToldAndCanBeTypedAgain();
    void anAddressThatIsNoneIsRefusedBeforeAnythingIsSent();
    void userNamesAreTypedInAnyCase();
    void nothingCanBePressedTwiceWhileTheServerThinks();
    void aOneTimePasswordMustBeChangedBeforeAnythingElse();
    void twoDifferentNewPasswordsAreNotSent();
    void aShortNewPasswordIsRefusedWithItsRule();
    void theServerIsRememberedAndThePasswordIsNot();
    void signingOutForgetsTheListAndTheCart();
    void anEndedSessionSaysWhy();
    void theBannerCountsWhileTheServerIsAway();
    void tryNowInTheBannerReconnects();
    void aClerkCannotPutOnSale();
    void theAppearanceIsKept();

private:
    void signIn(const QString &password);
    [[nodiscard]] bool isListShown() const { return find<QTableView>(*m_window, u"performanceTable"_s)->isVisible(); }
    [[nodiscard]] QString notice() const { return noticeText(*m_window, u"signInNotice"_s); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::MainWindow> m_window;
};

void TestSignIn::init()
{
    QSettings().clear();
    m_house = smallHouse();
    m_window = std::make_unique<ui::MainWindow>(ui::Ports{m_house->session(), m_house->catalog(), m_house->map(),
                                                          m_house->sales(), m_house->house(), m_house->afterSale()});
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestSignIn::cleanup()
{
    m_window.reset();
    m_house.reset();
}

void TestSignIn::signIn(const QString &password)
{
    type(*m_window, u"signInServer"_s, u"ws://boxoffice:8420"_s);
    type(*m_window, u"signInUser"_s, u"clara"_s);
    type(*m_window, u"signInPassword"_s, password);
    click(*m_window, u"signInButton"_s);
}

void TestSignIn::aRightPasswordOpensTheList()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    QTRY_COMPARE(find<QTableView>(*m_window, u"performanceTable"_s)->model()->rowCount(), 3);
    QVERIFY(find<QLabel>(*m_window, u"statusUser"_s)->text().contains(u"Clara Kemp"_s));
}

void TestSignIn::enterInThePasswordSignsIn()
{
    type(*m_window, u"signInUser"_s, u"clara"_s);
    type(*m_window, u"signInPassword"_s, m_house->password);
    QTest::keyClick(find<QLineEdit>(*m_window, u"signInPassword"_s), Qt::Key_Return);
    QTRY_VERIFY(isListShown());
}

void TestSignIn::aWrongPasswordIsToldAndCanBeTypedAgain()
{
    signIn(u"not this"_s);
    QTRY_VERIFY(notice().contains(u"wrong"_s));
    QCOMPARE(find<QLineEdit>(*m_window, u"signInPassword"_s)->selectedText().size(), 8);
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
}

void TestSignIn::anAddressThatIsNoneIsRefusedBeforeAnythingIsSent()
{
    type(*m_window, u"signInServer"_s, u"http://boxoffice"_s);
    type(*m_window, u"signInUser"_s, u"clara"_s);
    type(*m_window, u"signInPassword"_s, m_house->password);
    click(*m_window, u"signInButton"_s);
    QVERIFY(notice().contains(u"ws://"_s));
    QVERIFY(!m_house->session().user());
}

void TestSignIn::userNamesAreTypedInAnyCase()
{
    type(*m_window, u"signInUser"_s, u" Clara "_s);
    type(*m_window, u"signInPassword"_s, m_house->password);
    click(*m_window, u"signInButton"_s);
    QTRY_VERIFY(isListShown());
}

void TestSignIn::nothingCanBePressedTwiceWhileTheServerThinks()
{
    m_house->holdAnswers();
    signIn(m_house->password);
    QVERIFY(!find<QPushButton>(*m_window, u"signInButton"_s)->isEnabled());
    m_house->sendAnswers();
    QTRY_VERIFY(isListShown());
}

void TestSignIn::aOneTimePasswordMustBeChangedBeforeAnythingElse()
{
    m_house->user.mustChangePassword = true;
    signIn(m_house->password);
    QTRY_VERIFY(find<QLineEdit>(*m_window, u"newPassword"_s)->isVisible());
    QVERIFY(!find<QAction>(*m_window, u"goSale"_s)->isEnabled());
    type(*m_window, u"newPassword"_s, u"a sentence of mine"_s);
    type(*m_window, u"newPasswordAgain"_s, u"a sentence of mine"_s);
    QTest::keyClick(find<QLineEdit>(*m_window, u"newPasswordAgain"_s), Qt::Key_Return);
    QTRY_VERIFY(isListShown());
    QCOMPARE(m_house->password, u"a sentence of mine"_s);
    QVERIFY(find<QAction>(*m_window, u"goSale"_s)->isEnabled());
}

void TestSignIn::twoDifferentNewPasswordsAreNotSent()
{
    m_house->user.mustChangePassword = true;
    const QString before = m_house->password;
    signIn(before);
    QTRY_VERIFY(find<QLineEdit>(*m_window, u"newPassword"_s)->isVisible());
    type(*m_window, u"newPassword"_s, u"a sentence of mine"_s);
    type(*m_window, u"newPasswordAgain"_s, u"a sentence of yours"_s);
    click(*m_window, u"changePasswordButton"_s);
    QVERIFY(notice().contains(u"not the same"_s));
    QCOMPARE(m_house->password, before);
}

void TestSignIn::aShortNewPasswordIsRefusedWithItsRule()
{
    m_house->user.mustChangePassword = true;
    signIn(m_house->password);
    QTRY_VERIFY(find<QLineEdit>(*m_window, u"newPassword"_s)->isVisible());
    type(*m_window, u"newPassword"_s, u"short"_s);
    type(*m_window, u"newPasswordAgain"_s, u"short"_s);
    click(*m_window, u"changePasswordButton"_s);
    QVERIFY(notice().contains(QString::number(limits::passwordCharactersMin)));
}

void TestSignIn::theServerIsRememberedAndThePasswordIsNot()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    const ui::SignInPage again(m_house->session());
    QCOMPARE(find<QLineEdit>(again, u"signInServer"_s)->text(), u"ws://boxoffice:8420"_s);
    QCOMPARE(find<QLineEdit>(again, u"signInUser"_s)->text(), u"clara"_s);
    QCOMPARE(find<QLineEdit>(again, u"signInPassword"_s)->text(), QString());
    QVERIFY(find<QLineEdit>(*m_window, u"signInPassword"_s)->text().isEmpty());
}

void TestSignIn::signingOutForgetsTheListAndTheCart()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    m_house->session().signOut();
    QTRY_VERIFY(find<QLineEdit>(*m_window, u"signInUser"_s)->isVisible());
    QCOMPARE(find<QTableView>(*m_window, u"performanceTable"_s)->model()->rowCount(), 0);
    QVERIFY(!find<QAction>(*m_window, u"goOrders"_s)->isEnabled());
    QVERIFY(notice().isEmpty());
}

void TestSignIn::anEndedSessionSaysWhy()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    m_house->endSession(u"The session has ended. Sign in again."_s);
    QTRY_COMPARE(notice(), u"The session has ended. Sign in again."_s);
}

void TestSignIn::theBannerCountsWhileTheServerIsAway()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    m_house->setStatus({.state = ui::ConnectionState::Reconnecting, .secondsToRetry = 1, .message = u"Lost."_s});
    const QString shown = noticeText(*m_window, u"connectionBanner"_s);
    QVERIFY2(shown.contains(u"Trying again in 1 second."_s), qPrintable(shown));
    m_house->setStatus({.state = ui::ConnectionState::Online});
    QVERIFY(noticeText(*m_window, u"connectionBanner"_s).isEmpty());
}

void TestSignIn::tryNowInTheBannerReconnects()
{
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    m_house->setStatus({.state = ui::ConnectionState::Reconnecting, .secondsToRetry = 20, .message = u"Lost."_s});
    click(*find<ui::NoticeBar>(*m_window, u"connectionBanner"_s), u"noticeAction"_s);
    QVERIFY(noticeText(*m_window, u"connectionBanner"_s).isEmpty());
}

void TestSignIn::aClerkCannotPutOnSale()
{
    m_house->user.role = Role::Clerk;
    signIn(m_house->password);
    QTRY_VERIFY(isListShown());
    int found = 0;
    for (const QAction *action : m_window->findChildren<QAction *>()) {
        if (action->text().contains(u"on sale"_s)) {
            ++found;
            QVERIFY(!action->isEnabled());
        }
    }
    QCOMPARE(found, 1);
}

void TestSignIn::theAppearanceIsKept()
{
    find<QAction>(*m_window, u"appearance_dark"_s)->trigger();
    QCOMPARE(QSettings().value(u"window/theme"_s).toString(), u"dark"_s);
    QVERIFY(qApp->palette().color(QPalette::Window).lightness() < 128);
    find<QAction>(*m_window, u"appearance_light"_s)->trigger();
    QVERIFY(qApp->palette().color(QPalette::Window).lightness() > 128);
}

QTEST_MAIN(TestSignIn)
#include "tst_signin.moc"
