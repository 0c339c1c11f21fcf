#include "seatmap/seatmaprenderer.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double readablePixels = 7.0; ///< Smaller letters are noise.

QRectF grown(const QRectF &rect, double by)
{
    return rect.adjusted(-by, -by, by, by);
}

/// Foreign plans are coloured for white paper; on a dark floor their colours keep the hue and lose the glare.
QColor onFloor(const QColor &color, const Theme &theme)
{
    return theme.dark ? mixed(theme.mapFloor, color, 0.17) : color;
}

} // namespace

void SeatMapRenderer::setModel(const SeatMapModel *model)
{
    m_model = model;
    setStyle(*m_theme, m_font);
}

void SeatMapRenderer::setStyle(const Theme &theme, const QFont &font)
{
    m_theme = &theme;
    m_font = font;
    std::vector<QColor> colors;
    QStringList letters;
    if (m_model && !m_model->isEmpty()) {
        for (int zone = 0; zone < m_model->zoneCount(); ++zone)
            colors.push_back(m_theme->zoneOnMap(m_model->zone(zone).color));
        for (const SeatHouseCode &code : m_model->houseCodes()) {
            colors.push_back(m_theme->zoneOnMap(code.color));
            letters.append(code.letter);
        }
        readFigures();
    }
    m_stamps.setStyle(theme, colors, letters, font);
}

void SeatMapRenderer::setScale(double deviceScale, double devicePixelRatio)
{
    m_scale = deviceScale;
    m_ratio = devicePixelRatio;
    m_stamps.setScale(deviceScale);
}

void SeatMapRenderer::readFigures()
{
    m_figures.clear();
    const Layout &layout = m_model->index().layout();
    for (const LayoutSection &section : layout.sections) {
        for (const LayoutShape &shape : section.decorations)
            addFigure(shape, section.floor, false);
        for (const LayoutTable &table : section.tables)
            addFigure(table.shape, section.floor, false);
    }
    if (layout.stage)
        placeStage(*layout.stage);
}

/// The stage stands on the floors that reach around it, and under what is drawn upon it: pillars, a trapdoor.
void SeatMapRenderer::placeStage(const LayoutShape &stage)
{
    const QRectF rect = shapePath(stage).boundingRect();
    const auto under = std::find_if(m_figures.rbegin(), m_figures.rend(),
                                    [&](const Figure &figure) { return figure.path.boundingRect().contains(rect); });
    const auto place = m_figures.rend() - under;
    addFigure(stage, -1, true);
    std::rotate(m_figures.begin() + place, m_figures.end() - 1, m_figures.end());
}

void SeatMapRenderer::addFigure(const LayoutShape &shape, int floor, bool stage)
{
    Figure figure;
    figure.path = shapePath(shape);
    figure.floor = floor;
    figure.rotation = shape.rotation;
    figure.text = shape.text;
    figure.textSize = shape.textSize;
    const QColor fill(shape.fillColor);
    const QColor border(shape.borderColor);
    if (fill.isValid())
        figure.fill = onFloor(fill, *m_theme);
    else if (stage)
        figure.fill = m_theme->mapStage;
    if (border.isValid())
        figure.border = onFloor(border, *m_theme);
    else if (!figure.fill.isValid())
        figure.border = m_theme->mapLine;

    const QColor ground = figure.fill.isValid() ? figure.fill : m_theme->mapFloor;
    figure.textColor = QColor(shape.textColor);
    if (!figure.textColor.isValid() || contrastRatio(figure.textColor, ground) < 3.0)
        figure.textColor = figure.fill.isValid() ? readableOn(figure.fill) : m_theme->mapText;
    figure.textPlace = shape.position + shape.textPosition;
    if (stage && figure.text.isEmpty())
        figure.text = QCoreApplication::translate("SeatMapRenderer", "Stage");
    if (!figure.path.isEmpty() && shape.textPosition.isNull())
        figure.textPlace = figure.path.boundingRect().center();
    const double reach = figure.textSize * std::max<double>(1.0, static_cast<double>(figure.text.size()));
    figure.rect =
        figure.path.boundingRect() | QRectF(figure.textPlace - QPointF(reach, reach) / 2, QSizeF(reach, reach));
    m_figures.push_back(std::move(figure));
}

void SeatMapRenderer::paint(QImage &target, const QPoint &origin, const QRect &clip)
{
    const QRectF plan(QPointF(origin + clip.topLeft()) / m_scale, QSizeF(clip.size()) / m_scale);
    {
        QPainter painter(&target);
        painter.setClipRect(clip);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        // Inside the plan, where most of the work is, the ground is one colour and needs no outline.
        const bool inside = m_model && !m_model->isEmpty() && m_model->bounds().contains(plan);
        painter.fillRect(clip, inside ? m_theme->mapFloor : m_theme->mapGround);
        if (!m_model || m_model->isEmpty())
            return;
        painter.translate(-origin);
        painter.scale(m_scale, m_scale);
        painter.setFont(m_font);
        if (!inside)
            paintGround(painter);
        paintFigures(painter, plan);
        paintAreas(painter, plan);
        paintRowLabels(painter, plan);
    }
    paintSeats(target, origin, clip, plan);
}

