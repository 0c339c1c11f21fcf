#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/money.h"

#include <QString>

#include <optional>
#include <vector>

namespace parterre::server {

/// One ticket as it is printed. Empty texts leave no gap.
struct PrintedTicket
{
    TicketId id{};
    int line = 0;        ///< Of its order, from 1.
    QString humanCode{}; ///< What a steward types when the code cannot be read.
    QString placeName{}; ///< From LayoutIndex::seatName(), e.g. `Lower Gallery, row B, seat 12`, or an area's name.
    QString zoneName{};
    QString priceTypeName{};
    Money price{};
    QString note{};       ///< E.g. `Restricted view: behind a pillar`.
    QString qrText{};     ///< From TicketSigner::sign().
    QString holderName{}; ///< Who it was passed on to; empty: the buyer's.
};

/// The tickets of one order for one performance.
struct TicketSheet
{
    QString eventTitle{};
    QString subtitle{};
    QString venueName{};
    QString venueAddress{};
    Instant startsAt{};
    std::optional<Instant> doorsAt{};
    QString timeZone{}; ///< IANA zone of the venue; UTC, and said so, where it is not known.
    QString orderNumber{};
    QString buyerName{};
    std::vector<PrintedTicket> tickets{};
};

/// A part of a place's name in large type, e.g. `Row` and `B`.
struct PlacePart
{
    QString label;
    QString value;

    bool operator==(const PlacePart &) const = default;
};

/// Takes a place's name apart from its end, since a section's name may hold commas itself: seat, row, then the rest as
/// section. A name without row and seat is one part, `Admission`.
[[nodiscard]] std::vector<PlacePart> splitPlaceName(const QString &placeName);

} // namespace parterre::server
