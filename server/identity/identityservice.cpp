#include "identity/identityservice.h"

#include "db/database.h"
#include "identity/apikeyrepository.h"
#include "identity/failurethrottle.h"
#include "identity/identityrepository.h"
#include "identity/passwordhasher.h"
#include "identity/tokencache.h"
#include "identity/tokens.h"

#include <QRegularExpression>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

using Steady = std::chrono::steady_clock;

std::unexpected<Error> wrongSignIn()
{
    return refuse(ErrorCode::Unauthenticated, u"User name and password do not match. Check both and try again."_s);
}

std::unexpected<Error> tooOften(int seconds)
{
    return refuse(Error{.code = ErrorCode::RateLimited,
                        .message = u"Too many failed sign-ins. Wait %1 seconds, then try again."_s.arg(seconds),
                        .field = {},
                        .details = {},
                        .retryAfterSeconds = seconds});
}

std::unexpected<Error> noSession()
{
    return refuse(ErrorCode::Unauthenticated, u"Your session has ended. Sign in again."_s);
}

std::unexpected<Error> noKey()
{
    return refuse(ErrorCode::Unauthenticated, u"This API key is unknown or was revoked. Ask the box office for one."_s);
}

std::unexpected<Error> noSuchUser(const QString &name)
{
    return refuse(ErrorCode::NotFound, u"There is no user \"%1\"."_s.arg(name));
}

/// 30 seconds at the fifth failure, twice as long for each one more.
int lockSecondsAfter(int failures)
{
    if (failures < IdentityService::failuresBeforeLock)
        return 0;
    const int doublings = std::min(failures - IdentityService::failuresBeforeLock, 10);
    return std::min(30 << doublings, IdentityService::lockSecondsMax);
}

Status checkUserName(const QString &name)
{
    static const QRegularExpression allowed(u"\\A[a-z0-9][a-z0-9._-]{1,39}\\z"_s);
    if (allowed.match(name).hasMatch())
        return {};
    return refuse(ErrorCode::InvalidInput,
                  u"A user name has 2 to 40 characters: small letters, digits, dot, hyphen and underscore."_s,
                  u"/name"_s);
}

Principal principalFrom(const identity::SessionRow &session)
{
    const bool staff = session.user.has_value();
    return {.kind = staff ? PrincipalKind::Staff : PrincipalKind::Buyer,
            .text = staff ? u"user:"_s + session.user->id.text() : u"buyer:"_s + session.id.text(),
            .sessionId = session.id,
            .user = session.user,
            .expiresAt = session.expiresAt};
}

Principal principalFrom(const ApiKeyRow &key)
{
    return {.kind = PrincipalKind::ApiKey,
            .text = u"api:"_s + key.id.text(),
            .sessionId = {},
            .expiresAt = {},
            .placesMax = key.placesMax};
}

} // namespace

bool Principal::may(Permission permission) const
{
    return user && !user->mustChangePassword && parterre::may(user->role, permission);
}

class IdentityService::Private
{
public:
    explicit Private(Database &database)
        : m_database(database)
    {}

    Result<std::optional<identity::UserRow>> findUser(const QString &name)
    {
        return m_database.transact([&](Transaction &transaction) -> Result<std::optional<identity::UserRow>> {
            return identity::lockUser(transaction, name);
        });
    }

    /// Counts one failure under the row's lock, so that parallel guesses are all counted.
    Status countFailure(const UserId &user)
    {
        return m_database.transact([&](Transaction &transaction) -> Status {
            const auto row = identity::lockUser(transaction, user);
            if (!row)
                return {};
            const int failures = row->failedSignIns + 1;
            identity::writeFailures(transaction, user, failures, lockSecondsAfter(failures));
            return {};
        });
    }

    /// Runs `change` on the user's row and ends all sessions of the user but `except`.
    template <class Change>
    Status changeUser(const QString &name, const SessionId &except, const Change &change)
    {
        PT_TRY(const auto ended, m_database.transact([&](Transaction &transaction) -> Result<std::vector<SessionId>> {
            const auto row = identity::lockUser(transaction, name);
            if (!row)
                return noSuchUser(name);
            change(transaction, row->view.id);
            return identity::endSessions(transaction, row->view.id, except);
        }));
        for (const SessionId &session : ended)
            m_tokens.forget(session);
        return {};
    }

