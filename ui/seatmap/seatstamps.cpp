#include "seatmap/seatstamps.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t stampsMax = 6000; ///< About 10 MB at the sizes where many kinds are visible.

/// `source over` of premultiplied pixels on opaque ones; two channels at a time.
inline QRgb over(QRgb source, QRgb target)
{
    const quint32 rest = 255 - qAlpha(source);
    quint32 evens = (target & 0xff00ff) * rest;
    evens = ((evens + ((evens >> 8) & 0xff00ff) + 0x800080) >> 8) & 0xff00ff;
    quint32 odds = ((target >> 8) & 0xff00ff) * rest;
    odds = (odds + ((odds >> 8) & 0xff00ff) + 0x800080) & 0xff00ff00;
    return source + (evens | odds);
}

void blend(QImage &target, const QRect &clip, const QImage &stamp, int left, int top)
{
    const int fromX = std::max(left, clip.left());
    const int toX = std::min(left + stamp.width(), clip.right() + 1);
    const int fromY = std::max(top, clip.top());
    const int toY = std::min(top + stamp.height(), clip.bottom() + 1);
    if (fromX >= toX)
        return;
    // Raw lines: 80,000 seats a frame times ten lines each is too often to ask an image for its next line.
    const qsizetype sourceStride = stamp.bytesPerLine() / qsizetype{sizeof(QRgb)};
    const qsizetype targetStride = target.bytesPerLine() / qsizetype{sizeof(QRgb)};
    const QRgb *sourceLine =
        reinterpret_cast<const QRgb *>(stamp.constBits()) + (fromY - top) * sourceStride + (fromX - left);
    QRgb *targetLine = reinterpret_cast<QRgb *>(target.bits()) + fromY * targetStride + fromX;
    const int width = toX - fromX;
    for (int y = fromY; y < toY; ++y, sourceLine += sourceStride, targetLine += targetStride) {
        for (int x = 0; x < width; ++x) {
            const int alpha = qAlpha(sourceLine[x]);
            if (alpha == 255)
                targetLine[x] = sourceLine[x];
            else if (alpha != 0)
                targetLine[x] = over(sourceLine[x], targetLine[x]);
        }
    }
}

/// Room around a seat for rings and corner marks, as a share of the diameter.
constexpr double marginShare = 0.22;

struct Split
{
    int whole;
    int phase;
};

/// The pixel left of `value` and which quarter of it.
Split split(double value)
{
    const int quarters = static_cast<int>(std::floor(value * SeatStamps::phases));
    const int whole =
        quarters >= 0 ? quarters / SeatStamps::phases : -((-quarters + SeatStamps::phases - 1) / SeatStamps::phases);
    return {whole, quarters - whole * SeatStamps::phases};
}

int halfSide(double diameter)
{
    return static_cast<int>(std::ceil(diameter * (0.5 + marginShare))) + 1;
}

/// A dot when zoomed out: the looks differ by size, filling and ring, so that they do without colour.
void paintDot(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, double d)
{
    const double r = d / 2;
    const double line = std::max(0.8, d * 0.18);
    painter.setPen(Qt::NoPen);
    switch (look) {
    case SeatLook::Available:
        painter.setBrush(zone);
        painter.drawEllipse(QPointF(), r, r);
        break;
    case SeatLook::Held:
    case SeatLook::PaymentPending:
        painter.setBrush(mixed(theme.mapFloor, zone, 0.25));
        painter.setPen(QPen(zone, line));
        painter.drawEllipse(QPointF(), r - line / 2, r - line / 2);
        if (look == SeatLook::PaymentPending) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(zone);
            painter.drawEllipse(QPointF(), r * 0.4, r * 0.4);
        }
        break;
    case SeatLook::Sold:
        painter.setBrush(theme.seatSold);
        painter.drawEllipse(QPointF(), r * 0.85, r * 0.85);
        break;
    case SeatLook::House:
        painter.setBrush(zone);
        painter.drawRect(QRectF(-r * 0.7, -r * 0.7, r * 1.4, r * 1.4));
        painter.setBrush(theme.mapFloor);
        painter.drawRect(QRectF(-r * 0.3, -r * 0.3, r * 0.6, r * 0.6));
        break;
    case SeatLook::Killed:
        painter.setPen(QPen(theme.seatOff, line));
        painter.drawLine(QPointF(-r * 0.5, -r * 0.5), QPointF(r * 0.5, r * 0.5));
        painter.drawLine(QPointF(-r * 0.5, r * 0.5), QPointF(r * 0.5, -r * 0.5));
        break;
    case SeatLook::Chosen:
    case SeatLook::Own:
        painter.setBrush(theme.seatOwnMark);
        painter.drawEllipse(QPointF(), r * 1.35, r * 1.35);
        painter.setBrush(theme.seatOwn);
        painter.drawEllipse(QPointF(), r * 1.1, r * 1.1);
        if (look == SeatLook::Chosen) {
            painter.setBrush(zone);
            painter.drawEllipse(QPointF(), r * 0.6, r * 0.6);
        }
        break;
    }
}

