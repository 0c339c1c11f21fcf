#include "common/theme.h"

#include "common/resources.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QToolTip>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace parterre::ui {

using namespace Qt::StringLiterals;

const Theme &Theme::light()
{
    static const Theme theme{
        .dark = false,
        .window = QColor(0xf3, 0xf4, 0xf7),
        .surface = QColor(0xff, 0xff, 0xff),
        .raised = QColor(0xff, 0xff, 0xff),
        .border = QColor(0xd3, 0xd8, 0xe0),
        .text = QColor(0x1a, 0x22, 0x2d),
        .textMuted = QColor(0x58, 0x63, 0x72),
        .accent = QColor(0x1f, 0x56, 0xc8),
        .onAccent = QColor(0xff, 0xff, 0xff),
        .info = QColor(0x1f, 0x5c, 0xb8),
        .success = QColor(0x1b, 0x72, 0x45),
        .warning = QColor(0x8a, 0x57, 0x00),
        .danger = QColor(0xb3, 0x26, 0x1e),
        .mapGround = QColor(0xe9, 0xec, 0xf1),
        .mapFloor = QColor(0xfb, 0xfc, 0xfd),
        .mapLine = QColor(0xb4, 0xbc, 0xc8),
        .mapStage = QColor(0x3d, 0x47, 0x56),
        .mapText = QColor(0x4a, 0x55, 0x64),
        .seatSold = QColor(0xd3, 0xd8, 0xdf),
        .seatSoldText = QColor(0x86, 0x90, 0x9d),
        .seatOff = QColor(0x9a, 0xa3, 0xaf),
        .seatOwn = QColor(0x10, 0x18, 0x24),
        .seatOwnMark = QColor(0xff, 0xff, 0xff),
    };
    return theme;
}

const Theme &Theme::darkTheme()
{
    static const Theme theme{
        .dark = true,
        .window = QColor(0x15, 0x18, 0x1e),
        .surface = QColor(0x1c, 0x20, 0x28),
        .raised = QColor(0x27, 0x2d, 0x37),
        .border = QColor(0x3a, 0x42, 0x4f),
        .text = QColor(0xe7, 0xea, 0xf0),
        .textMuted = QColor(0x9f, 0xaa, 0xb9),
        .accent = QColor(0x74, 0xa5, 0xff),
        .onAccent = QColor(0x0c, 0x14, 0x22),
        .info = QColor(0x83, 0xb4, 0xff),
        .success = QColor(0x62, 0xc8, 0x92),
        .warning = QColor(0xf0, 0xb4, 0x57),
        .danger = QColor(0xff, 0x8d, 0x84),
        .mapGround = QColor(0x11, 0x14, 0x19),
        .mapFloor = QColor(0x1a, 0x1e, 0x25),
        .mapLine = QColor(0x4b, 0x55, 0x64),
        .mapStage = QColor(0x8c, 0x97, 0xa8),
        .mapText = QColor(0xaf, 0xb9, 0xc7),
        .seatSold = QColor(0x33, 0x3a, 0x45),
        .seatSoldText = QColor(0x78, 0x83, 0x92),
        .seatOff = QColor(0x5f, 0x69, 0x78),
        .seatOwn = QColor(0xff, 0xff, 0xff),
        .seatOwnMark = QColor(0x10, 0x18, 0x24),
    };
    return theme;
}

const Theme &Theme::of(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128 ? darkTheme() : light();
}

const Theme &Theme::of(const QWidget *widget)
{
    return of(widget->palette());
}

QColor Theme::tint(const QColor &role) const
{
    return mixed(surface, role, dark ? 0.18 : 0.10);
}

QColor Theme::zoneOnMap(const QColor &zone) const
{
    constexpr qreal contrastMin = 3.0;
    QColor lifted = zone;
    for (int tenth = 1; dark && contrastRatio(lifted, mapFloor) < contrastMin && tenth < 10; ++tenth)
        lifted = mixed(zone, Qt::white, tenth * 0.1);
    return lifted;
}

