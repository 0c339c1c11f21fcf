#include "http/addressrule.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int v4Bits = 96; ///< What stands before an IPv4 address in our one form.

AddressRule::Bytes mapped(std::span<const std::uint8_t, 4> v4)
{
    AddressRule::Bytes bytes{};
    bytes[10] = bytes[11] = 0xff;
    std::ranges::copy(v4, bytes.begin() + 12);
    return bytes;
}

std::optional<AddressRule::Network> networkFrom(const QString &text)
{
    const QByteArray address = text.section(u'/', 0, 0).toLatin1();
    const bool isV4 = address.contains('.') && !address.contains(':');
    AddressRule::Network network;
    std::array<std::uint8_t, 4> v4{};
    if (isV4 && inet_pton(AF_INET, address.constData(), v4.data()) == 1)
        network.address = mapped(v4);
    else if (isV4 || inet_pton(AF_INET6, address.constData(), network.address.data()) != 1)
        return std::nullopt;
    if (!text.contains(u'/'))
        return network;
    bool isNumber = false;
    const int bits = text.section(u'/', 1).toInt(&isNumber) + (isV4 ? v4Bits : 0);
    if (!isNumber || bits < (isV4 ? v4Bits : 0) || bits > 128)
        return std::nullopt;
    network.bits = bits;
    return network;
}

bool contains(const AddressRule::Network &network, const AddressRule::Bytes &address)
{
    const auto whole = static_cast<size_t>(network.bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), network.address.begin()))
        return false;
    const int rest = network.bits % 8;
    return rest == 0 || ((address[whole] ^ network.address[whole]) >> (8 - rest)) == 0;
}

/// What is not somebody else's on the public Internet (IANA's registries of special addresses).
const std::vector<AddressRule::Network> &special()
{
    static const std::vector<AddressRule::Network> all = [] {
        constexpr std::string_view texts[] = {
            "0.0.0.0/8",       // this network
            "10.0.0.0/8",      // private
            "100.64.0.0/10",   // between providers and their customers
            "127.0.0.0/8",     // loopback
            "169.254.0.0/16",  // link-local, and where clouds keep their secrets
            "172.16.0.0/12",   // private
            "192.0.0.0/24",    // protocol assignments
            "192.0.2.0/24",    // documentation
            "192.88.99.0/24",  // 6to4 relays
            "192.168.0.0/16",  // private
            "198.18.0.0/15",   // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24",  // documentation
            "224.0.0.0/4",     // multicast
            "240.0.0.0/4",     // reserved, broadcast
            "::/96",           // unspecified, loopback, IPv4 in its old form
            "64:ff9b::/96",    // IPv4 behind NAT64, which may be a private one
            "64:ff9b:1::/48",  // the same, local
            "100::/64",        // discard
            "2001::/23",       // protocol assignments, Teredo
            "2001:db8::/32",   // documentation
            "2002::/16",       // 6to4, which holds an IPv4 address
            "fc00::/7",        // private
            "fe80::/10",       // link-local
            "fec0::/10",       // site-local
            "ff00::/8",        // multicast
        };
        std::vector<AddressRule::Network> networks;
        for (const std::string_view text : texts)
            networks.push_back(*networkFrom(QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()))));
        return networks;
    }();
    return all;
}

} // namespace

Result<AddressRule> AddressRule::make(const QStringList &allowed)
{
    AddressRule rule;
    for (const QString &text : allowed) {
        const auto network = networkFrom(text);
        if (!network)
            return refuse(ErrorCode::InvalidInput, u"\"%1\" is no network such as 10.1.0.0/16."_s.arg(text.left(60)));
        rule.m_allowed.push_back(*network);
    }
    return rule;
}

bool AddressRule::isNetwork(const QString &text)
{
    return networkFrom(text).has_value();
}

bool AddressRule::permits(const Bytes &address) const
{
    const auto isIn = [&](const Network &network) { return contains(network, address); };
    return std::ranges::any_of(m_allowed, isIn) || std::ranges::none_of(special(), isIn);
}

bool AddressRule::permits(const sockaddr *address) const
{
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return permits(mapped(bytes));
    }
    if (address->sa_family != AF_INET6)
        return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    Bytes bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return permits(bytes);
}

bool AddressRule::permits(const QString &address) const
{
    const auto network = networkFrom(address);
    return network && network->bits == 128 && permits(network->address);
}

} // namespace parterre::server
