#pragma once

#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"

#include <QString>

#include <array>
#include <vector>

/// What a card provider has under our payments' ids: the file by which `parterre-check --provider` judges a box office
/// that takes cards by a provider outside of its database. NDJSON, one ProviderEntry a line.
namespace parterre::check {

inline constexpr int providerLineBytesMax = 4 * 1024;
inline constexpr int providerEntriesMax = 5'000'000;

enum class ProviderEntryState {
    Open, ///< No money was reserved, and none is going to be without the buyer.
    Authorised,
    Captured,
    Cancelled,
};

struct ProviderEntry
{
    PaymentId payment{};
    ProviderEntryState state = ProviderEntryState::Open;
    qint64 amount = 0;   ///< Reserved or captured, in minor units.
    qint64 refunded = 0; ///< Of that.
    QString currency{};  ///< ISO 4217, in capitals.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("state", state);
        fields("amount", amount, {.min = 0});
        fields("refunded", refunded, {.min = 0});
        fields("currency", currency, {.charactersMax = 3});
    }
    bool operator==(const ProviderEntry &) const = default;
};

using ProviderBook = std::vector<ProviderEntry>;

/// Refuses with the line in `Error::field` what is too long, too many or no entry.
[[nodiscard]] Result<ProviderBook> readProviderBook(QIODevice &device);
[[nodiscard]] Result<ProviderBook> readProviderBookFile(const QString &path);
[[nodiscard]] Status writeProviderBookFile(const QString &path, const ProviderBook &book);

} // namespace parterre::check

template <>
struct parterre::EnumNames<parterre::check::ProviderEntryState>
{
    static constexpr auto names = std::to_array<std::pair<check::ProviderEntryState, const char *>>({
        {check::ProviderEntryState::Open, "open"},
        {check::ProviderEntryState::Authorised, "authorised"},
        {check::ProviderEntryState::Captured, "captured"},
        {check::ProviderEntryState::Cancelled, "cancelled"},
    });
};
