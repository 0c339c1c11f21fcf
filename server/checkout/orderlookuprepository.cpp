#include "checkout/checkoutservice.h"
#include "checkout/orderrepository.h"
#include "db/database.h"
#include "db/transaction.h"

/// Orders as they are, for who may see them.
namespace parterre::server {

using namespace Qt::StringLiterals;

Result<OrderView> CheckoutService::find(const SaleParty &party, const OrderId &order)
{
    return m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
        const auto row = orders::find(transaction, order);
        if (!row || row->owner != party.owner)
            return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
        return orders::viewOfKnown(transaction, order);
    });
}

Result<OrderView> CheckoutService::findForStaff(const OrderId &order)
{
    return m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
        auto view = orders::view(transaction, order);
        if (!view)
            return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
        return *std::move(view);
    });
}

Result<std::vector<OrderView>> CheckoutService::search(const QString &owner, const QString &wanted, int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<OrderView>> {
        std::vector<OrderView> found;
        for (const OrderId &order : orders::search(transaction, owner, wanted, countMax))
            found.push_back(orders::viewOfKnown(transaction, order));
        return found;
    });
}

} // namespace parterre::server
