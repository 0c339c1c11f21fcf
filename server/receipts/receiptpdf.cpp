#include "receipts/receiptpdf.h"

#include "print/pdfcanvas.h"

#include <QDateTime>
#include <QFontMetricsF>
#include <QHash>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace {

constexpr qreal pageWidthMm = 210;
constexpr qreal pageHeightMm = 297;
constexpr qreal sideMm = 20;
constexpr qreal bottomMm = 30; ///< For the seller's registration and the number of the page.
constexpr QColor ink(0x17, 0x1B, 0x2E);
constexpr QColor quietInk(0x5B, 0x61, 0x74);
constexpr QColor accent(0x9E, 0x2B, 0x3C);
constexpr QColor hairline(0xB9, 0xBD, 0xC9);

constexpr qreal mm(qreal millimetres)
{
    return millimetres * printUnitsPerMm;
}

/// `£55.00` where the sign is one that everybody knows, `55.00 CHF` else.
QString priceText(const Money &amount)
{
    static const QHash<QString, QString> signs{{u"GBP"_s, u"£"_s}, {u"EUR"_s, u"€"_s}, {u"USD"_s, u"$"_s}};
    const QString sign = signs.value(amount.currency().code());
    if (sign.isEmpty())
        return amount.plainText();
    return amount.isNegative() ? u"−"_s + sign + (-amount).numberText() : sign + amount.numberText();
}

QString timeText(Instant instant, const QString &zoneName, const QString &format)
{
    const QTimeZone zone(zoneName.toLatin1());
    const qint64 milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
    const QDateTime time = zone.isValid() ? QDateTime::fromMSecsSinceEpoch(milliseconds, zone)
                                          : QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC);
    return QLocale(QLocale::English, QLocale::UnitedKingdom).toString(time, format);
}

QString rateText(int basisPoints)
{
    QString text = QString::number(basisPoints / 100);
    if (const int rest = basisPoints % 100; rest > 0)
        text += u'.' + QString::number(rest).rightJustified(2, u'0');
    while (text.contains(u'.') && text.endsWith(u'0'))
        text.chop(1);
    return text + u" %"_s;
}

struct Cell
{
    QString text;
    QString small{}; ///< Under it, quiet.
};

struct Column
{
    qreal widthMm = 0; ///< 0: what the others leave.
    bool isAmount = true;
};

/// Writes a sheet from the top to the bottom, and begins a new page where something has no room.
class Writer
{
public:
    Writer(PdfCanvas &canvas, const ReceiptSheet &sheet, int pages)
        : m_canvas(canvas)
        , m_sheet(sheet)
        , m_pages(pages)
    {
        beginPage();
    }

    [[nodiscard]] int page() const { return m_page; }
    [[nodiscard]] qreal y() const { return m_y; }
    void setY(qreal y) { m_y = y; }
    void skip(qreal millimetres) { m_y += mm(millimetres); }

    void need(qreal millimetres)
    {
        if (m_y + mm(millimetres) <= mm(pageHeightMm - bottomMm))
            return;
        m_canvas.nextPage();
        beginPage();
    }

    qreal text(const QString &text, const QRectF &box, const QFont &font, const QColor &color, Qt::Alignment alignment)
    {
        const QFontMetricsF metrics(font);
        const QString words = metrics.elidedText(text, Qt::ElideRight, box.width());
        const qreal indent = alignment == Qt::AlignRight ? box.width() - metrics.horizontalAdvance(words) : 0;
        m_canvas.text({box.left() + indent, box.top() + metrics.ascent()}, words, font, color, box.width() - indent);
        return metrics.height();
    }

    /// One line of text over the width from `leftMm` to the right margin.
    void line(const QString &words, qreal points, QFont::Weight weight = QFont::Normal, const QColor &color = ink,
              qreal leftMm = sideMm, Qt::Alignment alignment = Qt::AlignLeft)
    {
        if (words.isEmpty())
            return;
        const QRectF box(mm(leftMm), m_y, mm(pageWidthMm - sideMm - leftMm), mm(12));
        m_y += text(words, box, printFont(points, weight), color, alignment);
    }

    void rule(const QColor &color = hairline, qreal millimetres = 0.2)
    {
        m_canvas.fill(QRectF(mm(sideMm), m_y, mm(pageWidthMm - 2 * sideMm), mm(millimetres)), color);
        m_y += mm(millimetres);
    }

