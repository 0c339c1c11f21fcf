#pragma once

#include "commands/commandlog.h"
#include "domain/giftcards/decidegiftcard.h"
#include "giftcards/giftcardrepository.h"
#include "holds/holdparty.h"
#include "payments/cardterminals.h"

#include <memory>
#include <vector>

namespace parterre::server {

class Database;
class Transaction;

/// Gift cards that are sold and vouchers that are given (docs/giftcards.md). What is paid with them is the affair of
/// checkout/, which reserves and takes it in the transactions of a sale (giftcards/tenderparts.h). Blocking and
/// thread-safe; call it from worker threads.
///
/// A code is told once: when the card is issued, or renewed. A repeat of that command gives the card another code,
/// since to answer with the first it would have to be kept in the clear; the first is worth nothing from then on.
class GiftCardService
{
public:
    static constexpr int failuresOfPartyMax = 8; ///< In FailureThrottle::window: a code that is typed with care.

    explicit GiftCardService(Database &database, Seconds paymentDeadline = Seconds(limits::paymentSecondsMax));
    ~GiftCardService();
    GiftCardService(const GiftCardService &) = delete;
    GiftCardService &operator=(const GiftCardService &) = delete;

    /// The box office's card terminals; before the first sale. Without them cards are sold for cash alone.
    void useTerminals(CardTerminals &terminals);

    /// Blocks while a customer pays at a terminal. Where its answer is not known yet the card comes back unpaid and
    /// without a code; it is settled by settleOverdue().
    [[nodiscard]] Result<IssuedGiftCard> issue(const GiftCardActor &actor, const CommandKey &key,
                                               const IssueGiftCard &command);
    /// Asks the terminal to end a sale that its customer has not paid yet; issue() answers with what it is. NotFound
    /// for what is no sale of theirs.
    [[nodiscard]] Status stopSale(const GiftCardActor &actor, const PaymentId &payment);
    /// A new code for a card whose holder has lost it: for a supervisor, and for who has sold the card while nothing
    /// was done with it. The old code is worth nothing from then on.
    [[nodiscard]] Result<IssuedGiftCard> renewCode(const GiftCardActor &actor, const GiftCardId &card);
    [[nodiscard]] Result<GiftCardView> setBlocked(const GiftCardActor &actor, const CommandKey &key,
                                                  const BlockGiftCard &command);
    /// With its movements.
    [[nodiscard]] Result<GiftCardView> find(const GiftCardId &card);
    /// By a whole code or its last characters; the newest of all where `text` is empty.
    [[nodiscard]] Result<std::vector<GiftCardView>> search(const QString &text, int countMax);

    /// For whoever has the code. Who guesses is slowed down by RateLimited, for each party and for each address.
    [[nodiscard]] Result<GiftCardBalance> balance(const SaleParty &party, const QString &typed, const QString &peer);
    /// RateLimited for who has named too many codes that are none; to be asked before a code is looked for elsewhere.
    [[nodiscard]] Status checkPace(const SaleParty &party, const QString &peer);
    /// Somebody has named a code that no card has.
    void guessedWrong(const SaleParty &party, const QString &peer);

    /// Asks the terminals for sales whose deadline has passed, also those of a server that was killed, and ends those
    /// that they know the end of. Returns how many that were.
    [[nodiscard]] Result<int> settleOverdue(int countMax = 50);

private:
    [[nodiscard]] Result<IssuedGiftCard> issueLocked(Transaction &transaction, const GiftCardActor &actor,
                                                     const IssueGiftCard &command);
    [[nodiscard]] Result<IssuedGiftCard> issuedBefore(Transaction &transaction, const GiftCardActor &actor,
                                                      const GiftCardId &card);
    [[nodiscard]] Result<IssuedGiftCard> settle(const PaymentId &sale, const GiftCardId &card,
                                                const ProviderAnswer &answer, bool isCustomerHere);
    [[nodiscard]] ProviderAnswer charge(const GiftCardSaleRow &sale);
    [[nodiscard]] ProviderAnswer chargeAgain(const GiftCardSaleRow &sale);

    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
