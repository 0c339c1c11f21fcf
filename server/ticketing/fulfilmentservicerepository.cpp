#include "base/assert.h"
#include "db/database.h"
#include "db/transaction.h"
#include "notifications/mailrepository.h"
#include "notifications/mimemessage.h"
#include "ticketing/fulfilmentrepository.h"
#include "ticketing/fulfilmentservice.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

bool isTheirs(const TicketAsker &asker, const QString &owner, const OrderId &order)
{
    return (asker.owner.isEmpty() || asker.owner == owner) && (!asker.onlyOrder || *asker.onlyOrder == order);
}

Result<OrderTickets> seenBy(const TicketAsker &asker, std::optional<tickets::OwnedTickets> found)
{
    if (!found || !isTheirs(asker, found->owner, found->tickets.order))
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    if (asker.as == AskedBy::Clerk)
        return std::move(found->tickets);
    for (TicketView &ticket : found->tickets.tickets) {
        if (ticket.holderEmail || ticket.state == TicketState::Void)
            ticket.humanCode.reset();
    }
    for (MailView &mail : found->tickets.mails)
        mail.error.reset();
    return std::move(found->tickets);
}

} // namespace

FulfilmentService::FulfilmentService(Database &database, tickets::Sign sign, std::function<void()> changed)
    : m_database(database)
    , m_sign(std::move(sign))
    , m_changed(std::move(changed))
{}

Result<OrderTickets> FulfilmentService::tickets(const TicketAsker &asker, const OrderId &order)
{
    return m_database.transact([&](Transaction &transaction) -> Result<OrderTickets> {
        return seenBy(asker, tickets::ticketsOf(transaction, order));
    });
}

Result<OrderTickets> FulfilmentService::resend(const TicketAsker &asker, const CommandKey &key,
                                               const ResendTickets &command)
{
    if (command.email)
        PT_CHECK(envelopeAddress(*command.email));
    auto outcome = m_database.transact([&](Transaction &transaction) -> Result<Result<OrderTickets>> {
        return commandlog::runOnce<OrderTickets>(transaction, key, [&](Transaction &) -> Result<OrderTickets> {
            auto order = tickets::lockOrder(transaction, command.order);
            if (!order || !isTheirs(asker, order->owner, command.order))
                return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
            const bool isElsewhere = command.email && asker.as == AskedBy::Clerk;
            if (isElsewhere)
                order->facts.hasAddress = true;
            PT_CHECK(decideResend(order->facts));
            mails::queue(transaction, {.order = command.order,
                                       .kind = MailKind::Again,
                                       .recipient = isElsewhere ? *command.email : order->buyerEmail,
                                       .recipientName = order->buyerName});
            return seenBy(asker, tickets::ticketsOf(transaction, command.order));
        });
    });
    m_changed();
    return flattened(std::move(outcome));
}

Result<OrderTickets> FulfilmentService::reissue(const TicketAsker &asker, const CommandKey &key,
                                                const ReissueTicket &command)
{
    return replace(asker, key, {.ticket = command.ticket});
}

Result<OrderTickets> FulfilmentService::transfer(const TicketAsker &asker, const CommandKey &key,
                                                 const TransferTicket &command)
{
    PT_CHECK(checkHolder(command));
    if (command.email)
        PT_CHECK(envelopeAddress(*command.email));
    return replace(asker, key, {.ticket = command.ticket, .to = command});
}

Result<OrderTickets> FulfilmentService::replace(const TicketAsker &asker, const CommandKey &key,
                                                const Replacement &wanted)
{
    auto outcome = m_database.transact([&](Transaction &transaction) -> Result<Result<OrderTickets>> {
        return commandlog::runOnce<OrderTickets>(transaction, key, [&](Transaction &) -> Result<OrderTickets> {
            const auto ticket = tickets::lockTicket(transaction, wanted.ticket);
            if (!ticket || !isTheirs(asker, ticket->owner, ticket->as.order))
                return refuse(ErrorCode::NotFound, u"There is no such ticket."_s, u"/ticket"_s);
            const Instant now = transaction.now();
            PT_CHECK(decideReplace(ticket->facts, asker.as, now));
            tickets::NewTicket by = ticket->as;
            if (wanted.to) {
                by.holderName = wanted.to->name.simplified();
                by.holderEmail = wanted.to->email.value_or(QString());
                // Who writes their own address has not given the ticket away.
                if (by.holderEmail.compare(ticket->buyerEmail, Qt::CaseInsensitive) == 0)
                    by.holderEmail.clear();
            }
            const bool isPassedOn = !by.holderEmail.isEmpty() && by.holderEmail != ticket->as.holderEmail;
            tickets::replace(transaction, *ticket, by, isPassedOn ? u"transferred"_s : u"reissued"_s, now, m_sign);
            return seenBy(asker, tickets::ticketsOf(transaction, by.order));
        });
    });
    m_changed();
    return flattened(std::move(outcome));
}

} // namespace parterre::server
