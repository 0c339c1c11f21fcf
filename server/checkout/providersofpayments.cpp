#include "checkout/checkoutservice.h"

#include <QLoggingCategory>

#include <utility>

/// Who moves the money of a payment, and who must not be asked about it.
namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logProviders, "parterre.checkout")

} // namespace

CardProvider &CheckoutService::providerOf(PaymentMethod method) const
{
    return method == PaymentMethod::Terminal ? *m_terminals : m_provider;
}

CardProvider *CheckoutService::providerOf(const PaymentRow &payment) const
{
    if (payment.method == PaymentMethod::Terminal)
        return m_terminals->names().isEmpty() ? nullptr : m_terminals;
    return payment.provider.isEmpty() || payment.provider == m_provider.name() ? &m_provider : nullptr;
}

std::vector<QString> CheckoutService::providers(Providers which) const
{
    std::vector<QString> names;
    if (which == Providers::All || !m_provider.outage())
        names = {m_provider.name(), QString()};
    if (!m_terminals->names().isEmpty())
        names.push_back(m_terminals->name());
    return names;
}

/// Once for as long as it is the same: this is asked every second.
void CheckoutService::sayWhatOthersHave(const QString &others)
{
    const std::scoped_lock lock(m_othersMutex);
    if (std::exchange(m_others, others) == others || others.isEmpty())
        return;
    qCCritical(logProviders).noquote()
        << "Payments without an end were begun with another provider than this server has, and only "
           "that one knows what became of them:"
        << others
        << "- start a server with it (stripe-key-file, card-terminals) and they end by themselves. "
           "They keep their places meanwhile.";
}

} // namespace parterre::server
