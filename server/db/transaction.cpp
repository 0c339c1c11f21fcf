#include "db/transaction.h"

#include "base/assert.h"

#include <QJsonDocument>

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

} // namespace

Instant Transaction::now()
{
    return instant(query("select clock_timestamp()")[0][0]);
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

} // namespace parterre::server
