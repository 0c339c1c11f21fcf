#include "checkout/pageview.h"

#include "common/theme.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>

namespace parterre::ui {

namespace {

constexpr int pageWidthMax = 900;

}

PageView::PageView(const PdfPages &pages, QWidget *parent)
    : QWidget(parent)
    , m_pages(pages)
{
    setObjectName(QStringLiteral("pageView"));
    setAccessibleName(tr("%n page(s) of tickets", nullptr, pages.count()));
}

QRect PageView::pageRect(int page) const
{
    const int pageWidth = std::clamp(width() - 2 * metrics::section, 100, pageWidthMax);
    const auto heightOf = [&](int number) {
        const QSizeF inches = m_pages.inches(number);
        return qRound(pageWidth * inches.height() / std::max(inches.width(), 0.1));
    };
    int top = metrics::section;
    for (int before = 0; before < page; ++before)
        top += heightOf(before) + metrics::section;
    return {(width() - pageWidth) / 2, top, pageWidth, heightOf(page)};
}

void PageView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (event->size().width() == event->oldSize().width())
        return;
    m_pictures.clear();
    setMinimumHeight(pageRect(m_pages.count() - 1).bottom() + metrics::section);
}

const QPixmap &PageView::picture(int page)
{
    auto found = m_pictures.find(page);
    if (found == m_pictures.end()) {
        const double pixels = pageRect(page).width() * devicePixelRatioF();
        QPixmap pixmap = QPixmap::fromImage(m_pages.picture(page, pixels / m_pages.inches(page).width()));
        pixmap.setDevicePixelRatio(devicePixelRatioF());
        found = m_pictures.insert(page, pixmap);
    }
    return *found;
}

void PageView::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    painter.fillRect(event->rect(), theme.mapGround);
    for (int page = 0; page < m_pages.count(); ++page) {
        const QRect paper = pageRect(page);
        if (!paper.intersects(event->rect()))
            continue;
        painter.drawPixmap(paper.topLeft(), picture(page));
        painter.setPen(theme.border);
        painter.drawRect(paper.adjusted(-1, -1, 0, 0));
    }
}

} // namespace parterre::ui
