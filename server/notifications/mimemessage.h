#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace parterre::server {

struct MailAddress
{
    QString name{}; ///< As it is shown; anything.
    QString address{};
};

struct MailFile
{
    QString fileName;
    QByteArray contentType; ///< Ours, never from outside.
    QByteArray bytes;
    QString contentId{}; ///< Of an inline picture, without brackets.
};

/// A mail as its reader sees it:
///
///     mixed( alternative( text/plain, related( text/html, inline pictures ) ), attachments )
struct MailMessage
{
    QString messageId; ///< Without brackets. The same for every try of one mail, so that a repeat can be told.
    Instant date{};
    MailAddress from{};
    MailAddress to{};
    QString subject{};
    QString text{};
    QString html{};
    std::vector<MailFile> pictures{};
    std::vector<MailFile> attachments{};
};

/// What can be in an envelope of SMTP without SMTPUTF8 (RFC 5321): a dot-atom of ASCII, `@`, a domain. A domain with
/// other letters becomes its ASCII form. Refuses the rest with InvalidInput.
[[nodiscard]] Result<QString> envelopeAddress(const QString &address);

/// The mail as bytes with CRLF, 7-bit throughout and no line longer than 78 but those of a Message-ID. Names, subject
/// and file names may hold anything: a control character in them becomes a space, so no header can be added (RFC 5322,
/// 2045, 2047, 2231). The same message is the same bytes. Refuses an address that envelopeAddress() refuses.
[[nodiscard]] Result<QByteArray> composeMail(const MailMessage &message);

} // namespace parterre::server
