#include "print/pdfcanvas.h"

#include "print/presses.h"
#include "print/typecase.h"

#include <QFontDatabase>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parterre::server {

QFont printFont(qreal points, QFont::Weight weight, PrintFace face)
{
    // Not Inter: its contextual colon and hyphen have no Unicode in the PDF, so that `19:30` is copied as `19 30`.
    static const auto first = [](const QStringList &wanted) {
        const QStringList present = QFontDatabase::families();
        const auto found = std::ranges::find_if(wanted, [&](const QString &name) { return present.contains(name); });
        return found == wanted.end() ? QFontDatabase::systemFont(QFontDatabase::GeneralFont).family() : *found;
    };
    static const QString text = first({u"Noto Sans"_s, u"DejaVu Sans"_s});
    static const QString display = first({u"Noto Serif Display"_s, u"Noto Serif"_s, u"DejaVu Serif"_s, text});
    QFont font(face == PrintFace::Display ? display : text);
    font.setPixelSize(qRound(points * printUnitsPerInch / 72));
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::ForceOutline);
    return font;
}

std::optional<qreal> typeWidth(const QString &words, const QFont &font)
{
    const auto line = print::typeLine(words, font);
    return line ? std::optional(line->width * font.pixelSize()) : std::nullopt;
}

class PdfCanvas::Private
{
public:
    print::Document document;

    void add(print::Step step) { document.steps.push_back(std::move(step)); }
};

PdfCanvas::PdfCanvas(qreal widthMm, qreal heightMm, const QString &title)
    : m_private(new Private{
          .document = {
              .width = widthMm * printUnitsPerMm, .height = heightMm * printUnitsPerMm, .title = title, .steps = {}}})
{}

PdfCanvas::~PdfCanvas() = default;

void PdfCanvas::nextPage()
{
    m_private->add(print::NextPage());
}

void PdfCanvas::setTop(qreal top)
{
    m_private->add(print::Top{.top = top});
}

void PdfCanvas::fill(const QRectF &box, const QColor &color, qreal cornerRadius)
{
    m_private->add(print::Box{.box = box, .color = color, .cornerRadius = cornerRadius});
}

void PdfCanvas::fillDiscs(const std::vector<QPointF> &middles, qreal radius, const QColor &color)
{
    m_private->add(print::Discs{.middles = middles, .radius = radius, .color = color});
}

void PdfCanvas::halfDisc(const QPointF &middle, qreal radius, Half half, const QColor &inside, const QColor &outline,
                         qreal outlineWidth)
{
    m_private->add(print::HalfDisc{.middle = middle,
                                   .radius = radius,
                                   .half = half,
                                   .inside = inside,
                                   .outline = outline,
                                   .outlineWidth = outlineWidth});
}

void PdfCanvas::dashedLine(const QPointF &from, const QPointF &to, const QColor &color, qreal width, qreal dash)
{
    m_private->add(print::Dashes{.from = from, .to = to, .color = color, .width = width, .dash = dash});
}

void PdfCanvas::modules(const QRectF &box, const ModulePicture &picture)
{
    m_private->add(print::Modules{.box = box, .picture = picture});
}

void PdfCanvas::text(const QPointF &baseline, const QString &words, const QFont &font, const QColor &color,
                     qreal widthMax)
{
    if (!words.isEmpty())
        m_private->add(
            print::Words{.baseline = baseline, .words = words, .font = font, .color = color, .widthMax = widthMax});
}

QByteArray PdfCanvas::finish()
{
    if (auto printed = print::printedInType(m_private->document))
        return *std::move(printed);
    return print::printedByCairo(m_private->document);
}

} // namespace parterre::server
