#include "holds/handoverrepository.h"

#include "commands/commandlog.h"
#include "db/transaction.h"
#include "domain/holds/handover.h"

namespace parterre::server::handovers {

using namespace Qt::StringLiterals;

bool insert(Transaction &transaction, const QByteArray &codeSha256, const HoldRow &hold, Instant now, int openMax)
{
    transaction.execute("delete from hold_handover where code_sha256 in "
                        "(select code_sha256 from hold_handover where hold_id = $1 and taken_at is null "
                        " order by offered_at desc offset $2)",
                        hold.id, openMax - 1);
    return transaction.execute("insert into hold_handover (code_sha256, hold_id, from_owner, offered_at) "
                               "values ($1, $2, $3, $4) on conflict do nothing",
                               codeSha256, hold.id, hold.owner, now) == 1;
}

std::optional<Offer> find(Transaction &transaction, const QByteArray &codeSha256)
{
    const auto rows =
        transaction.query("select hold_id, from_owner, taken_by from hold_handover where code_sha256 = $1", codeSha256);
    if (rows.empty())
        return std::nullopt;
    Offer offer{.hold = id<HoldId>(rows[0][0]), .fromOwner = text(rows[0][1])};
    if (!rows[0][2].is_null())
        offer.takenBy = text(rows[0][2]);
    return offer;
}

void take(Transaction &transaction, const QByteArray &codeSha256, const HoldRow &hold, const QString &owner,
          SalesChannel channel, Instant now)
{
    transaction.execute("update hold set owner = $2, channel = $3 where id = $1", hold.id, owner, enumName(channel));
    transaction.execute("update hold_handover set taken_by = $2, taken_at = $3 where code_sha256 = $1", codeSha256,
                        owner, now);
    transaction.execute("delete from hold_handover where hold_id = $1 and taken_at is null", hold.id);
    holds::expireOrders(transaction, {hold.id});
}

std::vector<Given> givenBy(Transaction &transaction, const std::vector<HoldId> &holds)
{
    std::vector<Given> given;
    for (const auto &row : transaction.query("select distinct o.hold_id, o.from_owner, h.channel "
                                             "from hold_handover o join hold h on h.id = o.hold_id "
                                             "where o.hold_id = any($1::uuid[]) and o.taken_at is not null",
                                             holds))
        given.push_back({id<HoldId>(row[0]), text(row[1]), enumOf<SalesChannel>(row[2])});
    return given;
}

Error notOwn(Transaction &transaction, const HoldId &hold, const QString &owner)
{
    for (const Given &given : givenBy(transaction, {hold})) {
        if (given.owner == owner)
            return handedOver(given.to);
    }
    return {.code = ErrorCode::HoldGone, .message = u"The hold has ended. Choose the places again."_s};
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from hold_handover where ctid in (select ctid from hold_handover "
                               "where offered_at < now() - make_interval(hours => $1) limit $2)",
                               commandlog::hoursKept, countMax);
}

} // namespace parterre::server::handovers
