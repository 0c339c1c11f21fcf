#include "check/finalstaterepository.h"
#include "check/report.h"
#include "check/salebooks.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QTextStream>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitViolations = 1;
constexpr int exitUsage = 2;
constexpr int sweepSecondsMax = 600;

/// `book` is the file of the card provider's book; empty: it is in the database.
Result<check::Verdict> judgeFile(const QString &path, const QString &dsn, const QString &book,
                                 const check::JudgeOptions &options)
{
    PT_TRY(const check::History history, check::readHistoryFile(path));
    std::optional<check::ProviderBook> provider;
    if (!book.isEmpty()) {
        PT_TRY(provider, check::readProviderBookFile(book));
    }
    PT_TRY(const check::FinalState final, check::readFinalState(dsn, history));
    PT_TRY(check::Verdict verdict, check::judge(history, final, options));
    PT_CHECK(check::judgeBooks(check::SaleBooks(dsn, std::move(provider)), options.isSettled, verdict));
    return verdict;
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
                       {u"provider"_s, u"What the card provider has, where it is not the test provider."_s, u"FILE"_s},
                       {u"sweep-seconds"_s, u"Within which a hold past its time is closed; 5."_s, u"N"_s, u"5"_s},
                       {u"settled"_s, u"Everybody has gone: a payment without an end is a violation."_s},
                       {u"json"_s, u"Print one JSON object instead of sentences."_s}});
    parser.process(application);
    QTextStream out(stdout);
    QTextStream err(stderr);
    if (!parser.isSet(u"history"_s) || !parser.isSet(u"database"_s)) {
        err << "parterre-check: --history and --database are needed; see --help\n";
        return exitUsage;
    }
    bool isNumber = false;
    const int sweepSeconds = parser.value(u"sweep-seconds"_s).toInt(&isNumber);
    if (!isNumber || sweepSeconds < 1 || sweepSeconds > sweepSecondsMax) {
        err << "parterre-check: --sweep-seconds takes a number from 1 to " << sweepSecondsMax << '\n';
        return exitUsage;
    }
    const auto verdict = judgeFile(parser.value(u"history"_s), parser.value(u"database"_s), parser.value(u"provider"_s),
                                   {.sweepBound = Seconds(sweepSeconds), .isSettled = parser.isSet(u"settled"_s)});
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
