#pragma once

#include "base/ids.h"
#include "base/result.h"

#include <QByteArray>
#include <QString>

namespace parterre::server {

class Database;

struct ReceiptDocument
{
    QString fileName; ///< E.g. `R-2026-000123.pdf`.
    QByteArray pdf;
};

/// The receipt of a confirmed order. `owner` empty for staff who may see every order; NotFound for an order that is not
/// there or not the owner's, WrongState for one that is not paid. Blocking and thread-safe.
[[nodiscard]] Result<ReceiptDocument> receiptOf(Database &database, const OrderId &order, const QString &owner);
/// The paper of what was given back, as receiptOf(); WrongState for what was worth nothing.
[[nodiscard]] Result<ReceiptDocument> creditNoteOf(Database &database, const RefundId &refund, const QString &owner);

} // namespace parterre::server
