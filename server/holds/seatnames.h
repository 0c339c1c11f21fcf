#pragma once

#include "base/result.h"
#include "domain/layout/layout.h"

#include <QJsonArray>
#include <QStringList>

#include <span>
#include <vector>

namespace parterre::server {

/// The seats that a refusal of the domain is about; it knows them by number only.
[[nodiscard]] std::vector<int> seatNumbersOf(const Error &error);

/// The numbers of the seats of these keys, ascending and each once. InvalidInput, with the key's place below `/seats`,
/// for one that the layout does not have.
[[nodiscard]] Result<std::vector<int>> seatNumbersOf(const std::vector<QString> &keys, const LayoutIndex &layout);

/// Seats as a refusal tells them to whoever asked.
struct SeatNames
{
    QJsonArray seats;  ///< `[{key, name}]`, for `details.seats`.
    QStringList names; ///< For the sentence.
};
[[nodiscard]] SeatNames seatNames(std::span<const int> numbers, const LayoutIndex &layout);

} // namespace parterre::server
