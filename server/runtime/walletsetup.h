#pragma once

#include "runtime/config.h"
#include "ticketing/passsigner.h"

namespace parterre::server {

/// What the settings say about passes for Apple Wallet; the development certificate is in the data directory.
[[nodiscard]] Result<PassSigner> passSigner(const ServerConfig &config);

} // namespace parterre::server