void paintHatch(QPainter &painter, const QColor &color, double r)
{
    QPainterPath disc;
    disc.addEllipse(QPointF(), r, r);
    painter.save();
    painter.setClipPath(disc);
    painter.setPen(QPen(color, std::max(1.0, r * 0.16), Qt::SolidLine, Qt::FlatCap));
    const double step = std::max(3.0, r * 0.5);
    for (double at = -2 * r; at <= 2 * r; at += step)
        painter.drawLine(QPointF(at - r, r), QPointF(at + r, -r));
    painter.restore();
}

void paintHeld(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, double r)
{
    const double line = std::max(1.2, r * 0.16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(theme.mapFloor, zone, 0.16));
    painter.drawEllipse(QPointF(), r, r);
    if (look == SeatLook::Held)
        paintHatch(painter, mixed(theme.mapFloor, zone, 0.55), r);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(zone, line));
    painter.drawEllipse(QPointF(), r - line / 2, r - line / 2);
    if (look == SeatLook::PaymentPending) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(zone);
        for (const double x : {-0.42, 0.0, 0.42})
            painter.drawEllipse(QPointF(x * r, 0), r * 0.15, r * 0.15);
    }
}

void paintLetter(QPainter &painter, const QString &letter, const QColor &color, double r)
{
    QFont font = painter.font();
    font.setPixelSize(std::max(6, static_cast<int>(std::lround(r * 1.15))));
    font.setWeight(QFont::Bold);
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(QRectF(-r, -r, 2 * r, 2 * r), Qt::AlignCenter, letter);
}

void paintHouse(QPainter &painter, const Theme &theme, const QColor &zone, const QString &letter, double r)
{
    const double line = std::max(1.4, r * 0.2);
    painter.setBrush(theme.mapFloor);
    painter.setPen(QPen(zone, line));
    const double side = r * 0.86;
    painter.drawRoundedRect(QRectF(-side, -side, 2 * side, 2 * side), r * 0.3, r * 0.3);
    const QColor ink = contrastRatio(zone, theme.mapFloor) >= 3.0 ? zone : theme.text;
    paintLetter(painter, letter, ink, r);
}

void paintKilled(QPainter &painter, const Theme &theme, double r)
{
    QPen pen(theme.seatOff, std::max(1.0, r * 0.11));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(pen);
    painter.drawEllipse(QPointF(), r * 0.88, r * 0.88);
    pen.setWidthF(std::max(1.2, r * 0.18));
    pen.setCapStyle(Qt::RoundCap);
    painter.setPen(pen);
    const double reach = r * 0.4;
    painter.drawLine(QPointF(-reach, -reach), QPointF(reach, reach));
    painter.drawLine(QPointF(-reach, reach), QPointF(reach, -reach));
}

void paintOwn(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, double r)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.mapFloor);
    painter.drawEllipse(QPointF(), r * 1.32, r * 1.32);
    painter.setBrush(theme.seatOwn);
    painter.drawEllipse(QPointF(), r * 1.18, r * 1.18);
    if (look == SeatLook::Chosen) {
        painter.setBrush(zone);
        painter.drawEllipse(QPointF(), r * 0.86, r * 0.86);
        return;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.seatOwnMark, r * 0.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(
        QPolygonF{QPointF(-r * 0.52, r * 0.04), QPointF(-r * 0.12, r * 0.44), QPointF(r * 0.56, -r * 0.38)});
}

