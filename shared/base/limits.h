#pragma once

#include <QtGlobal>

/// Every size and time that Parterre limits, with the reason. Units are in the name.
namespace parterre::limits {

// Money: a billion euros in cents. Sums of limits::orderLinesMax such amounts stay far below 2^63.
inline constexpr qint64 moneyMinorUnitsMax = 100'000'000'000;

// Layouts: the largest stadium in use (Rungrado 1st of May, 114,000) fits, with room.
inline constexpr int layoutSeatsMax = 150'000;
inline constexpr int layoutRowsMax = 20'000;
inline constexpr int layoutSectionsMax = 2'000;
inline constexpr int layoutAreasMax = 5'000;
inline constexpr int layoutCategoriesMax = 200;
inline constexpr int layoutPolygonPointsMax = 2'000;
inline constexpr int layoutDocumentBytesMax = 64 * 1024 * 1024;
inline constexpr int layoutCoordinateMax = 1'000'000; ///< Plan units either side of the origin.
inline constexpr int areaCapacityMax = 200'000;

// Texts: what fits on a ticket and in a list; longer is a mistake or an attack.
inline constexpr int nameCharactersMax = 200;
inline constexpr int labelCharactersMax = 40;
inline constexpr int seatKeyCharactersMax = 128;
inline constexpr int emailCharactersMax = 254; ///< RFC 5321 section 4.5.3.1.3.
inline constexpr int noteCharactersMax = 2'000;
inline constexpr int passwordCharactersMin = 8; ///< ASVS 5.0 6.2.1.
inline constexpr int passwordCharactersMax = 128;
inline constexpr int tokenCharactersMax = 128;

// Sales: a coach party is 50; more than 100 places in one order is a group booking in several.
inline constexpr int seatsPerHoldMax = 100;
inline constexpr int partySizeMax = 20; ///< Of one "best available"; no row of a theatre has many more to spare.
inline constexpr int areasPerHoldMax = 20;
inline constexpr int areaQuantityMax = 100;
inline constexpr int orderLinesMax = 200;
inline constexpr int priceTypesMax = 50;
inline constexpr int priceZonesMax = 200;

// Holds (design D3): how long a place may wait for its buyer.
inline constexpr int holdSecondsDefault = 600;
inline constexpr int holdSecondsAbsoluteMax = 1'800;
// Payment (design D4): how long a running payment freezes its hold before the provider is asked.
inline constexpr int paymentSecondsMax = 300;

// The wire.
inline constexpr int idempotencyKeyCharactersMax = 255; ///< As Stripe's.
inline constexpr int httpHeaderBytesMax = 16 * 1024;
inline constexpr int httpBodyBytesMax = 256 * 1024;
inline constexpr int deskMessageBytesMax = 1024 * 1024;    ///< From a desk to the server.
inline constexpr int deskReplyBytesMax = 64 * 1024 * 1024; ///< From the server to a desk: a stadium's layout.
inline constexpr int jsonDepthMax = 32;
inline constexpr int pageSizeMax = 200;
inline constexpr int pageSizeDefault = 50; ///< Where a caller does not say; two screens of a list.

} // namespace parterre::limits
