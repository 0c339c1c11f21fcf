#include "domain/ticketing/fulfilment.h"

#include "domain/checkout/order.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> tooOften(const QString &message, int seconds)
{
    return refuse(Error{.code = ErrorCode::RateLimited, .message = message, .retryAfterSeconds = seconds});
}

} // namespace

Status decideReplace(const TicketFacts &ticket, AskedBy who, Instant now)
{
    if (ticket.state == TicketState::Void)
        return refuse(ErrorCode::WrongState,
                      u"This ticket is void already. Choose the one that replaced it, or another."_s, u"/ticket"_s);
    if (!ticket.isOrderConfirmed)
        return refuse(ErrorCode::WrongState, u"The order of this ticket is not paid any more."_s, u"/ticket"_s);
    if (ticket.isCancelled)
        return refuse(ErrorCode::WrongState, u"This performance is cancelled; its tickets open no door."_s,
                      u"/ticket"_s);
    const Instant end = who == AskedBy::Clerk ? ticket.startsAt + replaceAfterStart : ticket.startsAt;
    if (now >= end)
        return refuse(ErrorCode::WrongState, u"This performance is over, and its tickets stay as they are."_s,
                      u"/ticket"_s);
    if (who == AskedBy::Clerk)
        return {};
    if (ticket.isPassedOn)
        return refuse(ErrorCode::WrongState,
                      u"This ticket was passed on and is not yours any more. The box office can help its holder."_s,
                      u"/ticket"_s);
    if (ticket.replacedToday >= replacementsADayMax)
        return tooOften(
            u"%1 tickets of this order were replaced today. Come back tomorrow, or ask the box office."_s.arg(
                ticket.replacedToday),
            86'400);
    return {};
}

Status checkHolder(const TransferTicket &command)
{
    const bool isPlain =
        std::ranges::none_of(command.name, [](QChar c) { return c.category() == QChar::Other_Control; });
    if (command.name.trimmed().isEmpty() || !isPlain)
        return refuse(ErrorCode::InvalidInput, u"Type the name of who comes with this ticket."_s, u"/name"_s);
    return command.email ? checkEmail(*command.email, u"/email"_s) : Status();
}

Status decideResend(const ResendFacts &order)
{
    if (!order.isOrderConfirmed)
        return refuse(ErrorCode::WrongState, u"The tickets are sent once the order is paid."_s, u"/order"_s);
    if (!order.hasAddress)
        return refuse(ErrorCode::InvalidInput, u"This order has no e-mail address. Type one."_s, u"/email"_s);
    if (order.secondsSinceLast >= 0 && order.secondsSinceLast < resendSecondsMin)
        return tooOften(u"The tickets were sent a moment ago. Look into the mailbox, and at what it takes for spam."_s,
                        resendSecondsMin - order.secondsSinceLast);
    if (order.withinAnHour >= resendsAnHourMax)
        return tooOften(
            u"The tickets were sent %1 times within an hour. Check the address, or ask the box office."_s.arg(
                order.withinAnHour),
            3'600);
    return {};
}

} // namespace parterre
