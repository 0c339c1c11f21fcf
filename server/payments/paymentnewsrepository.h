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

/// Payments of these providers under review that ended without money; each is put off by `retrySeconds`, as overdue
/// payments are. Those that wait for a person are left alone.
[[nodiscard]] std::vector<PaymentId> claimReviews(Transaction &transaction, const std::vector<QString> &providers,
                                                  int retrySeconds, int countMax);
/// Who ends a review: the reconciler, where the provider can be asked to give the money back, or a person alone.
enum class ReviewedBy { Reconciler, Person };
/// False where there is none that is open, or news have made it a person's meanwhile.
bool closeReview(Transaction &transaction, const PaymentId &payment, const QString &outcome, ReviewedBy by);

/// What a person should know of, the oldest first.
struct Concern
{
    PaymentId payment;
    QString orderNumber;
    QString amount; ///< With its currency.
    QString state;
    QString reference;
    QString reason;
    QString since;
};
[[nodiscard]] std::vector<Concern> concerns(Transaction &transaction);

} // namespace paymentnews

} // namespace parterre::server
