#include "runtime/walletsetup.h"

namespace parterre::server {

Result<PassSigner> passSigner(const ServerConfig &config)
{
    return PassSigner::open({.certificateFile = config.walletCertificateFile,
                             .keyFile = config.walletKeyFile,
                             .wwdrFile = config.walletWwdrFile,
                             .passType = config.walletPassType,
                             .team = config.walletTeam,
                             .folder = config.dataDirectory + QStringLiteral("/wallet")});
}

} // namespace parterre::server
