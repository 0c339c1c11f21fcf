#pragma once

#include <memory>

namespace parterre::server {

class CheckoutService;
class Database;
class HoldService;
class IdentityService;

/// What must happen without anybody asking: holds past their time become visible as free, payments past their deadline
/// are settled (design promise 2), and old rows are forgotten. Several servers may do it at once.
class Housekeeping
{
public:
    Housekeeping(Database &database, HoldService &holds, CheckoutService &checkout, IdentityService &identity);
    ~Housekeeping();
    Housekeeping(const Housekeeping &) = delete;
    Housekeeping &operator=(const Housekeeping &) = delete;

    void start();
    /// Does not wait for the next second: a payment should be asked for.
    void settleNow();
    void stop();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
