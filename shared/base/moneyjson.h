#pragma once

#include "base/money.h"

#include <QByteArray>
#include <QLatin1StringView>

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

/// Amounts that travel as numbers of JSON with the decimals of their currency, as protocols of devices have them:
/// written and read digit by digit, since QJsonValue would make a binary fraction of each (design D11).
namespace parterre {

/// An object from members that are texts of JSON already.
[[nodiscard]] QByteArray jsonObject(std::initializer_list<std::pair<const char *, QByteArray>> members);
/// E.g. `25.00`.
[[nodiscard]] QByteArray jsonAmount(const Money &amount);

/// The text of the number that is found by going from member to member, the outermost first; empty where there is no
/// number. `json` is what QJsonDocument takes for an object; of anything else the answer is of no use.
[[nodiscard]] QByteArray jsonNumberAt(const QByteArray &json, const std::vector<QLatin1StringView> &path);
/// The amount that a number is, whether it is written `25.5`, `25.500` or `2.55e1`. Nothing for less than zero, a
/// fraction of a minor unit, and more than `limits::moneyMinorUnitsMax`.
[[nodiscard]] std::optional<Money> moneyFromJsonNumber(const QByteArray &number, Currency currency);

} // namespace parterre