    Result<StaffSession> openSession(const identity::UserRow &user, const QString &password)
    {
        StaffSession session{.token = tokens::create(), .sessionId = SessionId::create(), .user = user.view};
        // Hashed before the transaction: 75 ms with a locked row would hold up others.
        const QString newHash = m_hasher.needsRehash(user.passwordHash) ? m_hasher.hash(password) : QString();
        PT_CHECK(m_database.transact([&](Transaction &transaction) -> Status {
            const auto row = identity::lockUser(transaction, user.view.id);
            if (!row || row->disabled || row->passwordHash != user.passwordHash)
                return wrongSignIn(); // Changed while we were hashing.
            if (row->lockedSeconds > 0)
                return tooOften(row->lockedSeconds);
            if (row->failedSignIns > 0)
                identity::writeFailures(transaction, row->view.id, 0, 0);
            if (!newHash.isEmpty())
                identity::writeHash(transaction, row->view.id, newHash);
            (void)identity::insertSession(transaction, session.sessionId, tokens::sha256(session.token), row->view.id);
            return {};
        }));
        return session;
    }

    Database &m_database;
    PasswordHasher m_hasher;
    FailureThrottle m_throttle{FailureThrottle::failuresOfAddressMax};
    TokenCache m_tokens{std::chrono::seconds(IdentityService::believedSeconds)};
};

