#pragma once

#include "ticketing/ticketsheet.h"

/// What a ticket says about time and money, in words that are the same on paper, in a mail and in a wallet.
namespace parterre::server {

/// E.g. `Saturday 12 December 2026`, in the venue's zone.
[[nodiscard]] QString dateText(const TicketSheet &sheet);
/// E.g. `19:30`; with `UTC` behind it where the venue's zone is not known.
[[nodiscard]] QString timeText(const TicketSheet &sheet);
/// E.g. `Doors open 18:45`; empty where nobody says when.
[[nodiscard]] QString doorsText(const TicketSheet &sheet);
/// `£55.00` where the sign is one that everybody knows, `55.00 CHF` else.
[[nodiscard]] QString priceText(const Money &price);

} // namespace parterre::server
