#pragma once

#include "aftersale/cancellationrepository.h"
#include "commands/commandlog.h"
#include "holds/holdservice.h"
#include "payments/cardprovider.h"

#include <functional>

namespace parterre::server {

class Database;
class Transaction;

/// Performances that do not take place (docs/refunds.md). Cancelling takes the performance off sale and ends its holds;
/// the refunds are a job that any server carries on, one order a transaction, from rows that say what is left. So a
/// server that dies in between has lost nothing, several may work side by side, and no order is refunded twice.
///
/// Blocking and thread-safe. Who may cancel is checked by the caller.
class CancellationService
{
public:
    using Changed = HoldService::Changed;

    /// `changed` is called after each commit that changed a map; `jobWaits` where step() has something to do.
    CancellationService(Database &database, CardProvider &provider, Changed changed,
                        std::function<void()> jobWaits = {});
    CancellationService(const CancellationService &) = delete;
    CancellationService &operator=(const CancellationService &) = delete;

    /// Of a performance that was cancelled before, how far it is; its first reason stays.
    [[nodiscard]] Result<CancellationView> cancel(const CommandKey &key, const CancelPerformance &command);
    /// NotFound where it was not cancelled.
    [[nodiscard]] Result<CancellationView> progress(const PerformanceId &performance);
    /// All that are not finished, the oldest first.
    [[nodiscard]] Result<std::vector<CancellationView>> running();

    /// Refunds up to `countMax` orders of each cancelled performance, and returns how many that were. Does nothing
    /// while the card provider is down: its refunds would only pile up.
    [[nodiscard]] Result<int> step(int countMax = 50);

private:
    [[nodiscard]] Result<CancellationView> cancelLocked(Transaction &transaction, const QString &principal,
                                                        const CancelPerformance &command);
    [[nodiscard]] Status endHolds(const PerformanceId &performance);
    [[nodiscard]] Result<bool> refund(const cancellations::Row &cancellation, const OrderId &order);
    [[nodiscard]] Result<int> stepOf(const cancellations::Row &cancellation, int countMax);

    Database &m_database;
    CardProvider &m_provider;
    Changed m_changed;
    std::function<void()> m_jobWaits;
};

} // namespace parterre::server
