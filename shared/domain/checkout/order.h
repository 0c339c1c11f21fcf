#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "domain/aftersale/refund.h"
#include "domain/catalog/catalog.h"
#include "domain/holds/hold.h"
#include "domain/payments/payment.h"
#include "domain/pricing/charges.h"
#include "domain/pricing/priceoverride.h"
#include "domain/pricing/promotion.h"

#include <array>
#include <optional>
#include <vector>

/// An order: a hold with prices and a buyer (design section 4).
///
///     open --freeze--> payment_pending --confirm--> confirmed
///     payment_pending --decline, cancel--> open (the hold lives on)      open --the hold ends--> expired
///     confirmed, partly_refunded --some places given back--> partly_refunded
///     confirmed, partly_refunded --the last place given back--> refunded, or exchanged where it was exchanged
///
/// decideOrder() is the only way from one state to another.
namespace parterre {

enum class OrderState { Open, PaymentPending, Confirmed, Expired, PartlyRefunded, Refunded, Exchanged };

template <>
struct EnumNames<OrderState>
{
    static constexpr auto names = std::to_array<std::pair<OrderState, const char *>>({
        {OrderState::Open, "open"},
        {OrderState::PaymentPending, "payment_pending"},
        {OrderState::Confirmed, "confirmed"},
        {OrderState::Expired, "expired"},
        {OrderState::PartlyRefunded, "partly_refunded"},
        {OrderState::Refunded, "refunded"},
        {OrderState::Exchanged, "exchanged"},
    });
};

/// True while the order has places that its buyer may sit on: these have tickets and may be given back.
[[nodiscard]] inline bool hasSoldPlaces(OrderState state)
{
    return state == OrderState::Confirmed || state == OrderState::PartlyRefunded;
}

[[nodiscard]] Result<OrderState> decideOrder(OrderState from, OrderState to);

/// A price type for one held place: a seat, or `quantity` places of an area.
struct OrderLineRequest
{
    QString place; ///< Key of the seat or area.
    PriceTypeId priceType;
    int quantity = 1;
    std::optional<PriceOverride> priceOverride{}; ///< At the desk, where somebody has approved of it.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("place", place, {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1});
        fields("price_type", priceType);
        fields.optional("quantity", quantity, {.min = 1, .max = limits::areaQuantityMax});
        fields("price_override", priceOverride);
    }
};

struct Buyer
{
    QString name; ///< May be empty at the desk: a walk-up gives none.
    QString email;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("name", name);
        fields.optional("email", email, {.charactersMax = limits::emailCharactersMax});
    }
};

/// Needed where a ticket has to be sent: something before and after one `@`, no spaces or control characters.
[[nodiscard]] Status checkEmail(const QString &email, const QString &field);

