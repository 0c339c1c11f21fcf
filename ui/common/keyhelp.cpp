#include "common/keyhelp.h"

#include "common/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>
#include <QVBoxLayout>

#include <vector>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

struct KeyGroup
{
    QString title;
    std::vector<std::pair<QString, QString>> keys;
};

/// What serves everywhere, and what comes before and after a sale: as long as the other column.
std::vector<KeyGroup> besidesSelling()
{
    return {{KeyHelp::tr("Everywhere"),
             {{u"Ctrl+1"_s, KeyHelp::tr("Performances")},
              {u"Ctrl+2"_s, KeyHelp::tr("Sale")},
              {u"Ctrl+3"_s, KeyHelp::tr("Orders")},
              {u"Ctrl+F"_s, KeyHelp::tr("Search")},
              {u"F5"_s, KeyHelp::tr("Refresh lists")},
              {KeyHelp::tr("Alt and a letter"), KeyHelp::tr("What has this letter underlined")},
              {u"Ctrl+Shift+Q"_s, KeyHelp::tr("Sign out")},
              {u"Ctrl+Q"_s, KeyHelp::tr("Quit")},
              {u"F1"_s, KeyHelp::tr("This page")}}},
            {KeyHelp::tr("Lists"),
             {{u"↑  ↓"_s, KeyHelp::tr("Choose, also from the search box")},
              {KeyHelp::tr("Enter"), KeyHelp::tr("Sell the chosen performance")}}},
            {KeyHelp::tr("After the sale"),
             {{u"F4"_s, KeyHelp::tr("Refund places of the chosen order")},
              {u"Shift+F4"_s, KeyHelp::tr("Refunds that wait for somebody")},
              {u"Ctrl+G"_s, KeyHelp::tr("Gift cards: sell, look for, block")},
              {u"Ctrl+D"_s, KeyHelp::tr("Payments in doubt")},
              {u"Ctrl+Shift+F3"_s, KeyHelp::tr("Comps and other prices")}}},
            {KeyHelp::tr("House seats"),
             {{u"F8"_s, KeyHelp::tr("Choose the house code to sell from")},
              {u"F7"_s, KeyHelp::tr("Choose seats to set aside or take off sale, and back")},
              {u"Ctrl+Z"_s, KeyHelp::tr("Undo the last move")}}}};
}

std::vector<KeyGroup> selling()
{
    return {{KeyHelp::tr("Seat map"),
             {{u"←  ↑  ↓  →"_s, KeyHelp::tr("Go from seat to seat")},
              {KeyHelp::tr("Home, End"), KeyHelp::tr("First and last seat of the row")},
              {KeyHelp::tr("Space or Enter"), KeyHelp::tr("Take the seat, or give it back")},
              {KeyHelp::tr("Shift and drag"), KeyHelp::tr("Take all free seats in a rectangle")},
              {KeyHelp::tr("4 B"), KeyHelp::tr("The four best places; B asks for others")},
              {u"Ctrl+B"_s, KeyHelp::tr("Best seats: zone, price, access")},
              {u"+  −  0"_s, KeyHelp::tr("Closer, farther, whole map")},
              {KeyHelp::tr("Ctrl and arrows"), KeyHelp::tr("Move the map")}}},
            {KeyHelp::tr("Cart and cash"),
             {{u"F6"_s, KeyHelp::tr("From the map to the cart, and back")},
              {KeyHelp::tr("Enter or F2"), KeyHelp::tr("Price types of the chosen line")},
              {KeyHelp::tr("Delete"), KeyHelp::tr("Give back the chosen line")},
              {u"F3"_s, KeyHelp::tr("Comp or another price for the chosen line")},
              {u"Shift+F3"_s, KeyHelp::tr("Promotion code")},
              {u"Ctrl+Backspace"_s, KeyHelp::tr("Release all places")},
              {u"Ctrl+Z"_s, KeyHelp::tr("Take the released places again")},
              {u"F12, Ctrl+Enter"_s, KeyHelp::tr("Take the payment")},
              {u"F9"_s, KeyHelp::tr("Give the places to the customer, who goes on in the shop")},
              {u"Shift+F9"_s, KeyHelp::tr("Take over the places of a customer in the shop")},
              {u"F6"_s, KeyHelp::tr("In the cash window: pay by card at the terminal, all or the rest")},
              {u"F3"_s, KeyHelp::tr("In the cash window: a gift card or voucher pays a part")},
              {u"Alt+1 … Alt+5"_s, KeyHelp::tr("Quick amounts in the cash window")}}}};
}

QLayout *makeColumn(const std::vector<KeyGroup> &groups, QWidget *parent)
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(metrics::wide);
    grid->setVerticalSpacing(metrics::tight);
    int row = 0;
    for (const KeyGroup &group : groups) {
        if (row > 0)
            grid->setRowMinimumHeight(row++, metrics::normal);
        auto *title = new QLabel(group.title, parent);
        title->setFont(titleFont());
        grid->addWidget(title, row++, 0, 1, 2);
        for (const auto &[key, meaning] : group.keys) {
            auto *keyLabel = new QLabel(key, parent);
            keyLabel->setProperty("keycap", true);
            grid->addWidget(keyLabel, row, 0, Qt::AlignLeft);
            grid->addWidget(new QLabel(meaning, parent), row++, 1);
        }
    }
    grid->setRowStretch(row, 1);
    grid->setColumnStretch(1, 1);
    return grid;
}

} // namespace

KeyHelp::KeyHelp(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"keyHelp"_s);
    setWindowTitle(tr("Keys"));
    auto *page = new QWidget(this);
    auto *columns = new QHBoxLayout(page);
    columns->setContentsMargins(metrics::section, metrics::section, metrics::section, 0);
    columns->setSpacing(2 * metrics::section);
    columns->addLayout(makeColumn(besidesSelling(), page));
    columns->addLayout(makeColumn(selling(), page));
    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(u"keyHelpPage"_s);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(page);
    auto *close = new QPushButton(tr("Close"), this);
    close->setObjectName(u"keyHelpClose"_s);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, metrics::section);
    layout->setSpacing(metrics::section);
    layout->addWidget(scroll, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(metrics::section, 0, metrics::section, 0);
    foot->addWidget(close, 0, Qt::AlignRight);
    layout->addLayout(foot);
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, &QDialog::accept);
    // All of it where there is room for it; else it scrolls, and Close stays in sight.
    const QSize bar(scroll->verticalScrollBar()->sizeHint().width(), 0);
    const QSize all = page->sizeHint() + bar + QSize(0, close->sizeHint().height() + 2 * metrics::section);
    const QSize room = screen()->availableSize() - QSize(2 * metrics::section, 2 * metrics::section);
    resize(all.boundedTo(room));
}

} // namespace parterre::ui
