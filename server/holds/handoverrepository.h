#pragma once

#include "holds/holdrepository.h"

namespace parterre::server {

/// The codes under which holds are handed over, as rows of `hold_handover`. What is decided by a row is decided under
/// the lock of its hold.
namespace handovers {

struct Offer
{
    HoldId hold;
    QString fromOwner;
    std::optional<QString> takenBy{}; ///< Absent while the code is open.
};

/// Enters a code for the hold and lets the oldest open ones beyond `openMax` go. False where there is the same code.
[[nodiscard]] bool insert(Transaction &transaction, const QByteArray &codeSha256, const HoldRow &hold, Instant now,
                          int openMax);
[[nodiscard]] std::optional<Offer> find(Transaction &transaction, const QByteArray &codeSha256);
/// Gives the hold to its new owner through that one's channel. The code is used, the hold's other open codes are gone,
/// and so are its open orders, which were the former owner's.
void take(Transaction &transaction, const QByteArray &codeSha256, const HoldRow &hold, const QString &owner,
          SalesChannel channel, Instant now);

/// Of the holds, with the owner that it has now, those which this owner has handed over.
struct Given
{
    HoldId hold;
    QString owner;
    SalesChannel to;
};
[[nodiscard]] std::vector<Given> givenBy(Transaction &transaction, const std::vector<HoldId> &holds);

/// Why a hold is not this owner's: handed over, or none of theirs at all, which looks as if it were not there.
[[nodiscard]] Error notOwn(Transaction &transaction, const HoldId &hold, const QString &owner);

/// Forgets what is older than commandlog::hoursKept; returns how many rows went.
qint64 forgetOld(Transaction &transaction, int countMax);

} // namespace handovers

} // namespace parterre::server