struct CreateOrder
{
    OrderId order;
    HoldId hold;
    std::vector<OrderLineRequest> lines; ///< Every held place exactly once.
    Buyer buyer;
    /// Why a clerk leaves a seat alone against the performance's orphan rule, which is judged here for holds that were
    /// made click by click.
    std::optional<QString> leaveSingleReason{};
    std::optional<QString> promotion{}; ///< The code of one.
    std::optional<QString> approval{};  ///< The token of an Approval, where a line has another price than the list's.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("hold", hold);
        fields("lines", lines, {.countMax = limits::orderLinesMax, .countMin = 1});
        fields.optional("buyer", buyer);
        fields("leave_single_reason", leaveSingleReason,
               {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
        fields(
            "promotion", promotion,
            {.charactersMax = limits::promotionCodeCharactersMax, .charactersMin = limits::promotionCodeCharactersMin});
        fields("approval", approval, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

/// One sold place.
struct OrderLine
{
    int number = 0; ///< Counts from 1 in the order.
    QString place;  ///< Key of the seat or area.
    bool isArea = false;
    int placeNumber = 0; ///< Seat or area number in the layout.
    QString placeName;
    QString zoneName;
    PriceTypeId priceType;
    QString priceTypeName;
    Money amount;                      ///< The price of the list.
    QString note;                      ///< E.g. restricted view; printed on the ticket.
    LineState state = LineState::Sold; ///< Meaningful once the order is confirmed.
    Money discount{};
    Money fee{};                                  ///< For this ticket, before a tax that is added.
    Money tax{};                                  ///< In the total, of price and fee.
    Money total{};                                ///< What the place costs its buyer, and what is given back for it.
    std::optional<PriceOverride> priceOverride{}; ///< For the audit, as what was listed then; no reply tells them.
    Money listed{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("number", number);
        fields("place", place);
        fields("is_area", isArea);
        fields("place_number", placeNumber);
        fields("place_name", placeName, {.charactersMax = limits::noteCharactersMax});
        fields("zone", zoneName);
        fields("price_type", priceType);
        fields("price_type_name", priceTypeName);
        fields("amount", amount);
        fields.optional("note", note, {.charactersMax = limits::noteCharactersMax});
        fields.optional("state", state);
        fields.optional("discount", discount);
        fields.optional("fee", fee);
        fields.optional("tax", tax);
        fields.optional("total", total);
    }
};

/// Prices the hold: one line a place, areas unfolded. Refuses a place that is not held, is named twice or forgotten, an
/// unknown price type, a type that the channel may not sell, a place without a price, and another price than the list's
/// where the channel is not the desk; the field names which.
[[nodiscard]] Result<std::vector<OrderLine>> priceLines(const std::vector<OrderLineRequest> &requests,
                                                        const std::vector<HeldPlace> &held,
                                                        const PerformanceDetail &performance, SalesChannel channel);
/// Takes the promotion off the lines that it is good for. Refuses where there is none; a line at another price than the
/// list's takes no promotion besides.
[[nodiscard]] Status applyPromotion(std::vector<OrderLine> &lines, const Promotion &promotion);
/// Writes fee, tax and total of lines whose amounts and discounts are there, and says of what the order is made.
[[nodiscard]] std::vector<Charge> chargeLines(std::vector<OrderLine> &lines, const PerformanceDetail &performance,
                                              SalesChannel channel);

/// Where the places of an order were exchanged for places of another before.
struct ExchangeOrigin
{
    OrderId order;
    QString number;
    Money credit; ///< What the places given back pay of the new ones.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("number", number);
        fields("credit", credit);
    }
};

struct OrderView
{
    OrderId id;
    QString number; ///< What people read to each other, e.g. `P-000123`.
    OrderState state = OrderState::Open;
    PerformanceId performance;
    QString eventTitle;
    QString venueName;
    Instant startsAt;
    QString timeZone;
    HoldId hold;
    Money total;
    std::vector<OrderLine> lines;
    Buyer buyer;
    Instant createdAt;
    std::optional<Instant> confirmedAt;
    std::optional<PaymentMethod> paymentMethod; ///< Of the newest attempt.
    std::optional<PaymentState> paymentState;
    std::optional<QString> paymentActionUrl{}; ///< In requires_action: where the holder of the card confirms.
    Money tendered;                            ///< Cash only.
    Money change;                              ///< Cash only.
    std::vector<TicketId> tickets;             ///< In line order, once confirmed; of the places not given back.
    std::vector<RefundView> refunds{};         ///< The oldest first.
    std::optional<ExchangeOrigin> exchangedFrom{};
    Money fee{};                ///< Of the order, beside its lines' fees.
    Money rounding{};           ///< Cash only: what the drawer takes more or less than the total.
    std::vector<FeeSum> fees{}; ///< All of them by name, of the lines and of the order.
    std::vector<TaxSum> taxes{};
    Money discount{}; ///< Of all lines.
    std::optional<QString> promotion{};
    std::vector<TenderView> tenders{};        ///< Where it is paid in several ways, or by gift card: all of them.
    std::optional<Instant> refundableUntil{}; ///< Until then its buyer may give places back.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("number", number);
        fields("state", state);
        fields("performance", performance);
        fields("event", eventTitle);
        fields("venue", venueName);
        fields("starts_at", startsAt);
        fields("time_zone", timeZone);
        fields("hold", hold);
        fields("total", total);
        fields("lines", lines, {.countMax = limits::orderLinesMax});
        fields("buyer", buyer);
        fields("created_at", createdAt);
        fields("confirmed_at", confirmedAt);
        fields("payment_method", paymentMethod);
        fields("payment_state", paymentState);
        fields("payment_action_url", paymentActionUrl, {.charactersMax = limits::actionUrlCharactersMax});
        fields("tendered", tendered);
        fields("change", change);
        fields("tickets", tickets, {.countMax = limits::orderLinesMax});
        fields.optional("refunds", refunds, {.countMax = limits::orderLinesMax});
        fields("exchanged_from", exchangedFrom);
        fields.optional("fee", fee);
        fields.optional("rounding", rounding);
        fields.optional("fees", fees, {.countMax = limits::feesMax});
        fields.optional("taxes", taxes, {.countMax = limits::taxSumsMax});
        fields.optional("discount", discount);
        fields("promotion", promotion, {.charactersMax = limits::promotionCodeCharactersMax});
        fields.optional("tenders", tenders, {.countMax = limits::tendersMax});
        fields("refundable_until", refundableUntil);
    }
};

/// What these lines of the order are worth where they are given back: what they cost, and with the last of those that
/// are sold the order's own fees.
[[nodiscard]] Money worthOf(const OrderView &order, const std::vector<int> &lines);

/// Asks what an order would cost, before it is made.
struct AskQuote
{
    HoldId hold;
    std::vector<OrderLineRequest> lines; ///< As in CreateOrder.
    std::optional<QString> promotion{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("hold", hold);
        fields("lines", lines, {.countMax = limits::orderLinesMax, .countMin = 1});
        fields(
            "promotion", promotion,
            {.charactersMax = limits::promotionCodeCharactersMax, .charactersMin = limits::promotionCodeCharactersMin});
    }
};

struct OrderQuote
{
    Money total;
    std::vector<OrderLine> lines;
    Money fee{};
    std::vector<FeeSum> fees{};
    std::vector<TaxSum> taxes{};
    Money discount{};
    std::optional<QString> promotion{}; ///< What the code is called.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("total", total);
        fields("lines", lines, {.countMax = limits::orderLinesMax});
        fields.optional("fee", fee);
        fields.optional("fees", fees, {.countMax = limits::feesMax});
        fields.optional("taxes", taxes, {.countMax = limits::taxSumsMax});
        fields.optional("discount", discount);
        fields("promotion", promotion);
    }
};

} // namespace parterre
