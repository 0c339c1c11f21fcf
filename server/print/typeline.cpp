#include "print/typecase.h"
#include "print/typeface.h"

#include <QHash>

#include <hb.h>

namespace parterre::server::print {

namespace {

constexpr char digits[] = "0123456789ABCDEF";

/// One script is shaped at a time; null where there are more, or one that must be written in another direction or be
/// joined.
std::optional<hb_script_t> scriptOf(const QString &words)
{
    hb_script_t script = HB_SCRIPT_COMMON;
    for (const char32_t c : words.toUcs4()) {
        hb_script_t of = HB_SCRIPT_COMMON;
        switch (QChar::script(c)) {
        case QChar::Script_Common:
            continue;
        case QChar::Script_Latin:
            of = HB_SCRIPT_LATIN;
            break;
        case QChar::Script_Greek:
            of = HB_SCRIPT_GREEK;
            break;
        case QChar::Script_Cyrillic:
            of = HB_SCRIPT_CYRILLIC;
            break;
        default:
            return std::nullopt;
        }
        if (script != HB_SCRIPT_COMMON && script != of)
            return std::nullopt;
        script = of;
    }
    return script == HB_SCRIPT_COMMON ? HB_SCRIPT_LATIN : script;
}

/// Of the thread, and used again and again.
hb_buffer_t *shaped(const QString &words, hb_script_t script, hb_font_t *font)
{
    static thread_local const std::unique_ptr<hb_buffer_t, decltype(&hb_buffer_destroy)> buffer(hb_buffer_create(),
                                                                                                &hb_buffer_destroy);
    static const hb_language_t language = hb_language_from_string("en", -1);
    hb_buffer_clear_contents(buffer.get());
    const int size = static_cast<int>(words.size());
    hb_buffer_add_utf16(buffer.get(), words.utf16(), size, 0, size);
    hb_buffer_set_direction(buffer.get(), HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer.get(), script);
    hb_buffer_set_language(buffer.get(), language);
    hb_shape(font, buffer.get(), nullptr, 0);
    return buffer.get();
}

/// Writes the operands of TJ: codes in hexadecimal, and between them what the pen is to go back, in thousandths.
class Setter
{
public:
    explicit Setter(const Typeface &face)
        : m_face(face)
    {}

    void add(unsigned glyph, const Typeface::Block &block, qreal advance)
    {
        if (m_line.runs.empty() || m_line.runs.back().letters != &block.cast) {
            endRun();
            m_line.runs.push_back({.letters = &block.cast, .shown = "[<"});
        }
        QByteArray &shown = m_line.runs.back().shown;
        if (const int back = qRound(m_written - m_pen); back != 0) {
            shown.append('>').append(QByteArray::number(back)).append('<');
            m_written -= back;
        }
        const quint16 code = block.codes.at(glyph);
        for (int shift = 12; shift >= 0; shift -= 4)
            shown.append(digits[(code >> shift) & 15]);
        m_written += m_face.width(glyph);
        m_pen += advance * 1'000 / m_face.unitsPerEm();
    }

    TypeLine finish()
    {
        endRun();
        m_line.width = m_pen / 1'000;
        return std::move(m_line);
    }

private:
    void endRun()
    {
        if (!m_line.runs.empty())
            m_line.runs.back().shown.append(">]");
    }

    const Typeface &m_face;
    TypeLine m_line;
    qreal m_pen = 0;     ///< Where the letter stands, in thousandths.
    qreal m_written = 0; ///< Where a reader of the PDF puts it.
};

std::shared_ptr<const TypeLine> setIn(const Typeface &face, const QString &words)
{
    const auto script = scriptOf(words);
    if (!script)
        return nullptr;
    hb_buffer_t *buffer = shaped(words, *script, face.font());
    unsigned count = 0;
    const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(buffer, &count);
    Setter setter(face);
    for (unsigned i = 0; i < count; ++i) {
        const auto begin = static_cast<qsizetype>(glyphs[i].cluster);
        const auto end = i + 1 < count ? static_cast<qsizetype>(glyphs[i + 1].cluster) : words.size();
        const Typeface::Letter *letter = face.letter(glyphs[i].codepoint);
        // What is copied from the PDF is what stands there, letter by letter.
        if (letter == nullptr || letter->text != QStringView(words).mid(begin, end - begin) ||
            places[i].x_offset != 0 || places[i].y_offset != 0)
            return nullptr;
        setter.add(glyphs[i].codepoint, face.block(letter->block), places[i].x_advance);
    }
    return std::make_shared<const TypeLine>(setter.finish());
}

} // namespace

std::shared_ptr<const TypeLine> typeLine(const QString &words, const QFont &font)
{
    using Faces = QHash<std::pair<QString, int>, const Typeface *>;
    using Lines = QHash<std::pair<const Typeface *, QString>, std::shared_ptr<const TypeLine>>;
    constexpr qsizetype keptMax = 4'000;
    static thread_local Faces faces; // So that threads wait for each other once a font.
    static thread_local Lines lines; // Most are the same in every document.
    const auto face = faces.constFind({font.family(), font.weight()});
    const Typeface *type = face != faces.cend() ? *face
                                                : *faces.insert({font.family(), font.weight()},
                                                                Typeface::of(font.family(), font.weight()));
    if (type == nullptr)
        return nullptr;
    if (const auto known = lines.constFind({type, words}); known != lines.cend())
        return *known;
    if (lines.size() >= keptMax)
        lines.clear();
    return *lines.insert({type, words}, setIn(*type, words));
}

} // namespace parterre::server::print
