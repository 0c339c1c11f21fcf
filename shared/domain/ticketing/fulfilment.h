#pragma once

#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/result.h"
#include "domain/ticketing/mail.h"

#include <array>
#include <optional>
#include <vector>

/// What happens to tickets after their sale. A code that was shown to anybody is only ever replaced, never changed: the
/// ticket before it becomes void, and the gate refuses it.
///
///     valid --re-issue, transfer--> void, and a new valid one of the same place
namespace parterre {

enum class TicketState { Valid, Void };

template <>
struct EnumNames<TicketState>
{
    static constexpr auto names = std::to_array<std::pair<TicketState, const char *>>({
        {TicketState::Valid, "valid"},
        {TicketState::Void, "void"},
    });
};

struct TicketView
{
    TicketId id;
    int line = 0; ///< Of its order, from 1.
    QString placeName;
    TicketState state = TicketState::Valid;
    std::optional<QString> humanCode{}; ///< Absent where it is not the reader's to use any more.
    std::optional<QString> holderName{};
    std::optional<QString> holderEmail{}; ///< Passed on: the ticket is theirs alone.
    Instant issuedAt;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("line", line, {.min = 1});
        fields("place_name", placeName, {.charactersMax = limits::noteCharactersMax});
        fields("state", state);
        fields("human_code", humanCode);
        fields("holder_name", holderName);
        fields("holder_email", holderEmail, {.charactersMax = limits::emailCharactersMax});
        fields("issued_at", issuedAt);
    }
};

/// Tickets of an order, the void ones too, by place and then by age; and what became of its newest mails.
struct OrderTickets
{
    OrderId order;
    std::vector<TicketView> tickets;
    std::vector<MailView> mails;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("tickets", tickets, {.countMax = 10 * limits::orderLinesMax});
        fields("mails", mails, {.countMax = limits::pageSizeMax});
    }
};

struct ResendTickets
{
    OrderId order;
    std::optional<QString> email{}; ///< For clerks alone: elsewhere than to the buyer's address.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("email", email, {.charactersMax = limits::emailCharactersMax, .charactersMin = 1});
    }
};

struct ReissueTicket
{
    TicketId ticket;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("ticket", ticket);
    }
};

struct TransferTicket
{
    TicketId ticket;
    QString name;                   ///< Printed on the ticket.
    std::optional<QString> email{}; ///< With one the ticket is theirs alone; without it only its name changes.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("ticket", ticket);
        fields("name", name, {.charactersMin = 1});
        fields("email", email, {.charactersMax = limits::emailCharactersMax, .charactersMin = 1});
    }
};

/// Who asks: a buyer has fewer rights over a ticket than a clerk, who sees the person.
enum class AskedBy { Buyer, Clerk };

/// What has to be known before a ticket is replaced.
struct TicketFacts
{
    TicketState state = TicketState::Valid;
    bool isOrderConfirmed = true;
    bool isCancelled = false; ///< The performance is.
    bool isPassedOn = false;  ///< To a holder with an address of their own.
    Instant startsAt{};
    int replacedToday = 0; ///< Tickets of the same order, within a day.
};

/// How long after the start a clerk may still replace a ticket, for those who come late or lose one in the interval.
inline constexpr std::chrono::hours replaceAfterStart{24};
/// Replacements of one order within a day by its buyer: each is a mail to anybody they name.
inline constexpr int replacementsADayMax = 20;

[[nodiscard]] Status decideReplace(const TicketFacts &ticket, AskedBy who, Instant now);
/// Name and address of a new holder, beyond what their fields say.
[[nodiscard]] Status checkHolder(const TransferTicket &command);

/// Mails of an order that were asked for.
struct ResendFacts
{
    bool isOrderConfirmed = true;
    bool hasAddress = true;
    int secondsSinceLast = -1; ///< Negative: there was none.
    int withinAnHour = 0;
};

inline constexpr int resendSecondsMin = 30;
inline constexpr int resendsAnHourMax = 5;

[[nodiscard]] Status decideResend(const ResendFacts &order);

} // namespace parterre
