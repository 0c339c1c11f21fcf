#pragma once

#include "base/clock.h"
#include "base/jsonfields.h"
#include "base/money.h"

#include <array>

/// A price that is not the list's: the desk's alone, with a reason and a supervisor behind it.
namespace parterre {

enum class OverrideKind {
    Comp,  ///< Free.
    Price, ///< Another price.
};

template <>
struct EnumNames<OverrideKind>
{
    static constexpr auto names = std::to_array<std::pair<OverrideKind, const char *>>({
        {OverrideKind::Comp, "comp"},
        {OverrideKind::Price, "price"},
    });
};

struct PriceOverride
{
    OverrideKind kind = OverrideKind::Comp;
    Money price{}; ///< Of each ticket; nothing for a comp.
    QString reason;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("kind", kind);
        fields("price", price, {.min = 0, .max = limits::moneyMinorUnitsMax});
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
        if constexpr (Fields::reading()) {
            if (kind == OverrideKind::Comp && !price.isZero())
                fields.fail(ErrorCode::InvalidInput, QStringLiteral("A comp costs nothing."), "price");
        }
    }
    bool operator==(const PriceOverride &) const = default;
};

/// A supervisor signs for what a clerk may not do alone. Answered with an Approval, which the desk names in its order.
struct Approve
{
    QString user;
    QString password;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("user", user, {.charactersMin = 1});
        fields("password", password, {.charactersMax = limits::passwordCharactersMax, .charactersMin = 1});
    }
};

struct Approval
{
    QString token; ///< A secret, good for this desk's user alone.
    QString approvedBy;
    int secondsLeft = 0;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("token", token, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
        fields("approved_by", approvedBy);
        fields("seconds_left", secondsLeft);
    }
};

/// One line that was sold at another price than the list's, as the report has it.
struct OverrideRecord
{
    Instant at;
    QString orderNumber;
    QString event;
    Instant startsAt;
    QString placeName;
    OverrideKind kind = OverrideKind::Comp;
    Money listed;
    Money price;
    QString reason;
    QString givenBy;
    QString approvedBy;
    QString timeZone{}; ///< Of the venue.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("at", at);
        fields("order_number", orderNumber);
        fields("event", event);
        fields("starts_at", startsAt);
        fields("place_name", placeName, {.charactersMax = limits::noteCharactersMax});
        fields("kind", kind);
        fields("listed", listed);
        fields("price", price);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax});
        fields("given_by", givenBy);
        fields("approved_by", approvedBy);
        fields.optional("time_zone", timeZone);
    }
};

} // namespace parterre
