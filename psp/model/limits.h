#pragma once

#include <chrono>

/// What the simulator accepts. It is a program of its own, so these are not among shared/base/limits.h; the figures are
/// Stripe's where Stripe has published one.
namespace parterre::psp::limits {

inline constexpr int formBytesMax = 64 * 1024;
inline constexpr int formFieldsMax = 500;
inline constexpr int formDepthMax = 6; ///< `a[b][c][d]`; the deepest parameter that we know has four.
inline constexpr int formNameCharactersMax = 300;

inline constexpr long long amountMax = 99'999'999; ///< Stripe: eight digits.
inline constexpr int metadataEntriesMax = 50;
inline constexpr int metadataNameCharactersMax = 40;
inline constexpr int metadataValueCharactersMax = 500;
inline constexpr int textCharactersMax = 1'000;
inline constexpr int urlCharactersMax = 2'048;
inline constexpr int pageSizeMax = 100;
inline constexpr int pageSizeDefault = 10;
inline constexpr int idempotencyKeyCharactersMax = 255;
inline constexpr int webhookEndpointsMax = 16;

/// A key may be forgotten after this; a later repeat is executed again.
inline constexpr std::chrono::hours idempotencyKeyAge{24};
/// An authorisation that nobody captured is given back to the card.
inline constexpr std::chrono::hours authorisationAge{7 * 24};
/// Events beyond this are forgotten, the oldest first, where Stripe forgets by age (30 days): memory is our limit.
inline constexpr int eventsMax = 50'000;

} // namespace parterre::psp::limits
