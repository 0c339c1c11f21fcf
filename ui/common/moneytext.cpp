#include "common/moneytext.h"

namespace parterre::ui {

using namespace Qt::StringLiterals;

QString currencySign(const Currency &currency, const QLocale &locale)
{
    const QString code = currency.code();
    if (code == locale.currencySymbol(QLocale::CurrencyIsoCode))
        return locale.currencySymbol(QLocale::CurrencySymbol);
    if (code == u"EUR"_s)
        return u"€"_s;
    if (code == u"GBP"_s)
        return u"£"_s;
    return code;
}

QString moneyTypedText(const Money &money, const QLocale &locale)
{
    return money.numberText().replace(u'.', locale.decimalPoint());
}

QString moneyText(const Money &money, const QLocale &locale)
{
    // numberText() is exact; only its whole part goes through the locale, as an integer, for the grouping.
    const QString plain = money.numberText();
    const bool negative = plain.startsWith(u'-');
    const QStringList parts = plain.mid(negative ? 1 : 0).split(u'.');
    QString number = locale.toString(parts.first().toLongLong());
    if (parts.size() > 1) {
        QString decimals;
        for (const QChar digit : parts.last())
            decimals += locale.toString(digit.digitValue());
        number += locale.decimalPoint() + decimals;
    }

    // The locale says where the sign stands: format the number one and put ours in its place.
    const QString sign = currencySign(money.currency(), locale);
    QString pattern = locale.toCurrencyString(qlonglong{1}, sign);
    if (sign.size() > 1 && pattern.startsWith(sign) && pattern.size() > sign.size() &&
        pattern.at(sign.size()).isDigit())
        pattern.insert(sign.size(), QChar(QChar::Nbsp)); // `CHF25.00` is hard to read.
    pattern.replace(locale.toString(1), number);
    return negative ? u"\u2212"_s + pattern : pattern;
}

QString moneyRangeText(const Money &low, const Money &high, const QLocale &locale)
{
    QString from = moneyText(low, locale);
    QString to = moneyText(high, locale);
    // Read at a glance: zeros after the point say nothing when both amounts have them.
    const QString zeros = locale.decimalPoint() + QString(low.currency().decimals(), locale.zeroDigit().front());
    if (from.contains(zeros) && to.contains(zeros)) {
        from.remove(zeros);
        to.remove(zeros);
    }
    return low == high ? from : from + u"\u2009\u2013\u2009"_s + to;
}

} // namespace parterre::ui
