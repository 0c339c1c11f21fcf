#pragma once

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"

#include <QString>

namespace parterre::server {

/// What a provider knows of one payment, under the id that we made for it.
enum class ProviderState {
    Unknown,    ///< It never saw the id.
    Authorised, ///< The money is reserved.
    Captured,   ///< The money is ours.
    Declined,
    Cancelled,
    NoAnswer, ///< We could not learn it; the truth may be any of the others.
};

struct ProviderAnswer
{
    ProviderState state = ProviderState::NoAnswer;
    QString reference{}; ///< The provider's own id.
    QString reason{};    ///< Why it declined, in words for the buyer.
};

/// The port to a card provider. Every call names our payment id and may be repeated: the provider does the thing once.
/// Calls block and are never made while a database connection is held (design D2).
class CardProvider
{
public:
    virtual ~CardProvider() = default;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual ProviderAnswer authorise(const PaymentId &payment, const Money &amount,
                                                   const QString &cardToken) = 0;
    [[nodiscard]] virtual ProviderAnswer capture(const PaymentId &payment) = 0;
    /// Also for an id that the provider never saw: an authorisation that arrives later is refused then.
    [[nodiscard]] virtual ProviderAnswer cancel(const PaymentId &payment) = 0;
    [[nodiscard]] virtual ProviderAnswer query(const PaymentId &payment) = 0;
};

} // namespace parterre::server