QPalette Theme::palette() const
{
    QPalette p;
    p.setColor(QPalette::Window, window);
    p.setColor(QPalette::WindowText, text);
    p.setColor(QPalette::Base, surface);
    p.setColor(QPalette::AlternateBase, mixed(surface, window, 0.6));
    p.setColor(QPalette::Text, text);
    p.setColor(QPalette::PlaceholderText, textMuted);
    p.setColor(QPalette::Button, raised);
    p.setColor(QPalette::ButtonText, text);
    p.setColor(QPalette::BrightText, danger);
    p.setColor(QPalette::Highlight, accent);
    p.setColor(QPalette::HighlightedText, onAccent);
    p.setColor(QPalette::Link, accent);
    p.setColor(QPalette::LinkVisited, accent);
    p.setColor(QPalette::ToolTipBase, raised);
    p.setColor(QPalette::ToolTipText, text);
    p.setColor(QPalette::Light, mixed(raised, Qt::white, dark ? 0.08 : 0.5));
    p.setColor(QPalette::Midlight, mixed(border, raised, 0.5));
    p.setColor(QPalette::Mid, border);
    p.setColor(QPalette::Dark, mixed(border, text, 0.25));
    p.setColor(QPalette::Shadow, dark ? QColor(Qt::black) : mixed(border, text, 0.4));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, mixed(textMuted, window, 0.45));
    p.setColor(QPalette::Disabled, QPalette::Highlight, border);
    return p;
}

namespace {

/// One sheet for both themes; `@name` stands for a colour of the theme.
const QString sheetTemplate = uR"(
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 6px; }
QPushButton, QToolButton[text="true"] {
    background: @raised; color: @text; border: 1px solid @border; border-radius: 6px; padding: 6px 14px; min-height: 20px; }
