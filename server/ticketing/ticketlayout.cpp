#include "ticketing/ticketlayout.h"

#include "ticketing/sheettext.h"

#include <QFontMetricsF>
#include <QStringList>
#include <QTextLayout>
#include <QTextOption>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

using namespace Qt::StringLiterals;

namespace parterre::server {
namespace {

constexpr QColor ink(0x17, 0x1B, 0x2E);
constexpr QColor quietInk(0x5B, 0x61, 0x74);
constexpr QColor accent(0x9E, 0x2B, 0x3C);

constexpr qreal mm(qreal millimetres)
{
    return millimetres * ticketUnitsPerMm;
}

/// How a text may be fitted: it shrinks from `points` to `pointsMin` before its last line is cut with an ellipsis.
struct TextStyle
{
    qreal points = 9;
    qreal pointsMin = 9;
    int linesMax = 1;
    QFont::Weight weight = QFont::Normal;
    QColor color = ink;
    PrintFace face = PrintFace::Text;
    bool isCentred = false;
};

/// Looked up once a thread, since each ticket asks for them dozens of times.
struct StyleFont
{
    QFont font;
    qreal height = 0;
    qreal ascent = 0;
};

const StyleFont &styleFont(qreal points, const TextStyle &style)
{
    static thread_local std::map<std::tuple<qreal, int, PrintFace>, StyleFont> known;
    StyleFont &found = known[{points, style.weight, style.face}];
    if (found.height <= 0) {
        found.font = printFont(points, style.weight, style.face);
        const QFontMetricsF metrics(found.font);
        found.height = metrics.height();
        found.ascent = metrics.ascent();
    }
    return found;
}

qreal widthOf(const QString &text, const QFont &font)
{
    const auto width = typeWidth(text, font);
    return width ? *width : QFontMetricsF(font).horizontalAdvance(text);
}

QStringList wrap(const QString &text, const QFont &font, qreal width)
{
    QTextLayout layout(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    QStringList lines;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width - mm(0.2)); // A little less than elidedText() is given.
        lines.append(text.mid(line.textStart(), line.textLength()).trimmed());
    }
    layout.endLayout();
    return lines;
}

struct FittedText
{
    QFont font;
    QStringList lines; ///< All of them; the caller cuts what has no room.
};

/// The largest size of the style at which the text needs no more lines and no more height than there are.
FittedText fit(const QString &text, const TextStyle &style, QSizeF room)
{
    FittedText fitted;
    for (qreal points = style.points;; points = std::max(points - 0.5, style.pointsMin)) {
        const StyleFont &at = styleFont(points, style);
        fitted.font = at.font;
        fitted.lines = wrap(text, fitted.font, room.width());
        const qreal height = static_cast<qreal>(fitted.lines.size()) * at.height;
        if ((fitted.lines.size() <= style.linesMax && height <= room.height()) || points <= style.pointsMin)
            return fitted;
    }
}

/// Lines of one text, fitted and cut, and how far in each begins.
struct FittedLines
{
    QFont font;
    qreal height = 0;
    qreal ascent = 0;
    bool wraps = false; ///< It needs more than one line.
    std::vector<std::pair<QString, qreal>> lines;
};

/// Most texts are: one line at their largest size. Type is measured by far quicker than Qt lays out a text.
std::optional<FittedLines> asOneLine(const QString &text, const TextStyle &style, QSizeF room)
{
    const StyleFont &largest = styleFont(style.points, style);
    const auto width = typeWidth(text, largest.font);
    if (!width || *width > room.width() - mm(0.2) || largest.height > room.height())
        return std::nullopt;
    return FittedLines{.font = largest.font,
                       .height = largest.height,
                       .ascent = largest.ascent,
                       .wraps = false,
                       .lines = {{text, style.isCentred ? (room.width() - *width) / 2 : 0}}};
}

FittedLines fitLines(const QString &text, const TextStyle &style, QSizeF room)
{
    if (auto fitted = asOneLine(text, style, room))
        return *std::move(fitted);
    auto [font, lines] = fit(text, style, room);
    const QFontMetricsF metrics(font);
    FittedLines fitted{
        .font = font, .height = metrics.height(), .ascent = metrics.ascent(), .wraps = lines.size() > 1, .lines = {}};
    const auto roomFor = static_cast<int>((room.height() + 0.5) / fitted.height);
    const int count = std::min({static_cast<int>(lines.size()), style.linesMax, roomFor});
    if (count < 1)
        return fitted;
    if (count < lines.size())
        lines[count - 1] = lines.mid(count - 1).join(u' ');
    for (int i = 0; i < count; ++i) {
        // The shaped text may be a hair wider than the sum that elidedText() goes by.
        const QString line = metrics.elidedText(lines[i], Qt::ElideRight, room.width() - mm(0.1));
        fitted.lines.emplace_back(line, style.isCentred ? (room.width() - widthOf(line, font)) / 2 : 0);
    }
    return fitted;
}

/// As fitLines(). Most of a ticket is the same on every ticket of an evening, and measuring it costs as much as
/// drawing. Good until the next call.
const FittedLines &knownLines(const QString &text, const TextStyle &style, QSizeF room)
{
    // The text last: of many keys with the same text, or none, the numbers tell sooner.
    using LineKey = std::tuple<qreal, qreal, qreal, qreal, int, int, int, bool, QString>;
    constexpr size_t keptMax = 4'000;
    static thread_local std::map<LineKey, FittedLines> known;
    const LineKey key(room.width(), room.height(), style.points, style.pointsMin, style.linesMax, style.weight,
                      static_cast<int>(style.face), style.isCentred, text);
    if (const auto found = known.find(key); found != known.end())
        return found->second;
    if (known.size() >= keptMax)
        known.clear();
    return known.emplace(key, fitLines(text, style, room)).first->second;
}

/// Writes boxes from a point downwards in one column.
class Column
{
public:
    Column(std::vector<TextBox> &texts, const QRectF &area)
        : m_texts(texts)
        , m_area(area)
        , m_y(area.top())
    {}

