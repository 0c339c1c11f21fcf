#include "print/presses.h"

#include "base/assert.h"

#include <QStringList>

#include <algorithm>
#include <bit>
#include <map>
#include <numbers>
#include <tuple>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

namespace parterre::server::print {

namespace {

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

class CairoPress
{
public:
    explicit CairoPress(const Document &document)
        : m_surface(cairo_pdf_surface_create_for_stream(append, &m_bytes, document.width * pointsPerUnit,
                                                        document.height * pointsPerUnit))
        , m_owned(cairo_create(m_surface.get()))
        , m_cairo(m_owned.get())
    {
        cairo_pdf_surface_restrict_to_version(m_surface.get(), CAIRO_PDF_VERSION_1_4);
        cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_TITLE, document.title.toUtf8().constData());
        cairo_pdf_surface_set_metadata(m_surface.get(), CAIRO_PDF_METADATA_CREATOR, "Parterre");
        draw(Top());
        for (const Step &step : document.steps)
            std::visit([this](const auto &it) { draw(it); }, step);
    }

    [[nodiscard]] QByteArray finish()
    {
        cairo_show_page(m_cairo);
        cairo_surface_finish(m_surface.get());
        PT_ASSERT(cairo_status(m_cairo) == CAIRO_STATUS_SUCCESS &&
                      cairo_surface_status(m_surface.get()) == CAIRO_STATUS_SUCCESS,
                  "a PDF in memory can always be drawn");
        return std::move(m_bytes);
    }

private:
    void setColor(const QColor &color) const
    {
        cairo_set_source_rgb(m_cairo, color.redF(), color.greenF(), color.blueF());
    }
    void draw(const NextPage &) { cairo_show_page(m_cairo); }
    void draw(const Top &it)
    {
        cairo_identity_matrix(m_cairo);
        cairo_scale(m_cairo, pointsPerUnit, pointsPerUnit);
        cairo_translate(m_cairo, 0, it.top);
    }
    void draw(const Box &it);
    void draw(const Discs &it);
    void draw(const HalfDisc &it);
    void draw(const Dashes &it);
    void draw(const Modules &it);
    void draw(const Words &it);

    QByteArray m_bytes; ///< First: the surface writes into it until it is gone.
    Owned<cairo_surface_t> m_surface;
    Owned<cairo_t> m_owned;
    cairo_t *m_cairo;
};

void CairoPress::draw(const Box &it)
{
    constexpr double quarter = std::numbers::pi / 2;
    setColor(it.color);
    if (it.cornerRadius <= 0) {
        cairo_rectangle(m_cairo, it.box.x(), it.box.y(), it.box.width(), it.box.height());
    } else {
        const double radius = it.cornerRadius;
        const QRectF inner = it.box.adjusted(radius, radius, -radius, -radius);
        cairo_arc(m_cairo, inner.right(), inner.top(), radius, -quarter, 0);
        cairo_arc(m_cairo, inner.right(), inner.bottom(), radius, 0, quarter);
        cairo_arc(m_cairo, inner.left(), inner.bottom(), radius, quarter, 2 * quarter);
        cairo_arc(m_cairo, inner.left(), inner.top(), radius, 2 * quarter, 3 * quarter);
        cairo_close_path(m_cairo);
    }
    cairo_fill(m_cairo);
}

void CairoPress::draw(const Discs &it)
{
    setColor(it.color);
    for (const QPointF &middle : it.middles) {
        cairo_new_sub_path(m_cairo);
        cairo_arc(m_cairo, middle.x(), middle.y(), it.radius, 0, 2 * std::numbers::pi);
        cairo_close_path(m_cairo);
    }
    cairo_fill(m_cairo);
}

void CairoPress::draw(const HalfDisc &it)
{
    const double from = it.half == PdfCanvas::Half::Lower ? 0 : std::numbers::pi;
    cairo_arc(m_cairo, it.middle.x(), it.middle.y(), it.radius, from, from + std::numbers::pi);
    cairo_close_path(m_cairo);
    setColor(it.inside);
    cairo_fill_preserve(m_cairo);
    setColor(it.outline);
    cairo_set_line_width(m_cairo, it.outlineWidth);
    cairo_set_dash(m_cairo, nullptr, 0, 0);
    cairo_stroke(m_cairo);
}

void CairoPress::draw(const Dashes &it)
{
    setColor(it.color);
    cairo_set_line_width(m_cairo, it.width);
    cairo_set_dash(m_cairo, &it.dash, 1, 0);
    cairo_move_to(m_cairo, it.from.x(), it.from.y());
    cairo_line_to(m_cairo, it.to.x(), it.to.y());
    cairo_stroke(m_cairo);
}

void CairoPress::draw(const Modules &it)
{
    const int modules = it.picture.modules();
    const int side = it.picture.side();
    const int dotsPerModule = side / modules;
    // A bit a dot, the first of a byte being its lowest: a stencil, which the PDF fills with one colour.
    const Owned<cairo_surface_t> stencil(cairo_image_surface_create(CAIRO_FORMAT_A1, side, side));
    PT_ASSERT(cairo_surface_status(stencil.get()) == CAIRO_STATUS_SUCCESS, "a small picture can always be made");
    const int stride = cairo_image_surface_get_stride(stencil.get());
    unsigned char *bits = cairo_image_surface_get_data(stencil.get());
    for (int row = 0; row < modules; ++row) {
        unsigned char *line = bits + static_cast<ptrdiff_t>(row) * dotsPerModule * stride;
        for (int column = 0; column < modules; ++column)
            line[column] = it.picture.isDark(column, row) ? 0xFF : 0x00;
        for (int copy = 1; copy < dotsPerModule; ++copy)
            std::copy_n(line, stride, line + static_cast<ptrdiff_t>(copy) * stride);
    }
    cairo_surface_mark_dirty(stencil.get());
    cairo_save(m_cairo);
    cairo_translate(m_cairo, it.box.x(), it.box.y());
    cairo_scale(m_cairo, it.box.width() / side, it.box.height() / side);
    const Owned<cairo_pattern_t> mask(cairo_pattern_create_for_surface(stencil.get()));
    cairo_pattern_set_filter(mask.get(), CAIRO_FILTER_NEAREST);
    setColor(Qt::black);
    cairo_mask(m_cairo, mask.get());
    cairo_restore(m_cairo);
}

void CairoPress::draw(const Words &it)
{
    const ShapedLines::Line &shaped = ShapedLines::of(it.words, it.font);
    setColor(it.color);
    cairo_save(m_cairo);
    cairo_translate(m_cairo, it.baseline.x(), it.baseline.y());
    if (shaped.width > it.widthMax)
        cairo_scale(m_cairo, it.widthMax / shaped.width, 1);
    cairo_move_to(m_cairo, 0, 0);
    pango_cairo_show_layout_line(m_cairo, shaped.line);
    cairo_restore(m_cairo);
}

} // namespace

QByteArray printedByCairo(const Document &document)
{
    return CairoPress(document).finish();
}

} // namespace parterre::server::print
