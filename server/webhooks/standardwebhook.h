#pragma once

#include "base/result.h"
#include "outbox/fact.h"

#include <QByteArray>

/// The rules of https://www.standardwebhooks.com, by which receivers check what we send with libraries that exist.
namespace parterre::server::standardwebhook {

/// `whsec_` and the base64 of 32 random bytes.
[[nodiscard]] QString createSecret();

/// The value of `webhook-signature`: HMAC-SHA256 over `id.time.body`, with the bytes of the secret behind `whsec_`.
[[nodiscard]] QByteArray signature(const QString &secret, const QString &id, qint64 unixSeconds,
                                   const QByteArray &body);

/// `{"type", "timestamp", "data"}`. TooLarge past 20 kB, which receivers may refuse.
[[nodiscard]] Result<QByteArray> body(const OutboxFact &fact);

} // namespace parterre::server::standardwebhook