    [[nodiscard]] qreal y() const { return m_y; }
    [[nodiscard]] qreal width() const { return m_area.width(); }
    void skip(qreal height) { m_y += height; }

    /// Nothing is written, and nothing skipped, for an empty text or where the column has no room left.
    void add(const QString &raw, const TextStyle &style, qreal gapBefore = 0)
    {
        const QString text = raw.simplified();
        if (text.isEmpty())
            return;
        const FittedLines &fitted = knownLines(text, style, QSizeF(m_area.width(), m_area.bottom() - m_y - gapBefore));
        if (fitted.lines.empty())
            return;
        m_y += gapBefore;
        for (const auto &[line, indent] : fitted.lines) {
            m_texts.push_back({QRectF(m_area.left() + indent, m_y, m_area.width() - indent, fitted.height), line,
                               fitted.font, style.color, fitted.ascent});
            m_y += fitted.height;
        }
    }

private:
    std::vector<TextBox> &m_texts;
    QRectF m_area;
    qreal m_y;
};

constexpr TextStyle labelStyle{.points = 6.5, .pointsMin = 6.5, .weight = QFont::DemiBold, .color = quietInk};

constexpr qreal cellGap = mm(3);

/// The first cell, a section or an area, gets what the others leave.
std::vector<qreal> firstWide(size_t count, qreal room, qreal narrow)
{
    std::vector<qreal> widths(count, narrow);
    if (count > 0)
        widths.front() = room - static_cast<qreal>(count - 1) * (narrow + cellGap);
    return widths;
}

/// Each as wide as what it says, and what is left shared out; all alike where there is too little room.
std::vector<qreal> asWideAsSaid(const std::vector<PlacePart> &cells, qreal room, const TextStyle &style)
{
    const QFont &font = styleFont(style.points, style).font;
    const auto count = static_cast<qreal>(cells.size());
    qreal left = room - (count - 1) * cellGap;
    std::vector<qreal> widths(cells.size(), left / count);
    std::vector<qreal> said;
    for (const PlacePart &cell : cells)
        said.push_back(std::max(widthOf(cell.value.simplified(), font), mm(10)));
    for (const qreal width : said)
        left -= width;
    for (size_t i = 0; left > 0 && i < cells.size(); ++i)
        widths[i] = said[i] + left / count;
    return widths;
}

/// Label above value, side by side, the values on one line whatever size they needed.
void addCells(std::vector<TextBox> &texts, const QRectF &area, const std::vector<PlacePart> &cells,
              const std::vector<qreal> &widths, const TextStyle &valueStyle)
{
    if (cells.empty())
        return;
    const qreal labelHeight = styleFont(labelStyle.points, labelStyle).height;
    std::vector<qreal> ascents;
    for (size_t i = 0; i < cells.size(); ++i) {
        const FittedLines &fitted =
            knownLines(cells[i].value.simplified(), valueStyle, {widths[i], area.height() - labelHeight});
        ascents.push_back(fitted.wraps ? 0 : fitted.ascent);
    }
    const qreal baseline = *std::ranges::max_element(ascents);
    qreal x = area.left();
    for (size_t i = 0; i < cells.size(); ++i) {
        Column cell(texts, QRectF(x, area.top(), widths[i], area.height()));
        cell.add(cells[i].label.toUpper(), labelStyle);
        cell.add(cells[i].value, valueStyle, ascents[i] > 0 ? baseline - ascents[i] : 0);
        x += widths[i] + cellGap;
    }
}

std::vector<PlacePart> presentOnly(std::vector<PlacePart> cells)
{
    std::erase_if(cells, [](const PlacePart &cell) { return cell.value.trimmed().isEmpty(); });
    return cells;
}

/// Date and time stand at a fixed place, so that no title, however long, can push them off the ticket.
void layoutHead(TicketLayout &layout, const TicketSheet &sheet)
{
    const qreal left = mm(ticketTextMm);
    const qreal width = layout.qrBox.left() - mm(3) - left;
    const qreal subtitleRoom = sheet.subtitle.simplified().isEmpty() ? 0 : mm(6);
    const TextStyle subtitle{.points = 9.5, .pointsMin = 8, .color = quietInk};

    Column title(layout.texts, QRectF(left, mm(8.5), width, mm(32) - subtitleRoom));
    title.add(sheet.venueName.toUpper(), {.points = 7.5, .pointsMin = 6, .weight = QFont::DemiBold, .color = accent});
    title.add(sheet.venueAddress, {.points = 7, .pointsMin = 6, .color = quietInk});
    title.add(sheet.eventTitle,
              {.points = 27, .pointsMin = 12, .linesMax = 2, .weight = QFont::Bold, .face = PrintFace::Display},
              mm(1.6));
    Column below(layout.texts, QRectF(left, title.y(), width, mm(40.5) - title.y()));
    below.add(sheet.subtitle, subtitle, mm(0.4));

    Column when(layout.texts, QRectF(left, mm(42), width, mm(13)));
    when.add(dateText(sheet) + u"  \u00B7  "_s + timeText(sheet),
             {.points = 12.5, .pointsMin = 9, .weight = QFont::DemiBold});
    when.add(doorsText(sheet), {.points = 8.5, .pointsMin = 7, .color = quietInk}, mm(0.4));
}

void layoutBody(TicketLayout &layout, const TicketSheet &sheet, const PrintedTicket &ticket)
{
    const qreal left = mm(ticketTextMm);
    const qreal right = mm(ticketTearMm - 7);
    auto &texts = layout.texts;
    layoutHead(layout, sheet);

    Column code(texts, QRectF(layout.qrBox.left(), layout.qrBox.bottom(), layout.qrBox.width(), mm(6)));
    code.add(ticket.humanCode, {.points = 10, .pointsMin = 6, .weight = QFont::DemiBold, .isCentred = true});

    layout.placeBox = QRectF(left, mm(58), right - left, mm(23));
    const QRectF inside = layout.placeBox.adjusted(mm(4.5), mm(2.5), -mm(4.5), -mm(1.5));
    const bool hasNote = !ticket.note.simplified().isEmpty();
    const std::vector<PlacePart> place = splitPlaceName(ticket.placeName);
    addCells(texts, QRectF(inside.left(), inside.top() + (hasNote ? 0 : mm(2.5)), inside.width(), mm(14)), place,
             firstWide(place.size(), inside.width(), mm(22)),
             {.points = 21, .pointsMin = 10, .linesMax = 2, .weight = QFont::Bold});
    Column note(texts, QRectF(inside.left(), inside.top() + mm(14), inside.width(), mm(5)));
    note.add(ticket.note, {.points = 8.5, .pointsMin = 7, .weight = QFont::DemiBold, .color = accent});

    const auto facts = presentOnly({{u"Ticket"_s, ticket.priceTypeName},
                                    {u"Zone"_s, ticket.zoneName},
                                    {u"Price"_s, priceText(ticket.price)},
                                    {u"Order"_s, sheet.orderNumber},
                                    ticket.holderName.isEmpty() ? PlacePart{u"Bought by"_s, sheet.buyerName}
                                                                : PlacePart{u"Holder"_s, ticket.holderName}});
    constexpr TextStyle factStyle{.points = 9, .pointsMin = 7, .weight = QFont::Medium};
    const qreal factsWidth = right - left - mm(9);
    addCells(texts, QRectF(left + mm(4.5), mm(84), factsWidth, mm(9)), facts,
             asWideAsSaid(facts, factsWidth, factStyle), factStyle);
}

void layoutStub(TicketLayout &layout, const TicketSheet &sheet, const PrintedTicket &ticket)
{
    const qreal left = mm(ticketTearMm + 7);
    const qreal width = mm(ticketWidthMm - 7) - left;
    auto &texts = layout.texts;

    Column head(texts, QRectF(left, mm(8.5), width, mm(18)));
    head.add(u"ADMIT ONE"_s, {.points = 7.5, .pointsMin = 7.5, .weight = QFont::DemiBold, .color = accent});
    head.add(sheet.eventTitle,
             {.points = 13, .pointsMin = 8.5, .linesMax = 3, .weight = QFont::Bold, .face = PrintFace::Display},
             mm(1.2));
    Column when(texts, QRectF(left, mm(28), width, mm(10)));
    when.add(dateText(sheet), {.points = 8.5, .pointsMin = 7, .weight = QFont::Medium});
    when.add(timeText(sheet), {.points = 8.5, .pointsMin = 7, .weight = QFont::Medium});

    std::vector<PlacePart> place = splitPlaceName(ticket.placeName);
    if (!place.empty()) {
        Column section(texts, QRectF(left, mm(42), width, mm(15)));
        section.add(place.front().label.toUpper(), labelStyle);
        section.add(place.front().value, {.points = 12, .pointsMin = 8.5, .linesMax = 2, .weight = QFont::Bold});
        place.erase(place.begin());
        addCells(texts, QRectF(left, section.y() + mm(1.6), width, mm(12)), place,
                 firstWide(place.size(), width, mm(18)), {.points = 16, .pointsMin = 9, .weight = QFont::Bold});
    }
    Column foot(texts, QRectF(left, mm(75), width, mm(17)));
    foot.add(ticket.humanCode, {.points = 10, .pointsMin = 7, .weight = QFont::DemiBold});
    const QString order = sheet.orderNumber.simplified();
    foot.add(order.isEmpty() ? order : u"Order "_s + order, {.points = 8, .pointsMin = 7, .color = quietInk}, mm(0.6));
    foot.add(u"Keep this part: it is your proof of purchase."_s,
             {.points = 6.5, .pointsMin = 6.5, .linesMax = 2, .color = quietInk}, mm(0.6));
}

} // namespace

