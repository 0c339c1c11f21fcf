#include "ticketing/ticketlayout.h"

#include <QDateTime>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QLocale>
#include <QStringList>
#include <QTextLayout>
#include <QTextOption>
#include <QTimeZone>

#include <algorithm>

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

QFont fontOf(qreal points, QFont::Weight weight)
{
    static const QString family = [] {
        // Not Inter: its contextual colon and hyphen have no Unicode in the PDF, so that `19:30` is copied as `19 30`.
        const QStringList present = QFontDatabase::families();
        for (const QString &wanted : {u"Noto Sans"_s, u"DejaVu Sans"_s}) {
            if (present.contains(wanted))
                return wanted;
        }
        return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    }();
    QFont font(family);
    font.setPixelSize(qRound(points * ticketUnitsPerInch / 72));
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::ForceOutline);
    return font;
}

/// How a text may be fitted: it shrinks from `points` to `pointsMin` before its last line is cut with an ellipsis.
struct TextStyle
{
    qreal points = 9;
    qreal pointsMin = 9;
    int linesMax = 1;
    QFont::Weight weight = QFont::Normal;
    QColor color = ink;
};

QStringList wrap(const QString &text, const QFont &font, qreal width)
{
    QTextLayout layout(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    QStringList lines;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        lines.append(text.mid(line.textStart(), line.textLength()).trimmed());
    }
    layout.endLayout();
    return lines;
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
        QFont font;
        QStringList lines;
        for (qreal points = style.points;; points = std::max(points - 0.5, style.pointsMin)) {
            font = fontOf(points, style.weight);
            lines = wrap(text, font, m_area.width());
            const qreal height = static_cast<qreal>(lines.size()) * QFontMetricsF(font).height();
            const bool fits = lines.size() <= style.linesMax && m_y + gapBefore + height <= m_area.bottom();
            if (fits || points <= style.pointsMin)
                break;
        }
        const QFontMetricsF metrics(font);
        const qreal height = metrics.height();
        const auto room = static_cast<int>((m_area.bottom() - m_y - gapBefore + 0.5) / height);
        const int count = std::min({static_cast<int>(lines.size()), style.linesMax, room});
        if (count < 1)
            return;
        if (count < lines.size())
            lines[count - 1] = lines.mid(count - 1).join(u' ');
        m_y += gapBefore;
        for (int i = 0; i < count; ++i, m_y += height) {
            const QString line = metrics.elidedText(lines[i], Qt::ElideRight, m_area.width());
            m_texts.push_back({QRectF(m_area.left(), m_y, m_area.width(), height), line, font, style.color});
        }
    }

private:
    std::vector<TextBox> &m_texts;
    QRectF m_area;
    qreal m_y;
};

constexpr TextStyle labelStyle{.points = 6.5, .pointsMin = 6.5, .weight = QFont::DemiBold, .color = quietInk};

QDateTime localTime(Instant instant, const QString &zoneName)
{
    const QTimeZone zone(zoneName.toLatin1());
    const qint64 milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
    return zone.isValid() ? QDateTime::fromMSecsSinceEpoch(milliseconds, zone)
                          : QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC);
}

QString dateText(const TicketSheet &sheet)
{
    return QLocale(QLocale::English, QLocale::UnitedKingdom)
        .toString(localTime(sheet.startsAt, sheet.timeZone), u"dddd d MMMM yyyy"_s);
}

QString timeText(const TicketSheet &sheet)
{
    QString text = localTime(sheet.startsAt, sheet.timeZone).toString(u"HH:mm"_s);
    if (!QTimeZone(sheet.timeZone.toLatin1()).isValid())
        text += u" UTC"_s;
    return text;
}

QString doorsText(const TicketSheet &sheet)
{
    return sheet.doorsAt ? u"Doors open "_s + localTime(*sheet.doorsAt, sheet.timeZone).toString(u"HH:mm"_s)
                         : QString();
}

/// Label above value, side by side. The first cell, a section or an area, gets what the others leave.
void addCells(std::vector<TextBox> &texts, const QRectF &area, const std::vector<PlacePart> &cells, qreal narrowWidth,
              const TextStyle &valueStyle)
{
    if (cells.empty())
        return;
    const qreal gap = mm(3);
    qreal x = area.left();
    for (size_t i = 0; i < cells.size(); ++i) {
        const qreal wide = area.width() - static_cast<qreal>(cells.size() - 1) * (narrowWidth + gap);
        const qreal width = i == 0 ? wide : narrowWidth;
        Column cell(texts, QRectF(x, area.top(), width, area.height()));
        cell.add(cells[i].label.toUpper(), labelStyle);
        cell.add(cells[i].value, valueStyle);
        x += width + gap;
    }
}

std::vector<PlacePart> presentOnly(std::vector<PlacePart> cells)
{
    std::erase_if(cells, [](const PlacePart &cell) { return cell.value.trimmed().isEmpty(); });
    return cells;
}

