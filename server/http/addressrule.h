#pragma once

#include "base/result.h"

#include <QString>
#include <QStringList>

#include <array>
#include <cstdint>
#include <vector>

struct sockaddr;

namespace parterre::server {

/// Which addresses a call to somebody else's URL may be connected to. Public ones; others only in networks that are
/// allowed by name. It judges the address of the connection itself, so it does not matter what a name meant a moment
/// ago.
class AddressRule
{
public:
    /// `allowed` are networks such as `10.1.0.0/16` or single addresses. InvalidInput names one that is none.
    [[nodiscard]] static Result<AddressRule> make(const QStringList &allowed = {});
    [[nodiscard]] static bool isNetwork(const QString &text);

    [[nodiscard]] bool permits(const sockaddr *address) const;
    /// For an address in numbers; false for what is none.
    [[nodiscard]] bool permits(const QString &address) const;

    /// IPv4 addresses are written as IPv6 does it (::ffff:a.b.c.d), so there is one form.
    using Bytes = std::array<std::uint8_t, 16>;
    struct Network
    {
        Bytes address{};
        int bits = 128;
    };

private:
    [[nodiscard]] bool permits(const Bytes &address) const;

    std::vector<Network> m_allowed;
};

} // namespace parterre::server
