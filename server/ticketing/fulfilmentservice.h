#pragma once

#include "commands/commandlog.h"
#include "domain/ticketing/fulfilment.h"
#include "ticketing/issuing.h"

#include <functional>

namespace parterre::server {

class Database;

/// Who asks for something about tickets.
struct TicketAsker
{
    QString owner; ///< Whose orders they may touch; empty for everybody's.
    AskedBy as = AskedBy::Buyer;
    std::optional<OrderId> onlyOrder{}; ///< And of these this one alone, as who came by its key.
};

/// Tickets after their sale: sent again, replaced under a new code, passed on. Each command happens once under its key.
/// Blocking and thread-safe.
class FulfilmentService
{
public:
    /// `changed` is called after something was written that has to reach others.
    FulfilmentService(Database &database, tickets::Sign sign, std::function<void()> changed);

    /// NotFound for an order that is not there or not theirs. A buyer is not told the codes of tickets that were passed
    /// on, nor what the mail server said.
    [[nodiscard]] Result<OrderTickets> tickets(const TicketAsker &asker, const OrderId &order);
    /// Writes down another mail with all valid tickets. RateLimited says when it may be asked for again.
    [[nodiscard]] Result<OrderTickets> resend(const TicketAsker &asker, const CommandKey &key,
                                              const ResendTickets &command);
    /// The old code is void from then on, and the holder gets a mail with the new one.
    [[nodiscard]] Result<OrderTickets> reissue(const TicketAsker &asker, const CommandKey &key,
                                               const ReissueTicket &command);
    /// As reissue(), and the new one bears another name.
    [[nodiscard]] Result<OrderTickets> transfer(const TicketAsker &asker, const CommandKey &key,
                                                const TransferTicket &command);

private:
    struct Replacement
    {
        TicketId ticket;
        std::optional<TransferTicket> to{};
    };
    [[nodiscard]] Result<OrderTickets> replace(const TicketAsker &asker, const CommandKey &key,
                                               const Replacement &wanted);

    Database &m_database;
    tickets::Sign m_sign;
    std::function<void()> m_changed;
};

} // namespace parterre::server