QPushButton:hover, QToolButton[text="true"]:hover { border-color: @accent; }
QPushButton:pressed { background: @pressed; }
QPushButton:focus { border: 2px solid @accent; padding: 5px 13px; }
QPushButton:disabled { color: @disabled; background: @window; }
QPushButton[primary="true"] { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }
QPushButton[primary="true"]:hover { background: @accentHover; }
QPushButton[primary="true"]:focus { border: 2px solid @text; }
QPushButton[primary="true"]:disabled { background: @border; border-color: @border; color: @disabled; }
QPushButton[danger="true"] { color: @danger; border-color: @danger; }
QPushButton[link="true"] { background: transparent; border-color: transparent; color: @accent; padding: 4px 8px; }
QPushButton[link="true"]:hover { text-decoration: underline; }
QPushButton[link="true"]:focus { border: 2px solid @accent; padding: 3px 7px; }
QLineEdit, QSpinBox, QComboBox, QDateEdit, QDateTimeEdit, QPlainTextEdit, QTextEdit {
    background: @surface; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 8px;
    selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus, QPlainTextEdit:focus,
QTextEdit:focus { border: 2px solid @accent; padding: 4px 7px; }
QLineEdit[invalid="true"] { border: 2px solid @danger; padding: 4px 7px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: @disabled; background: @window; }
QTableView, QListView, QTreeView { background: @surface; alternate-background-color: @alternate;
    border: 1px solid @border; border-radius: 6px; outline: 0; gridline-color: @border; }
QHeaderView { background: @window; border: 0; border-top-left-radius: 6px; border-top-right-radius: 6px; }
QHeaderView::section { background: transparent; color: @textMuted; border: 0; border-bottom: 1px solid @border;
    padding: 7px 0 7px 12px; font-weight: 600; }
QHeaderView::down-arrow, QHeaderView::up-arrow { width: 12px; height: 12px; subcontrol-origin: padding;
    subcontrol-position: center right; }
QHeaderView::down-arrow { image: url(:/parterre/arrows/down-@tone.svg); }
QHeaderView::up-arrow { image: url(:/parterre/arrows/up-@tone.svg); }
QComboBox { padding-right: 28px; }
QComboBox:focus { padding-right: 27px; }
QComboBox::drop-down { border: 0; width: 26px; subcontrol-origin: padding; subcontrol-position: center right; }
QComboBox::down-arrow { image: url(:/parterre/arrows/down-@tone.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; border-radius: 0; padding: 4px; outline: 0;
    selection-background-color: @accent; selection-color: @onAccent; }
QSpinBox { padding-right: 28px; min-height: 22px; }
QSpinBox::up-button, QSpinBox::down-button { border: 0; width: 24px; background: transparent; }
QSpinBox::up-arrow { image: url(:/parterre/arrows/up-@tone.svg); width: 12px; height: 12px; }
QSpinBox::down-arrow { image: url(:/parterre/arrows/down-@tone.svg); width: 12px; height: 12px; }
QToolBar { background: @surface; border: 0; border-right: 1px solid @border; padding: 8px 6px; spacing: 4px; }
QToolBar QToolButton { background: transparent; border: 0; border-radius: 6px; padding: 8px 6px; min-width: 92px;
    color: @text; }
QToolBar QToolButton:hover { background: @window; }
QToolBar QToolButton:checked { background: @chosen; color: @accent; font-weight: 600; }
QToolBar QToolButton:focus { border: 2px solid @accent; padding: 6px 4px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; border: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; border: 0; }
QScrollBar::handle { background: @scroll; border: 0; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 36px; }
QScrollBar::handle:horizontal { min-width: 36px; }
QScrollBar::handle:hover { background: @textMuted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QWidget[side="true"] { background: @surface; border: 0; border-left: 1px solid @border; }
QLabel[keycap="true"] { background: @surface; border: 1px solid @border; border-radius: 4px; padding: 3px 8px; }
QFrame[card="true"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QLabel[muted="true"] { color: @textMuted; }
QStatusBar { background: @surface; border-top: 1px solid @border; }
QStatusBar::item { border: 0; }
QMenuBar { background: @surface; border-bottom: 1px solid @border; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @chosen; color: @text; }
QMenu { background: @raised; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 16px; border-radius: 4px; }
QMenu::item:selected { background: @accent; color: @onAccent; }
)"_s;

ThemeMode resolved(ThemeMode mode, const QApplication &application)
{
    if (mode != ThemeMode::System)
        return mode;
    static const bool systemDark = application.palette().color(QPalette::Window).lightness() < 128;
    return systemDark ? ThemeMode::Dark : ThemeMode::Light;
}

} // namespace

QString Theme::styleSheet() const
{
    // Longer names stand before names that they start with.
    const std::pair<QString, QColor> roles[] = {
        {u"@accentHover"_s, mixed(accent, dark ? QColor(Qt::white) : QColor(Qt::black), 0.14)},
        {u"@accent"_s, accent},
        {u"@onAccent"_s, onAccent},
        {u"@textMuted"_s, textMuted},
        {u"@text"_s, text},
        {u"@raised"_s, raised},
        {u"@scroll"_s, mixed(border, textMuted, 0.35)},
        {u"@border"_s, border},
        {u"@surface"_s, surface},
        {u"@window"_s, window},
        {u"@danger"_s, danger},
        {u"@pressed"_s, mixed(raised, border, 0.6)},
        {u"@disabled"_s, mixed(textMuted, window, 0.45)},
        {u"@alternate"_s, mixed(surface, window, 0.6)},
        {u"@chosen"_s, mixed(surface, accent, dark ? 0.22 : 0.11)},
    };
    QString sheet = sheetTemplate;
    sheet.replace(u"@tone"_s, dark ? u"dark"_s : u"light"_s);
    for (const auto &[name, color] : roles)
        sheet.replace(name, color.name());
    return sheet;
}

void applyTheme(QApplication &application, ThemeMode mode)
{
    initResources();
    const Theme &theme = resolved(mode, application) == ThemeMode::Dark ? Theme::darkTheme() : Theme::light();
    application.setStyle(QStyleFactory::create(u"Fusion"_s));
    QFont font = application.font();
    if (QFontDatabase::hasFamily(u"Inter"_s))
        font.setFamilies({u"Inter"_s, u"Noto Sans"_s});
    font.setPointSizeF(10);
    application.setFont(font);
    application.setPalette(theme.palette());
    application.setStyleSheet(theme.styleSheet());
    QToolTip::setPalette(theme.palette());
    QToolTip::setFont(font);
}

QColor mixed(const QColor &a, const QColor &b, qreal share)
{
    const auto channel = [share](int from, int to) {
        return static_cast<int>(std::lround(from + (to - from) * share));
    };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

qreal relativeLuminance(const QColor &color)
{
    const auto linear = [](qreal c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

qreal contrastRatio(const QColor &a, const QColor &b)
{
    const qreal first = relativeLuminance(a);
    const qreal second = relativeLuminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor readableOn(const QColor &background)
{
    const QColor ink(0x10, 0x16, 0x20);
    return contrastRatio(background, Qt::white) >= contrastRatio(background, ink) * 0.72 ? QColor(Qt::white) : ink;
}

QFont headingFont()
{
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.6);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont titleFont()
{
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.2);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont smallFont()
{
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

QFont numberFont(const QFont &base)
{
    // Qt 6.4 cannot ask for tabular figures, so the weight alone marks a number; columns are right aligned.
    QFont font = base;
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace parterre::ui
