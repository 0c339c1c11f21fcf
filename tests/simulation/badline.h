#pragma once

#include "payments/cardprovider.h"

#include <QHash>

#include <atomic>
#include <chrono>
#include <thread>

namespace parterre::simulation {

/// The way to a card provider, on which some requests and some answers are lost, until it is repaired. What is lost is
/// decided by the payment's id. May be used by many threads.
class BadLine final : public server::CardProvider
{
public:
    /// To be called before the first payment.
    void setProvider(server::CardProvider &provider) { m_provider = &provider; }
    void repair() { m_isRepaired = true; }

    [[nodiscard]] QString name() const override { return QStringLiteral("bad line"); }
    [[nodiscard]] server::ProviderAnswer authorise(const server::ProviderPayment &payment,
                                                   const QString &cardToken) override
    {
        return over(1, payment, [&] { return m_provider->authorise(payment, cardToken); });
    }
    [[nodiscard]] server::ProviderAnswer capture(const server::ProviderPayment &payment) override
    {
        return over(2, payment, [&] { return m_provider->capture(payment); });
    }
    [[nodiscard]] server::ProviderAnswer cancel(const server::ProviderPayment &payment) override
    {
        return over(3, payment, [&] { return m_provider->cancel(payment); });
    }
    [[nodiscard]] server::ProviderAnswer query(const server::ProviderPayment &payment) override
    {
        return over(4, payment, [&] { return m_provider->query(payment); });
    }
    [[nodiscard]] server::ProviderAnswer refund(const server::ProviderPayment &payment, const QString &refund,
                                                const Money &amount) override
    {
        return over(5, payment, [&] { return m_provider->refund(payment, refund, amount); });
    }

private:
    template <class Work>
    server::ProviderAnswer over(quint32 call, const server::ProviderPayment &payment, const Work &work)
    {
        const size_t luck = m_isRepaired ? 50 : qHash(payment.id.text(), call) % 100;
        std::this_thread::sleep_for(std::chrono::milliseconds(luck % 8));
        if (luck < 8)
            return {}; // The provider never hears of it.
        const server::ProviderAnswer answer = work();
        return luck < 16 ? server::ProviderAnswer{} : answer;
    }

    server::CardProvider *m_provider = nullptr;
    std::atomic<bool> m_isRepaired = false;
};

} // namespace parterre::simulation
