#pragma once

#include "payments/cardprovider.h"

namespace parterre::server {

class Database;

/// The provider for demonstrations and tests: no money moves. It keeps its own books in the schema
/// test_card_provider, in transactions of its own, and knows these tokens, named as Stripe's test cards are:
///
///     pm_card_visa                                     authorised
///     pm_card_visa_chargeDeclined                      declined
///     pm_card_visa_chargeDeclinedInsufficientFunds     declined for want of money
class TestCardProvider final : public CardProvider
{
public:
    explicit TestCardProvider(Database &database)
        : m_database(database)
    {}

    [[nodiscard]] QString name() const override { return QStringLiteral("test"); }
    [[nodiscard]] ProviderAnswer authorise(const ProviderPayment &payment, const QString &cardToken) override;
    [[nodiscard]] ProviderAnswer capture(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer cancel(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer query(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer refund(const ProviderPayment &payment, const QString &refund,
                                        const Money &amount) override;

private:
    Database &m_database;
};

} // namespace parterre::server
