#pragma once

#include "domain/inventory/seatruns.h"
#include "domain/inventory/seatstate.h"

#include <QRandomGenerator>

#include <vector>

/// Houses that the tests of the orphan rule and of "best available" draw in words: one letter a seat.
namespace parterre::tests {

using namespace Qt::StringLiterals;

/// A house from rows such as u"..x|AA#.." and its states.
///
///     .   a free seat of category 0      A B C   a free seat of category 0, 1, 2
///     x   a sold seat                    a b c   the same, sold
///     w   a free wheelchair space        m       a free companion seat of the space before it
///     s   a free step-free seat          |       an aisle two pitches wide
///
/// Row r stands at y = 100 + 40 r, its first seat at x = 100; the pitch is 25. A row that begins with `/` opens another
/// section far to the right. The stage is above the middle of the first row unless a focal point is given.
class SmallHouse
{
public:
    explicit SmallHouse(const std::vector<QString> &rows)
    {
        Layout layout;
        layout.categories = {{u"One"_s, {}}, {u"Two"_s, {}}, {u"Three"_s, {}}};
        layout.focalPoint = QPointF(100 + 12.5 * static_cast<double>(rows.front().size() - 1), 0);
        double left = 100;
        int y = 100;
        for (const QString &text : rows) {
            if (layout.sections.empty() || text.startsWith(u'/')) {
                layout.sections.push_back({.name = QString::number(layout.sections.size()),
                                           .floor = 0,
                                           .origin = {},
                                           .rows = {},
                                           .areas = {},
                                           .tables = {},
                                           .decorations = {}});
                left = layout.sections.size() == 1 ? 100 : left + 2'000;
                y = text.startsWith(u'/') && layout.sections.size() > 1 ? 100 : y;
            }
            addRow(layout, text, QPointF(left, y));
            y += 40;
        }
        m_index = std::make_shared<LayoutIndex>(layout);
        m_runs = std::make_shared<SeatRuns>(*m_index);
    }

    [[nodiscard]] const SeatRuns &runs() const { return *m_runs; }
    [[nodiscard]] const LayoutIndex &index() const { return *m_index; }
    std::vector<SeatState> states;

private:
    void addRow(Layout &layout, const QString &text, QPointF start)
    {
        LayoutRow row{.label = QString::number(layout.sections.back().rows.size() + 1), .origin = {}, .seats = {}};
        double x = start.x();
        QString space;
        for (const QChar letter : text) {
            if (letter == u'/')
                continue;
            if (letter == u'|') {
                x += 25;
                continue;
            }
            LayoutSeat seat{.key = QString::number(states.size()), .label = {}, .position = QPointF(x, start.y())};
            if (letter.isLetter() && letter.toUpper() <= u'C')
                seat.category = letter.toUpper().unicode() - u'A';
            if (letter == u'w') {
                seat.accessibility = Accessibility::Wheelchair;
                space = seat.key;
            }
            if (letter == u'm') {
                seat.accessibility = Accessibility::Companion;
                seat.companionOf = space;
            }
            if (letter == u's')
                seat.accessibility = Accessibility::StepFree;
            const bool sold = letter == u'x' || letter == u'a' || letter == u'b' || letter == u'c';
            states.push_back(sold ? SeatState::Sold : SeatState::Available);
            row.seats.push_back(seat);
            x += 25;
        }
        layout.sections.back().rows.push_back(row);
    }

    std::shared_ptr<LayoutIndex> m_index;
    std::shared_ptr<SeatRuns> m_runs;
};

/// A row of `seats` seats of which those in `freeMask` are free.
inline QString rowOfMask(int seats, int freeMask)
{
    QString row;
    for (int seat = 0; seat < seats; ++seat)
        row.append((freeMask >> seat) & 1 ? u'.' : u'x');
    return row;
}

inline std::vector<int> seatsOfMask(int mask)
{
    std::vector<int> seats;
    for (int seat = 0; (mask >> seat) != 0; ++seat) {
        if ((mask >> seat) & 1)
            seats.push_back(seat);
    }
    return seats;
}

} // namespace parterre::tests
