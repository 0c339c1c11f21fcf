#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ticketing/passsigner.h"
#include "ticketing/ticketsheet.h"

#include <QByteArray>
#include <QJsonObject>

namespace parterre::server {

/// What a pass for Apple Wallet says of the first ticket of the sheet (Apple's `pass.json`): the same square code as
/// its PDF and its mail, and the ticket's id as serial number, so that a new code is a new pass.
[[nodiscard]] QJsonObject passJson(const TicketSheet &sheet, const PassSigner &signer);

/// The pass as a file (.pkpass): a ZIP of pass.json, pictures, the SHA-1 of each in manifest.json, and the signature of
/// that. Needs a QGuiApplication for the pictures and may run in any thread. Refuses a sheet without exactly one
/// ticket.
[[nodiscard]] Result<QByteArray> makeWalletPass(const TicketSheet &sheet, const PassSigner &signer, Instant now);

/// The type under which telephones know such a file.
inline constexpr auto walletPassContentType = "application/vnd.apple.pkpass";

} // namespace parterre::server
