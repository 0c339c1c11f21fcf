#pragma once

#include "tidy/functionlengths.h"
#include "tidy/sourcetree.h"

#include <QLibraryInfo>
#include <QSet>

/// The rules of the house that a machine can keep (design section 2, ARCHITECTURE.md). Each takes the whole tree and
/// says what breaks it.
namespace parterre::tidy {

struct Finding
{
    QString path;
    int line = 0;
    QString rule;
    QString message;

    [[nodiscard]] QString text() const { return u"%1:%2 %3 %4"_s.arg(path).arg(line).arg(rule, message); }
};

using Findings = std::vector<Finding>;

inline constexpr int functionLinesMax = 70;
inline constexpr int fileLinesMax = 600;

/// One of our components: which folders its quoted includes may come from, nearest first.
struct Layer
{
    QString folder;      ///< The files below it belong to the layer.
    QStringList sources; ///< Roots and the folders of them that may be included, e.g. `shared/base`.
};

[[nodiscard]] inline const std::vector<Layer> &layers()
{
    // The longest folder that fits counts, so the parts of shared stand before it.
    static const std::vector<Layer> all{
        {u"shared/base"_s, {u"shared/base"_s}},
        {u"shared/domain"_s, {u"shared/domain"_s, u"shared/base"_s}},
        {u"shared/protocol"_s, {u"shared/protocol"_s, u"shared/domain"_s, u"shared/base"_s}},
        {u"server"_s, {u"server"_s, u"shared"_s}},
        {u"psp/model"_s, {u"psp/model"_s, u"shared/base"_s}},
        {u"psp"_s, {u"psp"_s, u"server/edge"_s, u"server/http"_s, u"server/runtime"_s, u"shared/base"_s}},
        {u"ui"_s, {u"ui"_s, u"shared/domain"_s, u"shared/base"_s}},
        {u"app"_s, {u"app"_s, u"ui"_s, u"shared"_s}},
        {u"bench/check"_s, {u"bench/check"_s, u"shared/domain"_s, u"shared/base"_s}},
        {u"bench"_s, {u"bench"_s, u"server"_s, u"shared"_s}},
    };
    return all;
}

[[nodiscard]] inline const Layer *layerOf(const SourceFile &file)
{
    for (const Layer &layer : layers()) {
        if (file.in(layer.folder))
            return &layer;
    }
    return nullptr;
}

struct Include
{
    QString name;
    bool quoted = false;
    int line = 0;
};

[[nodiscard]] inline std::vector<Include> includesOf(const SourceFile &file)
{
    static const QRegularExpression pattern(u"^[ \\t]*#[ \\t]*include[ \\t]*([<\"])([^>\"]+)[>\"]"_s,
                                            QRegularExpression::MultilineOption);
    std::vector<Include> found;
    for (auto it = pattern.globalMatch(file.views.withTexts); it.hasNext();) {
        const auto match = it.next();
        found.push_back({.name = match.captured(2),
                         .quoted = match.captured(1) == u"\"",
                         .line = file.lineOf(match.capturedStart(1))});
    }
    return found;
}

/// The headers of one Qt module that is installed here, by name; what it does not have is not Qt's.
[[nodiscard]] inline bool isQtHeader(const QString &module, const QString &name)
{
    static QHash<QString, QSet<QString>> known;
    if (!known.contains(module)) {
        const QDir folder(QLibraryInfo::path(QLibraryInfo::HeadersPath) + u'/' + module);
        const QStringList names = folder.entryList(QDir::Files);
        known.insert(module, {names.begin(), names.end()});
    }
    return known.value(module).contains(name) || name.startsWith(module + u'/') || name == module;
}

[[nodiscard]] inline bool isAnyOf(const QStringList &modules, const QString &name)
{
    return std::any_of(modules.begin(), modules.end(), [&](const QString &each) { return isQtHeader(each, name); });
}

/// Quoted includes are named from the root of a component, and of a component that may be seen from here.
[[nodiscard]] inline Findings quotedIncludes(const SourceTree &tree)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        const Layer *layer = layerOf(file);
        if (!layer || !file.isCpp())
            continue;
        for (const Include &include : includesOf(file)) {
            if (!include.quoted || include.name.endsWith(u".moc"_s))
                continue;
            bool allowed = false;
            QString elsewhere;
            for (const QString &root :
                 {u"shared"_s, u"server"_s, u"psp"_s, u"ui"_s, u"app"_s, u"bench"_s, u"tests"_s}) {
                const QString path = root + u'/' + include.name;
                if (!tree.find(path))
                    continue;
                elsewhere = path;
                for (const QString &source : layer->sources)
                    allowed = allowed || path.startsWith(source + u'/');
            }
            if (allowed)
                continue;
            found.push_back(
                {file.path, include.line, u"include"_s,
                 elsewhere.isEmpty()
                     ? u"\"%1\" is not found from the root of a component"_s.arg(include.name)
                     : u"\"%1\" is %2, which %3 must not see"_s.arg(include.name, elsewhere, layer->folder)});
        }
    }
    return found;
}

