#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <QString>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

using ApiKeyId = Id<struct ApiKeyTag>;

/// Keys of other sellers as rows of `api_key`.
struct ApiKeyRow
{
    ApiKeyId id;
    QString name;
    int placesMax = 0; ///< Of one performance; 0 for any number.
    Instant createdAt{};
    std::optional<Instant> seenAt{};
    std::optional<Instant> revokedAt{};
};

namespace apikeys {

/// False where a key that is not revoked has the name.
[[nodiscard]] bool insert(Transaction &transaction, const ApiKeyRow &key, const QByteArray &sha256);
/// The key unless it was revoked, and notes that it was seen.
[[nodiscard]] std::optional<ApiKeyRow> see(Transaction &transaction, const QByteArray &sha256);
/// All there were, by name, the newest of a name first.
[[nodiscard]] std::vector<ApiKeyRow> all(Transaction &transaction);
/// False where there is none of the name that is not revoked already.
[[nodiscard]] bool revoke(Transaction &transaction, const QString &name);

} // namespace apikeys

} // namespace parterre::server
