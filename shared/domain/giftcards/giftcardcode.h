#pragma once

#include "base/result.h"

#include <QString>

/// The code of a gift card or voucher: whoever has it may pay with what is on the card. Fifteen random characters and
/// one that checks them, so that what was mistyped is refused at once and never asked for.
///
/// The check is a weighted sum over the alphabet's 31 characters. That is a prime and the weights are all different, so
/// each single wrong character and each two that were swapped, wherever they stand, make another sum.
namespace parterre::limits {

// 31^15 codes make 74 bits; an online guesser may try some twenty in five minutes.
inline constexpr int giftCardCodeCharacters = 16;
inline constexpr int giftCardCodeTypedMax = 60; ///< With whatever is typed between them.
inline constexpr int giftCardCharactersShown = 4;

} // namespace parterre::limits

namespace parterre {

/// Random letters and digits of `tokens::readableCode()`, one fewer than a code has, with the check character behind
/// them.
[[nodiscard]] QString giftCardCode(const QString &random);
/// The code as it is shown, read out and printed: `K7PM-3XQT-9BCD-EFGH`.
[[nodiscard]] QString giftCardCodeText(const QString &code);
/// The code that somebody typed, whatever case, spaces and hyphens; InvalidInput for what cannot be one.
[[nodiscard]] Result<QString> readGiftCardCode(const QString &typed, const QString &field = QStringLiteral("/code"));
/// What may be shown of a code for good, so that people know which card is meant: `EFGH`.
[[nodiscard]] QString lastCharactersOf(const QString &code);

} // namespace parterre
