#include "ticketing/orderkey.h"

#include "base/assert.h"

#include <sodium.h>

#include <array>

namespace parterre::server {

namespace {

constexpr size_t keyBytes = 20;

/// The seed signs tickets as well, so `purpose`, which is hashed too, says what it is for.
QString keyOf(const QByteArray &seed, const QByteArray &purpose, const QUuid &id)
{
    PT_ASSERT(sodium_init() >= 0, "libsodium needs a source of randomness");
    PT_ASSERT(seed.size() >= 16 && seed.size() <= static_cast<qsizetype>(crypto_generichash_KEYBYTES_MAX),
              "a seed is a key of BLAKE2b");
    const QByteArray what = purpose + '\n' + id.toRfc4122();
    std::array<unsigned char, keyBytes> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char *>(what.constData()),
                       static_cast<unsigned long long>(what.size()),
                       reinterpret_cast<const unsigned char *>(seed.constData()), static_cast<size_t>(seed.size()));
    return QString::fromLatin1(QByteArray(reinterpret_cast<const char *>(hash.data()), keyBytes)
                                   .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

} // namespace

QString makeOrderKey(const QByteArray &seed, const OrderId &order)
{
    return keyOf(seed, "parterre order key 1", order.uuid());
}

QString makeTicketKey(const QByteArray &seed, const TicketId &ticket)
{
    return keyOf(seed, "parterre ticket key 1", ticket.uuid());
}

bool isSameOrderKey(const QString &wanted, const QString &given)
{
    const QByteArray a = wanted.toUtf8();
    const QByteArray b = given.toUtf8();
    return a.size() == b.size() && sodium_memcmp(a.constData(), b.constData(), static_cast<size_t>(a.size())) == 0;
}

} // namespace parterre::server
