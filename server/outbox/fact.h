#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <QJsonObject>
#include <QString>

namespace parterre::server {

/// One committed fact.
struct OutboxFact
{
    qint64 id = 0; ///< The same in every repeat.
    QString topic; ///< E.g. `order.confirmed`.
    QUuid key;     ///< The order. Facts of one key arrive in order.
    QJsonObject payload;
    int sequence =
        0;        ///< 1, 2, 3 ... among the facts of its key: one that is left out is missing, one seen is a repeat.
    Instant at{}; ///< When it was written, by the database's clock.
};

} // namespace parterre::server
