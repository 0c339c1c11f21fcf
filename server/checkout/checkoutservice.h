#pragma once

#include "checkout/salegroups.h"
#include "domain/giftcards/tender.h"
#include "domain/identity/user.h"
#include "domain/payments/doubt.h"
#include "holds/houses.h"
#include "payments/cardterminals.h"
#include "payments/paymentnewsrepository.h"

#include <chrono>
#include <mutex>

namespace parterre::server {

class Database;

/// Orders and their payments. Cash is one transaction. A card payment is: freeze the hold and write the attempt,
/// commit; ask the provider with no connection held; write what it said, commit. Whatever dies in between, the attempt
/// is in the database under an id that the provider knows too, and settleOverdue() ends it (design D4).
///
///     the provider says    authorised, captured   ->  captured, the sale is confirmed
///                          declined, cancelled,
///                          not asked              ->  the hold thaws for three minutes, the order is open again; past
///                                                     the longest that a hold may last, both end instead
///                          asks the holder        ->  frozen until the buyer is back, or the deadline cancels it
///                          it never saw the id    ->  cancelled there first, so that a late request is refused; thaw
///                          nothing                ->  in doubt: frozen, asked again every half minute
///
/// docs/payments.md has every row of late and lost payments.
class CheckoutService
{
public:
    using Changed = HoldService::Changed; ///< After a payment has ended, or has not for now.

    CheckoutService(Database &database, PerformanceLookup lookup, Houses &houses, CardProvider &provider,
                    salesteps::SignTicket sign, Changed changed,
                    Seconds paymentDeadline = Seconds(limits::paymentSecondsMax));

    /// The box office's card terminals; before the first payment. Without them payTerminal() refuses, and what one
    /// began that is there no more stays in doubt.
    void useTerminals(CardTerminals &terminals) { m_terminals = &terminals; }

    /// ErrorCode::SeatLeftAlone where a hold that was made click by click leaves a seat alone against the performance's
    /// rule; a clerk's reason is kept with the order. Lines at another price than the list's need the approval that the
    /// command names, or a `supervisor` who orders.
    [[nodiscard]] Result<OrderView> createOrder(const SaleParty &party, const CommandKey &key,
                                                const CreateOrder &command,
                                                const std::optional<UserId> &supervisor = std::nullopt);
    /// A supervisor has signed at the desk of `askedBy`.
    [[nodiscard]] Result<Approval> approve(const UserView &supervisor, const QString &askedBy);
    /// What was sold at another price than the list's, the newest first.
    [[nodiscard]] Result<std::vector<OverrideRecord>> overrides(const std::optional<PerformanceId> &performance,
                                                                int countMax);
    [[nodiscard]] Result<OrderView> payCash(const SaleParty &party, const CommandKey &key, const PayCash &command);
    /// What an order with these lines would cost now. Nothing is written, and nothing is promised.
    [[nodiscard]] Result<OrderQuote> quote(const SaleParty &party, const AskQuote &question);
    /// PaymentDeclined with the provider's reason; HoldGone where the hold is over too. Where the provider gives no
    /// answer the order comes back as payment_pending, and it settles by itself; PaymentInDoubt where even that could
    /// not be written down. Where the holder of the card has to confirm it comes back as payment_pending with
    /// paymentActionUrl; a repeat asks the provider what has come of that. Unavailable while the provider is down: the
    /// hold is kept meanwhile.
    [[nodiscard]] Result<OrderView> payCard(const SaleParty &party, const CommandKey &key, const PayCard &command);
    /// As payCard(), at a terminal of the box office; blocks while the customer pays. Unavailable, with nothing
    /// charged, where the terminal cannot be reached or is busy.
    [[nodiscard]] Result<OrderView> payTerminal(const SaleParty &party, const CommandKey &key,
                                                const PayTerminal &command);
    /// By gift cards, cash and a card together, each for a part: all of it or none (docs/giftcards.md). As payCard() or
    /// payTerminal() where a card pays the rest; else it is done at once.
    [[nodiscard]] Result<OrderView> payInParts(const SaleParty &party, const CommandKey &key,
                                               const PayInParts &command);
    /// Asks the terminal to end a payment that the customer has not made yet. payTerminal() answers with what it is.
    [[nodiscard]] Status stopTerminal(const SaleParty &party, const PaymentId &payment);
    /// Asks the provider for an attempt that is in the database and has not begun, and writes what it says; as
    /// payCard().
    [[nodiscard]] Result<OrderView> chargeStarted(const PaymentId &payment);
    /// What an attempt that was made under this command before has come to; as payCard().
    [[nodiscard]] Result<OrderView> repeatCard(const PaymentRow &earlier, const OrderView &order);
    /// Forbidden for what is only taken at the box office, NotFound for a terminal where there are none.
    [[nodiscard]] Status checkTender(const SaleParty &party, const PayInParts &command) const;
    /// Who moves the money of new payments by this method; not for cash.
    [[nodiscard]] CardProvider &providerOf(PaymentMethod method) const;
    /// Who was asked for the money of this payment; null where this server has another provider, which never saw it.
    [[nodiscard]] CardProvider *providerOf(const PaymentRow &payment) const;
    enum class Providers { All, Working };
    /// As payments name those of this server; what names none is the card provider's.
    [[nodiscard]] std::vector<QString> providers(Providers which) const;
    [[nodiscard]] Seconds paymentDeadline() const { return m_paymentDeadline; }
    [[nodiscard]] Result<OrderView> find(const SaleParty &party, const OrderId &order);
    /// Anybody's, for who may see all orders; whether they may is checked by the caller.
    [[nodiscard]] Result<OrderView> findForStaff(const OrderId &order);
    /// The newest sold orders first whose number, buyer or e-mail holds `text`; `owner` empty for everybody's.
    [[nodiscard]] Result<std::vector<OrderView>> search(const QString &owner, const QString &text, int countMax);

