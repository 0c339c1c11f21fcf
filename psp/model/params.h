#pragma once

#include "model/apierror.h"
#include "model/limits.h"

#include <QJsonObject>
#include <QMap>
#include <QSet>
#include <QString>
#include <QStringList>

#include <optional>

namespace parterre::psp {

/// Reads the parameters of one call. The first fault is kept and told by finish(), which also refuses every parameter
/// that nobody asked for, as Stripe does: a misspelt one must not be lost in silence. An empty text means unset.
class Params
{
public:
    explicit Params(QJsonObject form, QString prefix = {})
        : m_form(std::move(form))
        , m_prefix(std::move(prefix))
    {}

    /// Present, also when it is empty, which takes a value away.
    [[nodiscard]] bool names(const QString &name) const { return m_form.contains(name); }
    [[nodiscard]] QString text(const QString &name, int charactersMax = limits::textCharactersMax);
    [[nodiscard]] QString requiredText(const QString &name);
    [[nodiscard]] QString oneOf(const QString &name, const QStringList &allowed, const QString &fallback);
    [[nodiscard]] std::optional<qint64> integer(const QString &name, qint64 least, qint64 most);
    [[nodiscard]] bool flag(const QString &name);
    [[nodiscard]] QString url(const QString &name);
    [[nodiscard]] QStringList list(const QString &name);
    /// An empty value stands for an entry that is to go.
    [[nodiscard]] QMap<QString, QString> metadata();
    [[nodiscard]] QJsonObject group(const QString &name);
    /// Named, looked at by nobody here, and no fault.
    void ignore(const QStringList &names);
    void fail(ApiError error);

    [[nodiscard]] Reply<void> finish() const;

private:
    [[nodiscard]] QString fullName(const QString &name) const;

    QJsonObject m_form;
    QString m_prefix; ///< Of the names that errors tell: `card` for `card[number]`.
    QSet<QString> m_read;
    std::optional<ApiError> m_error;
};

} // namespace parterre::psp
