#include "base/clock.h"

#include <array>

namespace parterre {

namespace {

constexpr qsizetype charactersMax = 40; ///< Of a time on the wire; more is no time.
constexpr qint64 second = 1'000'000;
constexpr Instant firstInstant = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr Instant endOfInstants = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);

/// Takes a text apart from left to right. Written by hand: each hold has several times, and a regular expression was
/// a tenth of what an answer costs.
class Characters
{
public:
    explicit Characters(QStringView text)
        : m_text(text)
    {}

    [[nodiscard]] bool isAtEnd() const { return m_at == m_text.size(); }
    [[nodiscard]] QChar next() const { return isAtEnd() ? QChar() : m_text[m_at]; }
    [[nodiscard]] bool isAtDigit() const { return next() >= u'0' && next() <= u'9'; }
    /// The next one, if it is one of these; null else.
    QChar takeOneOf(QStringView allowed)
    {
        if (isAtEnd() || !allowed.contains(next()))
            return {};
        return m_text[m_at++];
    }
    /// So many digits of ASCII; -1 where there are fewer.
    int takeNumber(int digits)
    {
        int number = 0;
        for (int i = 0; i < digits; ++i) {
            if (!isAtDigit())
                return -1;
            number = number * 10 + (m_text[m_at++].unicode() - u'0');
        }
        return number;
    }
    /// Digits as far as they go, as microseconds after the point; -1 where there are none.
    int takeFraction()
    {
        if (!isAtDigit())
            return -1;
        int micros = 0;
        int digits = 0;
        for (; isAtDigit(); ++digits) {
            const int digit = takeNumber(1);
            if (digits < 6)
                micros = micros * 10 + digit;
        }
        for (; digits < 6; ++digits)
            micros *= 10;
        return micros;
    }

private:
    QStringView m_text;
    qsizetype m_at = 0;
};

/// `Z` or `+hh:mm`, in seconds.
std::optional<int> takeOffset(Characters &characters)
{
    if (!characters.takeOneOf(u"Zz").isNull())
        return 0;
    const QChar sign = characters.takeOneOf(u"+-");
    const int hours = characters.takeNumber(2);
    const bool hasColon = !characters.takeOneOf(u":").isNull();
    const int minutes = characters.takeNumber(2);
    if (sign.isNull() || !hasColon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return std::nullopt;
    return (sign == u'-' ? -1 : 1) * (hours * 3'600 + minutes * 60);
}

std::optional<std::chrono::sys_days> takeDate(Characters &characters)
{
    const int year = characters.takeNumber(4);
    const bool hasFirst = !characters.takeOneOf(u"-").isNull();
    const int month = characters.takeNumber(2);
    const bool hasSecond = !characters.takeOneOf(u"-").isNull();
    const int day = characters.takeNumber(2);
    if (year < 1 || !hasFirst || month < 1 || !hasSecond || day < 1)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::seconds> takeTimeOfDay(Characters &characters)
{
    const int hours = characters.takeNumber(2);
    const bool hasFirst = !characters.takeOneOf(u":").isNull();
    const int minutes = characters.takeNumber(2);
    const bool hasSecond = !characters.takeOneOf(u":").isNull();
    const int seconds = characters.takeNumber(2);
    const bool isTime = hours >= 0 && hours <= 23 && hasFirst && minutes >= 0 && minutes <= 59 && hasSecond &&
                        seconds >= 0 && seconds <= 59;
    return isTime ? std::optional(std::chrono::seconds(hours * 3'600 + minutes * 60 + seconds)) : std::nullopt;
}

/// `number` with zeros before it, at `at` and after.
template <size_t size>
void put(std::array<char16_t, size> &text, size_t at, int digits, qint64 number)
{
    for (int i = digits - 1; i >= 0; --i, number /= 10)
        text[at + static_cast<size_t>(i)] = static_cast<char16_t>(u'0' + number % 10);
}

} // namespace

QString instantToText(Instant instant)
{
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const qint64 micros = (instant - day).count();
    const qint64 seconds = micros / second;
    auto text = std::to_array(u"0000-00-00T00:00:00.000000Z");
    put(text, 0, 4, int(date.year()));
    put(text, 5, 2, unsigned(date.month()));
    put(text, 8, 2, unsigned(date.day()));
    put(text, 11, 2, seconds / 3'600);
    put(text, 14, 2, seconds / 60 % 60);
    put(text, 17, 2, seconds % 60);
    constexpr qsizetype withoutFraction = 19;
    const qsizetype size = static_cast<qsizetype>(text.size()) - 1;
    if (micros % second != 0) {
        put(text, 20, 6, micros % second);
        return QString(reinterpret_cast<const QChar *>(text.data()), size);
    }
    text[withoutFraction] = u'Z';
    return QString(reinterpret_cast<const QChar *>(text.data()), withoutFraction + 1);
}

std::optional<Instant> instantFromText(const QString &text)
{
    if (text.size() > charactersMax)
        return std::nullopt;
    Characters characters(text);
    const auto date = takeDate(characters);
    const bool hasSeparator = !characters.takeOneOf(u"Tt ").isNull();
    const auto time = takeTimeOfDay(characters);
    const bool hasPoint = !characters.takeOneOf(u".").isNull();
    const int fraction = hasPoint ? characters.takeFraction() : 0;
    const auto offset = takeOffset(characters);
    if (!date || !hasSeparator || !time || fraction < 0 || !offset || !characters.isAtEnd())
        return std::nullopt;
    const Instant instant = *date + *time - std::chrono::seconds(*offset) + std::chrono::microseconds(fraction);
    // What an offset carries out of the years 1 to 9999 could not be written again.
    return instant < firstInstant || instant >= endOfInstants ? std::nullopt : std::optional(instant);
}

Instant SystemClock::now() const
{
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace parterre
