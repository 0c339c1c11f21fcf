#include "base/money.h"

#include "base/assert.h"
#include "base/limits.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

Result<Currency> Currency::fromCode(const QString &code)
{
    const bool valid = code.size() == 3 && std::all_of(code.cbegin(), code.cend(),
                                                       [](QChar letter) { return letter >= u'A' && letter <= u'Z'; });
    if (!valid)
        return refuse(ErrorCode::InvalidInput, u"A currency is three capital letters, such as EUR."_s);
    Currency currency;
    for (int i = 0; i < 3; ++i)
        currency.m_code[static_cast<size_t>(i)] = code.at(i).toLatin1();
    return currency;
}

int Currency::decimals() const
{
    static const QSet<QString> none{u"BIF"_s, u"CLP"_s, u"DJF"_s, u"GNF"_s, u"ISK"_s, u"JPY"_s, u"KMF"_s, u"KRW"_s,
                                    u"PYG"_s, u"RWF"_s, u"UGX"_s, u"VND"_s, u"VUV"_s, u"XAF"_s, u"XOF"_s, u"XPF"_s};
    static const QSet<QString> three{u"BHD"_s, u"IQD"_s, u"JOD"_s, u"KWD"_s, u"LYD"_s, u"OMR"_s, u"TND"_s};
    const QString text = code();
    if (none.contains(text))
        return 0;
    return three.contains(text) ? 3 : 2;
}

Money &Money::operator+=(const Money &other)
{
    PT_ASSERT(m_currency == other.m_currency, "amounts of two currencies are never added");
    PT_ASSERT(!__builtin_add_overflow(m_minorUnits, other.m_minorUnits, &m_minorUnits), "an amount overflowed");
    return *this;
}

Money &Money::operator-=(const Money &other)
{
    return *this += -other;
}

Money Money::times(int quantity) const
{
    qint64 product = 0;
    PT_ASSERT(!__builtin_mul_overflow(m_minorUnits, static_cast<qint64>(quantity), &product), "an amount overflowed");
    return Money(product, m_currency);
}

std::strong_ordering Money::compare(const Money &other) const
{
    PT_ASSERT(m_currency == other.m_currency, "amounts of two currencies are never compared");
    return m_minorUnits <=> other.m_minorUnits;
}

QString Money::numberText() const
{
    const int decimals = m_currency.decimals();
    QString digits = QString::number(qAbs(m_minorUnits)).rightJustified(decimals + 1, u'0');
    if (decimals > 0)
        digits.insert(digits.size() - decimals, u'.');
    return isNegative() ? u'-' + digits : digits;
}

QString Money::plainText() const
{
    return numberText() + u' ' + m_currency.code();
}

Result<Money> moneyFromTypedText(const QString &text, Currency currency)
{
    static const QRegularExpression pattern(u"\\A(\\d{1,12})(?:[.,](\\d{0,3}))?\\z"_s);
    const auto match = pattern.match(text.trimmed());
    const int decimals = currency.decimals();
    if (!match.hasMatch() || match.captured(2).size() > decimals) {
        return refuse(ErrorCode::InvalidInput,
                      u"Type an amount in %1 with at most %2 decimals, such as %3."_s.arg(currency.code())
                          .arg(decimals)
                          .arg(Money(2550, currency).numberText()));
    }
    const qint64 minorUnits = (match.captured(1) + match.captured(2).leftJustified(decimals, u'0')).toLongLong();
    if (minorUnits > limits::moneyMinorUnitsMax) {
        return refuse(ErrorCode::TooLarge,
                      u"The amount is more than %1."_s.arg(Money(limits::moneyMinorUnitsMax, currency).plainText()));
    }
    return Money(minorUnits, currency);
}

} // namespace parterre
