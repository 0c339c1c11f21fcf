#pragma once

#include "checkout/salesteps.h"
#include "checkout/together.h"
#include "commands/commandlog.h"
#include "payments/cardprovider.h"

#include <optional>

namespace parterre::server {

class Database;

/// The three steps of a sale that is paid by card, each for all who ask for it meanwhile in one transaction: what a
/// sale costs is mostly its statements and its commits, and these are shared (docs/adr/0009).
///
/// Only what is plain goes together: no promotion, no approval, no exchange, no payment in parts. Whatever is not, and
/// whatever somebody else works on at the moment, is answered with nothing: nothing was done then, and CheckoutService
/// does it alone. So does everybody where a group fails as a whole, which also tells who of them is to blame.
class SaleGroups
{
public:
    template <class Value>
    using Outcome = std::optional<Result<Value>>;

    SaleGroups(Database &database, PerformanceLookup lookup, salesteps::SignTicket sign, Seconds paymentDeadline);

    struct Making
    {
        const SaleParty &party;
        const CommandKey &key;
        const CreateOrder &command;
    };
    [[nodiscard]] Outcome<OrderView> make(const Making &making);

    /// A payment by card of all that an order costs, before the provider is asked.
    struct Starting
    {
        const SaleParty &party;
        const CommandKey &key;
        PaymentId payment;
        OrderId order;
        PaymentMethod method = PaymentMethod::Card;
        QString instrument{}; ///< A token, or the name of a terminal.
        QString provider{};
    };
    [[nodiscard]] Outcome<PaymentRow> start(const Starting &starting);

    /// A payment that the provider has captured.
    struct Settling
    {
        const PaymentRow &payment;
        const ProviderAnswer &answer;
    };
    [[nodiscard]] Outcome<OrderView> settle(const Settling &settling);

private:
    template <class Value>
    using Outcomes = std::vector<Outcome<Value>>;
    class MakingGroup;
    struct Sold;

    [[nodiscard]] Outcomes<OrderView> makeAll(const std::vector<const Making *> &group);
    [[nodiscard]] Outcomes<PaymentRow> startAll(const std::vector<const Starting *> &group);
    [[nodiscard]] Outcomes<OrderView> settleAll(const std::vector<const Settling *> &group);
    [[nodiscard]] std::vector<Sold> confirmCaptured(Transaction &transaction,
                                                    const std::vector<const Settling *> &group) const;
    [[nodiscard]] Result<OrderView> viewOf(const Sold &sold);

    Database &m_database;
    PerformanceLookup m_lookup;
    salesteps::SignTicket m_sign;
    Seconds m_paymentDeadline;
    Together<Making, Outcome<OrderView>> m_making;
    Together<Starting, Outcome<PaymentRow>> m_starting;
    Together<Settling, Outcome<OrderView>> m_settling;
};

} // namespace parterre::server
