#pragma once

#include "checkout/orderrepository.h"
#include "holds/holdparty.h"
#include "holds/holdrepository.h"

/// What an order costs: the lines of a hold with their prices, fees and taxes. Quotes and orders are priced here alike.
namespace parterre::server::orderpricing {

struct Priced
{
    std::vector<OrderLine> lines;
    std::vector<Charge> charges;
    Money fee; ///< Of the order, beside its lines' fees.
    Money total;
    Money discount;
    std::optional<PromotionId> promotion;
    std::optional<QString> promotionName;
};

struct Question
{
    const SaleParty &party;
    const PerformanceFacts &facts;
    const std::vector<HeldPlace> &held;
    const std::vector<OrderLineRequest> &lines;
    const std::optional<QString> &promotion; ///< The code as it was typed.
    QString customer;                        ///< Whose uses of the code count; see promotions::customerOf().
};

/// Refusals as those of priceLines(), and at /promotion for a code that is not good or used up.
[[nodiscard]] Result<Priced> price(Transaction &transaction, const Question &question);

/// The open order of a hold's places at these prices; its number comes with insert().
[[nodiscard]] OrderRow orderOf(const CreateOrder &command, const SaleParty &party, const HoldRow &hold, Priced priced,
                               Instant now);

/// What the drawer of the order's venue takes or gives more or less than `amount`.
/// The smallest coin of the order's house, in minor units.
[[nodiscard]] int cashStep(Transaction &transaction, const OrderId &order);
[[nodiscard]] Money cashRounding(Transaction &transaction, const OrderId &order, const Money &amount);

} // namespace parterre::server::orderpricing
