#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

class QApplication;
class QWidget;

namespace parterre::ui {

enum class ThemeMode { System, Light, Dark };

/// Spacing and sizes in device-independent pixels; every margin in the desktop is one of these.
namespace metrics {
inline constexpr int hair = 2;
inline constexpr int tight = 4;
inline constexpr int small = 8;
inline constexpr int normal = 12;
inline constexpr int wide = 16;
inline constexpr int section = 24;
inline constexpr int radius = 6;
inline constexpr int iconSmall = 16;
inline constexpr int icon = 20;
inline constexpr int iconLarge = 24;
inline constexpr int iconHuge = 56;
inline constexpr int controlHeight = 34; ///< Buttons and fields: large enough to hit in a hurry.
} // namespace metrics

/// The colours of the desktop by role. Text roles reach a contrast of 4.5 to 1 on `window` and `surface`
/// (WCAG 2.2, 1.4.3); tst_theme checks it.
struct Theme
{
    bool dark = false;

    QColor window;  ///< Behind everything.
    QColor surface; ///< Panels, lists, fields.
    QColor raised;  ///< Cards, menus and buttons that float.
    QColor border;
    QColor text;
    QColor textMuted;
    QColor accent;   ///< The one colour for what can be done now.
    QColor onAccent; ///< Text on accent.
    QColor info;
    QColor success;
    QColor warning;
    QColor danger;

    // The seat map.
    QColor mapGround; ///< Around the plan.
    QColor mapFloor;  ///< The plan itself.
    QColor mapLine;   ///< Decorations without a colour of their own.
    QColor mapStage;
    QColor mapText;
    QColor seatSold; ///< Disc of a sold seat: recedes.
    QColor seatSoldText;
    QColor seatOff; ///< Outline and X of a killed seat.
    QColor seatOwn; ///< Own selection: unlike every zone colour by its ring and check mark.
    QColor seatOwnMark;

    [[nodiscard]] static const Theme &light();
    [[nodiscard]] static const Theme &darkTheme();
    /// The theme that fits a palette; a widget calls it with its own, so that it follows a change by itself.
    [[nodiscard]] static const Theme &of(const QPalette &palette);
    [[nodiscard]] static const Theme &of(const QWidget *widget);

    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString styleSheet() const;
    /// A background for a message in `role`: the surface with a breath of the colour.
    [[nodiscard]] QColor tint(const QColor &role) const;
    /// A price zone's colour on the map. Plans are coloured for white paper: on the dark floor a colour is lifted until
    /// it stands out 3 to 1, which WCAG 2.2 (1.4.11) asks of what carries a meaning.
    [[nodiscard]] QColor zoneOnMap(const QColor &zone) const;
};

/// Sets style, palette, font and style sheet of the whole application. May be called again to switch.
void applyTheme(QApplication &application, ThemeMode mode);

/// `share` of `b` (0 to 1) mixed into `a`.
[[nodiscard]] QColor mixed(const QColor &a, const QColor &b, qreal share);
/// Relative luminance and contrast ratio as WCAG 2.2 defines them.
[[nodiscard]] qreal relativeLuminance(const QColor &color);
[[nodiscard]] qreal contrastRatio(const QColor &a, const QColor &b);
/// Black or white, whichever reads better on `background`.
[[nodiscard]] QColor readableOn(const QColor &background);

/// Fonts derived from the application's.
[[nodiscard]] QFont headingFont();
[[nodiscard]] QFont titleFont();
[[nodiscard]] QFont smallFont();
/// Digits of one width, for money and clocks.
[[nodiscard]] QFont numberFont(const QFont &base);

} // namespace parterre::ui
