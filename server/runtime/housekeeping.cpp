#include "runtime/housekeeping.h"

#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "holds/handoverrepository.h"
#include "holds/holdcommandrepository.h"
#include "holds/holdservice.h"
#include "identity/identityservice.h"
#include "inventory/inventoryrepository.h"
#include "payments/paymentnewsrepository.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.housekeeping")

constexpr std::chrono::milliseconds sweepInterval{500};
constexpr std::chrono::milliseconds settleInterval{1'000};
constexpr std::chrono::milliseconds forgetInterval{60'000};
constexpr int rowsAtOnce = 200;
constexpr int forgottenAtOnce = 5'000;

/// Until nothing is left, in bounded steps, so that a storm of expiries never makes one long transaction.
void sweep(HoldService &holds)
{
    Result<int> closed = rowsAtOnce;
    while (closed && *closed == rowsAtOnce)
        closed = holds.expireDue(rowsAtOnce);
    if (!closed)
        qCWarning(log) << "holds past their time were not closed:" << closed.error().message;
}

void settle(CheckoutService &checkout)
{
    const auto settled = checkout.settleOverdue();
    if (!settled)
        qCWarning(log) << "overdue payments were not settled:" << settled.error().message;
    else if (*settled > 0)
        qCInfo(log) << "overdue payments looked after:" << *settled;
    if (const auto ended = checkout.settleReviews(); !ended)
        qCWarning(log) << "payments under review were not ended:" << ended.error().message;
}

void forget(Database &database, IdentityService &identity)
{
    const auto forgotten = database.transact([](Transaction &transaction) -> Result<qint64> {
        return inventory::trimChanges(transaction, forgottenAtOnce) +
               commandlog::forgetOld(transaction, forgottenAtOnce) +
               holdcommands::forgetOld(transaction, forgottenAtOnce) +
               handovers::forgetOld(transaction, forgottenAtOnce) +
               paymentnews::forgetOld(transaction, forgottenAtOnce);
    });
    const auto sessions = identity.forgetOldSessions(forgottenAtOnce);
    if (!forgotten || !sessions)
        qCWarning(log) << "old rows were not forgotten:" << (forgotten ? sessions.error() : forgotten.error()).message;
}

} // namespace

class Housekeeping::Private
{
public:
    PeriodicTask sweeper;
    PeriodicTask settler;
    PeriodicTask forgetter;
};

Housekeeping::Housekeeping(Database &database, HoldService &holds, CheckoutService &checkout, IdentityService &identity)
    : m_private(new Private{
          .sweeper{u"sweeper"_s, sweepInterval, [&holds] { sweep(holds); }},
          .settler{u"settler"_s, settleInterval, [&checkout] { settle(checkout); }},
          .forgetter{u"forgetter"_s, forgetInterval, [&database, &identity] { forget(database, identity); }}})
{}

Housekeeping::~Housekeeping()
{
    stop();
}

void Housekeeping::start()
{
    m_private->sweeper.start();
    m_private->settler.start();
    m_private->forgetter.start();
}

void Housekeeping::settleNow()
{
    m_private->settler.wake();
}

void Housekeeping::stop()
{
    m_private->sweeper.stop();
    m_private->settler.stop();
    m_private->forgetter.stop();
}

} // namespace parterre::server
