#pragma once

#include "checkout/salesteps.h"
#include "commands/commandlog.h"
#include "domain/aftersale/decideaftersale.h"
#include "holds/holdservice.h"
#include "payments/cardprovider.h"
#include "payments/paymentnewsrepository.h"

#include <functional>
#include <vector>

namespace parterre::server {

class CheckoutService;
class Database;
class Transaction;

/// What comes after the sale (docs/refunds.md): places given back, and the money for them. Blocking and thread-safe.
///
/// A refund is one transaction: places, tickets, order and books move together, and what goes back to a card is written
/// down as a repayment that has not begun. The provider is asked afterwards, under the repayment's id and with no
/// connection held, by settleRefunds() of whichever server is quickest; so a server that dies in between has lost
/// nothing, and nothing is paid back twice.
class AfterSaleService
{
public:
    using Changed = HoldService::Changed;

    /// `changed` is called after a commit that gave places back; `repaymentsWait` where the provider should be asked
    /// now.
    AfterSaleService(Database &database, CardProvider &provider, CheckoutService &checkout, salesteps::SignTicket sign,
                     Changed changed, std::function<void()> repaymentsWait = {});
    AfterSaleService(const AfterSaleService &) = delete;
    AfterSaleService &operator=(const AfterSaleService &) = delete;

    /// Gives lines of an order back, or all that are left of it. Cash goes out of the drawer at once.
    [[nodiscard]] Result<OrderView> refund(const RefundActor &actor, const CommandKey &key, const RefundLines &command);
    /// Pays in cash what has not come to the customer by itself.
    [[nodiscard]] Result<OrderView> payOut(const RefundActor &actor, const CommandKey &key, const PayOut &command);
    /// Has the provider asked once more for what it has refused. Under the same id: what it had done is found, and not
    /// done again.
    [[nodiscard]] Result<OrderView> askAgain(const RefundActor &actor, const CommandKey &key,
                                             const AskRefundAgain &command);
    /// Lines of an order for another, open order of the same party, in one step. What the new places cost more is paid
    /// in cash or by card; a card is asked as any payment is (CheckoutService::payCard), and the old tickets are good
    /// until it has paid. What they cost less goes back as in a refund. Returns the new order; AmountMismatch says what
    /// is due where nothing was tendered.
    [[nodiscard]] Result<OrderView> exchange(const RefundActor &actor, const SaleParty &party, const CommandKey &key,
                                             const ExchangeOrder &command);
    /// What waits for the provider, for a supervisor or for the customer: those in doubt first, then the oldest.
    [[nodiscard]] Result<std::vector<OpenRepayment>> openRepayments(int countMax = limits::pageSizeMax);

    /// Asks the provider for the repayments that are due, also those of a server that was killed. Returns how many have
    /// an end. Who is down is not asked, and whom this server does not have neither; the others are.
    [[nodiscard]] Result<int> settleRefunds(int countMax = 50);

private:
    [[nodiscard]] Result<OrderView> refundLocked(Transaction &transaction, const RefundActor &actor,
                                                 const RefundLines &command);
    [[nodiscard]] Result<OrderView> payOutLocked(Transaction &transaction, const RefundActor &actor,
                                                 const PayOut &command);
    /// The payment that is to be asked for, or null where the exchange is done.
    [[nodiscard]] Result<PaymentId> exchangeLocked(Transaction &transaction, const RefundActor &actor,
                                                   const SaleParty &party, const ExchangeOrder &command);
    [[nodiscard]] Result<bool> settle(const RepaymentId &repayment, const ProviderAnswer &answer);

    Database &m_database;
    CardProvider &m_provider;
    CheckoutService &m_checkout;
    salesteps::SignTicket m_sign;
    Changed m_changed;
    std::function<void()> m_repaymentsWait;
};

} // namespace parterre::server
