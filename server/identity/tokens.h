#pragma once

#include <QByteArray>
#include <QString>

/// Secrets that are carried instead of a password: random, and stored only as a hash, so that a copy of the database
/// opens no session (design: faults-and-security, section F).
namespace parterre::server::tokens {

/// 256 random bits in base64url, 43 characters.
[[nodiscard]] QString create();
/// The same as a key of the API, `pk_` and 43 characters: it says what it is wherever it is found.
[[nodiscard]] QString createApiKey();
[[nodiscard]] bool isApiKey(const QString &token);
/// What is stored of a token. Plain SHA-256 is enough: nobody guesses 256 random bits.
[[nodiscard]] QByteArray sha256(const QString &token);
/// A password to be typed once: five groups of four letters and digits that cannot be mistaken for one another, 99
/// bits.
[[nodiscard]] QString oneTimePassword();
/// So many of the same letters and digits, to be read out and typed: for what lives minutes and is guessed at online
/// only.
[[nodiscard]] QString readableCode(int characters);

} // namespace parterre::server::tokens