void SeatMapRenderer::paintGround(QPainter &painter) const
{
    QPen line(m_theme->border, 1.0);
    line.setCosmetic(true);
    painter.setPen(line);
    painter.setBrush(m_theme->mapFloor);
    const double air = m_model->pitch();
    painter.drawRoundedRect(grown(m_model->bounds(), air), air, air);
}

void SeatMapRenderer::paintFigures(QPainter &painter, const QRectF &plan) const
{
    for (const Figure &figure : m_figures) {
        if (shows(figure.floor) && figure.rect.intersects(grown(plan, 2)))
            paintFigure(painter, figure);
    }
}

void SeatMapRenderer::paintFigure(QPainter &painter, const Figure &figure) const
{
    if (!figure.path.isEmpty()) {
        QPen line(figure.border, 1.2);
        line.setCosmetic(true);
        painter.setPen(figure.border.isValid() ? line : QPen(Qt::NoPen));
        painter.setBrush(figure.fill.isValid() ? QBrush(figure.fill) : QBrush(Qt::NoBrush));
        painter.drawPath(figure.path);
    }
    if (figure.text.isEmpty() || figure.textSize * m_scale < readablePixels * m_ratio)
        return;
    painter.save();
    painter.translate(figure.textPlace);
    painter.rotate(figure.rotation);
    QFont font = m_font;
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(figure.textSize * m_scale))));
    font.setWeight(QFont::DemiBold);
    painter.scale(1 / m_scale, 1 / m_scale); // Letters are shaped at their real size: else hinting makes them crooked.
    painter.setFont(font);
    painter.setPen(figure.textColor);
    painter.drawText(QRectF(-4000, -4000, 8000, 8000), Qt::AlignCenter, figure.text);
    painter.restore();
}

void SeatMapRenderer::paintAreas(QPainter &painter, const QRectF &plan) const
{
    for (int area = 0; area < m_model->areaCount(); ++area) {
        if (!shows(m_model->index().sectionOfArea(area).floor) ||
            !m_model->areaRect(area).intersects(grown(plan, 4 / m_scale)))
            continue;
        const QColor zone = m_theme->zoneOnMap(m_model->zone(m_model->index().area(area).category).color);
        const bool full = m_model->areaCounts(area).available() <= 0;
        const bool own = m_model->ownQuantity(area) > 0;
        QPen line(full ? m_theme->seatOff : zone, (own ? 3.0 : 1.6) * m_ratio);
        line.setCosmetic(true);
        painter.setPen(line);
        painter.setBrush(full ? m_theme->seatSold : mixed(m_theme->mapFloor, zone, m_theme->dark ? 0.26 : 0.16));
        painter.drawPath(shapePath(m_model->index().area(area).shape));
        paintAreaText(painter, area);
    }
}

void SeatMapRenderer::paintAreaText(QPainter &painter, int area) const
{
    const LayoutArea &place = m_model->index().area(area);
    const AreaCounts &counts = m_model->areaCounts(area);
    const QRectF rect(m_model->areaRect(area).topLeft() * m_scale, m_model->areaRect(area).size() * m_scale);
    const double size = std::clamp(std::min(rect.height() * 0.2, rect.width() * 0.1), 0.0, 18.0 * m_ratio);
    if (size < readablePixels * m_ratio)
        return;
    const QLocale locale;
    QStringList lines{place.name};
    lines += QCoreApplication::translate("SeatMapRenderer", "%1 of %2 free")
                 .arg(locale.toString(std::max(0, counts.available())), locale.toString(counts.capacity));
    if (const int own = m_model->ownQuantity(area); own > 0)
        lines += QCoreApplication::translate("SeatMapRenderer", "%1 in this sale").arg(locale.toString(own));

    painter.save();
    painter.scale(1 / m_scale, 1 / m_scale);
    const double lineHeight = size * 1.4;
    const QPointF middle = m_model->areaTextPlace(area) * m_scale;
    const double half = std::min(middle.x() - rect.left(), rect.right() - middle.x());
    double top = middle.y() - lineHeight * static_cast<double>(lines.size()) / 2 - size * 0.3;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QFont font = m_font;
        font.setPixelSize(static_cast<int>(i == 0 ? size : size * 0.86));
        font.setWeight(i == 1 ? QFont::Normal : QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(i == 1 ? m_theme->mapText : m_theme->text);
        const QRectF line(middle.x() - half + 4, top, 2 * half - 8, lineHeight);
        painter.drawText(line, Qt::AlignCenter,
                         QFontMetricsF(font).elidedText(lines.at(i), Qt::ElideRight, line.width()));
        top += lineHeight;
    }
    // How full it is, as a bar: read at a glance and without colour.
    const QRectF bar(middle.x() - half * 0.4, top + size * 0.25, half * 0.8, std::max(3.0, size * 0.26));
    const double share =
        counts.capacity > 0 ? std::clamp(1.0 - double(counts.available()) / counts.capacity, 0.0, 1.0) : 1.0;
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(m_theme->mapFloor, m_theme->mapText, 0.22));
    painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2);
    painter.setBrush(m_theme->mapText);
    painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(bar.width() * share, bar.height())), bar.height() / 2,
                            bar.height() / 2);
    painter.restore();
}

