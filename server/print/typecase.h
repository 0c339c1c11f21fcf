#pragma once

#include <QByteArray>
#include <QFont>
#include <QString>

#include <memory>
#include <vector>

/// Type that is cast once a process. A document that is set in it embeds the letters of each block that it uses, such
/// as Basic Latin of Noto Sans Bold, as bytes that are there already.
namespace parterre::server::print {

/// The letters of one block of one font: what a PDF embeds of it. Never changes, and is there until the process ends.
struct TypeCase
{
    QByteArray fontName;       ///< With the six letters and the plus sign of a subset.
    QByteArray descriptor;     ///< Entries of its FontDescriptor but names and files.
    QByteArray widths;         ///< The value of W.
    QByteArray program;        ///< TrueType, deflated.
    qsizetype programSize = 0; ///< Before it was.
    QByteArray toUnicode;      ///< A CMap, deflated.
};

/// A line of text, shaped. Lengths are parts of the font's size.
struct TypeLine
{
    struct Run
    {
        const TypeCase *letters = nullptr;
        QByteArray shown; ///< The operand of TJ.
    };
    std::vector<Run> runs;
    qreal width = 0;
};

/// The line as it is set in type, and null where it cannot be: a letter is of no block, more than one script must be
/// shaped, the font is not TrueType, or lacks a letter. Thread-safe.
[[nodiscard]] std::shared_ptr<const TypeLine> typeLine(const QString &words, const QFont &font);

} // namespace parterre::server::print
