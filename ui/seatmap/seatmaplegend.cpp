#include "seatmap/seatmaplegend.h"

#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmaptext.h"
#include "seatmap/seatstamps.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double signSize = 13.0;
constexpr double signGap = 6.0;
constexpr double entryGap = 18.0;
constexpr double lineHeight = 21.0;

} // namespace

SeatMapLegend::SeatMapLegend(SeatMapCanvas *canvas, QWidget *parent)
    : QWidget(parent)
    , m_canvas(canvas)
{
    setObjectName(u"seatMapLegend"_s);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setFont(smallFont()); // The map needs the room.
    connect(canvas, &SeatMapCanvas::countsChanged, this, &SeatMapLegend::refresh);
    refresh();
}

void SeatMapLegend::refresh()
{
    const size_t before = m_entries.size();
    m_entries = entries();
    QStringList words;
    for (const Entry &entry : m_entries)
        words += entry.name + u" "_s + entry.detail;
    setAccessibleName(tr("Legend: %1").arg(words.join(u"; "_s)));
    if (before != m_entries.size())
        updateGeometry();
    update();
}

std::vector<SeatMapLegend::Entry> SeatMapLegend::entries() const
{
    std::vector<Entry> found;
    const SeatMapModel &model = m_canvas->model();
    if (model.isEmpty())
        return found;
    const QLocale locale;
    for (int zone = 0; zone < model.zoneCount(); ++zone) {
        const SeatPriceZone &shown = model.zone(zone);
        const QString free = tr("%1 free").arg(locale.toString(model.zoneFree(zone)));
        found.push_back({.isZone = true,
                         .color = shown.color,
                         .name = shown.name,
                         .detail = shown.price.isEmpty() ? free : shown.price + u" \u00b7 "_s + free});
    }
    int ofCodes = 0;
    for (size_t code = 0; code < model.houseCodes().size(); ++code) {
        const SeatHouseCode &shown = model.houseCodes()[code];
        const int count = model.houseCount(static_cast<int>(code));
        ofCodes += count;
        if (count > 0) {
            found.push_back({.color = shown.color,
                             .look = SeatLook::House,
                             .name = shown.code,
                             .detail = locale.toString(count),
                             .letter = shown.letter});
        }
    }
    const QColor sample = model.zoneCount() > 0 ? model.zone(0).color : Theme::of(this).accent;
    for (int look = static_cast<int>(SeatLook::Held); look < seatLookCount; ++look) {
        const bool isHouse = static_cast<SeatLook>(look) == SeatLook::House;
        const int count = model.countOf(static_cast<SeatLook>(look)) - (isHouse ? ofCodes : 0);
        if (count == 0)
            continue;
        found.push_back({.color = sample,
                         .look = static_cast<SeatLook>(look),
                         .name = seatLookName(static_cast<SeatLook>(look)),
                         .detail = locale.toString(count)});
    }
    return found;
}

int SeatMapLegend::arrange(int width, std::vector<Entry> &entries) const
{
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF names(bold);
    const QFontMetricsF details(font());
    double x = metrics::normal;
    double y = metrics::small;
    for (Entry &entry : entries) {
        const double needed =
            signSize + signGap + names.horizontalAdvance(entry.name) + 6 + details.horizontalAdvance(entry.detail);
        if (x > metrics::normal && x + needed > width - metrics::normal) {
            x = metrics::normal;
            y += lineHeight;
        }
        entry.rect = QRectF(x, y, needed, lineHeight);
        x += needed + entryGap;
    }
    return static_cast<int>(std::ceil(y + lineHeight + metrics::small));
}

QSize SeatMapLegend::sizeHint() const
{
    return {480, heightForWidth(width() > 100 ? width() : 900)};
}

QSize SeatMapLegend::minimumSizeHint() const
{
    return {120, static_cast<int>(lineHeight) + 2 * metrics::small};
}

int SeatMapLegend::heightForWidth(int width) const
{
    std::vector<Entry> copy = m_entries;
    return arrange(width, copy);
}

void SeatMapLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    painter.fillRect(rect(), theme.surface);
    painter.fillRect(QRect(0, 0, width(), 1), theme.border);
    arrange(width(), m_entries);
    for (const Entry &entry : m_entries) {
        painter.save();
        painter.translate(entry.rect.left() + signSize / 2, entry.rect.center().y());
        painter.setFont(font());
        if (entry.isZone) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.zoneOnMap(entry.color));
            painter.drawRoundedRect(QRectF(-signSize / 2, -signSize / 2, signSize, signSize), 4, 4);
        } else {
            SeatStamps::paintSeat(painter, theme, theme.zoneOnMap(entry.color), entry.look, SeatBadge::None, false,
                                  signSize - 1, entry.letter.isEmpty() ? u"H"_s : entry.letter);
        }
        painter.restore();
        QFont bold = font();
        bold.setWeight(QFont::DemiBold);
        painter.setFont(bold);
        painter.setPen(theme.text);
        const QRectF text = entry.rect.adjusted(signSize + signGap, 0, 2, 0);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, entry.name);
        const double used = QFontMetricsF(bold).horizontalAdvance(entry.name) + 6;
        painter.setFont(font());
        painter.setPen(theme.textMuted);
        painter.drawText(text.adjusted(used, 0, 4, 0), Qt::AlignLeft | Qt::AlignVCenter, entry.detail);
    }
}

void SeatMapLegend::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

} // namespace parterre::ui