/// Why the layer of this file may not include this header of a library, or nothing.
[[nodiscard]] inline QString refusedLibrary(const SourceFile &file, const QString &name)
{
    const bool isRepository =
        (file.in(u"server"_s) || file.in(u"bench"_s)) && file.name().endsWith(u"repository.cpp"_s);
    // The load generator opens more sockets than the server it loads, so it stands on the same library; the simulated
    // provider takes the same processors as what is measured.
    const bool isNetwork =
        file.in(u"server/edge"_s) || file.in(u"bench/load"_s) || file.path == u"psp/service/courier.cpp";
    if (name.startsWith(u"pqxx/"_s) && !file.in(u"server/db"_s) && !isRepository)
        return u"only server/db and *repository.cpp include pqxx"_s;
    if (name.startsWith(u"boost/"_s) && !isNetwork)
        return u"only server/edge, bench/load and psp/service/courier.cpp include Boost"_s;
    if (name.startsWith(u"curl/"_s) && !file.in(u"server/http"_s))
        return u"only server/http includes curl"_s;
    if (name.startsWith(u"librdkafka/"_s) && !file.in(u"server/kafka"_s))
        return u"only server/kafka includes librdkafka"_s;
    if ((name.startsWith(u"openssl/"_s) || name == u"zip.h") && !file.in(u"server/ticketing"_s) &&
        !(name == u"openssl/evp.h" && file.path == u"server/runtime/sha256.cpp"))
        return u"only server/ticketing includes OpenSSL and libzip, but for server/runtime/sha256.cpp"_s;
    const bool isOfPrint = name.startsWith(u"cairo"_s) || name.startsWith(u"pango/"_s) || name == u"hb.h" ||
                           name.startsWith(u"hb-"_s) || name == u"zlib.h";
    if (isOfPrint && !file.in(u"server/print"_s))
        return u"only server/print includes Cairo, Pango, HarfBuzz and zlib"_s;
    if (isQtHeader(u"QtSql"_s, name) && !file.in(u"app/local"_s))
        return u"only app/local uses Qt SQL"_s;
    if (file.in(u"shared"_s)) {
        if (name.startsWith(u'Q') && !isQtHeader(u"QtCore"_s, name))
            return u"shared includes headers of Qt Core only"_s;
        if (!name.startsWith(u'Q') && (name.contains(u'.') || name.contains(u'/')))
            return u"shared includes Qt Core and the standard library only"_s;
    }
    if (file.in(u"ui"_s) && (isAnyOf({u"QtNetwork"_s, u"QtWebSockets"_s}, name) || name.startsWith(u"sys/"_s)))
        return u"ui opens no socket"_s;
    if (file.in(u"server"_s) && isAnyOf({u"QtWidgets"_s, u"QtNetwork"_s, u"QtWebSockets"_s}, name))
        return u"the server has no widgets, and its network is the edge's"_s;
    return {};
}

[[nodiscard]] inline Findings libraryIncludes(const SourceTree &tree)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        if (!layerOf(file) || !file.isCpp())
            continue;
        for (const Include &include : includesOf(file)) {
            QString why = include.quoted ? QString() : refusedLibrary(file, include.name);
            const bool isRepository = file.name().endsWith(u"repository.cpp"_s);
            if (include.quoted && include.name == "db/transaction.h"_L1 && !file.in(u"server/db"_s) && !isRepository)
                why = u"only server/db and *repository.cpp include db/transaction.h"_s;
            if (!why.isEmpty())
                found.push_back({file.path, include.line, u"library"_s, u"<%1>: %2"_s.arg(include.name, why)});
        }
    }
    return found;
}

