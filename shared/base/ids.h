#pragma once

#include <QHash>
#include <QString>
#include <QUuid>

#include <compare>
#include <optional>

namespace parterre {

/// A new UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits. Ids sort by the time they were made,
/// which keeps index pages of PostgreSQL warm. They are not secrets.
[[nodiscard]] QUuid newUuidV7();

/// The canonical 36-character form in lower case, or nothing: braces and other spellings are refused.
[[nodiscard]] std::optional<QUuid> uuidFromText(const QString &text);

/// An id that cannot be mistaken for the id of something else.
///
/// Clients make the id before they send (design D5), so creating one never needs the server.
template <class Tag>
class Id
{
public:
    Id() = default;
    explicit Id(const QUuid &uuid)
        : m_uuid(uuid)
    {}

    [[nodiscard]] static Id create() { return Id(newUuidV7()); }
    [[nodiscard]] static std::optional<Id> fromText(const QString &text)
    {
        const auto uuid = uuidFromText(text);
        return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
    }

    [[nodiscard]] QString text() const { return m_uuid.toString(QUuid::WithoutBraces); }
    [[nodiscard]] const QUuid &uuid() const { return m_uuid; }
    [[nodiscard]] bool isNull() const { return m_uuid.isNull(); }

    friend bool operator==(const Id &a, const Id &b) { return a.m_uuid == b.m_uuid; }
    friend bool operator<(const Id &a, const Id &b) { return a.m_uuid < b.m_uuid; }
    friend size_t qHash(const Id &id, size_t seed = 0) { return ::qHash(id.m_uuid, seed); }

private:
    QUuid m_uuid;
};

using VenueId = Id<struct VenueTag>;
using LayoutId = Id<struct LayoutTag>;
using EventId = Id<struct EventTag>;
using PerformanceId = Id<struct PerformanceTag>;
using PriceZoneId = Id<struct PriceZoneTag>;
using PriceTypeId = Id<struct PriceTypeTag>;
using HoldId = Id<struct HoldTag>;
using OrderId = Id<struct OrderTag>;
using PaymentId = Id<struct PaymentTag>;
using TicketId = Id<struct TicketTag>;
using RefundId = Id<struct RefundTag>;
using RepaymentId = Id<struct RepaymentTag>;
using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using CommandId = Id<struct CommandTag>;

} // namespace parterre

template <class Tag>
struct std::hash<parterre::Id<Tag>>
{
    size_t operator()(const parterre::Id<Tag> &id) const noexcept { return qHash(id.uuid()); }
};
