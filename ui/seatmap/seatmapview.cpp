#include "seatmap/seatmapview.h"

#include "common/icons.h"
#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmaplegend.h"

#include <QComboBox>
#include <QEvent>
#include <QFrame>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

SeatMapView::SeatMapView(QWidget *parent)
    : QWidget(parent)
    , m_canvas(new SeatMapCanvas(this))
    , m_legend(new SeatMapLegend(m_canvas, this))
    , m_zoomBox(new QFrame(m_canvas))
    , m_levels(new QComboBox(m_canvas))
{
    setObjectName(u"seatMapView"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_canvas, 1);
    column->addWidget(m_legend);

    m_zoomBox->setObjectName(u"zoomBox"_s);
    m_zoomBox->setCursor(Qt::ArrowCursor);
    auto *buttons = new QVBoxLayout(m_zoomBox);
    buttons->setContentsMargins(3, 3, 3, 3);
    buttons->setSpacing(2);
    connect(addZoomButton(u"zoomInButton"_s, u"zoom-in"_s, tr("Zoom in (+)")), &QToolButton::clicked, m_canvas,
            &SeatMapCanvas::zoomIn);
    connect(addZoomButton(u"zoomOutButton"_s, u"zoom-out"_s, tr("Zoom out (-)")), &QToolButton::clicked, m_canvas,
            &SeatMapCanvas::zoomOut);
    connect(addZoomButton(u"zoomFitButton"_s, u"zoom-fit"_s, tr("Show the whole plan (0)")), &QToolButton::clicked,
            m_canvas, &SeatMapCanvas::zoomToFit);

    m_levels->setObjectName(u"levelSelector"_s);
    m_levels->setAccessibleName(tr("Level"));
    m_levels->setCursor(Qt::ArrowCursor);
    m_levels->hide();
    connect(m_levels, &QComboBox::currentIndexChanged, this,
            [this] { m_canvas->setFloor(m_levels->currentData().toInt()); });
    connect(m_canvas, &SeatMapCanvas::countsChanged, this, &SeatMapView::readLevels);
    connect(m_canvas, &SeatMapCanvas::viewChanged, this, [this] {
        const QSignalBlocker blocker(m_levels);
        m_levels->setCurrentIndex(m_levels->findData(m_canvas->floor()));
    });
    m_canvas->installEventFilter(this);
    setFocusProxy(m_canvas);
    restyle();
}

QToolButton *SeatMapView::addZoomButton(const QString &objectName, const QString &iconName, const QString &tip)
{
    auto *button = new QToolButton(m_zoomBox);
    button->setObjectName(objectName);
    button->setProperty("iconName", iconName);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setAutoRaise(true);
    button->setIconSize(QSize(metrics::icon, metrics::icon));
    button->setFixedSize(metrics::controlHeight, metrics::controlHeight);
    m_zoomBox->layout()->addWidget(button);
    return button;
}

void SeatMapView::readLevels()
{
    const SeatMapModel &model = m_canvas->model();
    QStringList names;
    if (!model.isEmpty() && model.index().layout().floors.size() > 1) {
        for (const QString &floor : model.index().layout().floors)
            names += floor.isEmpty() ? tr("Level %1").arg(names.size() + 1) : floor;
    }
    const QString shown = names.join(u'\n') + (!model.isEmpty() && model.floorsOverlap() ? u"!"_s : QString());
    if (shown == m_levelsShown)
        return;
    m_levelsShown = shown;
    const QSignalBlocker blocker(m_levels);
    m_levels->clear();
    if (!names.isEmpty() && !model.floorsOverlap())
        m_levels->addItem(tr("All levels"), -1);
    for (qsizetype i = 0; i < names.size(); ++i)
        m_levels->addItem(names.at(i), static_cast<int>(i));
    m_levels->setCurrentIndex(m_levels->findData(m_canvas->floor()));
    m_levels->setVisible(!names.isEmpty());
    placeControls();
}

void SeatMapView::placeControls()
{
    m_zoomBox->adjustSize();
    m_zoomBox->move(m_canvas->width() - m_zoomBox->width() - metrics::normal,
                    m_canvas->height() - m_zoomBox->height() - metrics::normal);
    m_levels->adjustSize();
    m_levels->move(metrics::normal, metrics::normal);
}

void SeatMapView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeControls();
}

bool SeatMapView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_canvas && event->type() == QEvent::Resize)
        placeControls();
    return QWidget::eventFilter(watched, event);
}

void SeatMapView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_restyling)
        restyle();
}

void SeatMapView::restyle()
{
    m_restyling = true;
    const Theme &theme = Theme::of(this);
    const QString sheet = u"#zoomBox { background: %1; border: 1px solid %2; border-radius: 8px; }"_s;
    m_zoomBox->setStyleSheet(sheet.arg(theme.raised.name(), theme.border.name()));
    for (QToolButton *button : m_zoomBox->findChildren<QToolButton *>())
        button->setIcon(themedIcon(button->property("iconName").toString(), theme.text));
    m_restyling = false;
}

} // namespace parterre::ui