/// What each component may be linked with; less is fine.
[[nodiscard]] inline const QMap<QString, QStringList> &allowedLinks()
{
    static const QMap<QString, QStringList> all{
        {u"base"_s, {u"Qt6::Core"_s}},
        {u"domain"_s, {u"Parterre::Base"_s}},
        {u"protocol"_s, {u"Parterre::Domain"_s}},
        {u"server"_s,
         {u"Parterre::Protocol"_s, u"Qt6::Gui"_s, u"Threads::Threads"_s, u"PkgConfig::PQXX"_s, u"PkgConfig::PQ"_s,
          u"PkgConfig::SODIUM"_s, u"PkgConfig::QRENCODE"_s, u"PkgConfig::RDKAFKA"_s, u"PkgConfig::ZIP"_s,
          u"PkgConfig::PANGOCAIRO"_s, u"CURL::libcurl"_s, u"OpenSSL::Crypto"_s, u"Boost::headers"_s,
          u"tomlplusplus::tomlplusplus"_s}},
        {u"pspmodel"_s, {u"Parterre::Base"_s}},
        {u"psp"_s, {u"Parterre::PspModel"_s, u"Parterre::Server"_s, u"Boost::headers"_s}},
        {u"ui"_s,
         {u"Parterre::Domain"_s, u"Qt6::Widgets"_s, u"Qt6::PrintSupport"_s, u"Qt6::Svg"_s, u"PkgConfig::POPPLER"_s,
          u"PkgConfig::QRENCODE"_s}},
        {u"check"_s, {u"Parterre::Domain"_s, u"PkgConfig::PQXX"_s}},
        {u"client"_s, {u"Parterre::Ui"_s, u"Parterre::Protocol"_s, u"Qt6::WebSockets"_s, u"Qt6::Sql"_s}},
    };
    return all;
}

/// The link lines say the same as the includes: what is not linked cannot be used by accident.
[[nodiscard]] inline Findings linkLines(const SourceTree &tree)
{
    static const QRegularExpression call(u"(parterre_component|target_link_libraries)\\(\\s*([^)]*)\\)"_s);
    static const QRegularExpression comment(u"#[^\\n]*"_s);
    static const QRegularExpression space(u"\\s+"_s);
    static const QSet<QString> words{u"PUBLIC"_s, u"PRIVATE"_s, u"INTERFACE"_s, u"LINK"_s, u"LINK_PRIVATE"_s};
    Findings found;
    for (const SourceFile &file : tree.files()) {
        if (file.name() != "CMakeLists.txt"_L1 || file.in(u"tests"_s))
            continue;
        QString text = file.text;
        text.remove(comment); // Lines stay: a comment ends before its newline.
        for (auto it = call.globalMatch(text); it.hasNext();) {
            const auto match = it.next();
            const QStringList arguments = match.captured(2).split(space, Qt::SkipEmptyParts);
            QString component = arguments.value(0).toLower();
            component.remove(u"parterre_"_s);
            if (!allowedLinks().contains(component))
                continue; // An executable only composes.
            bool links = match.captured(1) == "target_link_libraries"_L1;
            for (const QString &argument : arguments.mid(1)) {
                links = links || words.contains(argument);
                if (!links || words.contains(argument) || allowedLinks().value(component).contains(argument))
                    continue;
                const qsizetype line = text.left(match.capturedStart()).count(u'\n') + 1;
                found.push_back({file.path, static_cast<int>(line), u"link"_s,
                                 u"%1 must not be linked with %2"_s.arg(component, argument)});
            }
        }
    }
    return found;
}

/// Every place of the code of these files where the pattern is found.
template <class Wanted>
[[nodiscard]] Findings places(const SourceTree &tree, const QRegularExpression &pattern, const QString &rule,
                              const QString &message, Wanted wanted)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        if (!wanted(file))
            continue;
        for (auto it = pattern.globalMatch(file.views.code); it.hasNext();) {
            const auto match = it.next();
            found.push_back({file.path, file.lineOf(match.capturedStart()), rule, message.arg(match.captured())});
        }
    }
    return found;
}

/// Design D11: money is whole minor units.
[[nodiscard]] inline Findings fractionsNearMoney(const SourceTree &tree)
{
    static const QRegularExpression pattern(u"\\b(double|float|qreal|toDouble|toFloat)\\b"_s);
    return places(tree, pattern, u"money"_s, u"%1 in a file about money"_s, [](const SourceFile &file) {
        const bool isMoney = file.in(u"shared/base"_s) && file.name().startsWith(u"money"_s);
        return isMoney || file.in(u"shared/domain/checkout"_s) || file.in(u"shared/domain/payments"_s) ||
               file.in(u"shared/domain/aftersale"_s) || file.in(u"server/checkout"_s) ||
               file.in(u"server/payments"_s) || file.in(u"server/aftersale"_s) || file.in(u"psp/terminal"_s);
    });
}

/// Design D3: the only clocks are base/clock.h and the database.
[[nodiscard]] inline Findings wallClocks(const SourceTree &tree)
{
    static const QRegularExpression pattern(
        u"\\bcurrentDateTime(Utc)?\\s*\\(|\\bcurrent(M?Secs)SinceEpoch\\b|\\bQDate::currentDate\\b|\\bQTime::"
        u"currentTime\\b|"
        "\\bsystem_clock::now\\b|\\btime\\s*\\(\\s*(nullptr|NULL|0)\\s*\\)|\\bgettimeofday\\b|\\bclock_gettime\\b"_s);
    static const QSet<QString> clocks{u"shared/base/clock.cpp"_s, u"shared/base/ids.cpp"_s,
                                      u"server/runtime/logging.cpp"_s};
    return places(tree, pattern, u"clock"_s, u"%1 outside the clock"_s,
                  [](const SourceFile &file) { return layerOf(file) && file.isCpp() && !clocks.contains(file.path); });
}

