#pragma once

#include "base/clock.h"
#include "base/jsonfields.h"

#include <array>
#include <optional>

/// What became of the mails of an order.
namespace parterre {

enum class MailKind {
    Order,       ///< The tickets, once the order was paid.
    Again,       ///< The same, because somebody asked for it.
    Reissued,    ///< One ticket with a new code.
    Transferred, ///< One ticket, to whom it was passed on.
    Refunded,    ///< Places that went back, what became of the money, and the credit note.
    Voided,      ///< To whom a ticket was passed on: it is void.
};

template <>
struct EnumNames<MailKind>
{
    static constexpr auto names = std::to_array<std::pair<MailKind, const char *>>({
        {MailKind::Order, "order"},
        {MailKind::Again, "again"},
        {MailKind::Reissued, "reissued"},
        {MailKind::Transferred, "transferred"},
        {MailKind::Refunded, "refunded"},
        {MailKind::Voided, "voided"},
    });
};

enum class MailState { Queued, Sent, Failed };

template <>
struct EnumNames<MailState>
{
    static constexpr auto names = std::to_array<std::pair<MailState, const char *>>({
        {MailState::Queued, "queued"},
        {MailState::Sent, "sent"},
        {MailState::Failed, "failed"},
    });
};

struct MailView
{
    MailKind kind = MailKind::Order;
    QString recipient;
    MailState state = MailState::Queued;
    int attempts = 0;
    std::optional<QString> error{}; ///< In the words of the mail server; of one that is queued, of its last try.
    Instant createdAt;
    std::optional<Instant> endedAt{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("kind", kind);
        fields("to", recipient, {.charactersMax = limits::emailCharactersMax});
        fields("state", state);
        fields("attempts", attempts, {.min = 0});
        fields("error", error, {.charactersMax = limits::noteCharactersMax});
        fields("created_at", createdAt);
        fields("ended_at", endedAt);
    }
};

} // namespace parterre
