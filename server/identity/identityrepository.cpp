#include "identity/identityrepository.h"

#include "db/transaction.h"

#include <string>

namespace parterre::server::identity {

using namespace Qt::StringLiterals;

namespace {

UserView viewFrom(const pqxx::row &row)
{
    return {.id = id<UserId>(row["user_id"]),
            .name = text(row["name"]),
            .displayName = text(row["display_name"]),
            .role = enumOf<Role>(row["role"]),
            .mustChangePassword = flag(row["must_change_password"])};
}

UserRow userFrom(const pqxx::row &row)
{
    return {.view = viewFrom(row),
            .passwordHash = text(row["password_hash"]),
            .disabled = flag(row["disabled"]),
            .failedSignIns = smallNumber(row["failed_sign_ins"]),
            .lockedSeconds = smallNumber(row["locked_seconds"])};
}

#define USER_COLUMNS                                                                                                   \
    "id as user_id, name, display_name, role, must_change_password, password_hash, disabled, failed_sign_ins, "        \
    "greatest(0, ceil(extract(epoch from coalesce(locked_until, clock_timestamp()) - clock_timestamp())))::int "       \
    "as locked_seconds "

std::optional<UserRow> firstUser(const pqxx::result &rows)
{
    if (rows.empty())
        return std::nullopt;
    return userFrom(rows[0]);
}

} // namespace

bool anyUser(Transaction &transaction)
{
    // Two servers that start for the first time at once must not both make an administrator.
    transaction.query("select pg_advisory_xact_lock(hashtext('parterre.first_user'))");
    return !transaction.query("select 1 from app_user limit 1").empty();
}

std::optional<UserRow> lockUser(Transaction &transaction, const QString &name)
{
    return firstUser(transaction.query("select " USER_COLUMNS "from app_user where name = lower($1) for update", name));
}

std::optional<UserRow> lockUser(Transaction &transaction, const UserId &id)
{
    return firstUser(transaction.query("select " USER_COLUMNS "from app_user where id = $1 for update", id));
}

std::vector<UserRow> users(Transaction &transaction)
{
    std::vector<UserRow> list;
    for (const auto &row : transaction.query("select " USER_COLUMNS "from app_user order by name"))
        list.push_back(userFrom(row));
    return list;
}

bool insertUser(Transaction &transaction, const UserView &user, const QString &passwordHash)
{
    return transaction.execute(
               "insert into app_user (id, name, display_name, role, password_hash, must_change_password) "
               "values ($1, $2, $3, $4, $5, $6) on conflict (name) do nothing",
               user.id, user.name, user.displayName, enumName(user.role), passwordHash, user.mustChangePassword) == 1;
}

void writePassword(Transaction &transaction, const UserId &user, const QString &passwordHash, bool mustChange)
{
    transaction.execute("update app_user set password_hash = $2, must_change_password = $3, failed_sign_ins = 0, "
                        "locked_until = null where id = $1",
                        user, passwordHash, mustChange);
}

void writeHash(Transaction &transaction, const UserId &user, const QString &passwordHash)
{
    transaction.execute("update app_user set password_hash = $2 where id = $1", user, passwordHash);
}

void writeDisabled(Transaction &transaction, const UserId &user, bool disabled)
{
    transaction.execute("update app_user set disabled = $2 where id = $1", user, disabled);
}

void writeFailures(Transaction &transaction, const UserId &user, int failures, int lockSeconds)
{
    transaction.execute("update app_user set failed_sign_ins = $2, locked_until = case when $3 > 0 "
                        "then clock_timestamp() + make_interval(secs => $3) end where id = $1",
                        user, failures, lockSeconds);
}

Instant insertSession(Transaction &transaction, const SessionId &id, const QByteArray &tokenSha256,
                      const std::optional<UserId> &user)
{
    const auto rows = transaction.query(
        "insert into session (id, token_sha256, user_id, created_at, seen_at, expires_at) "
        "select $1, $2, $3::uuid, moment, moment, moment + make_interval(hours => $4) from clock_timestamp() as moment "
        "returning expires_at",
        id, tokenSha256, user, user ? staffHoursMax : buyerHoursMax);
    return instant(rows[0]["expires_at"]);
}

namespace {

/// When a session lives, with $2 minutes of idling for staff; the one place that says so.
constexpr auto sessionLives =
    "s.ended_at is null and s.expires_at > clock_timestamp() and not coalesce(u.disabled, false) "
    "and (s.user_id is null or s.seen_at > clock_timestamp() - make_interval(mins => $2))";

} // namespace

std::optional<SessionRow> seeSession(Transaction &transaction, const QByteArray &tokenSha256)
{
    static const std::string sql =
        "select s.id as session_id, s.expires_at, s.user_id, u.name, u.display_name, u.role, u.must_change_password, "
        "  s.seen_at < clock_timestamp() - interval '1 minute' as seen_long_ago "
        "from session s left join app_user u on u.id = s.user_id "
        "where s.token_sha256 = $1 and " +
        std::string(sessionLives);
    const auto rows = transaction.query(sql.c_str(), tokenSha256, staffIdleMinutes);
    if (rows.empty())
        return std::nullopt;
    SessionRow session{
        .id = id<SessionId>(rows[0]["session_id"]), .user = std::nullopt, .expiresAt = instant(rows[0]["expires_at"])};
    if (!rows[0]["user_id"].is_null())
        session.user = viewFrom(rows[0]);
    // Once a minute is exact enough for a limit of two hours, and spares a write for every request.
    if (flag(rows[0]["seen_long_ago"]))
        transaction.execute("update session set seen_at = clock_timestamp() where id = $1", session.id);
    return session;
}

std::vector<SessionId> livingSessions(Transaction &transaction, const std::vector<SessionId> &sessions)
{
    static const std::string sql = "select s.id from session s left join app_user u on u.id = s.user_id "
                                   "where s.id = any($1::uuid[]) and " +
                                   std::string(sessionLives);
    std::vector<SessionId> living;
    for (const auto &row : transaction.query(sql.c_str(), sessions, staffIdleMinutes))
        living.push_back(id<SessionId>(row["id"]));
    return living;
}

void endSession(Transaction &transaction, const SessionId &id)
{
    transaction.execute("update session set ended_at = clock_timestamp() where id = $1 and ended_at is null", id);
}

std::vector<SessionId> endSessions(Transaction &transaction, const UserId &user, const SessionId &except)
{
    std::vector<SessionId> ended;
    for (const auto &row : transaction.query("update session set ended_at = clock_timestamp() "
                                             "where user_id = $1 and id <> $2 and ended_at is null returning id",
                                             user, except))
        ended.push_back(id<SessionId>(row["id"]));
    return ended;
}

qint64 forgetOldSessions(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from session where ctid in (select ctid from session "
                               "where least(ended_at, expires_at) < now() - interval '7 days' limit $1)",
                               countMax);
}

} // namespace parterre::server::identity