IdentityService::IdentityService(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

IdentityService::~IdentityService() = default;

Result<std::optional<FirstAdmin>> IdentityService::makeFirstAdmin()
{
    // Asked before, since hashing takes as long as all the rest of a start, and only the first one needs it.
    PT_TRY(const bool isFirst, m_private->m_database.transact([](Transaction &transaction) -> Result<bool> {
        return !identity::anyUser(transaction);
    }));
    if (!isFirst)
        return std::nullopt;
    const QString password = tokens::oneTimePassword();
    const QString hash = m_private->m_hasher.hash(password);
    return m_private->m_database.transact([&](Transaction &transaction) -> Result<std::optional<FirstAdmin>> {
        if (identity::anyUser(transaction))
            return std::nullopt;
        const UserView admin{.id = UserId::create(),
                             .name = u"admin"_s,
                             .displayName = u"Administrator"_s,
                             .role = Role::Admin,
                             .mustChangePassword = true};
        if (!identity::insertUser(transaction, admin, hash))
            return std::nullopt;
        return FirstAdmin{.name = admin.name, .oneTimePassword = password};
    });
}

Result<StaffSession> IdentityService::signIn(const QString &userName, const QString &password, const QString &peer)
{
    if (const int wait = m_private->m_throttle.waitSeconds(peer, Steady::now()); wait > 0)
        return tooOften(wait);
    // Longer ones cannot be right, and hashing them would be paid by us.
    const bool readable =
        password.size() <= limits::passwordCharactersMax && userName.size() <= limits::nameCharactersMax;
    PT_TRY(const auto user, m_private->findUser(readable ? userName.trimmed() : QString()));
    if (user && user->lockedSeconds > 0)
        return tooOften(user->lockedSeconds);
    const bool right = user && !user->disabled
                           ? m_private->m_hasher.verify(user->passwordHash, password)
                           : m_private->m_hasher.verifyNobody(password.left(limits::passwordCharactersMax));
    if (right)
        return m_private->openSession(*user, password);
    m_private->m_throttle.failed(peer, Steady::now());
    if (user)
        PT_CHECK(m_private->countFailure(user->view.id));
    return wrongSignIn();
}

Result<StaffSession> IdentityService::resume(const QString &token)
{
    PT_TRY(const Principal principal, principalForToken(token));
    if (!principal.user)
        return noSession();
    return StaffSession{.token = token, .sessionId = principal.sessionId, .user = *principal.user};
}

Status IdentityService::signOut(const QString &token)
{
    const QByteArray sha256 = tokens::sha256(token.left(limits::tokenCharactersMax));
    PT_TRY(const SessionId ended, m_private->m_database.transact([&](Transaction &transaction) -> Result<SessionId> {
        const auto session = identity::seeSession(transaction, sha256);
        if (!session)
            return SessionId();
        identity::endSession(transaction, session->id);
        return session->id;
    }));
    m_private->m_tokens.forget(ended);
    return {};
}

Status IdentityService::changePassword(const QString &token, const QString &oldPassword, const QString &newPassword)
{
    PT_TRY(const Principal principal, principalForToken(token));
    if (!principal.user)
        return noSession();
    const QString name = principal.user->name;
    PT_CHECK(checkNewPassword(newPassword, name));
    PT_TRY(const auto user, m_private->findUser(name));
    if (!user || user->disabled)
        return noSession();
    if (user->lockedSeconds > 0)
        return tooOften(user->lockedSeconds);
    if (!m_private->m_hasher.verify(user->passwordHash, oldPassword.left(limits::passwordCharactersMax + 1))) {
        PT_CHECK(m_private->countFailure(user->view.id));
        return refuse(ErrorCode::Forbidden, u"The old password is not right. Type it again."_s, u"/old_password"_s);
    }
    if (oldPassword == newPassword) {
        return refuse(ErrorCode::InvalidInput, u"The new password is the old one. Choose another."_s,
                      u"/new_password"_s);
    }
    const QString hash = m_private->m_hasher.hash(newPassword);
    PT_CHECK(m_private->changeUser(name, principal.sessionId, [&](Transaction &transaction, const UserId &id) {
        identity::writePassword(transaction, id, hash, false);
    }));
    // The kept principal still says that the password must be changed.
    m_private->m_tokens.forget(principal.sessionId);
    return {};
}

Result<BuyerSession> IdentityService::createBuyerSession()
{
    BuyerSession session{.token = tokens::create(), .sessionId = SessionId::create(), .expiresAt = {}};
    PT_TRY(session.expiresAt, m_private->m_database.transact([&](Transaction &transaction) -> Result<Instant> {
        return identity::insertSession(transaction, session.sessionId, tokens::sha256(session.token), std::nullopt);
    }));
    return session;
}

Result<Principal> IdentityService::principalForToken(const QString &token)
{
    if (token.isEmpty() || token.size() > limits::tokenCharactersMax)
        return noSession();
    const QByteArray sha256 = tokens::sha256(token);
    const auto asked = m_private->m_tokens.find(sha256, Steady::now());
    if (asked.principal)
        return *asked.principal;
    PT_TRY(const Principal principal,
           m_private->m_database.transact([&](Transaction &transaction) -> Result<Principal> {
               if (tokens::isApiKey(token)) {
                   const auto key = apikeys::see(transaction, sha256);
                   return key ? Result<Principal>(principalFrom(*key)) : noKey();
               }
               const auto session = identity::seeSession(transaction, sha256);
               if (!session)
                   return noSession();
               return principalFrom(*session);
           }));
    m_private->m_tokens.keep(sha256, principal, asked.generation, Steady::now());
    return principal;
}

std::optional<Principal> IdentityService::knownPrincipal(const QString &token)
{
    if (token.isEmpty() || token.size() > limits::tokenCharactersMax)
        return std::nullopt;
    return m_private->m_tokens.find(tokens::sha256(token), Steady::now()).principal;
}

Result<std::vector<SessionId>> IdentityService::livingSessions(const std::vector<SessionId> &sessions)
{
    return m_private->m_database.transact([&](Transaction &transaction) -> Result<std::vector<SessionId>> {
        return identity::livingSessions(transaction, sessions);
    });
}

Result<QString> IdentityService::addUser(const QString &name, const QString &displayName, Role role)
{
    PT_CHECK(checkUserName(name));
    if (displayName.trimmed().isEmpty() || displayName.size() > limits::nameCharactersMax) {
        return refuse(ErrorCode::InvalidInput,
                      u"A display name has 1 to %1 characters."_s.arg(limits::nameCharactersMax), u"/display_name"_s);
    }
    const QString password = tokens::oneTimePassword();
    const QString hash = m_private->m_hasher.hash(password);
    return m_private->m_database.transact([&](Transaction &transaction) -> Result<QString> {
        const UserView user{.id = UserId::create(),
                            .name = name,
                            .displayName = displayName.trimmed(),
                            .role = role,
                            .mustChangePassword = true};
        if (!identity::insertUser(transaction, user, hash))
            return refuse(ErrorCode::WrongState, u"There is a user \"%1\" already. Choose another name."_s.arg(name),
                          u"/name"_s);
        return password;
    });
}

Result<std::vector<UserListEntry>> IdentityService::users()
{
    return m_private->m_database.transact([&](Transaction &transaction) -> Result<std::vector<UserListEntry>> {
        std::vector<UserListEntry> list;
        for (const identity::UserRow &row : identity::users(transaction))
            list.push_back({.user = row.view, .disabled = row.disabled, .locked = row.lockedSeconds > 0});
        return list;
    });
}

Status IdentityService::disableUser(const QString &name)
{
    return m_private->changeUser(name, SessionId(), [](Transaction &transaction, const UserId &id) {
        identity::writeDisabled(transaction, id, true);
    });
}

Result<QString> IdentityService::resetPassword(const QString &name)
{
    const QString password = tokens::oneTimePassword();
    const QString hash = m_private->m_hasher.hash(password);
    PT_CHECK(m_private->changeUser(name, SessionId(), [&](Transaction &transaction, const UserId &id) {
        identity::writePassword(transaction, id, hash, true);
        identity::writeDisabled(transaction, id, false);
    }));
    return password;
}

Result<qint64> IdentityService::forgetOldSessions(int countMax)
{
    return m_private->m_database.transact(
        [&](Transaction &transaction) -> Result<qint64> { return identity::forgetOldSessions(transaction, countMax); });
}

qint64 IdentityService::verificationsOfNobody() const
{
    return m_private->m_hasher.verificationsOfNobody();
}

} // namespace parterre::server
