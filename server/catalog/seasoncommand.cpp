#include "catalog/seasoncommand.h"

#include "db/database.h"

#include <QFile>
#include <QFileInfo>
#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Error inFile(const QString &path, Error error)
{
    error.message = path + (error.field.isEmpty() ? QString() : u" at "_s + error.field) + u": "_s + error.message;
    return error;
}

} // namespace

Result<season::Report> applySeason(const QString &path, Database &database)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    // One byte more than allowed is enough to know that it is too large, whatever the file system says of its size.
    const auto document = season::read(file.read(season::fileBytesMax + 1));
    if (!document)
        return refuse(inFile(path, document.error()));
    std::vector<Layout> layouts;
    for (const season::LayoutSource &source : document->layouts) {
        PT_TRY(Layout layout, season::readLayout(source, QFileInfo(path).absolutePath()));
        layouts.push_back(std::move(layout));
    }
    auto report = database.transact([&](Transaction &transaction) -> Result<season::Report> {
        return season::apply(transaction, *document, layouts);
    });
    if (!report && !report.error().field.isEmpty()) // Else it is the database's trouble, not the file's.
        return refuse(inFile(path, report.error()));
    return report;
}

int runApplySeason(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    if (arguments.size() != 1 || arguments.first().startsWith(u'-')) {
        err << "parterred apply-season FILE: give one season file.\n";
        return 2;
    }
    const auto report = applySeason(arguments.first(), database);
    if (!report) {
        err << "parterred apply-season: " << report.error().message << '\n';
        return 1;
    }
    out << report->text();
    if (report->isUnchanged())
        out << "Nothing was changed: all of it was there.\n";
    return 0;
}

} // namespace parterre::server
