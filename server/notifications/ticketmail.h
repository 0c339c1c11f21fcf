#pragma once

#include "domain/ticketing/mail.h"
#include "notifications/mimemessage.h"
#include "print/modulepicture.h"
#include "ticketing/ticketrepository.h"

#include <QUuid>

namespace parterre::server {

/// What one mail about tickets is made of.
struct TicketMail
{
    QUuid id;
    MailKind kind = MailKind::Order;
    Instant date{};
    MailAddress from{};
    MailAddress to{};
    tickets::OrderSheet order{};
    QString orderUrl{};  ///< Opens the order without a session; empty where the reader may not see the order.
    QString ticketUrl{}; ///< Then: opens the one ticket that the mail brings.
    QString shopUrl{};
    QString support{};                  ///< Whom to ask, a sentence or two.
    std::vector<ModulePicture> codes{}; ///< Of the order's tickets.
};

/// Everything but the files: subject, text, HTML and the square codes as pictures. It says all that counts in words, so
/// it is whole with pictures blocked.
[[nodiscard]] MailMessage ticketMail(const TicketMail &mail);

/// The evening as a file for a calendar: one entry for an order, or for one ticket that was passed on.
[[nodiscard]] QByteArray ticketCalendar(const tickets::OrderSheet &order, const QString &url, bool isOneTicket);

} // namespace parterre::server
