#include "holds/holdcommandrepository.h"

#include "db/transaction.h"

#include <QCryptographicHash>

#include <algorithm>

namespace parterre::server::holdcommands {

QUuid idOf(const CommandKey &key)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(key.principal.toUtf8());
    hash.addData(QByteArrayView("\0", 1));
    hash.addData(key.key.toUtf8());
    return QUuid::fromRfc4122(hash.result().left(16));
}

QHash<QUuid, Kept> find(Transaction &transaction, const std::vector<QUuid> &commands)
{
    ArrayLiteral ids;
    for (const QUuid &command : commands)
        ids.add(command);
    QHash<QUuid, Kept> found;
    for (const auto &row :
         transaction.query("select id, fingerprint, outcome from hold_command where id = any($1::uuid[])", ids))
        found.insert(QUuid::fromString(text(row[0])), {bytes(row[1]), text(row[2]).toUtf8()});
    if (!found.isEmpty())
        transaction.waitForDisk(); // Nobody is told twice what is not there for certain.
    return found;
}

void keep(Transaction &transaction, std::vector<Outcome> outcomes)
{
    if (outcomes.empty())
        return;
    std::ranges::sort(outcomes, [](const Outcome &a, const Outcome &b) { return a.command < b.command; });
    ArrayLiteral ids;
    ArrayLiteral fingerprints;
    ArrayLiteral texts;
    for (const Outcome &outcome : outcomes) {
        ids.add(outcome.command);
        fingerprints.add(outcome.fingerprint);
        texts.addQuoted(outcome.outcome);
    }
    transaction.execute("insert into hold_command (id, fingerprint, outcome) "
                        "select n.id, n.fingerprint, n.outcome from unnest($1::uuid[], $2::bytea[], $3::text[]) "
                        "     as n(id, fingerprint, outcome)",
                        ids, fingerprints, texts);
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from hold_command where ctid in (select ctid from hold_command "
                               "where created_at < now() - make_interval(hours => $1) limit $2)",
                               commandlog::hoursKept, countMax);
}

} // namespace parterre::server::holdcommands
