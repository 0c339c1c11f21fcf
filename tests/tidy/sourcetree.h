#pragma once

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

/// What the tidy rules read: the files of the project with their comments and texts blanked out.
namespace parterre::tidy {

using namespace Qt::StringLiterals;

/// What is blanked becomes spaces, so that lines and columns stay.
struct CodeViews
{
    QString code;      ///< Without comments and without the insides of texts.
    QString withTexts; ///< Without comments only.
};

enum class Language { Cpp, Script, Style };

/// Walks over a source once and copies what is code. It knows what can hide a brace or a quote in the three languages:
/// comments, texts with escapes, raw texts, digit separators, template texts with code inside, regular expressions.
class Blanker
{
public:
    Blanker(const QString &text, Language language)
        : m_text(text)
        , m_language(language)
        , m_views{.code = text, .withTexts = text}
    {}

    [[nodiscard]] CodeViews blank()
    {
        while (m_at < m_text.size())
            step();
        return m_views;
    }

private:
    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text.at(m_at + ahead) : QChar(0);
    }
    [[nodiscard]] bool sees(const QString &piece) const { return m_text.mid(m_at, piece.size()) == piece; }

    void hide(qsizetype count, bool isText)
    {
        for (qsizetype end = qMin(m_at + count, m_text.size()); m_at < end; ++m_at) {
            if (m_text.at(m_at) == u'\n')
                continue;
            m_views.code[m_at] = u' ';
            if (!isText)
                m_views.withTexts[m_at] = u' ';
        }
    }
    void hideThrough(const QString &end, qsizetype from, bool isText)
    {
        const qsizetype found = m_text.indexOf(end, m_at + from);
        hide((found < 0 ? m_text.size() : found + end.size()) - m_at, isText);
    }

    void step()
    {
        const bool lineComments = m_language != Language::Style;
        if (lineComments && sees(u"//"_s))
            return hide(lineEnd() - m_at, false);
        if (sees(u"/*"_s))
            return hideThrough(u"*/"_s, 2, false);
        if (m_language == Language::Cpp && isRawText())
            return rawText();
        if (peek() == u'"' || (peek() == u'\'' && !isDigitSeparator()))
            return quoted(peek());
        if (m_language == Language::Script && peek() == u'`')
            return templateText();
        if (m_language == Language::Script && peek() == u'/' && beginsExpression())
            return regularExpression();
        ++m_at;
    }

    [[nodiscard]] qsizetype lineEnd() const
    {
        const qsizetype end = m_text.indexOf(u'\n', m_at);
        return end < 0 ? m_text.size() : end;
    }
    [[nodiscard]] bool isDigitSeparator() const
    {
        return m_language == Language::Cpp && m_at > 0 && m_text.at(m_at - 1).isLetterOrNumber() &&
               peek(1).isLetterOrNumber() && numberBefore();
    }
    /// u'x' has a letter before its quote too; a number begins with a digit.
    [[nodiscard]] bool numberBefore() const
    {
        qsizetype i = m_at;
        while (i > 0 && (m_text.at(i - 1).isLetterOrNumber() || m_text.at(i - 1) == u'\''))
            --i;
        return m_text.at(i).isDigit();
    }
    [[nodiscard]] bool isRawText() const { return sees(u"R\""_s) && (m_at == 0 || !m_text.at(m_at - 1).isDigit()); }
    void rawText()
    {
        const qsizetype open = m_text.indexOf(u'(', m_at);
        const QString end = u")"_s + m_text.mid(m_at + 2, open - m_at - 2) + u'"';
        hideThrough(end, open - m_at, true);
    }
    void quoted(QChar quote)
    {
        qsizetype length = 1;
        while (m_at + length < m_text.size() && peek(length) != quote && peek(length) != u'\n')
            length += peek(length) == u'\\' ? 2 : 1;
        ++m_at; // The quotes stay, so that a text is still seen to be one.
        hide(length - 1, true);
        if (peek() == quote)
            ++m_at;
    }
    void templateText()
    {
        ++m_at;
        while (m_at < m_text.size() && peek() != u'`') {
            if (peek() == u'\\') {
                hide(2, true);
            } else if (sees(u"${"_s)) {
                hide(2, true);
                for (int depth = 1; m_at < m_text.size();) {
                    depth += peek() == u'{' ? 1 : peek() == u'}' ? -1 : 0;
                    if (depth == 0)
                        break;
                    step();
                }
                hide(1, true);
            } else {
                hide(1, true);
            }
        }
        ++m_at;
    }
    [[nodiscard]] bool beginsExpression() const
    {
        qsizetype i = m_at;
        while (i > 0 && m_text.at(i - 1).isSpace())
            --i;
        return i == 0 || u"(,=:[!&|?{};>"_s.contains(m_text.at(i - 1)) || m_text.left(i).endsWith(u"return"_s);
    }
    void regularExpression()
    {
        qsizetype length = 1;
        bool inClass = false;
        while (m_at + length < lineEnd() && (inClass || peek(length) != u'/')) {
            inClass = peek(length) == u'[' || (inClass && peek(length) != u']');
            length += peek(length) == u'\\' ? 2 : 1;
        }
        hide(length + 1, true);
    }

