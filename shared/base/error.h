#pragma once

#include <QJsonObject>
#include <QString>

namespace parterre {

/// Everything that Parterre may refuse, by what the caller can do about it. The list is closed: a new way to be
/// refused is a new line here, and the one table in `server/api/problems.cpp` maps it to HTTP.
enum class ErrorCode {
    InvalidInput,    ///< The request cannot be read; `field` says where.
    TooLarge,        ///< A limit of size was passed; `field` says which.
    NotFound,        ///< No such thing, or not yours to see.
    Unauthenticated, ///< Sign in first.
    Forbidden,       ///< Signed in, but this role may not.
    RateLimited,     ///< Too often; see `retryAfterSeconds`.
    NotOnSale,       ///< The performance cannot be sold in this channel now.
    SeatTaken,       ///< At least one place is someone else's; `details.seats` names them.
    SeatLeftAlone,   ///< A seat would be left alone (the orphan rule); `details` names it. A clerk may insist.
    SoldOut,         ///< An area has fewer places left than asked; `details` says how many.
    PurchaseLimit,   ///< More places than one customer may have.
    HoldGone,        ///< The hold expired, was released or is not yours.
    WrongState,      ///< The thing is not in a state that allows this.
    AmountMismatch,  ///< The money offered is not what is owed.
    PaymentDeclined, ///< The provider said no; nothing was charged.
    PaymentInDoubt,  ///< The provider's answer is not known yet; it will settle by itself.
    KeyReused,       ///< This command id was used before with another body.
    InProgress,      ///< The same command is being carried out right now.
    VersionMismatch, ///< The peer speaks another protocol version.
    Overloaded,      ///< Not tried; come back after `retryAfterSeconds`.
    Unavailable,     ///< Something that we need is down; nothing was done.
    OutcomeUnknown,  ///< The connection was lost while committing; ask again with the same id.
    Internal,        ///< Our fault. The log has more under the request id.
};

/// The stable name on the wire, e.g. `seat_taken`.
[[nodiscard]] QString errorCodeName(ErrorCode code);
/// The code for a name from the wire; `Internal` for one that this build does not know.
[[nodiscard]] ErrorCode errorCodeFromName(const QString &name);

/// A refusal: what happened in words for a person, and what a program needs to react.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message;           ///< A sentence that says what to do; safe to show.
    QString field{};           ///< JSON pointer to the part that was refused, e.g. `/seats/2`; empty if none.
    QJsonObject details{};     ///< Facts for programs, per code as documented above.
    int retryAfterSeconds = 0; ///< More than zero where waiting helps.

    bool operator==(const Error &) const = default;
};

/// The form in which refusals are stored and sent to desks: code, message, and field, details and
/// retry_after where they say something.
[[nodiscard]] QJsonObject errorToJson(const Error &error);
[[nodiscard]] Error errorFromJson(const QJsonObject &object);

} // namespace parterre
