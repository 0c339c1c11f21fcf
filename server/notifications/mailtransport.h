#pragma once

#include "base/result.h"
#include "http/smtpclient.h"

#include <QString>
#include <QUuid>

#include <chrono>
#include <memory>

namespace parterre::server {

/// Where mails go.
class MailTransport
{
public:
    virtual ~MailTransport() = default;
    /// For a log: `smtp://mail.example.org`, or a folder.
    [[nodiscard]] virtual QString name() const = 0;
    /// Blocking and thread-safe. The same id is the same mail.
    [[nodiscard]] virtual MailOutcome deliver(const QUuid &id, const OutgoingMail &mail) = 0;
    /// What was delivered by now outlives the machine. Blocking; until then a mail that was sent may have to be sent
    /// again.
    [[nodiscard]] virtual Status keep() { return {}; }
    /// What is not delivered in this time from now is left for later, as is what comes after it.
    virtual void endWithin(std::chrono::milliseconds) {}
};

struct MailSettings
{
    QString smtpUrl{}; ///< Empty: mails are written into `folder`.
    QString user{};
    QString passwordFile{};
    QString caFile{}; ///< Certificates that are believed, instead of the system's.
    QString folder{};
};

/// The transport that the settings name. Refuses a password file that cannot be read, a password without TLS to
/// another machine, and a folder that cannot be made.
[[nodiscard]] Result<std::unique_ptr<MailTransport>> setUpMail(const MailSettings &settings);

} // namespace parterre::server
