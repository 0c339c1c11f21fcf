#pragma once

#include <QByteArray>
#include <QString>

namespace parterre::server {

/// What CommandKey::make() computes, of a body that is bytes already: as JsonText writes it, which is as QJsonDocument
/// does, so that a command has one fingerprint whichever door it came through.
[[nodiscard]] QByteArray commandFingerprint(const QString &command, const QByteArray &body);

} // namespace parterre::server