std::vector<PlacePart> splitPlaceName(const QString &placeName)
{
    QStringList parts = placeName.split(u", "_s, Qt::SkipEmptyParts);
    std::vector<PlacePart> found;
    for (const auto &[prefix, label] : {std::pair(u"seat "_s, u"Seat"_s), std::pair(u"row "_s, u"Row"_s)}) {
        if (!parts.isEmpty() && parts.last().startsWith(prefix, Qt::CaseInsensitive))
            found.insert(found.begin(), {label, parts.takeLast().mid(prefix.size()).trimmed()});
    }
    const QString rest = parts.join(u", "_s).trimmed();
    if (!rest.isEmpty())
        found.insert(found.begin(), {found.empty() ? u"Admission"_s : u"Section"_s, rest});
    return found;
}

TicketLayout layoutTicket(const TicketSheet &sheet, const PrintedTicket &ticket)
{
    TicketLayout layout;
    // The code's quiet zone reaches into the margin, so that its ink ends where the panel below it ends.
    constexpr qreal side = 44;
    constexpr qreal quiet = 2.8;
    layout.qrBox = QRectF(mm(ticketTearMm - 7 - side + quiet), mm(6.5), mm(side), mm(side));
    layoutBody(layout, sheet, ticket);
    layoutStub(layout, sheet, ticket);
    return layout;
}

} // namespace parterre::server
