#pragma once

#include "base/result.h"

#include <QString>

#include <array>
#include <string_view>

namespace parterre {

/// An ISO 4217 code of three capital letters, with the number of decimals that its minor unit has.
class Currency
{
public:
    Currency() = default;
    /// Refuses what is not three capital ASCII letters.
    [[nodiscard]] static Result<Currency> fromCode(const QString &code);

    [[nodiscard]] QString code() const { return QString::fromLatin1(m_code.data(), 3); }
    /// 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217 table A.1).
    [[nodiscard]] int decimals() const;

    bool operator==(const Currency &) const = default;

private:
    std::array<char, 3> m_code{'E', 'U', 'R'};
};

/// An amount in integer minor units (cents) of one currency. There is no way to make one from a floating-point
/// number (design D11). Adding amounts of two currencies is a broken invariant.
class Money
{
public:
    Money() = default;
    Money(qint64 minorUnits, Currency currency)
        : m_minorUnits(minorUnits)
        , m_currency(currency)
    {}

    [[nodiscard]] qint64 minorUnits() const { return m_minorUnits; }
    [[nodiscard]] const Currency &currency() const { return m_currency; }
    [[nodiscard]] bool isZero() const { return m_minorUnits == 0; }
    [[nodiscard]] bool isNegative() const { return m_minorUnits < 0; }

    Money &operator+=(const Money &other);
    Money &operator-=(const Money &other);
    friend Money operator+(Money a, const Money &b) { return a += b; }
    friend Money operator-(Money a, const Money &b) { return a -= b; }
    friend Money operator-(const Money &a) { return Money(-a.m_minorUnits, a.m_currency); }
    /// Overflow is a broken invariant: quantities are limited long before.
    friend Money operator*(const Money &a, int quantity) { return a.times(quantity); }
    friend bool operator==(const Money &, const Money &) = default;
    /// Comparing two currencies is a broken invariant.
    friend std::strong_ordering operator<=>(const Money &a, const Money &b) { return a.compare(b); }

    /// Without locale, for logs and the API's human texts: `25.00 EUR`.
    [[nodiscard]] QString plainText() const;
    /// The number alone with the decimals of the currency, e.g. `25.00`.
    [[nodiscard]] QString numberText() const;

private:
    [[nodiscard]] Money times(int quantity) const;
    [[nodiscard]] std::strong_ordering compare(const Money &other) const;

    qint64 m_minorUnits = 0;
    Currency m_currency;
};

/// Reads what a clerk types, e.g. `20`, `20.5` or `20,50`, into an amount. Refuses signs, more decimals than the
/// currency has, and more than `limits::moneyMinorUnitsMax`.
[[nodiscard]] Result<Money> moneyFromTypedText(const QString &text, Currency currency);

} // namespace parterre