void layoutBody(TicketLayout &layout, const TicketSheet &sheet, const PrintedTicket &ticket)
{
    const qreal left = mm(14);
    const qreal right = mm(ticketTearMm - 7);
    const qreal textRight = layout.qrBox.left() - mm(3);
    auto &texts = layout.texts;

    Column head(texts, QRectF(left, mm(8), textRight - left, mm(47)));
    head.add(sheet.venueName.toUpper(), {.points = 7.5, .pointsMin = 6, .weight = QFont::DemiBold, .color = accent});
    head.add(sheet.eventTitle, {.points = 24, .pointsMin = 12, .linesMax = 2, .weight = QFont::Bold}, mm(1.2));
    head.add(sheet.subtitle, {.points = 9.5, .pointsMin = 8, .linesMax = 2, .color = quietInk}, mm(0.8));
    head.add(dateText(sheet) + u"  \u00B7  "_s + timeText(sheet),
             {.points = 12, .pointsMin = 9, .weight = QFont::DemiBold}, mm(2.4));
    const QStringList where = {doorsText(sheet), sheet.venueAddress.simplified()};
    QStringList present;
    std::ranges::copy_if(where, std::back_inserter(present), [](const QString &text) { return !text.isEmpty(); });
    head.add(present.join(u"  \u00B7  "_s), {.points = 8.5, .pointsMin = 7, .linesMax = 2, .color = quietInk}, mm(0.6));

    addCells(texts, QRectF(left, mm(57), textRight - left, mm(15)), splitPlaceName(ticket.placeName), mm(19),
             {.points = 21, .pointsMin = 11, .linesMax = 2, .weight = QFont::Bold});
    Column note(texts, QRectF(left, mm(72.5), textRight - left, mm(8)));
    note.add(ticket.note, {.points = 8, .pointsMin = 7, .linesMax = 2, .weight = QFont::DemiBold, .color = accent});

    Column code(texts, QRectF(layout.qrBox.left(), layout.qrBox.bottom(), layout.qrBox.width(), mm(12)));
    code.add(ticket.humanCode, {.points = 10, .pointsMin = 6, .weight = QFont::DemiBold});

    const QRectF foot(left, mm(83), right - left, mm(9));
    addCells(texts, foot,
             presentOnly({{u"Ticket"_s, ticket.priceTypeName},
                          {u"Zone"_s, ticket.zoneName},
                          {u"Price"_s, ticket.price.plainText()},
                          {u"Order"_s, sheet.orderNumber},
                          {u"Bought by"_s, sheet.buyerName}}),
             mm(22.5), {.points = 9, .pointsMin = 7, .weight = QFont::Medium});
}

void layoutStub(TicketLayout &layout, const TicketSheet &sheet, const PrintedTicket &ticket)
{
    const qreal left = mm(ticketTearMm + 6);
    const qreal width = mm(ticketWidthMm - 7) - left;
    auto &texts = layout.texts;

    Column head(texts, QRectF(left, mm(8), width, mm(34)));
    head.add(u"ADMIT ONE"_s, {.points = 7.5, .pointsMin = 7.5, .weight = QFont::DemiBold, .color = accent});
    head.add(sheet.eventTitle, {.points = 12, .pointsMin = 8.5, .linesMax = 3, .weight = QFont::Bold}, mm(1.2));
    head.add(dateText(sheet), {.points = 8.5, .pointsMin = 7, .weight = QFont::Medium}, mm(1.6));
    head.add(timeText(sheet), {.points = 8.5, .pointsMin = 7, .weight = QFont::Medium});

    std::vector<PlacePart> place = splitPlaceName(ticket.placeName);
    if (!place.empty()) {
        Column section(texts, QRectF(left, mm(45), width, mm(14)));
        section.add(place.front().label.toUpper(), labelStyle);
        section.add(place.front().value, {.points = 12, .pointsMin = 8.5, .linesMax = 2, .weight = QFont::Bold});
        place.erase(place.begin());
        addCells(texts, QRectF(left, mm(60), width, mm(12)), place, mm(20),
                 {.points = 16, .pointsMin = 9, .weight = QFont::Bold});
    }
    Column foot(texts, QRectF(left, mm(74), width, mm(18)));
    foot.add(ticket.humanCode, {.points = 10, .pointsMin = 7, .weight = QFont::DemiBold});
    const QString order = sheet.orderNumber.simplified();
    foot.add(order.isEmpty() ? order : u"Order "_s + order, {.points = 8, .pointsMin = 7, .color = quietInk}, mm(0.8));
    foot.add(u"Keep this part: it is your proof of purchase."_s,
             {.points = 6.5, .pointsMin = 6.5, .linesMax = 2, .color = quietInk}, mm(0.8));
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
    layout.qrBox = QRectF(mm(ticketTearMm - 7 - 44), mm(8), mm(44), mm(44));
    layoutBody(layout, sheet, ticket);
    layoutStub(layout, sheet, ticket);
    return layout;
}

} // namespace parterre::server