    void row(const std::vector<Column> &columns, const std::vector<Cell> &cells, const QFont &font,
             const QColor &color = ink)
    {
        qreal flexible = pageWidthMm - 2 * sideMm;
        for (const Column &column : columns)
            flexible -= column.widthMm;
        const QFont small = printFont(7.5);
        qreal x = mm(sideMm);
        qreal height = 0;
        for (size_t i = 0; i < cells.size(); ++i) {
            const qreal width = mm(columns[i].widthMm > 0 ? columns[i].widthMm : flexible);
            const QRectF box(x, m_y, width - mm(1), mm(12));
            const Qt::Alignment alignment = columns[i].isAmount ? Qt::AlignRight : Qt::AlignLeft;
            qreal used = text(cells[i].text, box, font, color, alignment);
            if (!cells[i].small.isEmpty())
                used += text(cells[i].small, box.translated(0, used), small, quietInk, alignment);
            height = std::max(height, used);
            x += width;
        }
        m_y += height;
    }

private:
    void beginPage()
    {
        ++m_page;
        m_canvas.fill(QRectF(0, 0, mm(pageWidthMm), mm(4)), accent);
        const ReceiptSeller &seller = m_sheet.seller;
        QStringList feet;
        for (const QString &part : {seller.registration, seller.taxNumber, seller.email}) {
            if (!part.isEmpty())
                feet.append(part == seller.taxNumber ? u"Tax number "_s + part : part);
        }
        m_y = mm(pageHeightMm - 18);
        rule();
        skip(1.5);
        const qreal foot = m_y;
        line(feet.join(u"  ·  "_s), 7.5, QFont::Normal, quietInk);
        m_y = foot;
        line(u"%1  ·  page %2 of %3"_s.arg(m_sheet.number).arg(m_page).arg(m_pages), 7.5, QFont::Normal, quietInk,
             sideMm, Qt::AlignRight);
        m_y = mm(18);
    }

    PdfCanvas &m_canvas;
    const ReceiptSheet &m_sheet;
    int m_pages;
    int m_page = 0;
    qreal m_y = 0;
};

QString titleOf(const ReceiptSheet &sheet)
{
    return sheet.corrects.isEmpty() ? u"Receipt"_s : u"Credit note"_s;
}

void writeHead(Writer &writer, const ReceiptSheet &sheet)
{
    const qreal top = writer.y();
    const OrderView &order = sheet.order;
    const qreal rightMm = 120;
    writer.line(titleOf(sheet), 22, QFont::Bold, accent, rightMm, Qt::AlignRight);
    writer.line(sheet.number, 10.5, QFont::DemiBold, ink, rightMm, Qt::AlignRight);
    writer.line(timeText(sheet.issuedAt, order.timeZone, u"d MMMM yyyy, HH:mm"_s), 9, QFont::Normal, quietInk, rightMm,
                Qt::AlignRight);
    if (!sheet.corrects.isEmpty())
        writer.line(u"for receipt "_s + sheet.corrects, 9, QFont::Normal, quietInk, rightMm - 20, Qt::AlignRight);
    const qreal right = writer.y();
    writer.setY(top + mm(1.5));
    writer.line(sheet.seller.name.isEmpty() ? order.venueName : sheet.seller.name, 13, QFont::Bold);
    const QStringList address = sheet.seller.address.split(u'\n', Qt::SkipEmptyParts);
    for (const QString &part : address.mid(0, 5))
        writer.line(part.simplified(), 9, QFont::Normal, quietInk);
    if (!sheet.seller.taxNumber.isEmpty())
        writer.line(u"Tax number "_s + sheet.seller.taxNumber, 9, QFont::Normal, quietInk);
    writer.setY(std::max(right, writer.y()));
    writer.skip(8);
    if (!order.buyer.name.isEmpty() || !order.buyer.email.isEmpty()) {
        writer.line(u"SOLD TO"_s, 7, QFont::DemiBold, quietInk);
        writer.line(order.buyer.name, 10.5, QFont::Medium);
        writer.line(order.buyer.email, 9, QFont::Normal, quietInk);
        writer.skip(4);
    }
    writer.line(u"ORDER "_s + order.number, 7, QFont::DemiBold, quietInk);
    writer.line(order.eventTitle, 12, QFont::DemiBold);
    writer.line(timeText(order.startsAt, order.timeZone, u"dddd d MMMM yyyy, HH:mm"_s) + u"  ·  "_s + order.venueName,
                9, QFont::Normal, quietInk);
    writer.skip(6);
}

/// Columns that say nothing are left out.
struct Shown
{
    bool discounts = false;
    bool fees = false;
    bool taxesAdded = false;
};

Money taxAdded(const OrderLine &line)
{
    return line.total - (line.amount - line.discount + line.fee);
}

Shown shownOf(const std::vector<OrderLine> &lines)
{
    Shown shown;
    for (const OrderLine &line : lines) {
        shown.discounts |= !line.discount.isZero();
        shown.fees |= !line.fee.isZero();
        shown.taxesAdded |= !taxAdded(line).isZero();
    }
    return shown;
}

