#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"

#include <array>
#include <optional>
#include <vector>

/// A code that takes something off the price.
namespace parterre {

using PromotionId = Id<struct PromotionTag>;

namespace limits {
inline constexpr int promotionCodeCharactersMax = 40; ///< What a poster can ask people to type.
inline constexpr int promotionCodeCharactersMin = 3;
} // namespace limits

/// An amount off each ticket, or once off all of them together.
enum class DiscountPer { Ticket, Order };

template <>
struct EnumNames<DiscountPer>
{
    static constexpr auto names = std::to_array<std::pair<DiscountPer, const char *>>({
        {DiscountPer::Ticket, "ticket"},
        {DiscountPer::Order, "order"},
    });
};

struct Promotion
{
    QString code;
    QString name; ///< What a buyer reads beside the discount.
    DiscountPer per = DiscountPer::Ticket;
    Money amount{};
    int rateBasisPoints = 0;                   ///< Off every price; then there is no amount.
    int usesMax = 0;                           ///< Orders in all; 0 for any number.
    int customerUsesMax = 0;                   ///< Orders of one customer; 0 for any number.
    std::optional<Instant> from{};             ///< Of the booking.
    std::optional<Instant> until{};            ///< Not good any more at this moment.
    std::vector<QString> priceTypes{};         ///< By name; none: all of them.
    std::vector<PerformanceId> performances{}; ///< None: all of them.
};

/// As people type a code and as it is looked up: capital letters, without spaces around it.
[[nodiscard]] QString promotionCode(const QString &typed);

/// Whether the code is good for an order of this performance at this moment. How often it was used is not judged here:
/// that is counted in the transaction of the payment.
[[nodiscard]] Status checkPromotion(const Promotion &promotion, const PerformanceId &performance, Instant now);

/// What comes off each of these prices of tickets that the code is good for; never more than the price. An amount off
/// an order is shared out by price, and what rounding leaves goes to the first tickets, so that the shares add up.
[[nodiscard]] std::vector<Money> discountsOf(const Promotion &promotion, const std::vector<Money> &prices);

} // namespace parterre
