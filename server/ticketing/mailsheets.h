#pragma once

#include "base/result.h"
#include "ticketing/ticketrepository.h"

#include <optional>
#include <vector>

/// What many mails say, read at once.
namespace parterre::server::tickets {

struct SheetWanted
{
    OrderId order{};
    SheetFilter filter{};
};

/// As sheetOf(), for many in two statements; one for each that is wanted, in their order.
[[nodiscard]] std::vector<std::optional<OrderSheet>> sheetsOf(Transaction &transaction,
                                                              const std::vector<SheetWanted> &wanted);

struct MailWanted
{
    OrderId order{};
    std::optional<TicketId> ticket{}; ///< Where it brings this one alone.
};

/// As TicketService::sheetFor(), for many.
[[nodiscard]] std::vector<Result<OrderSheet>> sheetsForMails(Transaction &transaction,
                                                             const std::vector<MailWanted> &mails);

} // namespace parterre::server::tickets
