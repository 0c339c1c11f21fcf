#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "domain/ticketing/mail.h"
#include "notifications/mailtransport.h"
#include "notifications/mimemessage.h"
#include "outbox/outbox.h"

#include <functional>
#include <memory>
#include <vector>

namespace parterre::server {

class Database;
class TicketService;

struct MailOptions
{
    QString from; ///< Address alone; the venue's name stands before it.
    QString support;
    std::function<QString()> shopUrl; ///< As buyers reach us, without a slash at the end.
    int connectionsMax = 4;           ///< Mails that may be under way at once.
    std::chrono::milliseconds lookInterval{1'000};
    /// How long a mail about money that goes back waits for a card provider that has not answered: it mostly has by
    /// then.
    std::chrono::milliseconds providerPatience{10'000};
};

/// Mails for what was committed. hear() only writes down that there is a mail to send, so it never waits for a mail
/// server and no other consumer of the outbox waits for it; the rows of `mail` are sent by threads of our own.
///
///     queued --250 of the server, or the file is there--> sent
///     queued --4xx, no connection, no answer--> queued, again after 1, 2, 4 ... 300 seconds
///     queued --5xx to the recipient or the content, nothing to send, two days--> failed
///
/// Mails that say that places went back take at most half of the connections and come after the others, so that a
/// cancelled house keeps no sale waiting.
///
/// A mail may be sent twice where the server took it and we died or lost the connection before we knew; it has the same
/// Message-ID then. Several servers may do it at once.
class MailService
{
public:
    MailService(Database &database, TicketService &tickets, std::unique_ptr<MailTransport> transport,
                MailOptions options);
    ~MailService();
    MailService(const MailService &) = delete;
    MailService &operator=(const MailService &) = delete;

    /// A consumer of the outbox. The same fact again is the same mail.
    [[nodiscard]] Status hear(const OutboxFact &fact);
    /// As hear(), for many in one transaction; where that is refused, one by one.
    [[nodiscard]] std::vector<Status> hearAll(std::span<const OutboxFact> facts);
    /// Something may be due; otherwise the table is looked at each lookInterval.
    void wake();
    void start();
    /// Lets the mails that are under way end, for a few seconds; what the mail server has not taken by then is tried
    /// again later. Idempotent.
    void stop();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
