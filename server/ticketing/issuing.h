#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "domain/ticketing/ticketcode.h"

#include <QString>

#include <functional>
#include <vector>

namespace parterre::server {

class Transaction;

namespace tickets {

/// The text of a ticket's QR code, for this payload.
using Sign = std::function<QString(const TicketPayload &)>;

struct NewTicket
{
    OrderId order;
    int line = 0;
    PerformanceId performance;
    int placeNumber = 0;
    bool isArea = false;
    QString holderName{};
    QString holderEmail{};
};

/// Until when codes for this performance are good: a day after it began, whatever time the gate's clock shows.
[[nodiscard]] Instant goodUntil(Transaction &transaction, const PerformanceId &performance);
/// As issue() for all of them, in one statement.
std::vector<TicketId> issueAll(Transaction &transaction, const std::vector<NewTicket> &tickets, Instant notAfter,
                               Instant now, const Sign &sign);
/// Signs and stores a valid ticket. The one of the same line before it must be void by then.
TicketId issue(Transaction &transaction, const NewTicket &ticket, Instant notAfter, Instant now, const Sign &sign);

} // namespace tickets

} // namespace parterre::server
