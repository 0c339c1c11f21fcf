#include "shell/keyhelp.h"

#include "common/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QShortcut>

namespace parterre::ui {

using namespace Qt::StringLiterals;

KeyHelp::KeyHelp(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"keyHelp"_s);
    setWindowTitle(tr("Keys"));
    const std::pair<QString, QString> keys[] = {
        {u"Ctrl+1, Ctrl+2, Ctrl+3"_s, tr("Performances, sale, orders")},
        {u"Ctrl+F"_s, tr("Search")},
        {u"F5"_s, tr("Refresh lists")},
        {tr("Arrow keys"), tr("Move over the seat map")},
        {tr("Space or Enter"), tr("Take the seat, or give it back")},
        {tr("Shift and drag"), tr("Take all free seats in a rectangle")},
        {u"+  −  0"_s, tr("Zoom in, out, whole map")},
        {u"Delete"_s, tr("Give back the chosen line of the cart")},
        {u"F12, Ctrl+Enter"_s, tr("Take cash")},
        {u"Alt+1 … Alt+5"_s, tr("Quick amounts in the cash window")},
        {u"Ctrl+Backspace"_s, tr("Release all places")},
        {u"Ctrl+Z"_s, tr("Take the released places again")},
        {u"Ctrl+Shift+Q"_s, tr("Sign out")},
        {u"F1"_s, tr("This page")},
    };
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    grid->setHorizontalSpacing(metrics::section);
    grid->setVerticalSpacing(metrics::tight);
    auto *title = new QLabel(tr("Keys"), this);
    title->setFont(headingFont());
    grid->addWidget(title, 0, 0, 1, 2);
    grid->setRowMinimumHeight(1, metrics::small);
    int row = 2;
    for (const auto &[key, meaning] : keys) {
        auto *keyLabel = new QLabel(key, this);
        keyLabel->setProperty("keycap", true);
        grid->addWidget(keyLabel, row, 0, Qt::AlignLeft);
        grid->addWidget(new QLabel(meaning, this), row++, 1);
    }
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, &QDialog::accept);
}

} // namespace parterre::ui