/// The sign of the International Symbol of Access, drawn with few strokes so that it reads at ten pixels.
void paintWheelchair(QPainter &painter, const QColor &ink, double r)
{
    painter.save();
    painter.scale(r * 0.78, r * 0.78);
    painter.setPen(QPen(ink, 0.24, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(
        QPolygonF{QPointF(-0.2, -0.42), QPointF(-0.2, 0.12), QPointF(0.38, 0.12), QPointF(0.62, 0.72)});
    painter.drawLine(QPointF(-0.2, -0.16), QPointF(0.3, -0.16));
    painter.drawArc(QRectF(-0.78, -0.2, 1.06, 1.06), 100 * 16, 235 * 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawEllipse(QPointF(-0.2, -0.78), 0.19, 0.19);
    painter.restore();
}

void paintCompanion(QPainter &painter, const QColor &ink, double r)
{
    painter.save();
    painter.scale(r * 0.78, r * 0.78);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawEllipse(QPointF(-0.22, -0.42), 0.3, 0.3);
    QPainterPath body;
    body.moveTo(-0.78, 0.62);
    body.cubicTo(-0.78, -0.18, 0.34, -0.18, 0.34, 0.62);
    body.closeSubpath();
    painter.drawPath(body);
    painter.setPen(QPen(ink, 0.2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(0.62, -0.46), QPointF(0.62, 0.14));
    painter.drawLine(QPointF(0.32, -0.16), QPointF(0.92, -0.16));
    painter.restore();
}

/// A plate in a corner: top right for a restricted view, bottom right for step-free access.
void paintCorner(QPainter &painter, const Theme &theme, double r, bool top)
{
    const QPointF place(r * 0.74, top ? -r * 0.74 : r * 0.74);
    const double plate = r * 0.42;
    painter.setPen(QPen(theme.mapFloor, std::max(0.8, r * 0.1)));
    painter.setBrush(theme.text);
    painter.drawEllipse(place, plate, plate);
    painter.setPen(QPen(theme.mapFloor, std::max(0.9, r * 0.12), Qt::SolidLine, Qt::RoundCap));
    if (top) {
        painter.drawLine(place + QPointF(-plate, plate) * 0.45, place + QPointF(plate, -plate) * 0.45);
    } else {
        painter.drawLine(place + QPointF(-plate * 0.5, 0), place + QPointF(plate * 0.5, 0));
    }
}

void paintBadge(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, SeatBadge badge, double r)
{
    QColor ink = readableOn(zone);
    if (look == SeatLook::Sold)
        ink = theme.seatSoldText;
    else if (look != SeatLook::Available && look != SeatLook::Chosen)
        return; // The state's own mark is what matters then; the tooltip has the rest.
    if (badge == SeatBadge::Wheelchair)
        paintWheelchair(painter, ink, r);
    else if (badge == SeatBadge::Companion)
        paintCompanion(painter, ink, r);
}

} // namespace

void SeatStamps::paintSeat(QPainter &painter, const Theme &theme, const QColor &zone, SeatLook look, SeatBadge badge,
                           bool restrictedView, double diameter, const QString &houseLetter)
{
    const double r = diameter / 2;
    painter.setRenderHint(QPainter::Antialiasing);
    if (diameter < dotDiameter) {
        paintDot(painter, theme, zone, look, diameter);
        return;
    }
    switch (look) {
    case SeatLook::Available:
        painter.setPen(Qt::NoPen);
        painter.setBrush(zone);
        painter.drawEllipse(QPointF(), r, r);
        break;
    case SeatLook::Held:
    case SeatLook::PaymentPending:
        paintHeld(painter, theme, zone, look, r);
        break;
    case SeatLook::Sold:
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.seatSold);
        painter.drawEllipse(QPointF(), r * 0.94, r * 0.94);
        break;
    case SeatLook::House:
        paintHouse(painter, theme, zone, houseLetter, r);
        break;
    case SeatLook::Killed:
        paintKilled(painter, theme, r);
        break;
    case SeatLook::Chosen:
    case SeatLook::Own:
        paintOwn(painter, theme, zone, look, r);
        break;
    }
    paintBadge(painter, theme, zone, look, badge, r);
    if (diameter >= 12.0 && look != SeatLook::Sold && look != SeatLook::Killed) {
        if (restrictedView)
            paintCorner(painter, theme, r, true);
        if (badge == SeatBadge::StepFree)
            paintCorner(painter, theme, r, false);
    }
}

void SeatStamps::setStyle(const Theme &theme, const std::vector<QColor> &zoneColors, const QStringList &houseLetters,
                          const QFont &font)
{
    m_theme = &theme;
    m_zones = zoneColors;
    m_houseLetters = houseLetters;
    m_font = font;
    m_stamps.clear();
    m_labels.clear();
}

void SeatStamps::setScale(double deviceScale)
{
    if (deviceScale == m_scale)
        return;
    m_scale = deviceScale;
    m_stamps.clear();
    m_labels.clear();
}

QColor SeatStamps::inkOn(SeatLook look, int zone) const
{
    switch (look) {
    case SeatLook::Available:
    case SeatLook::Chosen:
        return readableOn(m_zones[static_cast<size_t>(zone)]);
    case SeatLook::Sold:
        return m_theme->seatSoldText;
    case SeatLook::Held:
        return m_theme->text;
    case SeatLook::PaymentPending:
    case SeatLook::House:
    case SeatLook::Killed:
    case SeatLook::Own:
        break;
    }
    return {};
}

QImage SeatStamps::makeStamp(const Key &key, int phaseX, int phaseY) const
{
    const double diameter = key.diameter / 4.0;
    const int half = halfSide(diameter);
    QImage image(2 * half + 1, 2 * half + 1, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setFont(m_font);
    painter.translate(half + (phaseX + 0.5) / phases, half + (phaseY + 0.5) / phases);
    const qsizetype code = key.zone - (static_cast<qsizetype>(m_zones.size()) - m_houseLetters.size());
    paintSeat(painter, *m_theme, m_zones[key.zone], key.look, key.badge, key.restrictedView, diameter,
              code >= 0 ? m_houseLetters.at(code) : u"H"_s);
    return image;
}

const QImage &SeatStamps::stamp(const Key &key, int phaseX, int phaseY)
{
    const quint64 id = quint64(key.look) | quint64(key.badge) << 4 | quint64(key.restrictedView) << 8 |
                       quint64(phaseX) << 9 | quint64(phaseY) << 12 | quint64(key.zone) << 16 |
                       quint64(key.diameter) << 32;
    auto found = m_stamps.find(id);
    if (found == m_stamps.end()) {
        if (static_cast<size_t>(m_stamps.size()) >= stampsMax)
            m_stamps.clear();
        found = m_stamps.insert(id, makeStamp(key, phaseX, phaseY));
    }
    return *found;
}

void SeatStamps::drawSeat(QImage &target, const QRect &clip, const Key &key, double x, double y)
{
    const Split atX = split(x);
    const Split atY = split(y);
    const int half = halfSide(key.diameter / 4.0);
    if (atX.whole + half < clip.left() || atX.whole - half > clip.right() || atY.whole + half < clip.top() ||
        atY.whole - half > clip.bottom())
        return;
    blend(target, clip, stamp(key, atX.phase, atY.phase), atX.whole - half, atY.whole - half);
}

void SeatStamps::drawLabel(QImage &target, const QRect &clip, const QString &text, int textId, const QColor &ink,
                           double diameter, double x, double y)
{
    const int quarters = static_cast<int>(diameter * 4);
    const quint64 id = quint64(textId) | quint64(ink.rgb() & 0xffffff) << 20 | quint64(quarters) << 44;
    auto found = m_labels.find(id);
    if (found == m_labels.end()) {
        if (static_cast<size_t>(m_labels.size()) >= stampsMax)
            m_labels.clear();
        QFont font = m_font;
        font.setWeight(QFont::DemiBold);
        font.setPixelSize(std::max(7, static_cast<int>(std::lround(diameter * 0.46))));
        const double width = QFontMetricsF(font).horizontalAdvance(text);
        const double room = diameter * 0.86;
        if (width > room)
            font.setPixelSize(std::max(5, static_cast<int>(font.pixelSize() * room / width)));
        const int side = 2 * halfSide(diameter) + 1;
        QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        if (QFontMetricsF(font).horizontalAdvance(text) <= diameter * 1.1) {
            QPainter painter(&image);
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(QRectF(0, 0, side, side), Qt::AlignCenter, text);
        }
        found = m_labels.insert(id, image);
    }
    const int side = found->width();
    blend(target, clip, *found, static_cast<int>(std::lround(x - side / 2.0)),
          static_cast<int>(std::lround(y - side / 2.0)));
}

} // namespace parterre::ui
