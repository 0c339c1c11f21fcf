#pragma once

#include "seatmap/seatmapmodel.h"

#include <QWidget>

namespace parterre::ui {

class SeatMapCanvas;

/// What the colours and marks of a canvas mean: its price zones with prices and free places, and the states that
/// occur now with how many seats are in them. Follows the canvas by itself.
class SeatMapLegend : public QWidget
{
    Q_OBJECT

public:
    explicit SeatMapLegend(SeatMapCanvas *canvas, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Entry
    {
        bool isZone = false;
        QColor color{};
        SeatLook look = SeatLook::Available;
        QString name{};
        QString detail{};
        QRectF rect{};
        QString letter{}; ///< Of a house code.
    };

    void refresh();
    /// Places the entries in lines of `width`; returns the height that they need.
    int arrange(int width, std::vector<Entry> &entries) const;
    [[nodiscard]] std::vector<Entry> entries() const;

    SeatMapCanvas *m_canvas;
    std::vector<Entry> m_entries;
};

} // namespace parterre::ui
