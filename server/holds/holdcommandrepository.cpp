#include "holds/holdcommandrepository.h"

#include "db/binaryarray.h"
#include "db/transaction.h"
#include "runtime/sha256.h"

#include <algorithm>

namespace parterre::server::holdcommands {

namespace {

constexpr qsizetype timeBytes = 6; ///< Of a UUID of version 7: the milliseconds that it begins with.

} // namespace

QUuid idOf(const CommandKey &key)
{
    QByteArray id = sha256({key.principal.toUtf8(), QByteArrayView("\0", 1), key.key.toUtf8()}).first(16);
    const auto uuid = uuidFromText(key.key);
    if (uuid && uuid->data3 >> 12 == 7) { // QUuid::version() does not know of it yet.
        const QByteArray time = uuid->toRfc4122().first(timeBytes);
        std::ranges::copy(time, id.begin());
        id[8] = static_cast<char>((id[8] & 0x3F) | 0x80); // QUuid sorts by variant first, PostgreSQL by the bytes.
    }
    return QUuid::fromRfc4122(id);
}

QHash<QUuid, Kept> find(Transaction &transaction, const std::vector<QUuid> &commands)
{
    if (commands.empty())
        return {};
    BinaryArray ids(BinaryArray::Of::Uuid, static_cast<qsizetype>(commands.size()));
    for (const QUuid &command : commands)
        ids.add(command);
    QHash<QUuid, Kept> found;
    for (const auto &row :
         transaction.query("select id, fingerprint, outcome from hold_command where id = any($1::uuid[])", ids.bytes()))
        found.insert(QUuid::fromString(text(row[0])), {bytes(row[1]), text(row[2]).toUtf8()});
    if (!found.isEmpty())
        transaction.waitForDisk(); // Nobody is told twice what is not there for certain.
    return found;
}

OutcomeColumns::OutcomeColumns(std::vector<Outcome> outcomes)
{
    std::ranges::sort(outcomes, [](const Outcome &a, const Outcome &b) { return a.command < b.command; });
    const auto count = static_cast<qsizetype>(outcomes.size());
    BinaryArray idColumn(BinaryArray::Of::Uuid, count);
    BinaryArray fingerprintColumn(BinaryArray::Of::Bytes, count);
    BinaryArray textColumn(BinaryArray::Of::Text, count);
    for (const Outcome &outcome : outcomes) {
        idColumn.add(outcome.command);
        fingerprintColumn.add(outcome.fingerprint);
        textColumn.add(outcome.outcome);
    }
    ids = idColumn.bytes();
    fingerprints = fingerprintColumn.bytes();
    texts = textColumn.bytes();
}

void keep(Transaction &transaction, std::vector<Outcome> outcomes)
{
    if (outcomes.empty())
        return;
    const OutcomeColumns columns(std::move(outcomes));
    transaction.execute("insert into hold_command (id, fingerprint, outcome) "
                        "select n.id, n.fingerprint, n.outcome from unnest($1::uuid[], $2::bytea[], $3::text[]) "
                        "     as n(id, fingerprint, outcome)",
                        columns.ids, columns.fingerprints, columns.texts);
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from hold_command where ctid in (select ctid from hold_command "
                               "where created_at < now() - make_interval(hours => $1) limit $2)",
                               commandlog::hoursKept, countMax);
}

} // namespace parterre::server::holdcommands
