#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"

#include <QString>

#include <chrono>
#include <optional>

namespace parterre::server {

/// What a provider knows of one payment, under the id that we made for it.
enum class ProviderState {
    Unknown,    ///< It never saw the id, or has not been asked for money under it: it can be cancelled.
    NotAsked,   ///< The provider was not asked, and never will be: nothing is charged.
    AsksHolder, ///< The bank wants the holder of the card to confirm at `actionUrl` (3-D Secure).
    Authorised, ///< The money is reserved.
    Captured,   ///< The money is ours.
    Refunded,   ///< It went back.
    Declined,
    Cancelled,
    NoAnswer, ///< We could not learn it; the truth may be any of the others.
};

/// A payment as its provider is told of it: the same in every call with this id.
struct ProviderPayment
{
    PaymentId id;
    OrderId order{};
    Money amount;
    QString reference{}; ///< The provider's own id, once it is known.
    Instant madeAt{};
    QString instrument{}; ///< What it is paid with: a token, or the name of a terminal.
};

struct ProviderAnswer
{
    ProviderState state = ProviderState::NoAnswer;
    QString reference{}; ///< The provider's own id.
    QString reason{};    ///< Why it declined or was not asked, in words for the buyer.
    QString actionUrl{}; ///< Where the holder of the card confirms.
};

/// The port to a card provider. Every call names our payment id and may be repeated: the provider does the thing once.
/// Calls block and are never made while a database connection is held (design D2).
class CardProvider
{
public:
    virtual ~CardProvider() = default;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual ProviderAnswer authorise(const ProviderPayment &payment, const QString &cardToken) = 0;
    [[nodiscard]] virtual ProviderAnswer capture(const ProviderPayment &payment) = 0;
    /// Also for an id that the provider never saw: an authorisation that arrives later is refused then.
    [[nodiscard]] virtual ProviderAnswer cancel(const ProviderPayment &payment) = 0;
    [[nodiscard]] virtual ProviderAnswer query(const ProviderPayment &payment) = 0;
    /// Gives back a part or all of what was captured. `refund` is our id for it: a repeat is the same refund.
    [[nodiscard]] virtual ProviderAnswer refund(const ProviderPayment &payment, const QString &refund,
                                                const Money &amount) = 0;
    /// How long no new payment should be begun, while the provider is down.
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds> outage() const { return std::nullopt; }
};

} // namespace parterre::server
