#pragma once

#include "domain/layout/layoutannotations.h"
#include "domain/layout/layoutjson.h"
#include "domain/layout/pretixplan.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QtTest>

#include <string>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

/// Files and schemas that the layout tests share.
namespace parterre::tests {

inline QByteArray fileBytes(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    return file.readAll();
}

inline QByteArray demoFile(const QString &name)
{
    return fileBytes(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/") + name);
}

/// The plans and schema that are not part of the project. PARTERRE_SHARED_DIR says where they are; else they are
/// looked for beside the project, as in the main checkout and in a worktree.
inline QByteArray sharedPretixFile(const QString &name)
{
    const QString source = QStringLiteral(PARTERRE_SOURCE_DIR);
    const QStringList folders{qEnvironmentVariable("PARTERRE_SHARED_DIR"), source + QStringLiteral("/../shared"),
                              source + QStringLiteral("/../../shared")};
    for (const QString &folder : folders) {
        const QString path = folder + QStringLiteral("/fixtures/pretix/") + name;
        if (!folder.isEmpty() && QFile::exists(path))
            return fileBytes(path);
    }
    qFatal("fixtures/pretix/%s is nowhere; set PARTERRE_SHARED_DIR to the folder that holds fixtures/",
           qPrintable(name));
    return {};
}

/// Every fault of the document against the schema, one a line; empty when it is valid.
inline QString schemaFaults(const QByteArray &schemaBytes, const QByteArray &documentBytes)
{
    const QJsonValue schemaJson = QJsonDocument::fromJson(schemaBytes).object();
    const QJsonValue document = QJsonDocument::fromJson(documentBytes).object();
    valijson::Schema schema;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::QtJsonAdapter(schemaJson), schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    validator.validate(schema, valijson::adapters::QtJsonAdapter(document), &results);
    QStringList lines;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        QString place;
        for (const std::string &part : error.context)
            place += QString::fromStdString(part);
        lines.append(place + QStringLiteral(": ") + QString::fromStdString(error.description));
    }
    return lines.join(QChar(u'\n'));
}

inline Layout globe()
{
    auto imported = importPretixPlan(demoFile(QStringLiteral("globe.pretix.json")));
    if (!imported)
        qFatal("%s", qPrintable(imported.error().message));
    const auto notes = QJsonDocument::fromJson(demoFile(QStringLiteral("globe.annotations.json"))).object();
    auto layout = applyLayoutAnnotations(imported->layout, notes);
    if (!layout)
        qFatal("%s", qPrintable(layout.error().message));
    return *layout;
}

} // namespace parterre::tests
