#pragma once

#include <memory>

namespace parterre::server {

class AfterSaleService;
class CancellationService;
class CheckoutService;
class Database;
class GiftCardService;
class HoldService;
class IdentityService;

/// What must happen without anybody asking: holds past their time become visible as free, payments past their deadline
/// are settled (design promise 2), gift cards too, refunds are paid back, and old rows are forgotten. Several servers
/// may do it at once.
class Housekeeping
{
public:
    Housekeeping(Database &database, HoldService &holds, CheckoutService &checkout, AfterSaleService &afterSale,
                 CancellationService &cancellations, GiftCardService &giftCards, IdentityService &identity);
    ~Housekeeping();
    Housekeeping(const Housekeeping &) = delete;
    Housekeeping &operator=(const Housekeeping &) = delete;

    void start();
    /// Does not wait for the next second: a payment or a repayment should be asked for.
    void settleNow();
    /// A performance was cancelled.
    void refundNow();
    void stop();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
