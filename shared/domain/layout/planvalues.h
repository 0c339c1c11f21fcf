#pragma once

#include "domain/layout/pretixplan.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

#include <initializer_list>
#include <optional>

namespace parterre {

/// Reads single values of a foreign plan the way real files need it: what can be understood is taken and told in the
/// report, what cannot is a refusal. The first refusal stays; readers look at failed() and stop.
class PlanValues
{
public:
    enum class Need { Required, Optional };

    [[nodiscard]] bool failed() const { return m_fault.has_value(); }
    [[nodiscard]] const Error &fault() const { return *m_fault; }
    [[nodiscard]] PlanImportReport &report() { return m_report; }

    void fail(ErrorCode code, const QString &path, const QString &what);
    void repaired(const QString &path, const QString &what);
    void warn(const QString &line) { m_report.warnings.append(line); }

    [[nodiscard]] static bool absent(const QJsonValue &value) { return value.isUndefined() || value.isNull(); }
    /// The object without the members that are read; the rest is kept for the round trip.
    [[nodiscard]] static QJsonObject rest(QJsonObject object, std::initializer_list<QString> known);
    static void keepRest(QJsonObject &extra, const QString &name, const QJsonObject &left);

    [[nodiscard]] QJsonObject objectOf(const QJsonValue &value, const QString &path);
    [[nodiscard]] QJsonArray list(const QJsonObject &object, const QString &name, const QString &path, Need need);

    /// A text that may have been written as a number; `fallback` where it is absent. What is too long is shortened
    /// and stays whole in `extra` under `name`.
    [[nodiscard]] QString text(const QJsonObject &object, const QString &name, int charactersMax, const QString &path,
                               const QString &fallback, QJsonObject &extra);
    /// A number that may have been written as a text; nothing when it is absent or was refused.
    [[nodiscard]] std::optional<double> number(const QJsonValue &value, const QString &path);
    /// A length: zero where it is absent, without its sign where it is negative.
    [[nodiscard]] double length(const QJsonValue &value, const QString &path);
    /// The point in the member `name`; other members of it are kept in `extra`.
    [[nodiscard]] QPointF point(const QJsonObject &object, const QString &name, const QString &path, Need need,
                                QJsonObject &extra);
    /// The colour in the member `name` as `#RRGGBB`. What had to be translated stays in `extra`.
    [[nodiscard]] QString color(const QJsonObject &object, const QString &name, const QString &path,
                                QJsonObject &extra);

private:
    PlanImportReport m_report;
    std::optional<Error> m_fault;
};

/// Reads one member of a zone's `areas`: a figure with its colours and its text. The figure of an area is never worth
/// a refusal of the whole house, so a figure without its measures is kept and told.
[[nodiscard]] LayoutShape readPlanArea(PlanValues &values, const QJsonObject &area, QPointF origin,
                                       const QString &path);

} // namespace parterre
