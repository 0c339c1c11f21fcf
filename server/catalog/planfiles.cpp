#include "catalog/planfiles.h"

#include "base/jsonfields.h"
#include "domain/layout/layoutannotations.h"
#include "domain/layout/layoutjson.h"
#include "domain/layout/pretixplan.h"

#include <QFile>
#include <QHash>
#include <QJsonDocument>
#include <QSaveFile>

#include <optional>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitDone = 0;
constexpr int exitRefused = 1;
constexpr int exitUsage = 2;

struct CommandLine
{
    QString file;
    QHash<QString, QString> options;
};

/// One file and options that each take a value; what was not understood is told in the refusal.
Result<CommandLine> parseArguments(const QStringList &arguments, const QStringList &known)
{
    CommandLine line;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments.at(i);
        if (!argument.startsWith(u"--"_s)) {
            if (!line.file.isEmpty())
                return refuse(ErrorCode::InvalidInput,
                              u"Only one file is taken; \"%1\" is a second one."_s.arg(argument));
            line.file = argument;
            continue;
        }
        const qsizetype equals = argument.indexOf(u'=');
        const QString name = equals < 0 ? argument : argument.left(equals);
        if (!known.contains(name))
            return refuse(ErrorCode::InvalidInput, u"The option %1 is not known."_s.arg(name));
        if (equals < 0 && i + 1 >= arguments.size())
            return refuse(ErrorCode::InvalidInput, u"The option %1 needs a value."_s.arg(name));
        line.options.insert(name, equals < 0 ? arguments.at(++i) : argument.mid(equals + 1));
    }
    if (line.file.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Name the file of the plan."_s);
    return line;
}

Result<QByteArray> readPlanFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"cannot be read: %1"_s.arg(file.errorString()));
    const QByteArray bytes = file.read(limits::layoutDocumentBytesMax + 1);
    if (file.error() != QFileDevice::NoError)
        return refuse(ErrorCode::NotFound, u"cannot be read: %1"_s.arg(file.errorString()));
    if (bytes.size() > limits::layoutDocumentBytesMax)
        return refuse(ErrorCode::TooLarge,
                      u"is larger than the %1 bytes that are taken"_s.arg(limits::layoutDocumentBytesMax));
    return bytes;
}

/// Writes all or nothing, so that a full disk leaves no half plan behind.
Status writeFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return refuse(ErrorCode::Unavailable, u"cannot be written: %1"_s.arg(file.errorString()));
    return {};
}

int usage(QTextStream &err, const QString &fault, const QString &form)
{
    err << fault << '\n' << "Usage: parterred " << form << '\n';
    return exitUsage;
}

int refused(QTextStream &err, const QString &file, const Error &error)
{
    err << file;
    if (!error.field.isEmpty() && !error.message.contains(error.field))
        err << ": " << error.field;
    err << ": " << error.message << '\n';
    return exitRefused;
}

Result<Layout> annotated(Layout layout, const QString &path)
{
    PT_TRY(const QByteArray bytes, readPlanFile(path));
    PT_TRY(const QJsonObject notes, parseJsonObject(bytes, limits::layoutDocumentBytesMax, u"The file"_s));
    return applyLayoutAnnotations(std::move(layout), notes);
}

/// Our own form when it looks like it, else a pretix plan.
Result<Layout> readAnyPlan(const QByteArray &bytes)
{
    const auto object = parseJsonObject(bytes, limits::layoutDocumentBytesMax, u"The file"_s);
    if (object && object->contains(u"sections"_s))
        return layoutFromJson(*object);
    PT_TRY(PlanImport imported, importPretixPlan(bytes));
    return std::move(imported.layout);
}

} // namespace

int runImportPlan(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    const auto line = parseArguments(arguments, {u"--report"_s, u"--annotations"_s, u"--out"_s});
    if (!line)
        return usage(err, line.error().message,
                     u"import-plan FILE [--report -|FILE] [--annotations FILE] [--out LAYOUT.json]"_s);
    const auto bytes = readPlanFile(line->file);
    if (!bytes)
        return refused(err, line->file, bytes.error());
    auto imported = importPretixPlan(*bytes);
    if (!imported)
        return refused(err, line->file, imported.error());
    if (const QString notes = line->options.value(u"--annotations"_s); !notes.isEmpty()) {
        auto layout = annotated(std::move(imported->layout), notes);
        if (!layout)
            return refused(err, notes, layout.error());
        imported->layout = *std::move(layout);
    }
    if (const QString path = line->options.value(u"--out"_s); !path.isEmpty()) {
        const QByteArray json = QJsonDocument(layoutToJson(imported->layout)).toJson(QJsonDocument::Indented);
        if (const Status written = writeFile(path, json); !written)
            return refused(err, path, written.error());
    }
    const QString report = imported->report.text();
    const QString reportPath = line->options.value(u"--report"_s, u"-"_s);
    if (reportPath == "-"_L1) {
        out << report;
    } else if (const Status written = writeFile(reportPath, report.toUtf8()); !written) {
        return refused(err, reportPath, written.error());
    }
    out.flush();
    return exitDone;
}

int runExportPlan(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    const auto line = parseArguments(arguments, {u"--out"_s});
    if (!line)
        return usage(err, line.error().message, u"export-plan LAYOUT.json|PRETIX.json [--out FILE]"_s);
    const auto bytes = readPlanFile(line->file);
    if (!bytes)
        return refused(err, line->file, bytes.error());
    const auto layout = readAnyPlan(*bytes);
    if (!layout)
        return refused(err, line->file, layout.error());
    const PlanExport plan = exportPretixPlan(*layout);
    for (const QString &what : plan.dropped)
        err << "Left out, since the pretix format has no place for it: " << what << '\n';
    const QString path = line->options.value(u"--out"_s, u"-"_s);
    if (path == "-"_L1) {
        out << QString::fromUtf8(plan.bytes);
        out.flush();
        return exitDone;
    }
    if (const Status written = writeFile(path, plan.bytes); !written)
        return refused(err, path, written.error());
    return exitDone;
}

} // namespace parterre::server
