#pragma once

#include <QByteArray>

#include <initializer_list>

namespace parterre::server {

/// SHA-256 of these pieces, one after the other. By OpenSSL, which has the processor's own instructions for it: every
/// request for a hold has three of them, of its token, of its command and of what it asks.
[[nodiscard]] QByteArray sha256(std::initializer_list<QByteArrayView> pieces);
/// HMAC with it (RFC 2104) of a message in two pieces.
[[nodiscard]] QByteArray hmacSha256(const QByteArray &key, QByteArrayView first, QByteArrayView rest = {});

} // namespace parterre::server
