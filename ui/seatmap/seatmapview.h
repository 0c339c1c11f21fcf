#pragma once

#include <QWidget>

class QComboBox;
class QFrame;
class QToolButton;

namespace parterre::ui {

class SeatMapCanvas;
class SeatMapLegend;

/// The seat map as a page uses it: canvas, floating zoom buttons, a choice of levels where the plan has several, and
/// the legend below. Talk to canvas() for everything else.
class SeatMapView : public QWidget
{
    Q_OBJECT

public:
    explicit SeatMapView(QWidget *parent = nullptr);

    [[nodiscard]] SeatMapCanvas *canvas() const { return m_canvas; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QToolButton *addZoomButton(const QString &objectName, const QString &iconName, const QString &tip);
    void readLevels();
    void placeControls();
    void restyle();

    SeatMapCanvas *m_canvas;
    SeatMapLegend *m_legend;
    QFrame *m_zoomBox;
    QComboBox *m_levels;
    QString m_levelsShown;
    bool m_restyling = false;
};

} // namespace parterre::ui
