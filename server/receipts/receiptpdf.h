#pragma once

#include "receipts/receiptsheet.h"

#include <QByteArray>

namespace parterre::server {

/// The receipt, which is the invoice too, on as many pages of A4 as its lines need: PDF 1.4 with
/// embedded fonts. Needs a QGuiApplication (the offscreen platform will do) and may run in any thread.
[[nodiscard]] QByteArray renderReceiptPdf(const ReceiptSheet &sheet);

} // namespace parterre::server
