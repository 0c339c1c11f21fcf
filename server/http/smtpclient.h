#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <functional>

namespace parterre::server {

struct SmtpAccount
{
    QString url; ///< `smtp://host:port`, which asks for STARTTLS, or `smtps://host:port`.
    QString user{};
    QString password{};
    QString caFile{}; ///< Certificates that are believed, instead of the system's; empty: those.
    std::chrono::milliseconds timeout{60'000}; ///< For one mail; connecting has ten seconds of it at most.
};

struct OutgoingMail
{
    QString from; ///< Envelope addresses, without brackets.
    QString to;
    QByteArray bytes; ///< With CRLF.
};

/// What became of a mail. `Refused` means that the server will never take it: a reply of 5xx to its recipient or to its
/// content. Everything else may be better later, a wrong password and a refused sender too: those are mended by whoever
/// runs the server, and the buyer must not lose a mail by it.
struct MailOutcome
{
    enum class Fate { Sent, TryAgain, Refused };
    Fate fate = Fate::TryAgain;
    QString words{}; ///< The server's last reply, or why there was none.
};

/// Sends one mail and waits for the outcome. Thread safe; a connection for each. On a plain connection to another
/// machine TLS is insisted on, so that neither password nor mail travels in the clear. `mayGoOn` is asked about once a
/// second; when it says no the mail is left for later.
[[nodiscard]] MailOutcome sendMail(
    const SmtpAccount &account, const OutgoingMail &mail, const std::function<bool()> &mayGoOn = [] { return true; });

} // namespace parterre::server
