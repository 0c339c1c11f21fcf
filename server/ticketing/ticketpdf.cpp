#include "ticketing/ticketpdf.h"

#include "base/assert.h"
#include "base/limits.h"
#include "print/pdfcanvas.h"
#include "ticketing/qrmatrix.h"
#include "ticketing/ticketlayout.h"

#include <QtMath>

#include <cmath>

using namespace Qt::StringLiterals;

namespace parterre::server {
namespace {

constexpr int ticketsOnA4 = 3;
constexpr qreal a4WidthMm = 210;
constexpr qreal a4HeightMm = 297;
constexpr QColor accent(0x9E, 0x2B, 0x3C);
constexpr QColor accentLight(0xC6, 0x6A, 0x76);
constexpr QColor paperTint(0xF6, 0xF2, 0xEC);
constexpr QColor hairline(0xB9, 0xBD, 0xC9);

constexpr qreal mm(qreal millimetres)
{
    return millimetres * ticketUnitsPerMm;
}

/// A house seen from above on the band: a stage and three rows of seats around it. Solid colours only, which every
/// printer knows.
void drawEmblem(PdfCanvas &canvas)
{
    const QPointF middle(mm(0.4), mm(ticketHeightMm) / 2.0);
    canvas.fill(QRectF(0, middle.y() - mm(2), mm(1.1), mm(4)), accentLight);
    std::vector<QPointF> places;
    for (int row = 0; row < 3; ++row) {
        const qreal radius = mm(3.4 + 2.2 * row);
        const int seats = 4 + 2 * row;
        for (int seat = 0; seat < seats; ++seat) {
            const qreal angle = qDegreesToRadians(-72.0 + 144.0 * seat / (seats - 1));
            places.push_back(middle + QPointF(radius * std::cos(angle), radius * std::sin(angle)));
        }
    }
    canvas.fillDiscs(places, mm(0.6), accentLight);
}

void drawOrnament(PdfCanvas &canvas, const TicketLayout &layout)
{
    const qreal tear = mm(ticketTearMm);
    canvas.fill(QRectF(0, 0, mm(ticketBandMm), mm(ticketHeightMm)), accent);
    canvas.fill(QRectF(tear, 0, mm(ticketWidthMm) - tear, mm(ticketHeightMm)), paperTint);
    drawEmblem(canvas);
    canvas.fill(layout.placeBox, paperTint, mm(1.5));
    canvas.dashedLine(QPointF(tear, mm(4)), QPointF(tear, mm(ticketHeightMm - 4)), hairline, mm(0.3), mm(1.2));
    // Notches, as the punch of a ticket printer leaves them.
    canvas.halfDisc(QPointF(tear, 0), mm(2.5), PdfCanvas::Half::Lower, Qt::white, hairline, mm(0.2));
    canvas.halfDisc(QPointF(tear, mm(ticketHeightMm)), mm(2.5), PdfCanvas::Half::Upper, Qt::white, hairline, mm(0.2));
}

void drawTicket(PdfCanvas &canvas, const TicketLayout &layout, const ModulePicture &code)
{
    drawOrnament(canvas, layout);
    for (const TextBox &text : layout.texts)
        canvas.text({text.box.left(), text.box.top() + text.ascent}, text.text, text.font, text.color,
                    text.box.width());
    canvas.modules(layout.qrBox, code);
}

QString titleOf(const TicketSheet &sheet)
{
    return sheet.orderNumber.isEmpty() ? sheet.eventTitle : u"%1, order %2"_s.arg(sheet.eventTitle, sheet.orderNumber);
}

} // namespace

Result<std::vector<ModulePicture>> ticketCodes(const TicketSheet &sheet)
{
    std::vector<ModulePicture> codes;
    for (const PrintedTicket &ticket : sheet.tickets) {
        PT_TRY(const QrMatrix matrix, makeQrMatrix(ticket.qrText));
        codes.push_back(qrPicture(matrix));
    }
    return codes;
}

Result<QByteArray> renderTicketsPdf(const TicketSheet &sheet, TicketPaper paper)
{
    // All codes are made before the first stroke, so a refusal leaves no half document.
    PT_TRY(const std::vector<ModulePicture> codes, ticketCodes(sheet));
    return renderTicketsPdf(sheet, codes, paper);
}

Result<QByteArray> renderTicketsPdf(const TicketSheet &sheet, const std::vector<ModulePicture> &codes,
                                    TicketPaper paper)
{
    if (sheet.tickets.empty())
        return refuse(ErrorCode::WrongState, u"This order has no tickets to print. Take the payment first."_s);
    if (sheet.tickets.size() > static_cast<size_t>(limits::orderLinesMax))
        return refuse(ErrorCode::TooLarge, u"These are too many tickets for one sheet. Print them in parts."_s);
    PT_ASSERT(codes.size() == sheet.tickets.size(), "each ticket has its code");
    const bool isA4 = paper == TicketPaper::A4;
    PdfCanvas canvas(isA4 ? a4WidthMm : ticketWidthMm, isA4 ? a4HeightMm : ticketHeightMm, titleOf(sheet));
    const size_t perPage = isA4 ? ticketsOnA4 : 1;
    for (size_t i = 0; i < sheet.tickets.size(); ++i) {
        const size_t slot = i % perPage;
        if (i > 0 && slot == 0)
            canvas.nextPage();
        canvas.setTop(static_cast<qreal>(slot) * mm(ticketHeightMm));
        drawTicket(canvas, layoutTicket(sheet, sheet.tickets[i]), codes[i]);
        if (slot > 0) // Where it is cut from the one above.
            canvas.dashedLine(QPointF(0, 0), QPointF(mm(ticketWidthMm), 0), hairline, mm(0.15), mm(1.2));
    }
    return canvas.finish();
}

} // namespace parterre::server
