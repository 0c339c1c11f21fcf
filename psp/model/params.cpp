#include "model/params.h"

#include <QUrl>

#include <algorithm>
#include <limits>

namespace parterre::psp {

using namespace Qt::StringLiterals;

QString Params::fullName(const QString &name) const
{
    return m_prefix.isEmpty() ? name : u"%1[%2]"_s.arg(m_prefix, name);
}

void Params::fail(ApiError error)
{
    if (!m_error)
        m_error = std::move(error);
}

QString Params::text(const QString &name, int charactersMax)
{
    m_read.insert(name);
    const QJsonValue value = m_form.value(name);
    if (value.isObject())
        fail(badParameter(fullName(name), u"parameter_invalid_empty"_s, u"Invalid string: %1"_s.arg(fullName(name))));
    const QString result = value.toString();
    if (result.size() > charactersMax)
        fail(badParameter(fullName(name), u"parameter_too_long"_s,
                          u"%1 has more than %2 characters."_s.arg(fullName(name)).arg(charactersMax)));
    return result;
}

QString Params::requiredText(const QString &name)
{
    const QString result = text(name);
    if (result.isEmpty())
        fail(
            badParameter(fullName(name), u"parameter_missing"_s, u"Missing required param: %1."_s.arg(fullName(name))));
    return result;
}

QString Params::oneOf(const QString &name, const QStringList &allowed, const QString &fallback)
{
    const QString result = text(name);
    if (result.isEmpty())
        return fallback;
    if (!allowed.contains(result))
        fail(badParameter(fullName(name), {},
                          u"Invalid %1: must be one of %2"_s.arg(fullName(name), allowed.join(u", "_s))));
    return result;
}

std::optional<qint64> Params::integer(const QString &name, qint64 least, qint64 most)
{
    const QString given = text(name);
    if (given.isEmpty())
        return std::nullopt;
    bool isNumber = false;
    const qint64 value = given.toLongLong(&isNumber);
    if (!isNumber || value < least)
        fail(
            badParameter(fullName(name), u"parameter_invalid_integer"_s, u"Invalid integer: %1"_s.arg(given.left(40))));
    else if (value > most)
        fail(badParameter(fullName(name), name == u"amount"_s ? u"amount_too_large"_s : u"parameter_invalid_integer"_s,
                          u"%1 must be no more than %2"_s.arg(fullName(name)).arg(most)));
    return value;
}

bool Params::flag(const QString &name)
{
    return oneOf(name, {u"true"_s, u"false"_s}, u"false"_s) == u"true"_s;
}

QString Params::url(const QString &name)
{
    const QString given = text(name, limits::urlCharactersMax);
    const QUrl url(given, QUrl::StrictMode);
    if (!given.isEmpty() && (!url.isValid() || url.host().isEmpty() || !url.scheme().startsWith(u"http"_s)))
        fail(badParameter(fullName(name), u"url_invalid"_s, u"Not a valid URL"_s));
    return given;
}

QStringList Params::list(const QString &name)
{
    m_read.insert(name);
    const QJsonObject items = m_form.value(name).toObject();
    if (m_form.contains(name) && !m_form.value(name).isObject()) {
        if (!m_form.value(name).toString().isEmpty())
            fail(badParameter(fullName(name), u"parameter_invalid_empty"_s, u"Invalid array"_s));
        return {};
    }
    std::vector<std::pair<qint64, QString>> sorted; // "10" stands before "2" among the names of an object.
    for (auto it = items.begin(); it != items.end(); ++it) {
        bool isNumber = false;
        sorted.emplace_back(it.key().toLongLong(&isNumber), it.value().toString());
        if (!isNumber || !it.value().isString())
            fail(badParameter(fullName(name), u"parameter_invalid_empty"_s, u"Invalid array"_s));
    }
    std::ranges::sort(sorted);
    QStringList result;
    for (const auto &[index, value] : sorted)
        result << value;
    return result;
}

QMap<QString, QString> Params::metadata()
{
    QMap<QString, QString> result;
    const QJsonObject entries = group(u"metadata"_s);
    for (auto it = entries.begin(); it != entries.end(); ++it) {
        const bool fits = it.key().size() <= limits::metadataNameCharactersMax && it.value().isString() &&
                          it.value().toString().size() <= limits::metadataValueCharactersMax;
        if (!fits)
            fail(badParameter(
                u"metadata"_s, {},
                u"Metadata names have up to %1 and values up to %2 characters."_s.arg(limits::metadataNameCharactersMax)
                    .arg(limits::metadataValueCharactersMax)));
        result.insert(it.key(), it.value().toString());
    }
    if (result.size() > limits::metadataEntriesMax)
        fail(badParameter(u"metadata"_s, {}, u"Metadata has up to %1 entries."_s.arg(limits::metadataEntriesMax)));
    return result;
}

QJsonObject Params::group(const QString &name)
{
    m_read.insert(name);
    const QJsonValue value = m_form.value(name);
    if (value.isString() && !value.toString().isEmpty())
        fail(badParameter(fullName(name), u"parameter_invalid_empty"_s, u"Invalid object"_s));
    return value.toObject();
}

void Params::ignore(const QStringList &names)
{
    m_read.unite({names.begin(), names.end()});
}

Reply<void> Params::finish() const
{
    if (m_error)
        return std::unexpected(*m_error);
    for (auto it = m_form.begin(); it != m_form.end(); ++it) {
        if (!m_read.contains(it.key()))
            return std::unexpected(badParameter(fullName(it.key()), u"parameter_unknown"_s,
                                                u"Received unknown parameter: %1"_s.arg(fullName(it.key()))));
    }
    return {};
}

} // namespace parterre::psp
