#pragma once

#include "base/money.h"

#include <QLocale>
#include <QString>

namespace parterre::ui {

/// An amount as a person reads it in `locale`: grouping, decimal sign and place of the currency are the locale's,
/// e.g. `£1,250.00` or `1.250,00 €`. Built from whole numbers only; minus is U+2212 or the locale's own.
[[nodiscard]] QString moneyText(const Money &money, const QLocale &locale = QLocale());
/// `£25 – £40` or `£25.50 – £40.00`, or one amount when both are equal.
[[nodiscard]] QString moneyRangeText(const Money &low, const Money &high, const QLocale &locale = QLocale());
/// The number without currency and grouping, as a clerk would type it in `locale`, e.g. `20,50`.
[[nodiscard]] QString moneyTypedText(const Money &money, const QLocale &locale = QLocale());
/// The sign of a currency: the locale's own, € and £ everywhere, else the ISO code.
[[nodiscard]] QString currencySign(const Currency &currency, const QLocale &locale = QLocale());

} // namespace parterre::ui
