#pragma once

#include "tidy/sourcetree.h"

#include <QRegularExpression>

#include <optional>

namespace parterre::tidy {

struct FunctionSpan
{
    QString name;
    int firstLine = 0; ///< Where its declaration begins.
    int lastLine = 0;  ///< Where its closing brace is.

    [[nodiscard]] int lines() const { return lastLine - firstLine + 1; }
};

/// Finds functions by their braces. Namespaces and classes are looked into, everything else that is braced is one
/// piece: a lambda counts for the function around it. It stands on our formatting in one point: a brace that
/// initialises follows its name without a space (`m_list{}`), one that opens a body never does.
class FunctionFinder
{
public:
    explicit FunctionFinder(const SourceFile &file)
        : m_file(file)
        , m_code(withoutDirectives(file.views.code))
    {}

    [[nodiscard]] std::vector<FunctionSpan> find()
    {
        for (; m_at < m_code.size(); ++m_at) {
            const QChar c = m_code.at(m_at);
            if (c == u'(' || c == u'[')
                brackets();
            else if (c == u'{')
                brace();
            else if (c == u';' || c == u'}' || (c == u':' && isAccess()))
                m_head = m_at + 1;
        }
        return std::move(m_found);
    }

private:
    /// Lines of the preprocessor, with those that a backslash joins to them, are no code of the file's own scope.
    [[nodiscard]] static QString withoutDirectives(QString code)
    {
        bool inside = false;
        for (qsizetype at = 0; at < code.size();) {
            const qsizetype newline = code.indexOf(u'\n', at);
            const qsizetype end = newline < 0 ? code.size() : newline;
            const QString line = code.mid(at, end - at);
            if (inside || line.trimmed().startsWith(u'#')) {
                inside = line.endsWith(u'\\');
                code.replace(at, end - at, QString(end - at, u' '));
            }
            at = end + 1;
        }
        return code;
    }

    /// Leaves m_at on the bracket that closes the one under it.
    void skipBalanced()
    {
        int depth = 0;
        for (; m_at < m_code.size(); ++m_at) {
            const QChar c = m_code.at(m_at);
            depth += c == u'(' || c == u'[' || c == u'{' ? 1 : c == u')' || c == u']' || c == u'}' ? -1 : 0;
            if (depth == 0)
                return;
        }
    }

    void brackets()
    {
        // `Q_LOGGING_CATEGORY(...)` and its like stand without a semicolon and belong to nothing below.
        static const QRegularExpression macro(u"\\A[A-Z][A-Z0-9_]+\\z"_s);
        const bool isMacro = macro.match(head()).hasMatch();
        skipBalanced();
        static const QRegularExpression somewhere(u"\\S"_s);
        const qsizetype next = m_code.indexOf(somewhere, m_at + 1);
        if (isMacro && next >= 0 && m_code.at(next) != u'{')
            m_head = m_at + 1;
    }

    [[nodiscard]] QString head() const { return m_code.mid(m_head, m_at - m_head).simplified(); }

    [[nodiscard]] bool isAccess() const
    {
        static const QRegularExpression access(u"\\A(public|private|protected|Q_SIGNALS)( Q_SLOTS)?\\z"_s);
        QString words = head();
        words.remove(u"Q_OBJECT"_s);
        return access.match(words.trimmed()).hasMatch();
    }

    void brace()
    {
        static const QRegularExpression scope(u"\\b(namespace|class|struct|union|interface)\\b|\\Aextern\\b"_s);
        static const QRegularExpression value(u"(=|,|\\breturn|\\bconcept\\b.*)\\z"_s);
        const QString words = head();
        const bool isBody = words.contains(u'(') && !value.match(words).hasMatch();
        const bool touches = m_at > 0 && !m_code.at(m_at - 1).isSpace() && m_code.at(m_at - 1) != u')';
        if (touches || words.contains(u"concept "_s) || value.match(words).hasMatch())
            return skipBalanced(); // Initialises something; the head goes on.
        if (!isBody && scope.match(words).hasMatch()) {
            m_head = m_at + 1; // Looked into.
            return;
        }
        const qsizetype begin = headBegin();
        skipBalanced();
        if (isBody)
            m_found.push_back(
                {.name = nameOf(words), .firstLine = m_file.lineOf(begin), .lastLine = m_file.lineOf(m_at)});
        m_head = m_at + 1;
    }

    /// What stands above an empty line, such as a macro without a semicolon, is not part of the declaration.
    [[nodiscard]] qsizetype headBegin() const
    {
        static const QRegularExpression emptyLine(u"\\n[ \\t]*\\n"_s);
        qsizetype begin = m_head;
        for (auto it = emptyLine.globalMatch(m_code.mid(m_head, m_at - m_head)); it.hasNext();) {
            const auto match = it.next();
            if (!m_code.mid(m_head + match.capturedEnd(), m_at - m_head - match.capturedEnd()).trimmed().isEmpty())
                begin = m_head + match.capturedEnd();
        }
        while (begin < m_at && m_code.at(begin).isSpace())
            ++begin;
        return begin;
    }

    [[nodiscard]] static QString nameOf(const QString &words)
    {
        static const QRegularExpression name(u"([~\\w:]+|operator[^(]+)\\s*\\("_s);
        static const QRegularExpression variable(u"(\\w+) = \\["_s);
        const QString lambda = variable.match(words).captured(1);
        return lambda.isEmpty() ? name.match(words).captured(1) : lambda;
    }

    const SourceFile &m_file;
    QString m_code;
    qsizetype m_at = 0;
    qsizetype m_head = 0;
    std::vector<FunctionSpan> m_found;
};

} // namespace parterre::tidy
