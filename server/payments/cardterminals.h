#pragma once

#include "payments/cardprovider.h"

#include <QStringList>

#include <chrono>
#include <map>

namespace parterre::server {

struct TerminalAddress
{
    QString host;
    quint16 port = 0;
};

/// `NAME=HOST:PORT` with a name of letters, digits, `-` and `_`; InvalidInput with what is wrong.
[[nodiscard]] Result<std::pair<QString, TerminalAddress>> readTerminal(const QString &text);

struct CardTerminalsConfig
{
    std::map<QString, TerminalAddress> terminals{};   ///< By name.
    std::chrono::milliseconds holderTimeout{120'000}; ///< For the customer: card, PIN, second thoughts.
    std::chrono::milliseconds bankTimeout{60'000};    ///< Where nobody but the bank is waited for.
    std::chrono::milliseconds questionTimeout{10'000};
};

/// The box office's card terminals, which speak nexo Retailer over TCP. A terminal charges at once, so there is nothing
/// to capture; ProviderPayment::instrument names it. A request is made once: where its answer does not come the
/// terminal is asked for the status of the message, and the payment is never sent again.
class CardTerminals final : public CardProvider
{
public:
    explicit CardTerminals(CardTerminalsConfig config);

    [[nodiscard]] QString name() const override { return QStringLiteral("terminal"); }
    [[nodiscard]] QStringList names() const;

    /// `token` is the terminal's name. Blocks while the customer pays.
    [[nodiscard]] ProviderAnswer authorise(const ProviderPayment &payment, const QString &token) override;
    /// A terminal that has taken the money is asked for it again.
    [[nodiscard]] ProviderAnswer capture(const ProviderPayment &payment) override { return query(payment); }
    /// Ends it at the terminal if it is not done, and tells what it is then.
    [[nodiscard]] ProviderAnswer cancel(const ProviderPayment &payment) override;
    [[nodiscard]] ProviderAnswer query(const ProviderPayment &payment) override;
    /// The customer need not be there, and no card is asked for: the terminal that took the payment reverses it, all or
    /// a part, by its own name for it, so that the money goes back to that card and to no other.
    ///
    /// Each try that the terminal says no to has used up its ServiceID; the next call makes a new one, after all those
    /// before were asked for.
    [[nodiscard]] ProviderAnswer refund(const ProviderPayment &payment, const QString &refund,
                                        const Money &amount) override;

private:
    struct Deed;  ///< A message that moves money.
    struct Heard; ///< What came of it.
    [[nodiscard]] const TerminalAddress *find(const QString &name) const;
    [[nodiscard]] Heard carryOut(const Deed &deed);
    [[nodiscard]] Heard statusOf(const Deed &deed);
    [[nodiscard]] ProviderAnswer reverse(const Deed &deed, const QString &original);

    CardTerminalsConfig m_config;
};

} // namespace parterre::server
