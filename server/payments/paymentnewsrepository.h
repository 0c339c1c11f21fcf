#pragma once

#include "payments/providernews.h"

#include <QString>

#include <span>
#include <vector>

namespace parterre::server {

class Transaction;

namespace paymentnews {

/// Remembers the news and does what can be done without asking: has a payment that is not settled asked for soon, which
/// asks for what is so now, since news come late, twice and in any order; and opens a review for one whose end the news
/// contradicts, or whose money did not arrive where it was sent back to. In order, one outcome for each; three
/// statements where they change nothing.
[[nodiscard]] std::vector<NewsOutcome> hearAll(Transaction &transaction, std::span<const ProviderNews> news);
/// Forgets what is older than a provider repeats; returns how many rows went.
qint64 forgetOld(Transaction &transaction, int countMax);

/// Why a payment is looked at although it has ended, and who does.
enum class ReviewKind {
    News,     ///< The provider has money for it, and is asked to give it back.
    Decision, ///< A person has said how it ended, and the provider is asked until it has borne that out
              ///< (checkout/paymentdecisions.h).
    Person,   ///< No answer of the provider ends it: of a payment that is sold, and of money that did not arrive where
              ///< it was sent back to.
};
/// One that is open stays as it is, but for news of a payment that was decided, and for what only a person can end.
void openReview(Transaction &transaction, const PaymentId &payment, const QString &reason,
                ReviewKind kind = ReviewKind::News);
/// With the review's row locked; lock the payment first.
[[nodiscard]] bool isUnderReview(Transaction &transaction, const PaymentId &payment);
/// Payments of these providers under review that ended without money, and those that were decided; each is put off by
/// `retrySeconds`, as overdue payments are. Those that wait for a person are left alone.
[[nodiscard]] std::vector<PaymentId> claimReviews(Transaction &transaction, const std::vector<QString> &providers,
                                                  int retrySeconds, int countMax);
/// Who ends a review: the reconciler, where the provider can be asked to give the money back, or a person alone.
enum class ReviewedBy { Reconciler, Person };
/// False where there is none that is open, or news have made it a person's meanwhile.
bool closeReview(Transaction &transaction, const PaymentId &payment, const QString &outcome, ReviewedBy by);
/// As closeReview() of what was decided, unless there are news meanwhile.
bool closeDecision(Transaction &transaction, const PaymentId &payment, const QString &outcome);
/// The provider says otherwise: it is for a person now, and not asked any more.
bool contradictDecision(Transaction &transaction, const PaymentId &payment, const QString &reason);

} // namespace paymentnews

} // namespace parterre::server
