#include "identity/tokens.h"

#include "base/assert.h"
#include "runtime/sha256.h"

#include <sodium.h>

namespace parterre::server::tokens {

namespace {

constexpr int tokenBytes = 32;
constexpr QLatin1StringView apiKeyStart("pk_");
/// Without 0 and o, 1 and l, i. 20 characters of 31 make 99 bits.
constexpr char readable[] = "abcdefghjkmnpqrstuvwxyz23456789";

QChar readableCharacter()
{
    return QLatin1Char(readable[randombytes_uniform(sizeof(readable) - 1)]);
}

} // namespace

QString create()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    QByteArray random(tokenBytes, Qt::Uninitialized);
    randombytes_buf(random.data(), static_cast<size_t>(random.size()));
    return QString::fromLatin1(random.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

QString createApiKey()
{
    return apiKeyStart + create();
}

bool isApiKey(const QString &token)
{
    return token.startsWith(apiKeyStart);
}

QByteArray sha256(const QString &token)
{
    return server::sha256({token.toUtf8()});
}

QString oneTimePassword()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    constexpr int groups = 5;
    constexpr int groupCharacters = 4;
    QString password;
    for (int i = 0; i < groups * groupCharacters; ++i) {
        if (i > 0 && i % groupCharacters == 0)
            password += u'-';
        password += readableCharacter();
    }
    return password;
}

QString readableCode(int characters)
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    QString code;
    while (code.size() < characters)
        code += readableCharacter();
    return code;
}

} // namespace parterre::server::tokens
