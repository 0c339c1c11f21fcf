#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "payments/providernews.h"

#include <QByteArray>
#include <QByteArrayList>

namespace parterre::server {

/// How old, and how far ahead of our clock, a signature may be (Stripe's own tolerance; theirs looks back only).
inline constexpr Seconds stripeSignatureTolerance{300};

inline constexpr int stripeIdCharactersMax = 255; ///< Of Stripe's ids and of the types of its events.

/// Reads `Stripe-Signature: t=<unix>,v1=<hex>,...` and holds it against the bytes of the body. Any of our secrets may
/// have signed, so that they can be changed without losing news. Forbidden where none has, or not in this time.
[[nodiscard]] Status checkStripeSignature(const QByteArray &header, const QByteArray &body,
                                          const QByteArrayList &secrets, Instant now);

/// Whether the money of a refund in this status is ours again.
[[nodiscard]] bool stripeRefundIsLost(const QString &status);
[[nodiscard]] ProviderNews::Kind stripeEventKind(const QString &type);

/// What an event tells. Only which payment it is about is believed; what is so is asked for. InvalidInput for what is
/// no event.
[[nodiscard]] Result<ProviderNews> readStripeEvent(const QByteArray &body);

} // namespace parterre::server
