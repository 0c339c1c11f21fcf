#include "model/form.h"

#include "model/limits.h"

#include <QStringDecoder>
#include <QStringList>

#include <algorithm>
#include <optional>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

ApiError malformed(const QString &message)
{
    return badParameter({}, u"parameter_invalid_string_blank"_s, message);
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Nothing for a bad escape, a zero or what is not UTF-8.
std::optional<QString> decoded(QByteArrayView text)
{
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            bytes += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
        i += 2;
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString result = decoder(bytes);
    if (decoder.hasError() || result.contains(QChar(0)))
        return std::nullopt;
    return result;
}

/// `a[b][]` as `a`, `b` and an empty text; nothing where the brackets do not pair.
std::optional<QStringList> pathOf(const QString &name)
{
    const qsizetype open = name.indexOf(u'[');
    QStringList path{open < 0 ? name : name.left(open)};
    if (path.first().isEmpty() || path.first().contains(u']'))
        return std::nullopt;
    for (qsizetype at = open; at >= 0 && at < name.size();) {
        const qsizetype close = name.indexOf(u']', at);
        if (name[at] != u'[' || close < 0)
            return std::nullopt;
        path << name.mid(at + 1, close - at - 1);
        if (path.last().contains(u'['))
            return std::nullopt;
        at = close + 1;
    }
    return path;
}

/// The next free number of a list that is written with empty brackets.
QString nextIndex(const QJsonObject &group)
{
    qint64 next = 0;
    for (auto it = group.begin(); it != group.end(); ++it)
        next = std::max(next, it.key().toLongLong() + 1);
    return QString::number(next);
}

/// False where the name is a text at one place and a group at another.
bool insertAt(QJsonObject &group, QStringList path, const QString &value)
{
    QString name = path.takeFirst();
    if (name.isEmpty())
        name = nextIndex(group);
    const QJsonValue present = group.value(name);
    if (path.isEmpty()) {
        if (present.isObject())
            return false;
        group.insert(name, value);
        return true;
    }
    if (present.isString())
        return false;
    QJsonObject inner = present.toObject();
    const bool isInserted = insertAt(inner, std::move(path), value);
    group.insert(name, inner);
    return isInserted;
}

class FormBuilder
{
public:
    [[nodiscard]] Reply<void> add(const QString &name, const QString &value)
    {
        if (++m_count > limits::formFieldsMax)
            return std::unexpected(malformed(u"There are more than %1 parameters."_s.arg(limits::formFieldsMax)));
        if (name.size() > limits::formNameCharactersMax)
            return std::unexpected(malformed(u"The name of a parameter is too long."_s));
        const auto path = pathOf(name);
        if (!path || path->size() > limits::formDepthMax)
            return std::unexpected(malformed(u"The name of the parameter '%1' cannot be read."_s.arg(name)));
        if (!insertAt(m_form, *path, value))
            return std::unexpected(malformed(u"The parameter '%1' is given as a text and as a group."_s.arg(name)));
        return {};
    }
    [[nodiscard]] QJsonObject form() const { return m_form; }

private:
    QJsonObject m_form;
    int m_count = 0;
};

} // namespace

Reply<QJsonObject> parseForm(QByteArrayView body)
{
    if (body.size() > limits::formBytesMax)
        return std::unexpected(malformed(u"The body is larger than %1 bytes."_s.arg(limits::formBytesMax)));
    FormBuilder builder;
    while (!body.isEmpty()) {
        const qsizetype end = body.indexOf('&');
        const QByteArrayView pair = end < 0 ? body : body.first(end);
        body = end < 0 ? QByteArrayView() : body.sliced(end + 1);
        if (pair.isEmpty())
            continue;
        const qsizetype equals = pair.indexOf('=');
        const auto name = decoded(equals < 0 ? pair : pair.first(equals));
        const auto value = decoded(equals < 0 ? QByteArrayView() : pair.sliced(equals + 1));
        if (!name || !value)
            return std::unexpected(malformed(u"The body is not application/x-www-form-urlencoded in UTF-8."_s));
        if (auto added = builder.add(*name, *value); !added)
            return std::unexpected(std::move(added).error());
    }
    return builder.form();
}

Reply<QJsonObject> formFromQuery(const QHash<QString, QString> &query)
{
    FormBuilder builder;
    QStringList names = query.keys();
    names.sort(); // A hash has no order, and `a[]` beside `a[0]` must not depend on chance.
    for (const QString &name : names) {
        if (auto added = builder.add(name, query.value(name)); !added)
            return std::unexpected(std::move(added).error());
    }
    return builder.form();
}

} // namespace parterre::psp
