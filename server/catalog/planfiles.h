#pragma once

#include <QStringList>
#include <QTextStream>

namespace parterre::server {

/// The commands of `parterred` that turn plan files into one another without a database. `arguments` are those after
/// the command's name. They answer the process's exit status: 0 done, 1 a file was refused (file and place on `err`),
/// 2 the command was not understood.
///
/// `import-plan FILE [--report -|FILE] [--annotations FILE] [--out LAYOUT.json]`
[[nodiscard]] int runImportPlan(const QStringList &arguments, QTextStream &out, QTextStream &err);
/// `export-plan LAYOUT.json|PRETIX.json [--out FILE]`; without --out the plan goes to `out`.
[[nodiscard]] int runExportPlan(const QStringList &arguments, QTextStream &out, QTextStream &err);

} // namespace parterre::server
