#include "runtime/housekeeping.h"

#include "aftersale/aftersaleservice.h"
#include "aftersale/cancellationservice.h"
#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "giftcards/giftcardservice.h"
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

Q_LOGGING_CATEGORY(logHousekeeping, "parterre.housekeeping")

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
        qCWarning(logHousekeeping) << "holds past their time were not closed:" << closed.error().message;
}

void settle(CheckoutService &checkout, GiftCardService &giftCards)
{
    const auto settled = checkout.settleOverdue();
    if (!settled)
        qCWarning(logHousekeeping) << "overdue payments were not settled:" << settled.error().message;
    else if (*settled > 0)
        qCInfo(logHousekeeping) << "overdue payments looked after:" << *settled;
    if (const auto ended = checkout.settleReviews(); !ended)
        qCWarning(logHousekeeping) << "payments under review were not ended:" << ended.error().message;
    if (const auto sold = giftCards.settleOverdue(); !sold)
        qCWarning(logHousekeeping) << "sales of gift cards were not settled:" << sold.error().message;
}

void repay(AfterSaleService &afterSale)
{
    const auto repaid = afterSale.settleRefunds();
    if (!repaid)
        qCWarning(logHousekeeping) << "refunds were not paid back:" << repaid.error().message;
    else if (*repaid > 0)
        qCInfo(logHousekeeping) << "refunds paid back or found in doubt:" << *repaid;
}

/// Until a step finds nothing, so that a full house is refunded in minutes.
void refund(CancellationService &cancellations, AfterSaleService &afterSale)
{
    Result<int> refunded = 1;
    while (refunded && *refunded > 0) {
        refunded = cancellations.step();
        if (refunded && *refunded > 0) {
            qCInfo(logHousekeeping) << "orders of cancelled performances refunded:" << *refunded;
            repay(afterSale);
        }
    }
    if (!refunded)
        qCWarning(logHousekeeping) << "orders of cancelled performances were not refunded:" << refunded.error().message;
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
        qCWarning(logHousekeeping) << "old rows were not forgotten:"
                                   << (forgotten ? sessions.error() : forgotten.error()).message;
}

} // namespace

class Housekeeping::Private
{
public:
    PeriodicTask sweeper;
    PeriodicTask settler;
    PeriodicTask repayer; ///< Beside the settler: who pays now does not wait for who is paid back.
    PeriodicTask canceller;
    PeriodicTask forgetter;
};

Housekeeping::Housekeeping(Database &database, HoldService &holds, CheckoutService &checkout,
                           AfterSaleService &afterSale, CancellationService &cancellations, GiftCardService &giftCards,
                           IdentityService &identity)
    : m_private(new Private{
          .sweeper{u"sweeper"_s, sweepInterval, [&holds] { sweep(holds); }},
          .settler{u"settler"_s, settleInterval, [&checkout, &giftCards] { settle(checkout, giftCards); }},
          .repayer{u"repayer"_s, settleInterval, [&afterSale] { repay(afterSale); }},
          .canceller{u"canceller"_s, settleInterval,
                     [&cancellations, &afterSale] { refund(cancellations, afterSale); }},
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
    m_private->repayer.start();
    m_private->canceller.start();
    m_private->forgetter.start();
}

void Housekeeping::refundNow()
{
    m_private->canceller.wake();
}

void Housekeeping::settleNow()
{
    m_private->settler.wake();
    m_private->repayer.wake();
}

void Housekeeping::stop()
{
    m_private->sweeper.stop();
    m_private->settler.stop();
    m_private->repayer.stop();
    m_private->canceller.stop();
    m_private->forgetter.stop();
}

} // namespace parterre::server
