#include "print/pdfcanvas.h"

#include "base/assert.h"

#include <QFontDatabase>
#include <QStringList>

#include <algorithm>
#include <bit>
#include <map>
#include <numbers>
#include <tuple>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace {

/// Of a side: 41 modules on 37 mm are 226 dots an inch, and a module is one byte of a line.
constexpr int dotsPerModule = 8;
static_assert(std::endian::native == std::endian::little, "Cairo's bits would be the other way round");
constexpr double pointsPerUnit = 72.0 / printUnitsPerInch;

struct Release
{
    void operator()(cairo_surface_t *surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_pattern_t *pattern) const { cairo_pattern_destroy(pattern); }
    void operator()(cairo_t *cairo) const { cairo_destroy(cairo); }
    void operator()(PangoContext *context) const { g_object_unref(context); }
    void operator()(PangoLayout *layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription *font) const { pango_font_description_free(font); }
    void operator()(cairo_font_options_t *options) const { cairo_font_options_destroy(options); }
};

template <class T>
using Owned = std::unique_ptr<T, Release>;

cairo_status_t append(void *closure, const unsigned char *bytes, unsigned int count)
{
    static_cast<QByteArray *>(closure)->append(reinterpret_cast<const char *>(bytes), static_cast<qsizetype>(count));
    return CAIRO_STATUS_SUCCESS;
}

/// Of the thread that draws. Glyphs stand where their font says, not where a screen has pixels.
PangoContext *unhintedContext()
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    const Owned<cairo_font_options_t> options(cairo_font_options_create());
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options.get());
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

/// One line of text, shaped. Of the thread that draws, and kept: most lines are the same in every document.
class ShapedLines
{
public:
    /// The line, and how wide it is.
    struct Line
    {
        Owned<PangoLayout> layout;
        PangoLayoutLine *line = nullptr;
        double width = 0;
    };

    static const Line &of(const QString &words, const QFont &font)
    {
        static thread_local ShapedLines lines;
        return lines.find(words, font);
    }

private:
    using Key = std::tuple<QString, QString, int, int>;
    static constexpr size_t keptMax = 2'000;

    const Line &find(const QString &words, const QFont &font)
    {
        const Key key(words, font.family(), font.weight(), font.pixelSize());
        if (const auto found = m_lines.find(key); found != m_lines.end())
            return found->second;
        if (m_lines.size() >= keptMax)
            m_lines.clear();
        return m_lines.emplace(key, shape(words, font)).first->second;
    }
    [[nodiscard]] Line shape(const QString &words, const QFont &font) const
    {
        Line line{.layout = Owned<PangoLayout>(pango_layout_new(m_context.get())), .line = nullptr, .width = 0};
        PangoLayout *layout = line.layout.get();
        pango_layout_set_single_paragraph_mode(layout, TRUE);
        const Owned<PangoFontDescription> description(pango_font_description_new());
        pango_font_description_set_family(description.get(), font.family().toUtf8().constData());
        pango_font_description_set_weight(description.get(), static_cast<PangoWeight>(font.weight()));
        pango_font_description_set_absolute_size(description.get(),
                                                 static_cast<double>(font.pixelSize()) * PANGO_SCALE);
        pango_layout_set_font_description(layout, description.get());
        const QByteArray utf8 = words.toUtf8();
        pango_layout_set_text(layout, utf8.constData(), static_cast<int>(utf8.size()));
        line.line = pango_layout_get_line_readonly(layout, 0);
        PangoRectangle extents{};
        pango_layout_line_get_extents(line.line, nullptr, &extents);
        line.width = static_cast<double>(extents.width) / PANGO_SCALE;
        return line;
    }

    Owned<PangoContext> m_context{unhintedContext()};
    std::map<Key, Line> m_lines;
};

} // namespace

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

class PdfCanvas::Private
{
public:
    Private(qreal widthMm, qreal heightMm, const QString &title)
        : m_surface(cairo_pdf_surface_create_for_stream(append, &m_bytes, widthMm * printUnitsPerMm * pointsPerUnit,
                                                        heightMm * printUnitsPerMm * pointsPerUnit))
        , m_cairo(cairo_create(m_surface.get()))
    {
        cairo_pdf_surface_restrict_to_version(m_surface.get(), CAIRO_PDF_VERSION_1_4);
        cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_TITLE, title.toUtf8().constData());
        cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_CREATOR, "Parterre");
        setTop(0);
    }

    [[nodiscard]] cairo_t *cairo() const { return m_cairo.get(); }

    void setTop(qreal top)
    {
        cairo_identity_matrix(cairo());
        cairo_scale(cairo(), pointsPerUnit, pointsPerUnit);
        cairo_translate(cairo(), 0, top);
    }
    void setColor(const QColor &color) const
    {
        cairo_set_source_rgb(cairo(), color.redF(), color.greenF(), color.blueF());
    }
    QByteArray finish()
    {
        cairo_show_page(cairo());
        cairo_surface_finish(m_surface.get());
        PT_ASSERT(cairo_status(cairo()) == CAIRO_STATUS_SUCCESS &&
                      cairo_surface_status(m_surface.get()) == CAIRO_STATUS_SUCCESS,
                  "a PDF in memory can always be drawn");
        return std::move(m_bytes);
    }

private:
    QByteArray m_bytes; ///< First: the surface writes into it until it is gone.
    Owned<cairo_surface_t> m_surface;
    Owned<cairo_t> m_cairo;
};

