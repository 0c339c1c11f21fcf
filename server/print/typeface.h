#pragma once

#include "print/typecase.h"

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

struct hb_face_t;
struct hb_font_t;

namespace parterre::server::print {

inline constexpr size_t typeBlockCount = 5;

/// One font file and what is cast of it. A block is cast when a line first needs it.
class Typeface
{
public:
    /// The one that Pango takes for this family and weight; null where it cannot be cast: not TrueType, not a font of
    /// its own but made bold or slanted by machine, one of many in a variable file. Stays until the process ends.
    [[nodiscard]] static const Typeface *of(const QString &family, int weight);

    Typeface(const QByteArray &path, unsigned index);
    ~Typeface();
    Typeface(const Typeface &) = delete;
    Typeface &operator=(const Typeface &) = delete;

    [[nodiscard]] bool canBeCast() const;
    [[nodiscard]] hb_font_t *font() const { return m_font; }
    [[nodiscard]] qreal unitsPerEm() const { return m_unitsPerEm; }

    struct Letter
    {
        size_t block = 0;
        QString text; ///< One character, or those of a ligature.
    };
    /// Of a glyph of the font; null where no block has it.
    [[nodiscard]] const Letter *letter(unsigned glyph) const;

    struct Block
    {
        TypeCase cast;
        std::unordered_map<unsigned, quint16> codes; ///< By the glyph of the font.
    };
    [[nodiscard]] const Block &block(size_t number) const;
    /// In thousandths of the font's size, as `TypeCase::widths` has it.
    [[nodiscard]] int width(unsigned glyph) const;

private:
    void add(unsigned glyph, size_t block, const QString &text);
    void addLigatures();
    void cast(size_t number, Block &block) const;
    [[nodiscard]] QByteArray descriptorOf(hb_face_t *subset) const;

    hb_face_t *m_face = nullptr;
    hb_font_t *m_font = nullptr;
    qreal m_unitsPerEm = 0;
    QByteArray m_name;
    std::unordered_map<unsigned, Letter> m_letters;
    mutable std::array<std::once_flag, typeBlockCount> m_isCast;
    mutable std::array<Block, typeBlockCount> m_blocks;
};

} // namespace parterre::server::print
