#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/result.h"

#include <array>
#include <optional>
#include <vector>

/// House seats (design section 4). A *house code* keeps seats off general sale and limits who may sell them: a clerk
/// who names the code. An *allocation* is a code that limits who may buy them: whoever gives its access code, in the
/// shop or by the API. A *kill* takes a seat off sale and out of capacity, such as one that is broken or has a camera
/// on it.
///
/// A seat belongs to one code at most, and keeps it while it is held, sold or killed, so that it goes back there.
namespace parterre {

enum class HouseCodeKind { House, Allocation };

template <>
struct EnumNames<HouseCodeKind>
{
    static constexpr auto names = std::to_array<std::pair<HouseCodeKind, const char *>>({
        {HouseCodeKind::House, "house"},
        {HouseCodeKind::Allocation, "allocation"},
    });
};

/// A code of one performance as staff see it.
struct HouseCode
{
    static constexpr int codeCharactersMax = 20;  ///< Fits on a button.
    static constexpr int countMax = 50;           ///< Of a performance; more could not be told apart on a map.
    static constexpr int accessCharactersMin = 6; ///< With the throttle of the API some thousand years of guessing.
    static constexpr int accessCharactersMax = 64;

    QString code; ///< What a clerk says and types: `CAST`. Upper case.
    QString name; ///< "Cast and crew".
    HouseCodeKind kind = HouseCodeKind::House;
    QString color;          ///< `#rrggbb` on the desks' maps.
    bool hasAccess = false; ///< An access code was set, which nobody can read any more.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("code", code, {.charactersMax = codeCharactersMax, .charactersMin = 1});
        fields("name", name, {.charactersMin = 1});
        fields("kind", kind);
        fields("color", color, {.charactersMax = limits::labelCharactersMax});
        fields("has_access", hasAccess);
    }
    bool operator==(const HouseCode &) const = default;
};

/// Makes a code, or changes name, colour and access code of the one that is there. Its kind stays.
struct PutHouseCode
{
    PerformanceId performance;
    QString code;
    QString name;
    HouseCodeKind kind = HouseCodeKind::House;
    QString color;
    std::optional<QString> accessCode{}; ///< Absent: as it was. An allocation cannot be bought without.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("code", code, {.charactersMax = HouseCode::codeCharactersMax, .charactersMin = 1});
        fields("name", name, {.charactersMin = 1});
        fields("kind", kind);
        fields("color", color, {.charactersMax = limits::labelCharactersMax});
        fields("access_code", accessCode, {.charactersMax = HouseCode::accessCharactersMax});
    }
};

/// The command as it is kept, code in upper case and texts without space around, or what is wrong with it, by field.
[[nodiscard]] Result<PutHouseCode> checkedHouseCode(PutHouseCode command);
/// As codes are compared: without space around, upper case.
[[nodiscard]] QString houseCodeKey(const QString &typed);
/// As access codes are compared: letters in upper case, without spaces and hyphens, since they are read out and typed.
[[nodiscard]] QString accessCodeKey(const QString &typed);

enum class SeatMove {
    SetAside, ///< To a house code, from general sale or another code.
    Release,  ///< To general sale.
    Kill,     ///< Off sale.
    Restore,  ///< Of a kill: back to where it was.
};

template <>
struct EnumNames<SeatMove>
{
    static constexpr auto names = std::to_array<std::pair<SeatMove, const char *>>({
        {SeatMove::SetAside, "set_aside"},
        {SeatMove::Release, "release"},
        {SeatMove::Kill, "kill"},
        {SeatMove::Restore, "restore"},
    });
};

/// Moves seats, all or nothing; those that are there already stay. A seat that is held, being paid or sold is never
/// moved: the refusal names it.
struct MoveSeats
{
    static constexpr int seatsMax = 5'000; ///< Bounds how long their rows are locked; a tier is several commands.

    PerformanceId performance;
    SeatMove move = SeatMove::SetAside;
    std::vector<QString> seats; ///< Keys of the layout.
    QString code{};             ///< Of SetAside.
    QString reason{};           ///< Kept with who did it. A kill needs one.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("move", move);
        fields(
            "seats", seats,
            {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1, .countMax = seatsMax, .countMin = 1});
        fields.optional("code", code, {.charactersMax = HouseCode::codeCharactersMax});
        fields.optional("reason", reason);
    }
    bool operator==(const MoveSeats &) const = default;
};

[[nodiscard]] Result<MoveSeats> checkedMove(MoveSeats command);

/// What a move did, by where the seats were before; those that did not move are not in it.
struct MovedSeats
{
    struct Group
    {
        QString code; ///< Empty: they were on general sale.
        std::vector<QString> seats;

        template <class Fields>
        void describe(Fields &fields)
        {
            fields.optional("code", code, {.charactersMax = HouseCode::codeCharactersMax});
            fields("seats", seats, {.charactersMax = limits::seatKeyCharactersMax, .countMax = MoveSeats::seatsMax});
        }
        bool operator==(const Group &) const = default;
    };

    PerformanceId performance;
    SeatMove move = SeatMove::SetAside;
    std::vector<Group> before;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("move", move);
        fields("before", before, {.countMax = HouseCode::countMax + 1});
    }
    [[nodiscard]] int count() const;
};

/// The commands that bring the seats back to where they were before; none where nothing moved.
[[nodiscard]] std::vector<MoveSeats> reverseOf(const MovedSeats &moved, const QString &reason);

/// Who moved what, the newest first.
struct HouseChange
{
    Instant at;
    QString by;
    SeatMove move = SeatMove::SetAside;
    QString code;
    int places = 0;
    QString reason;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("at", at);
        fields("by", by);
        fields("move", move);
        fields.optional("code", code, {.charactersMax = HouseCode::codeCharactersMax});
        fields("places", places);
        fields.optional("reason", reason);
    }
    bool operator==(const HouseChange &) const = default;
};

/// Which seats belong to which code. What state each is in now is the map's to say.
struct HouseSeats
{
    static constexpr int changesMax = 20;

    struct Code
    {
        HouseCode code;
        std::vector<int> seats; ///< Numbers in the layout, ascending; also those that are held, sold or killed.

        template <class Fields>
        void describe(Fields &fields)
        {
            fields("code", code);
            fields("seats", seats, {.min = 0, .countMax = limits::layoutSeatsMax});
        }
        bool operator==(const Code &) const = default;
    };

    PerformanceId performance;
    std::vector<Code> codes; ///< In the order in which they were made.
    std::vector<HouseChange> changes{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("codes", codes, {.countMax = HouseCode::countMax});
        fields("changes", changes, {.countMax = changesMax});
    }
};

/// What an access code opens, for who buys with it.
struct Allocation
{
    QString name;
    std::vector<int> seats; ///< Numbers of those that are free now, ascending.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name);
        fields("seats", seats, {.min = 0, .countMax = limits::layoutSeatsMax});
    }
};

} // namespace parterre
