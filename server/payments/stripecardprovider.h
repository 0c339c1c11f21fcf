#pragma once

#include "payments/cardprovider.h"
#include "payments/paymentsathand.h"
#include "payments/stripeclient.h"

#include <functional>

namespace parterre::server {

/// Cards by Stripe's PaymentIntents, one for each of our payments: made, confirmed with the card, captured by hand.
///
/// Making and confirming an intent have idempotency keys made of our payment id, so a repeat, also by another node, is
/// the same step; capturing and cancelling happen once by the states of the intent. Making it is a step of its own
/// because it charges nothing: whoever wants to be sure that a payment cannot happen any more makes the intent under
/// the same key, which finds the one that is there, and cancels it.
class StripeCardProvider final : public CardProvider
{
public:
    /// `shopUrl` is how buyers reach us, without a slash at the end; their bank sends them back there.
    StripeCardProvider(StripeClientConfig config, const Clock &clock, std::function<QString()> shopUrl);

    [[nodiscard]] QString name() const override { return QStringLiteral("stripe"); }
    [[nodiscard]] ProviderAnswer authorise(const ProviderPayment &payment, const QString &cardToken) override;
    [[nodiscard]] ProviderAnswer capture(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer cancel(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer query(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer refund(const ProviderPayment &payment, const QString &refund,
                                        const Money &amount) override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> outage() const override { return m_client.outage(); }

    /// Whether we are charging it, or have captured it moments ago: what is told of its money is what we hear
    /// ourselves.
    [[nodiscard]] bool isAtHand(const PaymentId &payment) const;

    enum class Step { Capture, Cancel };

private:
    [[nodiscard]] ProviderAnswer makeAndConfirm(const ProviderPayment &payment, const QString &cardToken);
    [[nodiscard]] StripeReply create(const ProviderPayment &payment);
    /// What Stripe knows under our id; Unknown without a reference where there is no intent and can be none.
    [[nodiscard]] ProviderAnswer lookUp(const ProviderPayment &payment);
    [[nodiscard]] ProviderAnswer findInList(const ProviderPayment &payment);
    [[nodiscard]] ProviderAnswer ask(const QString &intent);
    [[nodiscard]] ProviderAnswer confirm(const ProviderPayment &payment, const QString &intent,
                                         const QString &cardToken);
    [[nodiscard]] ProviderAnswer take(Step step, const ProviderPayment &payment, const QString &intent);
    [[nodiscard]] ProviderAnswer findRefund(const QString &intent, const QString &refund);

    StripeClient m_client;
    PaymentsAtHand m_atHand;
    const Clock &m_clock;
    std::function<QString()> m_shopUrl;
};

} // namespace parterre::server
