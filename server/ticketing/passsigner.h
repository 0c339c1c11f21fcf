#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace parterre::server {

/// Where the certificate for passes is found. Either all of the first five are set, as Apple gave them, or none: then
/// one of our own is made in `folder`, which no telephone believes.
struct PassSettings
{
    QString certificateFile{}; ///< PEM.
    QString keyFile{};         ///< PEM, not encrypted.
    QString wwdrFile{};        ///< Apple's certificate that signed ours: Worldwide Developer Relations. PEM or DER.
    QString passType{};        ///< passTypeIdentifier, e.g. `pass.org.example.tickets`.
    QString team{};            ///< teamIdentifier, ten letters and digits.
    QString folder{};          ///< For the development certificate.
};

/// Signs the manifests of passes for Apple Wallet. Thread-safe.
class PassSigner
{
public:
    /// Refuses what is missing, cannot be read or does not fit together, with the name of the setting.
    [[nodiscard]] static Result<PassSigner> open(const PassSettings &settings);
    ~PassSigner();
    PassSigner(PassSigner &&) noexcept;
    PassSigner &operator=(PassSigner &&) noexcept;

    [[nodiscard]] const QString &passType() const { return m_passType; }
    [[nodiscard]] const QString &team() const { return m_team; }
    [[nodiscard]] bool isDevelopment() const { return m_isDevelopment; }
    /// After that passes are refused: a telephone would not take them.
    [[nodiscard]] Instant validUntil() const { return m_validUntil; }

    /// A detached CMS signature (DER) with the signing time and both certificates, as Apple asks for.
    [[nodiscard]] Result<QByteArray> sign(const QByteArray &manifest, Instant now) const;

private:
    class Keys;
    explicit PassSigner(std::unique_ptr<Keys> keys);

    std::unique_ptr<Keys> m_keys;
    QString m_passType;
    QString m_team;
    bool m_isDevelopment = false;
    Instant m_validUntil{};
};

} // namespace parterre::server
