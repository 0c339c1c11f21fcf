#pragma once

#include "base/clock.h"
#include "domain/identity/user.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// Users and sessions as rows. The database's clock decides what has ended.
namespace identity {

inline constexpr int staffHoursMax = 12; ///< A shift; then sign in again (ASVS 5.0 7.3.2).
inline constexpr int staffIdleMinutes = 120;
inline constexpr int buyerHoursMax = 24;

struct UserRow
{
    UserView view;
    QString passwordHash;
    bool disabled = false;
    int failedSignIns = 0;
    int lockedSeconds = 0; ///< How long no sign-in is tried; 0 when not locked.
};

[[nodiscard]] bool anyUser(Transaction &transaction);
/// Locks the row, so that failures are counted one after the other.
[[nodiscard]] std::optional<UserRow> lockUser(Transaction &transaction, const QString &name);
[[nodiscard]] std::optional<UserRow> lockUser(Transaction &transaction, const UserId &id);
[[nodiscard]] std::vector<UserRow> users(Transaction &transaction);
/// False where the name is taken.
[[nodiscard]] bool insertUser(Transaction &transaction, const UserView &user, const QString &passwordHash);
void writePassword(Transaction &transaction, const UserId &user, const QString &passwordHash, bool mustChange);
void writeHash(Transaction &transaction, const UserId &user, const QString &passwordHash);
void writeDisabled(Transaction &transaction, const UserId &user, bool disabled);
void writeFailures(Transaction &transaction, const UserId &user, int failures, int lockSeconds);

struct SessionRow
{
    SessionId id;
    std::optional<UserView> user; ///< Absent for a buyer.
    Instant expiresAt{};
};

/// Makes a session that ends by itself; returns when.
[[nodiscard]] Instant insertSession(Transaction &transaction, const SessionId &id, const QByteArray &tokenSha256,
                                    const std::optional<UserId> &user);
/// The session while it lives, and notes that it was seen; nothing for one that ended, idled too long, or whose user
/// was disabled.
[[nodiscard]] std::optional<SessionRow> seeSession(Transaction &transaction, const QByteArray &tokenSha256);
/// Those of `sessions` that have not ended, without noting that they were seen.
[[nodiscard]] std::vector<SessionId> livingSessions(Transaction &transaction, const std::vector<SessionId> &sessions);
void endSession(Transaction &transaction, const SessionId &id);
/// Ends the user's sessions but `except`, and returns those that it ended.
[[nodiscard]] std::vector<SessionId> endSessions(Transaction &transaction, const UserId &user, const SessionId &except);
/// Forgets sessions that ended more than a week ago.
qint64 forgetOldSessions(Transaction &transaction, int countMax);

} // namespace identity

} // namespace parterre::server
