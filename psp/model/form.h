#pragma once

#include "model/apierror.h"

#include <QByteArrayView>
#include <QHash>
#include <QJsonObject>

namespace parterre::psp {

/// Reads `application/x-www-form-urlencoded` with names in brackets: `metadata[order]=A-1&expand[]=latest_charge`
/// becomes
/// `{"metadata": {"order": "A-1"}, "expand": {"0": "latest_charge"}}`. Lists are objects with numbers for names, since
/// a number may be a name as well (`metadata[0]`); Params::list() reads them. All values are texts. Of a repeated name
/// the last counts. Refused are more than limits.h allows, bad escapes, bad UTF-8, and a name that is a text and a
/// group.
[[nodiscard]] Reply<QJsonObject> parseForm(QByteArrayView body);
/// The same for the names and values of a query, which the edge has decoded.
[[nodiscard]] Reply<QJsonObject> formFromQuery(const QHash<QString, QString> &query);

} // namespace parterre::psp
