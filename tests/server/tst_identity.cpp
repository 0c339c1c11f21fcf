#include "db/database.h"
#include "identity/identityservice.h"
#include "identity/usercommand.h"
#include "support/testdatabase.h"

#include <QRegularExpression>
#include <QTextStream>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;

namespace {

const QString goodPassword = u"a quiet evening in Illyria"_s;

QString peer(int number)
{
    return u"192.0.2."_s + QString::number(number);
}

} // namespace

class TestIdentity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_database = std::make_unique<Database>(DatabaseConfig{.dsn = test::TestDatabase::instance().freshDsn()});
        m_identity = std::make_unique<IdentityService>(*m_database);
    }

    void theFirstStartMakesAnAdminOnce()
    {
        const auto first = m_identity->makeFirstAdmin();
        QVERIFY(first && *first);
        static const QRegularExpression readable(u"\\A([a-hjkmnp-z2-9]{4}-){4}[a-hjkmnp-z2-9]{4}\\z"_s);
        QVERIFY2(readable.match((*first)->oneTimePassword).hasMatch(), qPrintable((*first)->oneTimePassword));
        const auto second = m_identity->makeFirstAdmin();
        QVERIFY(second && !*second);
    }

    void theOneTimePasswordMustBeChangedBeforeAnythingElse()
    {
        const auto session = signedInAdmin();
        QVERIFY(session.user.mustChangePassword);
        QVERIFY(!m_identity->principalForToken(session.token)->may(Permission::Sell));
        QVERIFY(m_identity->changePassword(session.token, m_oneTimePassword, goodPassword));
        QVERIFY(m_identity->principalForToken(session.token)->may(Permission::Sell));
        QCOMPARE(m_identity->signIn(u"admin"_s, m_oneTimePassword, peer(1)).error().code, ErrorCode::Unauthenticated);
        QVERIFY(m_identity->signIn(u"Admin"_s, goodPassword, peer(1)));
    }

    void changingThePasswordEndsOtherSessions()
    {
        const auto here = signedInAdmin();
        const auto elsewhere = m_identity->signIn(u"admin"_s, m_oneTimePassword, peer(2));
        QVERIFY(elsewhere && m_identity->principalForToken(elsewhere->token));
        QVERIFY(m_identity->changePassword(here.token, m_oneTimePassword, goodPassword));
        QCOMPARE(m_identity->principalForToken(elsewhere->token).error().code, ErrorCode::Unauthenticated);
        QVERIFY(m_identity->resume(here.token));
    }

    void unknownUserAndWrongPasswordAreRefusedAlike()
    {
        signedInAdmin();
        const auto unknown = m_identity->signIn(u"nobody"_s, goodPassword, peer(1));
        QCOMPARE(m_identity->verificationsOfNobody(), 1);
        const auto wrong = m_identity->signIn(u"admin"_s, goodPassword, peer(1));
        QCOMPARE(unknown.error(), wrong.error());
    }

    void theFifthWrongPasswordLocksTheUser()
    {
        signedInAdmin();
        for (int i = 0; i < IdentityService::failuresBeforeLock; ++i)
            QCOMPARE(m_identity->signIn(u"admin"_s, goodPassword, peer(i)).error().code, ErrorCode::Unauthenticated);
        const auto locked = m_identity->signIn(u"admin"_s, m_oneTimePassword, peer(100));
        QCOMPARE(locked.error().code, ErrorCode::RateLimited);
        QVERIFY(locked.error().retryAfterSeconds > 0);
    }

    void disablingAUserEndsItsSessionsAtOnce()
    {
        const auto session = signedInAdmin();
        QVERIFY(m_identity->principalForToken(session.token));
        QVERIFY(m_identity->disableUser(u"admin"_s));
        QCOMPARE(m_identity->principalForToken(session.token).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(m_identity->signIn(u"admin"_s, m_oneTimePassword, peer(1)).error().code, ErrorCode::Unauthenticated);
    }

    void signingOutEndsTheSession()
    {
        const auto session = signedInAdmin();
        QVERIFY(m_identity->principalForToken(session.token));
        QVERIFY(m_identity->signOut(session.token));
        QCOMPARE(m_identity->principalForToken(session.token).error().code, ErrorCode::Unauthenticated);
        QVERIFY(m_identity->signOut(session.token));
    }

    void aBuyerIsKnownByItsSession()
    {
        const auto buyer = m_identity->createBuyerSession();
        QVERIFY(buyer);
        const auto principal = m_identity->principalForToken(buyer->token);
        QVERIFY(principal);
        QCOMPARE(principal->text, u"buyer:"_s + buyer->sessionId.text());
        QVERIFY(!principal->may(Permission::Sell));
        QVERIFY(!m_identity->resume(buyer->token));
    }

    void theCommandAddsAUserWhoCanSignIn()
    {
        QString said;
        QTextStream stream(&said);
        QCOMPARE(runUser({u"add"_s, u"viola"_s, u"clerk"_s, u"Viola"_s, u"of"_s, u"Messaline"_s}, *m_database, stream,
                         stream),
                 0);
        static const QRegularExpression line(u"One-time password: (\\S+)"_s);
        const auto session = m_identity->signIn(u"viola"_s, line.match(said).captured(1), peer(1));
        QVERIFY(session);
        QCOMPARE(session->user.displayName, u"Viola of Messaline"_s);
        QCOMPARE(runUser({u"add"_s, u"viola"_s, u"clerk"_s}, *m_database, stream, stream), 1);
        QCOMPARE(runUser({u"add"_s, u"toby"_s, u"knight"_s}, *m_database, stream, stream), 2);
    }

private:
    StaffSession signedInAdmin()
    {
        m_oneTimePassword = m_identity->makeFirstAdmin()->value().oneTimePassword;
        return m_identity->signIn(u"admin"_s, m_oneTimePassword, peer(1)).value();
    }

    std::unique_ptr<Database> m_database;
    std::unique_ptr<IdentityService> m_identity;
    QString m_oneTimePassword;
};

QTEST_GUILESS_MAIN(TestIdentity)
#include "tst_identity.moc"
