#include "runtime/sha256.h"

#include "base/assert.h"

#include <openssl/evp.h>

#include <memory>

namespace parterre::server {

namespace {

struct FreeContext
{
    void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};

} // namespace

QByteArray sha256(std::initializer_list<QByteArrayView> pieces)
{
    // Finding the algorithm and making room for it would take as long as what we hash.
    static EVP_MD *const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    bool isDone = context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1;
    for (const QByteArrayView piece : pieces)
        isDone = isDone && EVP_DigestUpdate(context.get(), piece.data(), static_cast<size_t>(piece.size())) == 1;
    QByteArray hash(32, Qt::Uninitialized);
    isDone = isDone && EVP_DigestFinal_ex(context.get(), reinterpret_cast<uchar *>(hash.data()), nullptr) == 1;
    PT_ASSERT(isDone, "every OpenSSL has SHA-256");
    return hash;
}

QByteArray hmacSha256(const QByteArray &key, QByteArrayView first, QByteArrayView rest)
{
    constexpr qsizetype blockBytes = 64;
    QByteArray inner = key.size() > blockBytes ? sha256({key}) : key;
    inner.append(blockBytes - inner.size(), '\0');
    QByteArray outer = inner;
    for (char &byte : inner)
        byte ^= 0x36;
    for (char &byte : outer)
        byte ^= 0x5c;
    return sha256({outer, sha256({inner, first, rest})});
}

} // namespace parterre::server
