#pragma once

#include "print/pdfcanvas.h"
#include "ticketing/ticketsheet.h"

#include <QColor>
#include <QFont>
#include <QRectF>

#include <vector>

namespace parterre::server {

/// Lengths on a ticket are those of print.
inline constexpr int ticketUnitsPerMm = printUnitsPerMm;
/// Long DIN envelope, a third of A4: three tickets fill a page for printing at home.
inline constexpr int ticketWidthMm = 210;
inline constexpr int ticketHeightMm = 99;
/// Where the text begins; left of it is the coloured band.
inline constexpr int ticketTextMm = 16;
inline constexpr int ticketBandMm = 10;
/// Where the stub is torn off, from the left.
inline constexpr int ticketTearMm = 152;

/// One line of text. `box` encloses it; boxes of one ticket never overlap each other or the QR code.
struct TextBox
{
    QRectF box;
    QString text;
    QFont font;
    QColor color;
    qreal ascent = 0; ///< From the top of the box to the baseline.
};

struct TicketLayout
{
    std::vector<TextBox> texts;
    QRectF qrBox;    ///< With its quiet zone.
    QRectF placeBox; ///< The panel behind section, row and seat.
};

/// Where everything of a ticket goes. Needs a QGuiApplication for its fonts; may run in any thread.
[[nodiscard]] TicketLayout layoutTicket(const TicketSheet &sheet, const PrintedTicket &ticket);

} // namespace parterre::server