void writeLines(Writer &writer, const ReceiptSheet &sheet)
{
    const std::vector<OrderLine> &lines = sheet.order.lines;
    const Shown shown = shownOf(lines);
    std::vector<Column> columns{{.widthMm = 0, .isAmount = false}};
    std::vector<Cell> heads{{u"TICKET"_s}};
    const auto addColumn = [&](bool isShown, const QString &head) {
        if (!isShown)
            return;
        columns.push_back({.widthMm = 24});
        heads.push_back({head});
    };
    addColumn(true, u"PRICE"_s);
    addColumn(shown.discounts, u"DISCOUNT"_s);
    addColumn(shown.fees, u"FEES"_s);
    addColumn(shown.taxesAdded, u"TAX ADDED"_s);
    addColumn(true, u"TOTAL"_s);
    const auto head = [&] {
        writer.row(columns, heads, printFont(7, QFont::DemiBold), quietInk);
        writer.skip(1);
        writer.rule(ink, 0.3);
        writer.skip(1.5);
    };
    head();
    for (const OrderLine &line : lines) {
        const int page = writer.page();
        writer.need(12);
        if (writer.page() != page)
            head();
        std::vector<Cell> cells{{line.placeName, line.zoneName + u"  ·  "_s + line.priceTypeName}};
        cells.push_back({priceText(line.amount)});
        if (shown.discounts)
            cells.push_back({line.discount.isZero() ? QString() : priceText(-line.discount)});
        if (shown.fees)
            cells.push_back({priceText(line.fee)});
        if (shown.taxesAdded)
            cells.push_back({priceText(taxAdded(line))});
        cells.push_back({priceText(line.total)});
        writer.row(columns, cells, printFont(9.5));
        writer.skip(1.2);
        writer.rule();
        writer.skip(1.2);
    }
}

void writeTotals(Writer &writer, const ReceiptSheet &sheet)
{
    const std::vector<Column> columns{{.widthMm = 0, .isAmount = false}, {.widthMm = 34}};
    for (const FeeSum &fee : sheet.orderFees) {
        writer.need(8);
        writer.row(columns, {{fee.name}, {priceText(fee.amount)}}, printFont(9.5));
        writer.skip(1.2);
    }
    writer.need(12 + 7 * static_cast<qreal>(sheet.payments.size()));
    writer.skip(1);
    writer.rule(ink, 0.3);
    writer.skip(2);
    writer.row(columns, {{sheet.corrects.isEmpty() ? u"Total"_s : u"Given back"_s}, {priceText(sheet.order.total)}},
               printFont(13, QFont::Bold));
    writer.skip(1.5);
    for (const ReceiptPayment &payment : sheet.payments) {
        writer.row(columns, {{payment.what}, {priceText(payment.amount)}}, printFont(9.5), quietInk);
        writer.skip(0.8);
    }
}

void writeTaxes(Writer &writer, const ReceiptSheet &sheet)
{
    if (sheet.order.taxes.empty())
        return;
    const std::vector<Column> columns{
        {.widthMm = 0, .isAmount = false}, {.widthMm = 24}, {.widthMm = 34}, {.widthMm = 34}, {.widthMm = 34}};
    writer.need(14 + 7 * static_cast<qreal>(sheet.order.taxes.size()));
    writer.skip(8);
    writer.row(columns, {{u"TAX"_s}, {u"RATE"_s}, {u"NET"_s}, {u"TAX"_s}, {u"GROSS"_s}}, printFont(7, QFont::DemiBold),
               quietInk);
    writer.skip(1);
    writer.rule();
    writer.skip(1.5);
    for (const TaxSum &sum : sheet.order.taxes) {
        writer.row(columns,
                   {{sum.tax.name + (sum.tax.isIncluded ? u", included"_s : u", added"_s)},
                    {rateText(sum.tax.rateBasisPoints)},
                    {priceText(sum.net)},
                    {priceText(sum.amount)},
                    {priceText(sum.net + sum.amount)}},
                   printFont(9.5));
        writer.skip(1);
    }
}

QByteArray render(const ReceiptSheet &sheet, int pages, int &used)
{
    PdfCanvas canvas(pageWidthMm, pageHeightMm,
                     u"%1 %2, order %3"_s.arg(titleOf(sheet), sheet.number, sheet.order.number));
    Writer writer(canvas, sheet, pages);
    writeHead(writer, sheet);
    writeLines(writer, sheet);
    writeTotals(writer, sheet);
    writeTaxes(writer, sheet);
    writer.skip(8);
    writer.need(6);
    writer.line(sheet.corrects.isEmpty()
                    ? u"This receipt is the invoice too. It is paid in full."_s
                    : u"These tickets are void. The receipt that is named above counts less this note."_s,
                9, QFont::Normal, quietInk);
    used = writer.page();
    return canvas.finish();
}

} // namespace

QByteArray renderReceiptPdf(const ReceiptSheet &sheet)
{
    int pages = 1;
    QByteArray pdf = render(sheet, pages, pages);
    if (pages > 1) // Only what was drawn knows how many pages it needs.
        pdf = render(sheet, pages, pages);
    return pdf;
}

} // namespace parterre::server
