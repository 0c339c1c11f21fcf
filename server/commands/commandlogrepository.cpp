#include "commands/commandfingerprint.h"
#include "commands/commandlog.h"
#include "commands/outcometext.h"
#include "db/transaction.h"
#include "runtime/sha256.h"

#include <QJsonDocument>

namespace parterre::server {

using namespace Qt::StringLiterals;

QByteArray commandFingerprint(const QString &command, const QByteArray &body)
{
    return sha256({command.toUtf8(), QByteArrayView("\0", 1), body});
}

CommandKey CommandKey::make(const QString &principal, const QString &key, const QString &command,
                            const QJsonObject &body)
{
    // QJsonObject keeps its keys sorted, so the same body has the same bytes however the caller ordered it.
    const QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return {.principal = principal, .key = key, .fingerprint = commandFingerprint(command, text)};
}

namespace commandlog {

Result<Begun> begin(Transaction &transaction, const CommandKey &key)
{
    const auto entered =
        transaction.execute("insert into command_log (principal, key, fingerprint) values ($1, $2, $3) "
                            "on conflict do nothing",
                            key.principal, key.key, key.fingerprint);
    if (entered == 1)
        return Begun{};
    const auto rows = transaction.query(
        "select fingerprint, outcome from command_log where principal = $1 and key = $2", key.principal, key.key);
    if (rows.empty()) // Forgotten between the two statements: it is more than two days old, so it is a new command.
        return begin(transaction, key);
    if (bytes(rows[0]["fingerprint"]) != key.fingerprint) {
        return refuse(ErrorCode::KeyReused,
                      u"This command id was used before for something else. Make a new id for each new command."_s);
    }
    transaction.waitForDisk(); // Nobody is told twice what is not there for certain.
    Begun begun{.isNew = false, .outcome = std::nullopt};
    if (!rows[0]["outcome"].is_null())
        begun.outcome = object(rows[0]["outcome"]);
    return begun;
}

void finish(Transaction &transaction, const CommandKey &key, const QJsonObject &outcome)
{
    transaction.execute("update command_log set outcome = $3::jsonb where principal = $1 and key = $2", key.principal,
                        key.key, outcome);
}

namespace {

/// Of each command its principal and key, as columns.
struct KeyColumns
{
    ArrayLiteral principals;
    ArrayLiteral keys;

    void add(const CommandKey &key)
    {
        principals.add(key.principal);
        keys.add(key.key);
    }
};

} // namespace

std::vector<bool> beginAll(Transaction &transaction, const std::vector<const CommandKey *> &keys)
{
    KeyColumns columns;
    ArrayLiteral fingerprints;
    for (const CommandKey *key : keys) {
        columns.add(*key);
        fingerprints.add(key->fingerprint);
    }
    std::vector<bool> entered(keys.size());
    for (const auto &row :
         transaction.query("with early as (select set_config('lock_timeout', '1s', true)), "
                           "n as (select * from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality "
                           "      as n(principal, key, fingerprint, place)), "
                           "entered as (insert into command_log (principal, key, fingerprint) "
                           "  select n.principal, n.key, n.fingerprint from early, n order by n.principal, n.key "
                           "  on conflict do nothing returning principal, key) "
                           "select n.place from n join entered e on e.principal = n.principal and e.key = n.key",
                           columns.principals, columns.keys, fingerprints))
        entered[static_cast<size_t>(number(row[0])) - 1] = true;
    return entered;
}

void finishAll(Transaction &transaction, const std::vector<Finished> &finished)
{
    std::vector<FinishedText> texts;
    for (const Finished &one : finished)
        texts.push_back({.key = one.key, .outcome = QJsonDocument(one.outcome).toJson(QJsonDocument::Compact)});
    finishAll(transaction, texts);
}

void finishAll(Transaction &transaction, const std::vector<FinishedText> &finished)
{
    if (finished.empty())
        return;
    KeyColumns columns;
    ArrayLiteral outcomes;
    for (const FinishedText &one : finished) {
        columns.add(*one.key);
        outcomes.addQuoted(one.outcome);
    }
    transaction.execute("update command_log c set outcome = n.outcome::jsonb "
                        "from unnest($1::text[], $2::text[], $3::text[]) as n(principal, key, outcome) "
                        "where c.principal = n.principal and c.key = n.key",
                        columns.principals, columns.keys, outcomes);
}

void withdraw(Transaction &transaction, const std::vector<const CommandKey *> &keys)
{
    if (keys.empty())
        return;
    KeyColumns columns;
    for (const CommandKey *key : keys)
        columns.add(*key);
    transaction.execute("delete from command_log c using unnest($1::text[], $2::text[]) as n(principal, key) "
                        "where c.principal = n.principal and c.key = n.key",
                        columns.principals, columns.keys);
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from command_log where ctid in (select ctid from command_log "
                               "where created_at < now() - make_interval(hours => $1) limit $2)",
                               hoursKept, countMax);
}

} // namespace commandlog

} // namespace parterre::server
