#pragma once

#include "base/clock.h"
#include "domain/identity/user.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace parterre::server {

class Database;

struct FirstAdmin
{
    QString name;
    QString oneTimePassword; ///< Known nowhere else: whoever starts the server is told once.
};

struct StaffSession
{
    QString token;
    SessionId sessionId;
    UserView user;
};

struct BuyerSession
{
    QString token;
    SessionId sessionId;
    Instant expiresAt;
};

enum class PrincipalKind { Staff, Buyer, ApiKey };

/// Who is behind a request.
struct Principal
{
    PrincipalKind kind = PrincipalKind::Buyer;
    QString text;                   ///< `user:<id>`, `buyer:<session id>` or `api:<key id>`: owner of holds and orders.
    SessionId sessionId;            ///< Null for a key of the API.
    std::optional<UserView> user{}; ///< Staff only.
    Instant expiresAt{};            ///< Of a session; a key ends when it is revoked.
    int placesMax = 0;              ///< Of one performance, for a key of the API; 0 for any number.

    [[nodiscard]] bool may(Permission permission) const;
};

struct UserListEntry
{
    UserView user;
    bool disabled = false;
    bool locked = false;
};

/// Who works here, who is signed in, and the sessions of anonymous buyers. Blocking (hashing a password takes about
/// 75 ms) and thread-safe; call it from worker threads.
///
/// A valid token is believed for a few seconds without asking the database. A session that this process ends is
/// forgotten at once; one that another process ends, within `believedSeconds`.
class IdentityService
{
public:
    static constexpr int believedSeconds = 3;
    static constexpr int failuresBeforeLock = 5;
    static constexpr int lockSecondsMax = 900;

    explicit IdentityService(Database &database);
    ~IdentityService();
    IdentityService(const IdentityService &) = delete;
    IdentityService &operator=(const IdentityService &) = delete;

    /// Makes the user `admin` where there is no user at all; nothing where there is one.
    [[nodiscard]] Result<std::optional<FirstAdmin>> makeFirstAdmin();

    /// Unknown user, wrong password and disabled user are one refusal, after the same work. `peer` is the address that
    /// asks; both it and the user are slowed down by RateLimited after failures.
    [[nodiscard]] Result<StaffSession> signIn(const QString &userName, const QString &password, const QString &peer);
    /// The session of a token that a desk kept over a lost connection.
    [[nodiscard]] Result<StaffSession> resume(const QString &token);
    /// Idempotent.
    [[nodiscard]] Status signOut(const QString &token);
    /// Ends all other sessions of the user.
    [[nodiscard]] Status changePassword(const QString &token, const QString &oldPassword, const QString &newPassword);

    [[nodiscard]] Result<BuyerSession> createBuyerSession();
    /// Unauthenticated for a token that is unknown, ended or idle for too long, and for a key that was revoked.
    [[nodiscard]] Result<Principal> principalForToken(const QString &token);
    /// The same where it was asked a moment ago, and nothing where principalForToken() must be asked: never blocks.
    [[nodiscard]] std::optional<Principal> knownPrincipal(const QString &token);

    /// Those of `sessions` that live on, e.g. of desks that only watch. Asking does not count as being there.
    [[nodiscard]] Result<std::vector<SessionId>> livingSessions(const std::vector<SessionId> &sessions);

    // For `parterred user`.
    /// Returns the one-time password of the new user.
    [[nodiscard]] Result<QString> addUser(const QString &name, const QString &displayName, Role role);
    [[nodiscard]] Result<std::vector<UserListEntry>> users();
    /// Ends the user's sessions.
    [[nodiscard]] Status disableUser(const QString &name);
    /// Gives a new one-time password, lifts a lock and a disablement, and ends the user's sessions.
    [[nodiscard]] Result<QString> resetPassword(const QString &name);

    /// Housekeeping; returns how many sessions were forgotten.
    [[nodiscard]] Result<qint64> forgetOldSessions(int countMax);

    /// How often a password was verified for nobody, which is what hides whether a user exists.
    [[nodiscard]] qint64 verificationsOfNobody() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
