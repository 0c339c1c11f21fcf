#pragma once

#include "base/result.h"
#include "print/modulepicture.h"
#include "ticketing/ticketsheet.h"

#include <QByteArray>

namespace parterre::server {

enum class TicketPaper {
    Single, ///< A page of 210 x 99 mm for each ticket.
    A4,     ///< Three tickets a page, to be cut at the dashed lines.
};

/// The tickets as PDF 1.4 with embedded fonts and the QR codes as vectors. Needs a QGuiApplication
/// (the offscreen platform will do) and may run in any thread. Byte for byte the same each time, unless a script takes
/// Cairo, which writes the date. Refuses a sheet without tickets, one with more than limits::orderLinesMax, and a code
/// that no QR code can hold.
///
/// Fonts: Noto Sans and, for the title, Noto Serif Display (apt fonts-noto-core), else DejaVu (apt fonts-dejavu-core),
/// else what the system has.
[[nodiscard]] Result<QByteArray> renderTicketsPdf(const TicketSheet &sheet, TicketPaper paper = TicketPaper::Single);

/// The QR code of each ticket, which costs more than its text: for who draws them in more than one place.
[[nodiscard]] Result<std::vector<ModulePicture>> ticketCodes(const TicketSheet &sheet);
/// As above, with the codes of these tickets.
[[nodiscard]] Result<QByteArray> renderTicketsPdf(const TicketSheet &sheet, const std::vector<ModulePicture> &codes,
                                                  TicketPaper paper = TicketPaper::Single);

} // namespace parterre::server
