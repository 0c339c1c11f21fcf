#include "ticketing/ticketpdf.h"

#include "base/assert.h"
#include "base/limits.h"
#include "ticketing/qrmatrix.h"
#include "ticketing/ticketlayout.h"

#include <QBuffer>
#include <QPageSize>
#include <QPainter>
#include <QPainterPath>
#include <QPdfWriter>
#include <QPen>

using namespace Qt::StringLiterals;

namespace parterre::server {
namespace {

constexpr int ticketsOnA4 = 3;
constexpr QColor accent(0x9E, 0x2B, 0x3C);
constexpr QColor hairline(0xB9, 0xBD, 0xC9);

constexpr qreal mm(qreal millimetres)
{
    return millimetres * ticketUnitsPerMm;
}

/// One path for all modules: drawn one by one, viewers show seams between them.
void drawQr(QPainter &painter, const QRectF &box, const QrMatrix &matrix)
{
    const qreal module = box.width() / (matrix.size + 2 * qrQuietModules);
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (int row = 0; row < matrix.size; ++row) {
        for (int column = 0; column < matrix.size;) {
            const int first = column;
            while (column < matrix.size && matrix.isDark(column, row))
                ++column;
            if (column > first)
                path.addRect(QRectF(box.left() + (first + qrQuietModules) * module,
                                    box.top() + (row + qrQuietModules) * module, (column - first) * module, module));
            else
                ++column;
        }
    }
    painter.fillPath(path, Qt::black);
}

void drawOrnament(QPainter &painter)
{
    painter.fillRect(QRectF(0, 0, mm(7), mm(ticketHeightMm)), accent);
    painter.setPen(QPen(hairline, mm(0.2)));
    painter.drawLine(QPointF(mm(14), mm(81)), QPointF(mm(ticketTearMm - 7), mm(81)));
    QPen tear(hairline, mm(0.3), Qt::CustomDashLine, Qt::FlatCap);
    tear.setDashPattern({4, 4});
    painter.setPen(tear);
    painter.drawLine(QPointF(mm(ticketTearMm), mm(3)), QPointF(mm(ticketTearMm), mm(ticketHeightMm - 3)));
}

void drawTicket(QPainter &painter, const TicketLayout &layout, const QrMatrix &matrix)
{
    drawOrnament(painter);
    for (const TextBox &text : layout.texts) {
        painter.setFont(text.font);
        painter.setPen(text.color);
        painter.drawText(text.box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text.text);
    }
    drawQr(painter, layout.qrBox, matrix);
}

void drawCut(QPainter &painter, qreal y)
{
    QPen cut(hairline, mm(0.15), Qt::CustomDashLine, Qt::FlatCap);
    cut.setDashPattern({8, 8});
    painter.setPen(cut);
    painter.drawLine(QPointF(0, y), QPointF(mm(ticketWidthMm), y));
}

void setUpWriter(QPdfWriter &writer, const TicketSheet &sheet, TicketPaper paper)
{
    writer.setPdfVersion(QPagedPaintDevice::PdfVersion_A1b);
    writer.setResolution(ticketUnitsPerInch);
    writer.setPageSize(paper == TicketPaper::A4 ? QPageSize(QPageSize::A4)
                                                : QPageSize(QSizeF(ticketWidthMm, ticketHeightMm),
                                                            QPageSize::Millimeter, u"Ticket"_s, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setCreator(u"Parterre"_s);
    writer.setTitle(sheet.orderNumber.isEmpty() ? sheet.eventTitle
                                                : u"%1, order %2"_s.arg(sheet.eventTitle, sheet.orderNumber));
}

} // namespace

Result<QByteArray> renderTicketsPdf(const TicketSheet &sheet, TicketPaper paper)
{
    if (sheet.tickets.empty())
        return refuse(ErrorCode::WrongState, u"This order has no tickets to print. Take the payment first."_s);
    if (sheet.tickets.size() > static_cast<size_t>(limits::orderLinesMax))
        return refuse(ErrorCode::TooLarge, u"These are too many tickets for one sheet. Print them in parts."_s);
    // All codes are made before the first stroke, so a refusal leaves no half document.
    std::vector<QrMatrix> codes;
    for (const PrintedTicket &ticket : sheet.tickets) {
        PT_TRY(QrMatrix matrix, makeQrMatrix(ticket.qrText));
        codes.push_back(std::move(matrix));
    }

    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        setUpWriter(writer, sheet, paper);
        QPainter painter(&writer);
        PT_ASSERT(painter.isActive(), "a PDF in memory can always be painted");
        const size_t perPage = paper == TicketPaper::A4 ? ticketsOnA4 : 1;
        for (size_t i = 0; i < sheet.tickets.size(); ++i) {
            const size_t slot = i % perPage;
            if (i > 0 && slot == 0)
                writer.newPage();
            painter.save();
            painter.translate(0, static_cast<qreal>(slot) * mm(ticketHeightMm));
            drawTicket(painter, layoutTicket(sheet, sheet.tickets[i]), codes[i]);
            painter.restore();
            if (slot > 0)
                drawCut(painter, static_cast<qreal>(slot) * mm(ticketHeightMm));
        }
    }
    return pdf;
}

} // namespace parterre::server
