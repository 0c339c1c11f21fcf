#pragma once

#include "notifications/mailservice.h"
#include "notifications/mailtransport.h"
#include "runtime/config.h"

#include <functional>
#include <memory>

namespace parterre::server {

/// What the settings say about mails. Refuses a mail server without an address to send from: a mail of nobody goes
/// nowhere.
[[nodiscard]] Result<std::unique_ptr<MailTransport>> mailTransport(const ServerConfig &config);
[[nodiscard]] MailOptions mailOptions(const ServerConfig &config, std::function<QString()> shopUrl);

} // namespace parterre::server
