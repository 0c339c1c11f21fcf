#pragma once

#include "domain/ticketing/calendar.h"
#include "notifications/mimemessage.h"
#include "ticketing/ticketsheet.h"

#include <QMap>
#include <QUuid>

/// What all mails have in common: whose they are, how they look around what each of them says, and the file for a
/// calendar.
namespace parterre::server {

struct MailHead
{
    QUuid id;
    Instant date{};
    QString from{}; ///< Address alone; the house's name stands before it.
    MailAddress to{};
    QString support{}; ///< Whom to ask, a sentence or two.
};

/// Where the button of a mail leads.
struct MailLink
{
    QString url;
    QString button; ///< E.g. `Open your order`.
    QString name;   ///< Before the address where there are no buttons, e.g. `Your order`.
};

/// What one mail says within the frame, once as HTML and once as text.
struct MailWords
{
    QString subject{};
    QString status{}; ///< E.g. `Does not take place`, over the title; empty: the evening is as it was.
    QString message{};
    bool withDoors = true;
    QString rows{};                ///< Rows of the frame's table, as HTML.
    QStringList lines{};           ///< The same as text.
    std::vector<MailLink> links{}; ///< The first is the button too.
    QString attached{};
};

/// Everything but pictures and files. It says all that counts in words, so it is whole with pictures blocked.
[[nodiscard]] MailMessage framedMail(const MailHead &head, const TicketSheet &sheet, const MailWords &words);

using TemplateWords = QMap<QString, QString>; ///< By the names of a template's places, safe as HTML.

/// A file of resources/templates/mail with a word in each of its places.
[[nodiscard]] QString filledTemplate(const QString &name, const TemplateWords &words);
/// In one line and safe as HTML.
[[nodiscard]] QString asHtml(const QString &text);
/// A place in large type, part by part: `Row`, `B`.
[[nodiscard]] QString placeHtml(const QString &placeName);
/// Those that are not empty, with dots between them.
[[nodiscard]] QString dotted(QStringList parts);

/// The entry as a file of a mail.
[[nodiscard]] MailFile calendarAttachment(CalendarEntry entry, const MailAddress &organizer, const QString &fileName);

} // namespace parterre::server
