#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

/// Base45 (RFC 9285): two bytes become three characters of the QR alphanumeric mode, a last single byte two.
namespace parterre {

[[nodiscard]] QString base45Encode(const QByteArray &bytes);

/// Refuses with InvalidInput what base45Encode() cannot have written: other characters, lower case, a length that
/// leaves one character over, and groups above 65535 or 255 (RFC 9285 section 6). Each value has one spelling only, so
/// two different texts never decode to the same bytes. The caller limits the length.
[[nodiscard]] Result<QByteArray> base45Decode(const QString &text);

} // namespace parterre
