#pragma once

#include "domain/holds/hold.h"

/// Handing a hold over: its owner is shown a code, and whoever enters it owns the hold from then on. Nothing else of
/// the hold changes, neither its places nor its end.
namespace parterre::limits {

// 31^8 codes, of which one who guesses may try some twenty in five minutes.
inline constexpr int handoverCodeCharacters = 8;
inline constexpr int handoverCodeTypedMax = 40; ///< With whatever is typed between them.
inline constexpr int handoverCodesOpenMax = 3;  ///< Of one hold: a repeat makes a new code beside the one it lost.

} // namespace parterre::limits

namespace parterre {

/// What the owner of a hold is shown.
struct HandoverOffer
{
    HoldId hold;
    QString code;        ///< As it is shown: `K7PM-3XQT`. A secret, which ends with the hold or when it was used.
    int secondsLeft = 0; ///< Of the hold.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("hold", hold);
        fields("code", code);
        fields("seconds_left", secondsLeft);
    }
};

struct TakeOverHold
{
    QString code; ///< As it was typed.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("code", code, {.charactersMax = limits::handoverCodeTypedMax, .charactersMin = 1});
    }
};

/// The code as it is shown, read out and printed: in capitals and two groups.
[[nodiscard]] QString handoverCodeText(const QString &code);
/// The code that somebody typed, whatever case, spaces and hyphens; InvalidInput for what cannot be one.
[[nodiscard]] Result<QString> readHandoverCode(const QString &typed);

/// What of a hold says whether it may go to another owner.
struct HandoverFacts
{
    HoldState state = HoldState::Live;
    Instant heldUntil{};
    int places = 0;
    int placesOfTaker = 0; ///< In other holds and in orders of the same performance.
    int placesMax = 0;     ///< What one such customer may have of it; 0 for no limit.
};
[[nodiscard]] Status decideHandover(const HandoverFacts &facts, Instant now);

/// What the one who handed a hold over is told instead of its being over: HoldGone whose `details.handed_to` is the
/// channel of the owner that the hold has now.
[[nodiscard]] Error handedOver(SalesChannel to);
/// To whom a hold went that is refused as gone; nothing where it merely ended.
[[nodiscard]] std::optional<SalesChannel> handedOverTo(const Error &error);

} // namespace parterre
