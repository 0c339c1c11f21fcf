#include "check/finalstaterepository.h"
#include "check/report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QTextStream>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitViolations = 1;
constexpr int exitUsage = 2;

Result<check::Verdict> judgeFile(const QString &path, const QString &dsn, const check::JudgeOptions &options)
{
    PT_TRY(const check::History history, check::readHistoryFile(path));
    PT_TRY(const check::FinalState final, check::readFinalState(dsn, history));
    return check::judge(history, final, options);
}

} // namespace

/// Judges a history against the database that it was made on: 0 when nothing is wrong, 1 when something is, 2 when it
/// cannot be judged.
int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Judges a history of parterre-bench against the database that it was made on."_s);
    parser.addHelpOption();
    parser.addOptions({{u"history"_s, u"The history, as bench/README.md describes it."_s, u"FILE"_s},
                       {u"database"_s, u"libpq's connection string of the database."_s, u"DSN"_s},
                       {u"json"_s, u"Print one JSON object instead of sentences."_s}});
    parser.process(application);
    QTextStream out(stdout);
    QTextStream err(stderr);
    if (!parser.isSet(u"history"_s) || !parser.isSet(u"database"_s)) {
        err << "parterre-check: --history and --database are needed; see --help\n";
        return exitUsage;
    }
    const auto verdict = judgeFile(parser.value(u"history"_s), parser.value(u"database"_s), {});
    if (!verdict) {
        err << "parterre-check: " << verdict.error().message << '\n';
        return exitUsage;
    }
    if (parser.isSet(u"json"_s))
        out << QJsonDocument(check::verdictToJson(*verdict)).toJson(QJsonDocument::Compact) << '\n';
    else
        out << check::verdictText(*verdict);
    return verdict->violations == 0 ? 0 : exitViolations;
}
