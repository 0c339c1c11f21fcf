#pragma once

#include "ports/salesport.h"

class QWidget;
class QPrinter;

namespace parterre::ui {

/// Paints each page of a PDF on a page of the printer, as large as fits, at the printer's own resolution.
[[nodiscard]] Status paintPdf(const QByteArray &pdf, QPrinter &printer);
/// Opens the print preview over `parent`; refuses a document that cannot be read.
[[nodiscard]] Status previewTickets(const TicketDocument &tickets, QWidget *parent);
/// Asks for a file and writes it whole or not at all. Returns the path, empty when the clerk changed their mind.
[[nodiscard]] Result<QString> saveTickets(const TicketDocument &tickets, QWidget *parent);

} // namespace parterre::ui