void SeatMapRenderer::paintRowLabels(QPainter &painter, const QRectF &plan) const
{
    if (m_model->pitch() * 0.8 * m_scale < rowLabelDiameter * m_ratio)
        return;
    painter.save();
    painter.scale(1 / m_scale, 1 / m_scale);
    painter.setPen(m_theme->mapText);
    m_model->rowLabelIndex().forEachIn(grown(plan, m_model->pitch() * 3), [&](int item) {
        const RowLabel &label = m_model->rowLabels()[static_cast<size_t>(item)];
        if (!shows(label.floor))
            return;
        QFont font = m_font;
        font.setWeight(QFont::DemiBold);
        const double size = std::min(label.size * 0.46 * m_scale, 20.0 * m_ratio);
        font.setPixelSize(std::max(6, static_cast<int>(std::lround(size))));
        painter.setFont(font);
        const double width = QFontMetricsF(font).horizontalAdvance(label.text);
        const double extra = std::max(0.0, (width - size * 1.2) / 2);
        const QPointF place = label.position * m_scale + label.outward * extra;
        const double half = width / 2 + size * 2;
        painter.drawText(QRectF(place - QPointF(half, half), QSizeF(2 * half, 2 * half)), Qt::AlignCenter, label.text);
    });
    painter.restore();
}

void SeatMapRenderer::paintSeats(QImage &target, const QPoint &origin, const QRect &clip, const QRectF &plan)
{
    // Own seats have rings that reach over their neighbours, so they come last.
    std::vector<int> late;
    m_model->spatial().forEachIn(grown(plan, m_model->radiusMax() * 1.5 + 2 / m_scale), [&](int seat) {
        if (!shows(m_model->floorOf(seat)))
            return;
        if (m_model->look(seat) >= SeatLook::Chosen)
            late.push_back(seat);
        else
            paintSeat(target, clip, seat, m_model->position(seat) * m_scale - origin);
    });
    for (const int seat : late)
        paintSeat(target, clip, seat, m_model->position(seat) * m_scale - origin);
}

void SeatMapRenderer::paintSeat(QImage &target, const QRect &clip, int seat, const QPointF &at)
{
    const double diameter = std::max(2.0 * m_model->radius(seat) * m_scale, 1.5 * m_ratio);
    SeatStamps::Key key{.look = m_model->look(seat),
                        .zone = static_cast<quint16>(m_model->category(seat)),
                        .diameter = static_cast<quint16>(diameter * 4)};
    if (const int code = m_model->houseCodeOf(seat); key.look == SeatLook::House && code >= 0)
        key.zone = static_cast<quint16>(m_model->zoneCount() + code); // Their colours stand after the zones'.
    ++m_seatsPainted;
    if (diameter < SeatStamps::dotDiameter) {
        m_stamps.drawSeat(target, clip, key, at.x(), at.y());
        return;
    }
    const LayoutSeat &data = m_model->index().seat(seat);
    key.badge = static_cast<SeatBadge>(data.accessibility);
    key.restrictedView = data.restrictedView;
    m_stamps.drawSeat(target, clip, key, at.x(), at.y());
    if (diameter < SeatStamps::labelDiameter * m_ratio)
        return;
    const bool iconInstead =
        (key.badge == SeatBadge::Wheelchair || key.badge == SeatBadge::Companion) &&
        (key.look == SeatLook::Available || key.look == SeatLook::Sold || key.look == SeatLook::Chosen);
    if (iconInstead || data.label.isEmpty())
        return;
    const QColor ink = m_stamps.inkOn(key.look, m_model->category(seat));
    if (ink.isValid())
        m_stamps.drawLabel(target, clip, data.label, m_model->labelId(seat), ink, diameter, at.x(), at.y());
}

QRect SeatMapRenderer::seatDeviceRect(int seat) const
{
    const double reach = std::max(m_model->radius(seat) * m_scale * 1.45, 1.5 * m_ratio) + 2;
    const QPointF middle = m_model->position(seat) * m_scale;
    return QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach).toAlignedRect();
}

QRect SeatMapRenderer::areaDeviceRect(int area) const
{
    const QRectF rect = m_model->areaRect(area);
    return grown(QRectF(rect.topLeft() * m_scale, rect.size() * m_scale), 4 * m_ratio).toAlignedRect();
}

} // namespace parterre::ui
