#pragma once

#include "ports/salesport.h"

class QWidget;
class QPrinter;

namespace parterre::ui {

class PdfPages;

/// Paints each page on a page of the printer, as large as fits, at the printer's own resolution.
[[nodiscard]] Status printPages(const PdfPages &pages, QPrinter &printer);
/// Opens the preview over `parent`, from which they are printed; refuses a document that cannot be read.
[[nodiscard]] Status previewTickets(const TicketDocument &tickets, QWidget *parent);
/// Asks for a file and writes it whole or not at all. Returns the path, empty when the clerk changed their mind.
[[nodiscard]] Result<QString> saveTickets(const TicketDocument &tickets, QWidget *parent);

} // namespace parterre::ui
