#include "print/typeface.h"

#include "base/assert.h"
#include "print/deflated.h"

#include <QtEndian>

#include <algorithm>
#include <map>
#include <vector>

#include <hb-ot.h>
#include <hb-subset.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>

using namespace Qt::StringLiterals;

namespace parterre::server::print {

namespace {

struct Range
{
    char32_t first;
    char32_t last;
};

struct Letters
{
    const char *tag; ///< Before the name of the subset, which takes six letters.
    std::vector<Range> ranges;
};

/// What fits together, so that a document in plain English embeds no accents.
const std::array<Letters, typeBlockCount> &blocks()
{
    static const std::array<Letters, typeBlockCount> all{
        Letters{"LATINA",
                {{0x20, 0x7E},
                 {0xA3, 0xA3},
                 {0xB7, 0xB7},
                 {0x2013, 0x2014},
                 {0x2018, 0x201A},
                 {0x201C, 0x201E},
                 {0x2022, 0x2022},
                 {0x2026, 0x2026},
                 {0x20AC, 0x20AC}}},
        Letters{"LATINB", {{0xA1, 0xAC}, {0xAE, 0xFF}}},
        Letters{"LATINC", {{0x100, 0x17F}, {0x218, 0x21B}, {0x1E9E, 0x1E9E}}},
        Letters{"GREEKA", {{0x386, 0x3CE}}},
        Letters{"CYRILL", {{0x400, 0x45F}, {0x490, 0x491}}},
    };
    return all;
}

struct HbRelease
{
    void operator()(hb_blob_t *blob) const { hb_blob_destroy(blob); }
    void operator()(hb_face_t *face) const { hb_face_destroy(face); }
    void operator()(hb_buffer_t *buffer) const { hb_buffer_destroy(buffer); }
    void operator()(hb_subset_input_t *input) const { hb_subset_input_destroy(input); }
    void operator()(hb_subset_plan_t *plan) const { hb_subset_plan_destroy(plan); }
};

template <class T>
using HbOwned = std::unique_ptr<T, HbRelease>;

QByteArray bytesOf(hb_blob_t *blob)
{
    unsigned size = 0;
    const char *data = hb_blob_get_data(blob, &size);
    return {data, static_cast<qsizetype>(size)};
}

QByteArray hex(const QString &text)
{
    QByteArray bytes;
    for (const QChar c : text)
        bytes += QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
    return bytes.toUpper();
}

/// Adobe Technical Note 5411: which text each code stands for.
QByteArray toUnicodeMap(const std::map<quint16, QString> &texts)
{
    constexpr qsizetype pairsMax = 100; // Of one bfchar.
    QByteArray map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                     "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                     "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                     "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
    QByteArrayList pairs;
    const auto flush = [&] {
        if (!pairs.isEmpty())
            map += QByteArray::number(pairs.size()) + " beginbfchar\n" + pairs.join('\n') + "\nendbfchar\n";
        pairs.clear();
    };
    for (const auto &[code, text] : texts) {
        pairs.append('<' + hex(QString(QChar(code))) + "> <" + hex(text) + '>');
        if (pairs.size() == pairsMax)
            flush();
    }
    flush();
    return map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

bool isTrue(FcPattern *pattern, const char *property)
{
    FcBool value = FcFalse;
    return FcPatternGetBool(pattern, property, 0, &value) == FcResultMatch && value != FcFalse;
}

struct FontFile
{
    QByteArray path; ///< Empty where what is drawn is not what stands in a file.
    int index = 0;
};

FontFile fileOf(const QString &family, int weight)
{
    const std::unique_ptr<PangoContext, decltype(&g_object_unref)> context(
        pango_font_map_create_context(pango_cairo_font_map_get_default()), &g_object_unref);
    const std::unique_ptr<PangoFontDescription, decltype(&pango_font_description_free)> wanted(
        pango_font_description_new(), &pango_font_description_free);
    pango_font_description_set_family(wanted.get(), family.toUtf8().constData());
    pango_font_description_set_weight(wanted.get(), static_cast<PangoWeight>(weight));
    pango_font_description_set_absolute_size(wanted.get(), 100.0 * PANGO_SCALE);
    const std::unique_ptr<PangoFont, decltype(&g_object_unref)> font(
        pango_context_load_font(context.get(), wanted.get()), &g_object_unref);
    if (!font || !PANGO_IS_FC_FONT(font.get()))
        return {};
    FcPattern *pattern = pango_fc_font_get_pattern(PANGO_FC_FONT(font.get()));
    FcChar8 *path = nullptr;
    FcMatrix *slant = nullptr;
    FontFile file;
    if (isTrue(pattern, FC_EMBOLDEN) || isTrue(pattern, FC_VARIABLE) ||
        FcPatternGetMatrix(pattern, FC_MATRIX, 0, &slant) == FcResultMatch ||
        FcPatternGetString(pattern, FC_FILE, 0, &path) != FcResultMatch)
        return {};
    FcPatternGetInteger(pattern, FC_INDEX, 0, &file.index);
    file.path = reinterpret_cast<const char *>(path);
    return file;
}

} // namespace

const Typeface *Typeface::of(const QString &family, int weight)
{
    static std::mutex mutex;
    static std::map<std::pair<QString, int>, const Typeface *> byName;
    static std::map<std::pair<QByteArray, int>, std::unique_ptr<Typeface>> byFile;
    const std::lock_guard lock(mutex);
    const auto [known, isNew] = byName.try_emplace({family, weight}, nullptr);
    if (!isNew)
        return known->second;
    const FontFile file = fileOf(family, weight);
    // The upper half of the index names an instance of a variable font.
    if (file.path.isEmpty() || file.index > 0xFFFF)
        return nullptr;
    auto &face = byFile[{file.path, file.index}];
    if (!face)
        face = std::make_unique<Typeface>(file.path, static_cast<unsigned>(file.index));
    known->second = face->canBeCast() ? face.get() : nullptr;
    return known->second;
}

Typeface::Typeface(const QByteArray &path, unsigned index)
{
    const HbOwned<hb_blob_t> file(hb_blob_create_from_file(path.constData()));
    m_face = hb_face_create(file.get(), index);
    m_font = hb_font_create(m_face);
    m_unitsPerEm = hb_face_get_upem(m_face);
    hb_font_make_immutable(m_font); // Threads share it from now on.
    std::array<char, 64> name{};
    auto size = static_cast<unsigned>(name.size());
    hb_ot_name_get_utf8(m_face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name.data());
    for (const char c : name) {
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
            m_name += c;
    }
    for (size_t block = 0; block < typeBlockCount; ++block) {
        for (const Range &range : blocks().at(block).ranges) {
            for (char32_t c = range.first; c <= range.last; ++c) {
                hb_codepoint_t glyph = 0;
                if (hb_font_get_nominal_glyph(m_font, c, &glyph) != 0)
                    add(glyph, block, QString::fromUcs4(&c, 1));
            }
        }
    }
    addLigatures();
}

Typeface::~Typeface()
{
    hb_font_destroy(m_font);
    hb_face_destroy(m_face);
}

void Typeface::add(unsigned glyph, size_t block, const QString &text)
{
    if (glyph != 0)
        m_letters.try_emplace(glyph, Letter{.block = block, .text = text});
}

/// As most fonts for text have them.
void Typeface::addLigatures()
{
    for (const QString &text : {u"ff"_s, u"fi"_s, u"fl"_s, u"ffi"_s, u"ffl"_s, u"fj"_s, u"ft"_s, u"tt"_s}) {
        const HbOwned<hb_buffer_t> buffer(hb_buffer_create());
        hb_buffer_add_utf16(buffer.get(), text.utf16(), static_cast<int>(text.size()), 0,
                            static_cast<int>(text.size()));
        hb_buffer_guess_segment_properties(buffer.get());
        hb_shape(m_font, buffer.get(), nullptr, 0);
        unsigned count = 0;
        const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(buffer.get(), &count);
        if (count == 1)
            add(glyphs[0].codepoint, 0, text);
    }
}

bool Typeface::canBeCast() const
{
    const HbOwned<hb_blob_t> outlines(hb_face_reference_table(m_face, HB_TAG('g', 'l', 'y', 'f')));
    return hb_blob_get_length(outlines.get()) > 0 && m_unitsPerEm > 0 && !m_name.isEmpty() &&
           hb_ot_var_get_axis_count(m_face) == 0;
}

const Typeface::Letter *Typeface::letter(unsigned glyph) const
{
    const auto found = m_letters.find(glyph);
    return found == m_letters.end() ? nullptr : &found->second;
}

int Typeface::width(unsigned glyph) const
{
    return qRound(hb_font_get_glyph_h_advance(m_font, glyph) * 1'000 / m_unitsPerEm);
}

const Typeface::Block &Typeface::block(size_t number) const
{
    Block &block = m_blocks.at(number);
    std::call_once(m_isCast.at(number), [&] { cast(number, block); });
    return block;
}

void Typeface::cast(size_t number, Block &block) const
{
    const HbOwned<hb_subset_input_t> input(hb_subset_input_create_or_fail());
    hb_subset_input_set_flags(input.get(), HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    for (const auto &[glyph, letter] : m_letters) {
        if (letter.block == number)
            hb_set_add(hb_subset_input_glyph_set(input.get()), glyph);
    }
    // A PDF names glyphs by number and says their text itself (ISO 32000-1 section 9.9).
    hb_set_t *dropped = hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (const char *tag : {"GSUB", "GPOS", "GDEF", "MATH", "STAT", "OS/2", "cmap", "kern", "meta", "name", "post"})
        hb_set_add(dropped, hb_tag_from_string(tag, -1));
    const HbOwned<hb_subset_plan_t> plan(hb_subset_plan_create_or_fail(m_face, input.get()));
    const HbOwned<hb_face_t> subset(plan ? hb_subset_plan_execute_or_fail(plan.get()) : nullptr);
    PT_ASSERT(subset != nullptr, "a font that can be shaped can be made smaller");

    QByteArrayList widths;
    std::map<quint16, QString> texts;
    const hb_map_t *olds = hb_subset_plan_new_to_old_glyph_mapping(plan.get());
    for (unsigned code = 0; code < hb_face_get_glyph_count(subset.get()); ++code) {
        const unsigned glyph = hb_map_get(olds, code);
        widths.append(QByteArray::number(width(glyph)));
        block.codes.emplace(glyph, static_cast<quint16>(code));
        if (const Letter *known = letter(glyph); known != nullptr && known->block == number)
            texts.emplace(static_cast<quint16>(code), known->text);
    }
    const HbOwned<hb_blob_t> program(hb_face_reference_blob(subset.get()));
    const QByteArray bytes = bytesOf(program.get());
    block.cast = {.fontName = QByteArray(blocks().at(number).tag) + '+' + m_name,
                  .descriptor = descriptorOf(subset.get()),
                  .widths = "[0 [" + widths.join(' ') + "]]",
                  .program = deflatedWell(bytes),
                  .programSize = bytes.size(),
                  .toUnicode = deflatedWell(toUnicodeMap(texts))};
}

QByteArray Typeface::descriptorOf(hb_face_t *subset) const
{
    constexpr qsizetype boxAt = 36; // Of the table `head`: xMin, yMin, xMax, yMax.
    const HbOwned<hb_blob_t> table(hb_face_reference_table(subset, HB_TAG('h', 'e', 'a', 'd')));
    const QByteArray head = bytesOf(table.get());
    PT_ASSERT(head.size() >= boxAt + 8, "every font has its head");
    const auto thousandths = [this](qreal units) { return QByteArray::number(qRound(units * 1'000 / m_unitsPerEm)); };
    QByteArrayList box;
    for (qsizetype i = 0; i < 4; ++i)
        box.append(thousandths(qFromBigEndian<qint16>(head.constData() + boxAt + 2 * i)));
    hb_font_extents_t extents{};
    hb_font_get_h_extents(m_font, &extents);
    hb_position_t capitals = extents.ascender;
    hb_ot_metrics_get_position(m_font, HB_OT_METRICS_TAG_CAP_HEIGHT, &capitals);
    // Flags 4: the codes are no standard's. Nobody knows StemV, and with the font embedded nobody needs it.
    return "/Flags 4 /ItalicAngle 0 /StemV 80 /FontBBox [" + box.join(' ') + "] /Ascent " +
           thousandths(extents.ascender) + " /Descent " + thousandths(extents.descender) + " /CapHeight " +
           thousandths(capitals);
}

} // namespace parterre::server::print
