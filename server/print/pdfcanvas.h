#pragma once

#include "print/modulepicture.h"

#include <QByteArray>
#include <QColor>
#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace parterre::server {

/// Lengths in print are hundredths of a millimetre.
inline constexpr int printUnitsPerMm = 100;
inline constexpr int printUnitsPerInch = 2540;

enum class PrintFace { Text, Display };

/// Noto Sans and, for titles, Noto Serif Display (apt fonts-noto-core), else DejaVu (apt fonts-dejavu-core), else what
/// the system has. Unhinted, its size in units of print. Needs a QGuiApplication (the offscreen platform will do).
[[nodiscard]] QFont printFont(qreal points, QFont::Weight weight = QFont::Normal, PrintFace face = PrintFace::Text);

/// How wide a line is, by far quicker than QFontMetricsF says it; nothing where its letters are not cast
/// (docs/adr/0010).
[[nodiscard]] std::optional<qreal> typeWidth(const QString &words, const QFont &font);

/// A document of PDF 1.4 with embedded fonts, in memory. Begins with its first page. Each is used by one thread; any
/// number of them at once.
class PdfCanvas
{
public:
    PdfCanvas(qreal widthMm, qreal heightMm, const QString &title);
    ~PdfCanvas();
    PdfCanvas(const PdfCanvas &) = delete;
    PdfCanvas &operator=(const PdfCanvas &) = delete;

    void nextPage();
    /// What is drawn from now on is lower by this much than what it says.
    void setTop(qreal top);

    void fill(const QRectF &box, const QColor &color, qreal cornerRadius = 0);
    /// Discs of one size, as one shape.
    void fillDiscs(const std::vector<QPointF> &middles, qreal radius, const QColor &color);
    /// The lower or the upper half of a disc, filled and with an outline.
    enum class Half { Upper, Lower };
    void halfDisc(const QPointF &middle, qreal radius, Half half, const QColor &inside, const QColor &outline,
                  qreal outlineWidth);
    void dashedLine(const QPointF &from, const QPointF &to, const QColor &color, qreal width, qreal dash);
    /// A stencil without smoothing. Drawn module by module, viewers show seams between them, and as one path they cost
    /// more than all else of a ticket.
    void modules(const QRectF &box, const ModulePicture &picture);
    /// One line. Narrowed where it is wider than `widthMax`.
    void text(const QPointF &baseline, const QString &words, const QFont &font, const QColor &color, qreal widthMax);

    /// The document; nothing can be drawn any more.
    [[nodiscard]] QByteArray finish();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
