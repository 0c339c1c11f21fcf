#include "runtime/mailsetup.h"

#include "notifications/mimemessage.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

Result<std::unique_ptr<MailTransport>> mailTransport(const ServerConfig &config)
{
    const bool isAddress = config.mailFrom.isEmpty() || envelopeAddress(config.mailFrom).has_value();
    if (!isAddress || (config.mailFrom.isEmpty() && !config.mailSmtpUrl.isEmpty()))
        return refuse(
            ErrorCode::InvalidInput,
            u"mail-from is \"%1\", but must be an address such as tickets@example.org."_s.arg(config.mailFrom),
            u"mail-from"_s);
    return setUpMail({.smtpUrl = config.mailSmtpUrl,
                      .user = config.mailUser,
                      .passwordFile = config.mailPasswordFile,
                      .caFile = config.mailCaFile,
                      .folder = config.mailFolder.isEmpty() ? config.dataDirectory + u"/mail"_s : config.mailFolder});
}

MailOptions mailOptions(const ServerConfig &config, std::function<QString()> shopUrl)
{
    return {.from = config.mailFrom.isEmpty() ? u"tickets@localhost"_s : config.mailFrom,
            .support = config.mailSupport,
            .shopUrl = std::move(shopUrl),
            .connectionsMax = config.mailConnections};
}

} // namespace parterre::server
