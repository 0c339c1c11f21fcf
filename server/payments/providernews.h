#pragma once

#include "base/ids.h"

#include <QString>

#include <optional>

namespace parterre::server {

/// What a provider tells of its own accord, as far as we care: which payment, and what to expect when we ask.
struct ProviderNews
{
    enum class Kind {
        Progress,      ///< Something has happened to a payment.
        MoneyCame,     ///< It was reserved or taken.
        MoneyReturned, ///< It went back, or did not arrive where it was sent back to, or is disputed.
        Other,         ///< Nothing about a payment.
    };
    QString id;   ///< The provider's; the same each time it tells this.
    QString type; ///< In the provider's words, for the log.
    Kind kind = Kind::Other;
    std::optional<PaymentId> payment{}; ///< Where it names ours.
    QString reference{};                ///< The provider's own id of the payment.
    QString refund{};                   ///< Our id of a refund that it is about.
    QString failure{};                  ///< Why that refund did not reach the card; empty where it did.
};

enum class NewsOutcome {
    Taken,
    KnownAlready, ///< Told before, or of what we know ourselves; nothing is to be done.
    NotOurs,      ///< About no payment that we know; not an error, since others may use the same account.
};

} // namespace parterre::server
