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
#include <QtMath>

#include <cmath>

using namespace Qt::StringLiterals;

namespace parterre::server {
namespace {

constexpr int ticketsOnA4 = 3;
constexpr QColor accent(0x9E, 0x2B, 0x3C);
constexpr QColor accentLight(0xC6, 0x6A, 0x76);
constexpr QColor paperTint(0xF6, 0xF2, 0xEC);
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

/// A house seen from above on the band: a stage and three rows of seats around it. Solid colours only, since PDF/A-1
/// knows no transparency.
void drawEmblem(QPainter &painter)
{
    const QPointF middle(mm(0.4), mm(ticketHeightMm) / 2.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(accentLight);
    painter.drawRect(QRectF(0, middle.y() - mm(2), mm(1.1), mm(4)));
    for (int row = 0; row < 3; ++row) {
        const qreal radius = mm(3.4 + 2.2 * row);
        const int seats = 4 + 2 * row;
        for (int seat = 0; seat < seats; ++seat) {
            const qreal angle = qDegreesToRadians(-72.0 + 144.0 * seat / (seats - 1));
            const QPointF place = middle + QPointF(radius * std::cos(angle), radius * std::sin(angle));
            painter.drawEllipse(place, mm(0.6), mm(0.6));
        }
    }
}

void drawOrnament(QPainter &painter, const TicketLayout &layout)
{
    const qreal tear = mm(ticketTearMm);
    painter.fillRect(QRectF(0, 0, mm(ticketBandMm), mm(ticketHeightMm)), accent);
    painter.fillRect(QRectF(tear, 0, mm(ticketWidthMm) - tear, mm(ticketHeightMm)), paperTint);
    drawEmblem(painter);
    painter.setBrush(paperTint);
    painter.drawRoundedRect(layout.placeBox, mm(1.5), mm(1.5));
    painter.setBrush(Qt::NoBrush);

    QPen dashes(hairline, mm(0.3), Qt::CustomDashLine, Qt::FlatCap);
    dashes.setDashPattern({4, 4});
    painter.setPen(dashes);
    painter.drawLine(QPointF(tear, mm(4)), QPointF(tear, mm(ticketHeightMm - 4)));
    // Notches, as the punch of a ticket printer leaves them.
    painter.setPen(QPen(hairline, mm(0.2)));
    painter.setBrush(Qt::white);
    painter.drawPie(QRectF(tear - mm(2.5), -mm(2.5), mm(5), mm(5)), 180 * 16, 180 * 16);
    painter.drawPie(QRectF(tear - mm(2.5), mm(ticketHeightMm - 2.5), mm(5), mm(5)), 0, 180 * 16);
    painter.setBrush(Qt::NoBrush);
}

void drawTicket(QPainter &painter, const TicketLayout &layout, const QrMatrix &matrix)
{
    drawOrnament(painter, layout);
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