[[nodiscard]] inline Findings longFunctions(const SourceTree &tree)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        if (!file.isCpp() && !file.isScript())
            continue;
        for (const FunctionSpan &span : FunctionFinder(file).find()) {
            if (span.lines() > functionLinesMax)
                found.push_back(
                    {file.path, span.firstLine, u"function"_s,
                     u"%1 has %2 lines; at most %3"_s.arg(span.name).arg(span.lines()).arg(functionLinesMax)});
        }
    }
    return found;
}

[[nodiscard]] inline Findings longFiles(const SourceTree &tree)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        const auto lines = file.text.count(u'\n');
        if ((file.isCpp() || file.isScript() || file.isStyle()) && lines > fileLinesMax)
            found.push_back({file.path, 1, u"file"_s, u"%1 lines; at most %2"_s.arg(lines).arg(fileLinesMax)});
    }
    return found;
}

/// Words that mean that something is not done, anywhere; and one that the trade does not use, as an identifier.
[[nodiscard]] inline Findings words(const SourceTree &tree)
{
    // Written apart, so that this file keeps its own rule.
    static const QRegularExpression unfinished(u"\\b(TO"
                                               "DO|FIX"
                                               "ME|X"
                                               "XX|[Ss]t"
                                               "ub(s|bed)?|[Hh]a"
                                               "ck(s|y)?)\\b"_s);
    static const QRegularExpression otherTrade(u"\\b\\w*[Bb]oo"
                                               "king\\w*\\b"_s);
    Findings found = places(tree, otherTrade, u"word"_s, u"%1: an order, a sale or a hold is meant"_s,
                            [](const SourceFile &file) { return file.isCpp() || file.isScript(); });
    for (const SourceFile &file : tree.files()) {
        for (auto it = unfinished.globalMatch(file.text); it.hasNext();) {
            const auto match = it.next();
            found.push_back({file.path, file.lineOf(match.capturedStart()), u"word"_s,
                             u"\"%1\" is a word for what is not done"_s.arg(match.captured())});
        }
    }
    return found;
}

[[nodiscard]] inline Findings headerGuards(const SourceTree &tree)
{
    Findings found;
    for (const SourceFile &file : tree.files()) {
        if (file.isHeader() && !file.views.code.trimmed().startsWith(u"#pragma once"_s))
            found.push_back({file.path, 1, u"header"_s, u"begins with #pragma once"_s});
    }
    return found;
}

[[nodiscard]] inline Findings emptyTests(const SourceTree &tree)
{
    static const QRegularExpression check(u"\\bQ(VERIFY|COMPARE|TRY_VERIFY|TRY_COMPARE)\\w*\\s*\\("_s);
    Findings found;
    for (const SourceFile &file : tree.files()) {
        const bool isTest = file.in(u"tests"_s) && file.name().startsWith(u"tst_"_s) && file.isCpp();
        if (isTest && !check.match(file.views.code).hasMatch())
            found.push_back({file.path, 1, u"test"_s, u"checks nothing"_s});
    }
    return found;
}

/// Every folder that is hard has its README: data, algorithm, why it is right.
[[nodiscard]] inline Findings missingReadmes(const SourceTree &tree)
{
    constexpr int linesMin = 8;
    QStringList folders{u"ui/seatmap"_s, u"app"_s, u"shared/domain/layout"_s, u"bench"_s, u"psp"_s};
    for (const QString &area : tree.foldersIn(u"server"_s))
        folders.append(u"server/"_s + area);
    Findings found;
    for (const QString &folder : folders) {
        const SourceFile *readme = tree.find(folder + u"/README.md"_s);
        if (!readme)
            found.push_back({folder + u"/README.md"_s, 1, u"readme"_s, u"is missing"_s});
        else if (readme->text.count(u'\n') < linesMin)
            found.push_back({readme->path, 1, u"readme"_s, u"has fewer than %1 lines"_s.arg(linesMin)});
    }
    return found;
}

struct Rule
{
    const char *name;
    Findings (*check)(const SourceTree &tree);
};

[[nodiscard]] inline const std::vector<Rule> &rules()
{
    static const std::vector<Rule> all{
        {"include", quotedIncludes}, {"library", libraryIncludes},
        {"link", linkLines},         {"money", fractionsNearMoney},
        {"clock", wallClocks},       {"function", longFunctions},
        {"file", longFiles},         {"word", words},
        {"header", headerGuards},    {"test", emptyTests},
        {"readme", missingReadmes},
    };
    return all;
}

} // namespace parterre::tidy