PdfCanvas::PdfCanvas(qreal widthMm, qreal heightMm, const QString &title)
    : m_private(std::make_unique<Private>(widthMm, heightMm, title))
{}

PdfCanvas::~PdfCanvas() = default;

void PdfCanvas::nextPage()
{
    cairo_show_page(m_private->cairo());
}

void PdfCanvas::setTop(qreal top)
{
    m_private->setTop(top);
}

void PdfCanvas::fill(const QRectF &box, const QColor &color, qreal cornerRadius)
{
    constexpr double quarter = std::numbers::pi / 2;
    cairo_t *cairo = m_private->cairo();
    m_private->setColor(color);
    if (cornerRadius <= 0) {
        cairo_rectangle(cairo, box.x(), box.y(), box.width(), box.height());
    } else {
        const QRectF inner = box.adjusted(cornerRadius, cornerRadius, -cornerRadius, -cornerRadius);
        cairo_arc(cairo, inner.right(), inner.top(), cornerRadius, -quarter, 0);
        cairo_arc(cairo, inner.right(), inner.bottom(), cornerRadius, 0, quarter);
        cairo_arc(cairo, inner.left(), inner.bottom(), cornerRadius, quarter, 2 * quarter);
        cairo_arc(cairo, inner.left(), inner.top(), cornerRadius, 2 * quarter, 3 * quarter);
        cairo_close_path(cairo);
    }
    cairo_fill(cairo);
}

void PdfCanvas::fillDiscs(const std::vector<QPointF> &middles, qreal radius, const QColor &color)
{
    cairo_t *cairo = m_private->cairo();
    m_private->setColor(color);
    for (const QPointF &middle : middles) {
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, middle.x(), middle.y(), radius, 0, 2 * std::numbers::pi);
        cairo_close_path(cairo);
    }
    cairo_fill(cairo);
}

void PdfCanvas::halfDisc(const QPointF &middle, qreal radius, Half half, const QColor &inside, const QColor &outline,
                         qreal outlineWidth)
{
    cairo_t *cairo = m_private->cairo();
    const double from = half == Half::Lower ? 0 : std::numbers::pi;
    cairo_arc(cairo, middle.x(), middle.y(), radius, from, from + std::numbers::pi);
    cairo_close_path(cairo);
    m_private->setColor(inside);
    cairo_fill_preserve(cairo);
    m_private->setColor(outline);
    cairo_set_line_width(cairo, outlineWidth);
    cairo_set_dash(cairo, nullptr, 0, 0);
    cairo_stroke(cairo);
}

void PdfCanvas::dashedLine(const QPointF &from, const QPointF &to, const QColor &color, qreal width, qreal dash)
{
    cairo_t *cairo = m_private->cairo();
    m_private->setColor(color);
    cairo_set_line_width(cairo, width);
    cairo_set_dash(cairo, &dash, 1, 0);
    cairo_move_to(cairo, from.x(), from.y());
    cairo_line_to(cairo, to.x(), to.y());
    cairo_stroke(cairo);
}

void PdfCanvas::modules(const QRectF &box, int count, const std::function<bool(int, int)> &isDark)
{
    const int side = count * dotsPerModule;
    // A bit a dot, the first of a byte being its lowest: a stencil, which the PDF fills with one colour.
    const Owned<cairo_surface_t> stencil(cairo_image_surface_create(CAIRO_FORMAT_A1, side, side));
    PT_ASSERT(cairo_surface_status(stencil.get()) == CAIRO_STATUS_SUCCESS, "a small picture can always be made");
    const int stride = cairo_image_surface_get_stride(stencil.get());
    unsigned char *bits = cairo_image_surface_get_data(stencil.get());
    for (int row = 0; row < count; ++row) {
        unsigned char *line = bits + static_cast<ptrdiff_t>(row) * dotsPerModule * stride;
        for (int column = 0; column < count; ++column)
            line[column] = isDark(column, row) ? 0xFF : 0x00;
        for (int copy = 1; copy < dotsPerModule; ++copy)
            std::copy_n(line, stride, line + static_cast<ptrdiff_t>(copy) * stride);
    }
    cairo_surface_mark_dirty(stencil.get());
    cairo_t *cairo = m_private->cairo();
    cairo_save(cairo);
    cairo_translate(cairo, box.x(), box.y());
    cairo_scale(cairo, box.width() / side, box.height() / side);
    const Owned<cairo_pattern_t> mask(cairo_pattern_create_for_surface(stencil.get()));
    cairo_pattern_set_filter(mask.get(), CAIRO_FILTER_NEAREST);
    m_private->setColor(Qt::black);
    cairo_mask(cairo, mask.get());
    cairo_restore(cairo);
}

void PdfCanvas::text(const QPointF &baseline, const QString &words, const QFont &font, const QColor &color,
                     qreal widthMax)
{
    if (words.isEmpty())
        return;
    cairo_t *cairo = m_private->cairo();
    const ShapedLines::Line &shaped = ShapedLines::of(words, font);
    m_private->setColor(color);
    cairo_save(cairo);
    cairo_translate(cairo, baseline.x(), baseline.y());
    if (shaped.width > widthMax)
        cairo_scale(cairo, widthMax / shaped.width, 1);
    cairo_move_to(cairo, 0, 0);
    pango_cairo_show_layout_line(cairo, shaped.line);
    cairo_restore(cairo);
}

QByteArray PdfCanvas::finish()
{
    return m_private->finish();
}

} // namespace parterre::server
