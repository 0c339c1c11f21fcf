#pragma once

#include "domain/ticketing/calendar.h"
#include "domain/ticketing/mail.h"
#include "notifications/mailframe.h"
#include "print/modulepicture.h"
#include "ticketing/ticketrepository.h"

namespace parterre::server {

/// What one mail that brings tickets is made of.
struct TicketMail
{
    MailHead head;
    MailKind kind = MailKind::Order;
    tickets::OrderSheet order{};
    QString orderUrl{};  ///< Opens the order without a session; empty where the reader may not see the order.
    QString ticketUrl{}; ///< Then: opens the one ticket that the mail brings.
    QString shopUrl{};
    std::vector<ModulePicture> codes{}; ///< Of the order's tickets.
};

/// Everything but the files: subject, text, HTML and the square codes as pictures.
[[nodiscard]] MailMessage ticketMail(const TicketMail &mail);

/// The evening for a calendar: one entry for an order, or for one ticket that was passed on. Each ticket that was
/// replaced or became void makes it a newer version of the same entry.
[[nodiscard]] CalendarEntry ticketCalendar(const tickets::OrderSheet &order, const QString &url, bool isOneTicket);

} // namespace parterre::server
