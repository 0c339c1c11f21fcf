#include "db/transaction.h"

#include "base/assert.h"
#include "db/namedconnection.h"

#include <QJsonDocument>

#include <charconv>
#include <chrono>
#include <functional>
#include <string_view>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

template <class Number>
std::string numbersLiteral(const std::vector<Number> &numbers)
{
    std::string literal = "{";
    for (const Number value : numbers) {
        if (literal.size() > 1)
            literal += ',';
        literal += std::to_string(value);
    }
    return literal + '}';
}

/// `2026-11-24 19:30:00.25+00` as PostgreSQL writes it in a session of ours; nothing for any other form.
std::optional<Instant> plainInstant(std::string_view written)
{
    const auto number = [&](size_t from, size_t count) {
        int value = 0;
        const auto end = std::from_chars(written.data() + from, written.data() + from + count, value).ptr;
        return end == written.data() + from + count ? value : -1;
    };
    if (written.size() < 22 || written[4] != '-' || written[10] != ' ' || !written.ends_with("+00"))
        return std::nullopt;
    using namespace std::chrono;
    const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                              day(static_cast<unsigned>(number(8, 2))));
    int micros = 0;
    if (written[19] == '.') {
        const size_t digits = written.size() - 23;
        micros = number(20, digits);
        for (size_t i = digits; i < 6; ++i)
            micros *= 10;
    }
    return Instant(sys_days(date)) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2)) +
           microseconds(micros);
}

} // namespace

Instant Transaction::now()
{
    return instant(query("select clock_timestamp()")[0][0]);
}

void Transaction::letDiskFollow()
{
    query("select set_config('synchronous_commit', 'off', true)");
}

void Transaction::runLastSteps()
{
    for (const auto &[ignored, step] : std::exchange(m_lastSteps, {}))
        step(*this);
}

std::string Transaction::prepare(const char *sql)
{
    if (NamedConnection *named = NamedConnection::behind(m_work.conn()))
        return named->nameOf(sql);
    const std::string name = "parterre_" + std::to_string(std::hash<std::string_view>()(sql)); // Of a migration.
    m_work.conn().prepare(name, sql);
    return name;
}

std::string Transaction::toParameter(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

std::string Transaction::toParameter(Instant instant)
{
    return instantToText(instant).toStdString();
}

pqxx::binarystring Transaction::toParameter(const QByteArray &bytes)
{
    return pqxx::binarystring(bytes.constData(), static_cast<size_t>(bytes.size()));
}

std::string Transaction::toParameter(const std::vector<int> &numbers)
{
    return numbersLiteral(numbers);
}

std::string Transaction::toParameter(const std::vector<qint64> &numbers)
{
    return numbersLiteral(numbers);
}

std::string Transaction::toParameter(const std::vector<QString> &texts)
{
    std::string literal = "{";
    for (const QString &value : texts) {
        if (literal.size() > 1)
            literal += ',';
        literal += '"';
        for (const char character : value.toStdString()) {
            if (character == '"' || character == '\\')
                literal += '\\';
            literal += character;
        }
        literal += '"';
    }
    return literal + '}';
}

QString text(const pqxx::field &field)
{
    return field.is_null() ? QString() : QString::fromUtf8(field.c_str(), static_cast<qsizetype>(field.size()));
}

QByteArray bytes(const pqxx::field &field)
{
    if (field.is_null())
        return {};
    const pqxx::binarystring binary(field);
    return QByteArray(reinterpret_cast<const char *>(binary.data()), static_cast<qsizetype>(binary.size()));
}

QJsonObject object(const pqxx::field &field)
{
    return field.is_null() ? QJsonObject() : QJsonDocument::fromJson(text(field).toUtf8()).object();
}

Instant instant(const pqxx::field &field)
{
    const auto value = optionalInstant(field);
    PT_ASSERT(value.has_value(), "the column is declared not null");
    return *value;
}

std::optional<Instant> optionalInstant(const pqxx::field &field)
{
    if (field.is_null())
        return std::nullopt;
    if (const auto plain = plainInstant({field.c_str(), field.size()}))
        return plain;
    QString written = text(field);
    // PostgreSQL writes `+00` where RFC 3339 asks for `+00:00`.
    if (written.endsWith(u"+00"_s))
        written += u":00"_s;
    const auto value = instantFromText(written);
    PT_ASSERT(value.has_value(), "every session is in UTC and the column is a timestamptz");
    return value;
}

qint64 number(const pqxx::field &field)
{
    return field.as<long long>();
}

int smallNumber(const pqxx::field &field)
{
    return field.as<int>();
}

bool flag(const pqxx::field &field)
{
    return field.as<bool>();
}

Currency currencyOf(const pqxx::field &field)
{
    const auto currency = Currency::fromCode(text(field));
    PT_ASSERT(currency.has_value(), "a currency was checked before it was stored");
    return *currency;
}

} // namespace parterre::server