    /// Asks the provider for the attempts whose deadline has passed, also those of a server that was killed, and ends
    /// those that it knows the end of. Returns how many that were.
    [[nodiscard]] Result<int> settleOverdue(int countMax = 50);
    /// Gives back what the provider has for payments that ended without it (payment_review), and asks for those that a
    /// person has decided. Returns how many ended.
    [[nodiscard]] Result<int> settleReviews(int countMax = 50);

    /// What a supervisor has to look at (docs/payments.md); whether somebody is one is checked by the caller.
    [[nodiscard]] Result<std::vector<PaymentInDoubt>> paymentsInDoubt(int countMax = limits::pageSizeMax);
    /// Ends a payment in doubt as if its provider had said so, or closes a review. WrongState where its provider or
    /// somebody else was quicker.
    [[nodiscard]] Result<OrderView> resolvePayment(const CommandKey &key, const ResolvePayment &command);

private:
    struct Settlement
    {
        OrderView order;
        PaymentState state;
        QString failure;
    };

    /// An order in the making: who asks for what, and what is known of its performance.
    struct OrderCase
    {
        const SaleParty &party;
        const CreateOrder &command;
        const PerformanceFacts &facts;
        const std::optional<UserId> &supervisor;
        Houses::House house{};   ///< Seen only where the hold was made click by click.
        bool needsHouse = false; ///< It was, since it was last looked at: nothing is decided without the house.
    };
    [[nodiscard]] Result<OrderView> makeOrder(Transaction &transaction, OrderCase &order);
    /// Who has approved of other prices than the list's, where there are any.
    [[nodiscard]] Result<std::optional<UserId>> approvalOf(Transaction &transaction, const OrderCase &order);
    /// The seats that the hold leaves alone, if a clerk may sell it all the same; else the refusal.
    [[nodiscard]] Result<std::vector<int>> judgeHold(Transaction &transaction, OrderCase &order, const HoldRow &hold);
    /// A payment whose provider is asked outside of the transaction that begins it.
    struct Attempt
    {
        PaymentId payment;
        OrderId order;
        PaymentMethod method = PaymentMethod::Card;
        QString instrument{};              ///< A token, or the name of a terminal.
        const PayInParts *parts = nullptr; ///< Where it is not all of the order; its words on methods count then.
    };
    [[nodiscard]] Result<OrderView> payBy(const SaleParty &party, const CommandKey &key, const Attempt &attempt);
    [[nodiscard]] Result<PaymentRow> begin(Transaction &transaction, const SaleParty &party, const Attempt &attempt);
    [[nodiscard]] Result<PaymentRow> beginParts(Transaction &transaction, salesteps::LockedSale &sale,
                                                PaymentRow payment, const PayInParts &command);
    [[nodiscard]] Result<OrderView> chargeAndSettle(const PaymentRow &running);
    [[nodiscard]] ProviderAnswer charge(const PaymentRow &payment);
    /// Whether a payment that nobody has begun, or that waits for the holder of its card, may be ended by us.
    enum class GivingUp { Never, WhenOverdue };
    [[nodiscard]] ProviderAnswer chargeAgain(const PaymentRow &payment, GivingUp givingUp, Instant now);
    /// What became of the money of a payment that ended without it; empty where that is not known yet.
    [[nodiscard]] QString giveBack(const PaymentRow &payment);
    /// What is said of a payment that ended without money: what can be done now.
    [[nodiscard]] Error notPaid(const OrderView &order, const QString &reason);
    void sayWhatOthersHave(const QString &others);
    /// Asks for money that a person said had come; what is only reserved is taken. False where it is not known yet.
    [[nodiscard]] bool compareDecision(const PaymentRow &payment);
    [[nodiscard]] Status refuseInOutage(const SaleParty &party, const PayCard &command);
    [[nodiscard]] Result<Settlement> settle(const PaymentRow &payment, const ProviderAnswer &answer);
    /// As settle(), by itself.
    [[nodiscard]] Result<Settlement> settleAlone(const PaymentId &payment, const ProviderAnswer &answer);

    Database &m_database;
    PerformanceLookup m_lookup;
    Houses &m_houses;
    CardProvider &m_provider;
    CardTerminals m_noTerminals{CardTerminalsConfig{}};
    CardTerminals *m_terminals = &m_noTerminals;
    salesteps::SignTicket m_sign;
    Changed m_changed;
    Seconds m_paymentDeadline;
    std::mutex m_othersMutex;
    QString m_others;    ///< What was last said of payments that other providers have.
    SaleGroups m_groups; ///< What goes together with others; the rest goes alone.
};

} // namespace parterre::server
