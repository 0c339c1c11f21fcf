// Milliseconds per frame of the seat map for 80,000 seats at 1600 x 1000, beside a plain loop that copies one stamp a
// seat without index, tiles or levels of detail, in the same run. Prints; asserts nothing.

#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"
#include "support/sampleplan.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <cstdio>

using namespace parterre;
using namespace parterre::ui;

namespace {

constexpr int rounds = 25;
constexpr int seats = 80'000;

template <class Frame>
void measure(const char *name, Frame frame)
{
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        frame(i);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-58s median %7.2f ms   max %7.2f ms\n", name, times[rounds / 2], times.back());
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    applyTheme(application, ThemeMode::Light);
    const auto index = std::make_shared<const LayoutIndex>(tests::blockPlan(200, 400));
    SeatMapCanvas canvas;
    canvas.resize(1600, 1000);
    canvas.setLayout(index);
    canvas.setSnapshot(tests::mixedStates(*index, 7));
    canvas.show();
    QImage screen(1600, 1000, QImage::Format_RGB32);
    const auto paint = [&] { canvas.render(&screen); };
    paint();

    QPixmap stamp(8, 8);
    stamp.fill(Qt::transparent);
    {
        QPainter painter(&stamp);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::blue);
        painter.drawEllipse(QRectF(1, 1, 6, 6));
    }
    measure("plain loop, one QPainter stamp a seat", [&](int) {
        QPainter painter(&screen);
        painter.fillRect(screen.rect(), Qt::white);
        for (int seat = 0; seat < seats; ++seat)
            painter.drawPixmap(canvas.seatPixelRect(seat).topLeft().toPoint(), stamp);
    });
    measure("canvas, whole plan, everything painted anew", [&](int) {
        canvas.dropTiles();
        paint();
    });
    measure("canvas, whole plan, from tiles (a repaint while moving)", [&](int) { paint(); });
    measure("canvas, one seat changed", [&](int i) {
        canvas.applyChanges({.from = i,
                             .seq = i + 1,
                             .seats = {{40'000 + i, i % 2 ? SeatState::Held : SeatState::Killed}},
                             .areas = {}});
        paint();
    });
    canvas.showSeats({40'200, 40'230, 48'230});
    measure("canvas, zoomed to numbers, everything painted anew", [&](int) {
        canvas.dropTiles();
        paint();
    });
    return 0;
}