    const QString &m_text;
    Language m_language;
    CodeViews m_views;
    qsizetype m_at = 0;
};

struct SourceFile
{
    QString path; ///< From the project's folder, with slashes.
    QString text;
    CodeViews views{};

    [[nodiscard]] bool in(const QString &folder) const { return path.startsWith(folder + u'/'); }
    [[nodiscard]] bool isHeader() const { return path.endsWith(u".h"_s); }
    [[nodiscard]] bool isCpp() const { return isHeader() || path.endsWith(u".cpp"_s); }
    [[nodiscard]] bool isScript() const { return path.endsWith(u".js"_s) || path.endsWith(u".mjs"_s); }
    [[nodiscard]] bool isStyle() const { return path.endsWith(u".css"_s); }
    [[nodiscard]] QString name() const { return path.section(u'/', -1); }
    [[nodiscard]] int lineOf(qsizetype position) const
    {
        return static_cast<int>(text.left(position).count(u'\n')) + 1;
    }
};

/// The project's files, read from disk or made up by a test.
class SourceTree
{
public:
    SourceTree() = default;
    explicit SourceTree(const QMap<QString, QString> &texts)
    {
        for (auto it = texts.constBegin(); it != texts.constEnd(); ++it)
            add(it.key(), it.value());
    }

    [[nodiscard]] static SourceTree read(const QString &root)
    {
        SourceTree tree;
        const QDir folder(root);
        for (const QString &top :
             {u"app"_s, u"server"_s, u"psp"_s, u"shared"_s, u"ui"_s, u"bench"_s, u"tests"_s, u"resources"_s}) {
            QDirIterator files(folder.filePath(top), QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = folder.relativeFilePath(files.next());
                static const QStringList kinds{u"h"_s, u"cpp"_s, u"js"_s, u"mjs"_s, u"css"_s, u"md"_s, u"txt"_s};
                QFile file(folder.filePath(path));
                if (path.contains(u"/node_modules/"_s) || !kinds.contains(path.section(u'.', -1)))
                    continue;
                if (!file.open(QIODevice::ReadOnly))
                    qFatal("%s cannot be read", qPrintable(path));
                tree.add(path, QString::fromUtf8(file.readAll()));
            }
        }
        return tree;
    }

    [[nodiscard]] const std::vector<SourceFile> &files() const { return m_files; }
    [[nodiscard]] const SourceFile *find(const QString &path) const
    {
        const auto found = m_byPath.constFind(path);
        return found == m_byPath.constEnd() ? nullptr : &m_files[found.value()];
    }
    /// The folders right below `folder` that hold a C++ file.
    [[nodiscard]] QStringList foldersIn(const QString &folder) const
    {
        QStringList names;
        for (const SourceFile &file : m_files) {
            const QString below = file.path.mid(folder.size() + 1);
            if (file.in(folder) && file.isCpp() && below.contains(u'/') && !names.contains(below.section(u'/', 0, 0)))
                names.append(below.section(u'/', 0, 0));
        }
        return names;
    }

private:
    void add(const QString &path, const QString &text)
    {
        SourceFile file{.path = path, .text = text};
        if (file.isCpp() || file.isScript() || file.isStyle()) {
            const Language language = file.isCpp()      ? Language::Cpp
                                      : file.isScript() ? Language::Script
                                                        : Language::Style;
            file.views = Blanker(file.text, language).blank();
        }
        m_byPath.insert(path, m_files.size());
        m_files.push_back(std::move(file));
    }

    std::vector<SourceFile> m_files;
    QHash<QString, size_t> m_byPath;
};

} // namespace parterre::tidy
