#include "identity/apikeyrepository.h"

#include "db/transaction.h"

namespace parterre::server::apikeys {

namespace {

#define API_KEY_COLUMNS "id, name, coalesce(places_max, 0) as places_max, created_at, seen_at, revoked_at "

ApiKeyRow rowFrom(const pqxx::row &row)
{
    return {.id = id<ApiKeyId>(row["id"]),
            .name = text(row["name"]),
            .placesMax = smallNumber(row["places_max"]),
            .createdAt = instant(row["created_at"]),
            .seenAt = optionalInstant(row["seen_at"]),
            .revokedAt = optionalInstant(row["revoked_at"])};
}

} // namespace

bool insert(Transaction &transaction, const ApiKeyRow &key, const QByteArray &sha256)
{
    return transaction.execute("insert into api_key (id, name, key_sha256, places_max) "
                               "values ($1, $2, $3, nullif($4::int, 0)) on conflict do nothing",
                               key.id, key.name, sha256, key.placesMax) == 1;
}

std::optional<ApiKeyRow> see(Transaction &transaction, const QByteArray &sha256)
{
    const auto rows = transaction.query("select " API_KEY_COLUMNS ", coalesce(seen_at < clock_timestamp() - "
                                        "interval '1 minute', true) as seen_long_ago "
                                        "from api_key where key_sha256 = $1 and revoked_at is null",
                                        sha256);
    if (rows.empty())
        return std::nullopt;
    const ApiKeyRow key = rowFrom(rows[0]);
    if (flag(rows[0]["seen_long_ago"])) // Once a minute tells whether a key is in use, and spares a write.
        transaction.execute("update api_key set seen_at = clock_timestamp() where id = $1", key.id);
    return key;
}

std::vector<ApiKeyRow> all(Transaction &transaction)
{
    std::vector<ApiKeyRow> keys;
    for (const auto &row :
         transaction.query("select " API_KEY_COLUMNS "from api_key order by name, created_at desc, id desc"))
        keys.push_back(rowFrom(row));
    return keys;
}

bool revoke(Transaction &transaction, const QString &name)
{
    return transaction.execute(
               "update api_key set revoked_at = clock_timestamp() where name = $1 and revoked_at is null", name) == 1;
}

} // namespace parterre::server::apikeys
