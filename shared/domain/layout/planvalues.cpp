#include "domain/layout/planvalues.h"

#include "domain/layout/plancolors.h"

#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

void PlanValues::fail(ErrorCode code, const QString &path, const QString &what)
{
    if (!m_fault)
        m_fault =
            Error{.code = code, .message = u"%1 %2."_s.arg(path.isEmpty() ? u"The plan"_s : path, what), .field = path};
}

void PlanValues::repaired(const QString &path, const QString &what)
{
    m_report.repairs.append(u"%1: %2"_s.arg(path, what));
}

QJsonObject PlanValues::rest(QJsonObject object, std::initializer_list<QString> known)
{
    for (const QString &name : known)
        object.remove(name);
    return object;
}

void PlanValues::keepRest(QJsonObject &extra, const QString &name, const QJsonObject &left)
{
    if (!left.isEmpty())
        extra.insert(name, left);
}

QJsonObject PlanValues::objectOf(const QJsonValue &value, const QString &path)
{
    if (!value.isObject())
        fail(ErrorCode::InvalidInput, path, u"must be an object"_s);
    return value.toObject();
}

QJsonArray PlanValues::list(const QJsonObject &object, const QString &name, const QString &path, Need need)
{
    const QJsonValue value = object.value(name);
    if (value.isArray())
        return value.toArray();
    if (!absent(value))
        fail(ErrorCode::InvalidInput, path + u'/' + name, u"must be a list"_s);
    else if (need == Need::Required)
        fail(ErrorCode::InvalidInput, path + u'/' + name, u"is missing"_s);
    return {};
}

QString PlanValues::text(const QJsonObject &object, const QString &name, int charactersMax, const QString &path,
                         const QString &fallback, QJsonObject &extra)
{
    const QJsonValue value = object.value(name);
    const QString place = path + u'/' + name;
    QString result = value.toString();
    if (value.isDouble()) {
        result = QString::number(value.toDouble(), 'g', 15);
        repaired(place, u"the number %1 was read as a text"_s.arg(result));
    } else if (absent(value)) {
        repaired(place, u"is missing; \"%1\" was put in its place"_s.arg(fallback));
        result = fallback;
    } else if (!value.isString()) {
        fail(ErrorCode::InvalidInput, place, u"must be a text"_s);
    }
    if (result.contains(QChar(0))) {
        result.remove(QChar(0));
        repaired(place, u"a null character was removed"_s);
    }
    if (!result.isValidUtf16()) {
        result = QString::fromUtf8(result.toUtf8());
        repaired(place, u"half a character was replaced"_s);
    }
    if (result.size() > charactersMax) {
        repaired(place, u"was shortened from %1 to %2 characters"_s.arg(result.size()).arg(charactersMax));
        extra.insert(name, value);
        result.truncate(charactersMax - (result.at(charactersMax - 1).isHighSurrogate() ? 1 : 0));
    }
    return result;
}

std::optional<double> PlanValues::number(const QJsonValue &value, const QString &path)
{
    if (absent(value))
        return std::nullopt;
    bool isNumber = value.isDouble();
    double result = value.toDouble();
    if (value.isString()) {
        result = value.toString().trimmed().toDouble(&isNumber);
        if (isNumber)
            repaired(path, u"the text \"%1\" was read as a number"_s.arg(value.toString()));
    }
    if (!isNumber) {
        fail(ErrorCode::InvalidInput, path, u"must be a number"_s);
        return std::nullopt;
    }
    if (!std::isfinite(result) || std::abs(result) > limits::layoutCoordinateMax) {
        fail(ErrorCode::TooLarge, path, u"must be within %1 of zero"_s.arg(limits::layoutCoordinateMax));
        return std::nullopt;
    }
    return result;
}

double PlanValues::length(const QJsonValue &value, const QString &path)
{
    const auto given = number(value, path);
    if (!given)
        repaired(path, u"is missing; 0 was put in its place"_s);
    else if (*given < 0)
        repaired(path, u"was below zero; the sign was removed"_s);
    return std::abs(given.value_or(0));
}

QPointF PlanValues::point(const QJsonObject &object, const QString &name, const QString &path, Need need,
                          QJsonObject &extra)
{
    const QJsonValue value = object.value(name);
    const QString place = path + u'/' + name;
    if (absent(value)) {
        if (need == Need::Required)
            fail(ErrorCode::InvalidInput, place, u"is missing; give it as {\"x\": 0, \"y\": 0}"_s);
        return {};
    }
    const QJsonObject inside = objectOf(value, place);
    const auto x = number(inside.value(u"x"_s), place + u"/x"_s);
    const auto y = number(inside.value(u"y"_s), place + u"/y"_s);
    if (!x)
        fail(ErrorCode::InvalidInput, place + u"/x"_s, u"is missing"_s);
    if (!y)
        fail(ErrorCode::InvalidInput, place + u"/y"_s, u"is missing"_s);
    keepRest(extra, name, rest(inside, {u"x"_s, u"y"_s}));
    return {x.value_or(0), y.value_or(0)};
}

QString PlanValues::color(const QJsonObject &object, const QString &name, const QString &path, QJsonObject &extra)
{
    const QJsonValue value = object.value(name);
    if (absent(value))
        return {};
    const auto known = value.isString() ? planColor(value.toString()) : std::nullopt;
    if (known && *known == value.toString())
        return *known;
    extra.insert(name, value);
    const QString place = path + u'/' + name;
    if (known)
        repaired(place, u"the colour \"%1\" was read as \"%2\""_s.arg(value.toString(), *known));
    else
        warn(u"%1: the colour \"%2\" is not understood; it is kept but not used."_s.arg(place,
                                                                                        value.toString().left(40)));
    return known.value_or(QString());
}

} // namespace parterre
