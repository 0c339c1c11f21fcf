#pragma once

#include "payments/cardprovider.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace parterre::test {

/// A card provider with a bad line: it hands every call on to the real one behind it, and a test says which requests
/// are lost on the way there, which answers on the way back, and what happens meanwhile.
class ScriptedProvider final : public server::CardProvider
{
public:
    enum class Call { Authorise, Capture, Cancel, Query, Refund };
    enum class Line {
        Good,
        RequestLost, ///< The provider never hears of it.
        AnswerLost,  ///< The provider does it, and we do not hear of that.
    };

    /// To be called before the first payment.
    void setProvider(server::CardProvider &provider) { m_provider = &provider; }
    /// From now on, for every payment or for one.
    void set(Call call, Line line) { m_lines[call] = line; }
    void setFor(const PaymentId &payment, Line line) { m_linesOfPayment[payment.text()] = line; }
    void repair() { m_lines.clear(), m_linesOfPayment.clear(); }
    /// Runs before the provider hears of an authorisation, on the thread of the payment.
    void beforeAuthorise(std::function<void(const PaymentId &)> hook) { m_beforeAuthorise = std::move(hook); }
    void beforeCapture(std::function<void(const PaymentId &)> hook) { m_beforeCapture = std::move(hook); }

    void beforeCancel(std::function<void()> hook) { m_beforeCancel = std::move(hook); }
    void beforeRefund(std::function<void()> hook) { m_beforeRefund = std::move(hook); }
    /// From now on, or no more, it says that it is down.
    void setOutage(bool isOut) { m_isOut = isOut; }

    [[nodiscard]] std::optional<std::chrono::milliseconds> outage() const override
    {
        return m_isOut ? std::optional(std::chrono::milliseconds(1'000)) : m_provider->outage();
    }
    [[nodiscard]] QString name() const override { return m_provider->name(); }
    [[nodiscard]] server::ProviderAnswer authorise(const server::ProviderPayment &payment,
                                                   const QString &cardToken) override
    {
        if (const auto hook = std::exchange(m_beforeAuthorise, {}))
            hook(payment.id);
        return over(Call::Authorise, payment, [&] { return m_provider->authorise(payment, cardToken); });
    }
    [[nodiscard]] server::ProviderAnswer capture(const server::ProviderPayment &payment) override
    {
        if (const auto hook = std::exchange(m_beforeCapture, {}))
            hook(payment.id);
        return over(Call::Capture, payment, [&] { return m_provider->capture(payment); });
    }
    [[nodiscard]] server::ProviderAnswer cancel(const server::ProviderPayment &payment) override
    {
        if (const auto hook = std::exchange(m_beforeCancel, {}))
            hook();
        return over(Call::Cancel, payment, [&] { return m_provider->cancel(payment); });
    }
    [[nodiscard]] server::ProviderAnswer query(const server::ProviderPayment &payment) override
    {
        return over(Call::Query, payment, [&] { return m_provider->query(payment); });
    }
    [[nodiscard]] server::ProviderAnswer refund(const server::ProviderPayment &payment, const QString &refund,
                                                const Money &amount) override
    {
        if (const auto hook = std::exchange(m_beforeRefund, {}))
            hook();
        return over(Call::Refund, payment, [&] { return m_provider->refund(payment, refund, amount); });
    }

private:
    template <class Work>
    server::ProviderAnswer over(Call call, const server::ProviderPayment &payment, const Work &work)
    {
        const auto ofPayment = m_linesOfPayment.find(payment.id.text());
        const auto ofCall = m_lines.find(call);
        const Line line = ofPayment != m_linesOfPayment.end() ? ofPayment->second
                          : ofCall != m_lines.end()           ? ofCall->second
                                                              : Line::Good;
        if (line == Line::RequestLost)
            return {};
        const server::ProviderAnswer answer = work();
        return line == Line::AnswerLost ? server::ProviderAnswer{} : answer;
    }

    server::CardProvider *m_provider = nullptr;
    std::map<Call, Line> m_lines;
    std::map<QString, Line> m_linesOfPayment;
    std::function<void(const PaymentId &)> m_beforeAuthorise;
    std::function<void(const PaymentId &)> m_beforeCapture;
    std::function<void()> m_beforeCancel;
    std::function<void()> m_beforeRefund;
    std::atomic<bool> m_isOut = false;
};

} // namespace parterre::test
