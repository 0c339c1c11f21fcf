#include "base/moneyjson.h"

#include "base/limits.h"

#include <QRegularExpression>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// Goes over a text of JSON without making anything of it. Safe on any bytes: it stops at the end of them.
class Walk
{
public:
    explicit Walk(const QByteArray &json)
        : m_json(json)
    {}

    /// From the beginning of an object to the value of this member; false where it has none.
    bool enter(QLatin1StringView name)
    {
        if (!take('{'))
            return false;
        while (peek() == '"') {
            const qsizetype begin = m_at;
            passText();
            const QByteArrayView found = QByteArrayView(m_json).sliced(begin, m_at - begin);
            const bool isIt = found.size() == name.size() + 2 && found.sliced(1, name.size()) == QByteArrayView(name);
            if (!take(':'))
                return false;
            peek();
            if (isIt)
                return true;
            passValue();
            if (!take(','))
                return false;
        }
        return false;
    }
    /// The number that begins here; empty where none does.
    [[nodiscard]] QByteArray number() const
    {
        qsizetype end = m_at;
        while (end < m_json.size() && QByteArrayView("0123456789+-.eE").contains(m_json.at(end)))
            ++end;
        return m_json.sliced(m_at, end - m_at);
    }

private:
    /// The next character that is no space; 0 at the end.
    char peek()
    {
        while (m_at < m_json.size() && QByteArrayView(" \t\r\n").contains(m_json.at(m_at)))
            ++m_at;
        return m_at < m_json.size() ? m_json.at(m_at) : '\0';
    }
    bool take(char wanted)
    {
        if (peek() != wanted)
            return false;
        ++m_at;
        return true;
    }
    void passText()
    {
        ++m_at;
        while (m_at < m_json.size() && m_json.at(m_at) != '"')
            m_at += m_json.at(m_at) == '\\' ? 2 : 1;
        m_at = qMin(m_at + 1, m_json.size());
    }
    void passValue()
    {
        int depth = 0;
        for (char next = peek(); next != '\0'; next = peek()) {
            const bool isEnd = next == '}' || next == ']';
            if (depth == 0 && (next == ',' || isEnd))
                return;
            if (next == '"') {
                passText();
                continue;
            }
            depth += next == '{' || next == '[' ? 1 : isEnd ? -1 : 0;
            ++m_at;
        }
    }

    const QByteArray &m_json;
    qsizetype m_at = 0;
};

} // namespace

QByteArray jsonObject(std::initializer_list<std::pair<const char *, QByteArray>> members)
{
    QByteArray text;
    for (const auto &[name, value] : members)
        text += (text.isEmpty() ? "{\"" : ",\"") + QByteArray(name) + "\":" + value;
    return text.isEmpty() ? "{}" : text + '}';
}

QByteArray jsonAmount(const Money &amount)
{
    return amount.numberText().toLatin1();
}

QByteArray jsonNumberAt(const QByteArray &json, const std::vector<QLatin1StringView> &path)
{
    Walk walk(json);
    for (const QLatin1StringView name : path) {
        if (!walk.enter(name))
            return {};
    }
    return walk.number();
}

std::optional<Money> moneyFromJsonNumber(const QByteArray &number, Currency currency)
{
    static const QRegularExpression form(u"\\A(\\d{1,15})(?:\\.(\\d{1,15}))?(?:[eE]([+-]?\\d{1,2}))?\\z"_s);
    const auto match = form.match(QString::fromLatin1(number));
    if (!match.hasMatch())
        return std::nullopt;
    QString digits = match.captured(1) + match.captured(2);
    const qsizetype scale = match.captured(3).toInt() - match.captured(2).size() + currency.decimals();
    if (scale >= 0) {
        digits += QString(scale, u'0');
    } else {
        const QString fraction = digits.right(-scale);
        if (fraction.count(u'0') != fraction.size()) // Less than a minor unit.
            return std::nullopt;
        digits.chop(-scale);
    }
    while (digits.startsWith(u'0'))
        digits.remove(0, 1);
    if (digits.size() > 18) // What a qint64 holds whatever they are.
        return std::nullopt;
    const qint64 minorUnits = digits.toLongLong();
    return minorUnits > limits::moneyMinorUnitsMax ? std::nullopt : std::optional(Money(minorUnits, currency));
}

} // namespace parterre
