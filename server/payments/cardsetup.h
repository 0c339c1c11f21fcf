#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "payments/cardprovider.h"

#include <QByteArrayList>
#include <QString>

#include <functional>
#include <memory>

namespace parterre::server {

class Database;

struct CardSettings
{
    QString stripeUrl;
    QString stripeKeyFile; ///< Empty: the test provider, which moves no money.
    QString webhookSecretFile;
    int callsMax = 8;
};

struct CardSetup
{
    std::unique_ptr<CardProvider> provider;
    QByteArrayList webhookSecrets; ///< Empty: nobody tells us anything, and the reconciler finds out.
};

/// The provider that the settings name. Refuses a file that cannot be read, and an address on which the key would
/// travel in the clear to another machine.
[[nodiscard]] Result<CardSetup> setUpCards(const CardSettings &settings, Database &database, const Clock &clock,
                                           std::function<QString()> shopUrl);

} // namespace parterre::server
