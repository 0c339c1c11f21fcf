#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "base/result.h"

#include <array>
#include <optional>
#include <vector>

/// A hold: places of one performance that wait for their buyer.
///
///     live --release--> released          live --expire--> expired
///     live --freeze--> frozen --confirm--> converted
///                      frozen --thaw--> live (the payment was declined and time is left)
///                      frozen --end--> expired (it was declined, and the longest that a hold may last is over)
///
/// Ends at `held_until`, judged by the database's clock alone (design D3). Frozen, it cannot end before its payment
/// has.
namespace parterre {

enum class HoldState { Live, Frozen, Converted, Released, Expired };

template <>
struct EnumNames<HoldState>
{
    static constexpr auto names = std::to_array<std::pair<HoldState, const char *>>({
        {HoldState::Live, "live"},
        {HoldState::Frozen, "frozen"},
        {HoldState::Converted, "converted"},
        {HoldState::Released, "released"},
        {HoldState::Expired, "expired"},
    });
};

/// Through which door a sale comes.
enum class SalesChannel { Desk, Web, Api };

template <>
struct EnumNames<SalesChannel>
{
    static constexpr auto names = std::to_array<std::pair<SalesChannel, const char *>>({
        {SalesChannel::Desk, "desk"},
        {SalesChannel::Web, "web"},
        {SalesChannel::Api, "api"},
    });
};

struct AreaQuantity
{
    QString area; ///< Key of the area in the layout.
    int quantity = 0;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("area", area, {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1});
        fields("quantity", quantity, {.min = 1, .max = limits::areaQuantityMax});
    }
    bool operator==(const AreaQuantity &) const = default;
};

/// Places that the server is to choose: the best that are left for a party (domain/inventory/bestavailable.h).
struct BestPlaces
{
    int size = 0; ///< Everybody counted.
    std::optional<PriceZoneId> zone{};
    std::optional<Money> priceMax{};  ///< For one place, see domain/catalog/pricelimits.h.
    std::optional<QString> section{}; ///< Its name in the layout.
    int wheelchairs = 0; ///< How many of the party need a wheelchair space, and how many a seat without a step;
    int stepFree = 0;    ///< the others are their companions.
    bool maySplit = true;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("size", size, {.min = 1, .max = limits::partySizeMax});
        fields("zone", zone);
        fields("price_max", priceMax, {.min = 0});
        fields("section", section);
        fields.optional("wheelchairs", wheelchairs, {.min = 0, .max = limits::partySizeMax});
        fields.optional("step_free", stepFree, {.min = 0, .max = limits::partySizeMax});
        fields.optional("may_split", maySplit);
    }
    bool operator==(const BestPlaces &) const = default;
};

/// Holds these places too under `hold`, all or nothing; the first such command makes the hold. Seats that it has
/// already stay its own, so repeating is harmless. A repeat with `best` is answered with what was chosen first.
struct TakeHold
{
    HoldId hold;
    PerformanceId performance;
    std::vector<QString> seats; ///< Keys of the layout.
    std::vector<AreaQuantity> areas;
    std::optional<BestPlaces> best{}; ///< Beside those that are named.
    /// More takes follow, as where each click is one: the orphan rule waits for the order.
    bool stillChoosing = false;
    std::optional<QString> houseCode{};  ///< Of house seats that are among them; for the desk alone.
    std::optional<QString> accessCode{}; ///< Of an allocation, which opens its seats to who gives it. With either,
                                         ///< `best` chooses among the seats of that code.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("hold", hold);
        fields("performance", performance);
        fields.optional(
            "seats", seats,
            {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1, .countMax = limits::seatsPerHoldMax});
        fields.optional("areas", areas, {.countMax = limits::areasPerHoldMax});
        fields("best", best);
        fields.optional("still_choosing", stillChoosing);
        fields("house_code", houseCode, {.charactersMin = 1});
        fields("access_code", accessCode, {.charactersMin = 1});
    }
    /// Refuses a command that names nothing and leaves nothing to be chosen.
    [[nodiscard]] Status checkAsksForSomething() const;
};

/// Gives places back. Without any named, the whole hold.
struct ReleaseHold
{
    HoldId hold;
    std::vector<QString> seats;
    std::vector<AreaQuantity> areas;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("hold", hold);
        fields.optional(
            "seats", seats,
            {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1, .countMax = limits::seatsPerHoldMax});
        fields.optional("areas", areas, {.countMax = limits::areasPerHoldMax});
    }
};

/// One place of a hold as it is shown: a seat, or a number of places in an area.
struct HeldPlace
{
    QString key;
    QString name;
    QString category;
    bool isArea = false;
    int quantity = 1;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("key", key);
        fields("name", name, {.charactersMax = limits::noteCharactersMax});
        fields("category", category);
        fields("is_area", isArea);
        fields("quantity", quantity);
    }
    bool operator==(const HeldPlace &) const = default;
};

/// A seat that a hold leaves alone beside it.
struct LoneSeat
{
    QString key;
    QString name;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("key", key);
        fields("name", name, {.charactersMax = limits::noteCharactersMax});
    }
    bool operator==(const LoneSeat &) const = default;
};

struct HoldView
{
    HoldId id;
    PerformanceId performance;
    HoldState state = HoldState::Live;
    Instant heldUntil;
    int secondsLeft = 0;    ///< By the database's clock when this was made; what a countdown starts from.
    int secondsLeftMax = 0; ///< How long renewing could keep it at the most.
    std::vector<HeldPlace> places;
    std::vector<LoneSeat> leftAlone{}; ///< What an order would be refused for as the hold is; see CreateOrder.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("performance", performance);
        fields("state", state);
        fields("held_until", heldUntil);
        fields("seconds_left", secondsLeft);
        fields("seconds_left_max", secondsLeftMax);
        fields("places", places, {.countMax = limits::seatsPerHoldMax + limits::areasPerHoldMax});
        fields.optional("left_alone", leftAlone, {.countMax = 2 * limits::seatsPerHoldMax});
    }
};

/// When a hold that is taken or renewed at `now` ends: `holdSeconds` from now, but never past `createdAt` plus
/// limits::holdSecondsAbsoluteMax, and never earlier than it would have anyway.
[[nodiscard]] Instant holdEnd(Instant createdAt, Instant currentEnd, int holdSeconds, Instant now);

} // namespace parterre
