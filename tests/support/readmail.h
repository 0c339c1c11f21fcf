#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

/// A mail as a judge reads it that is not ours: Python's own parser.
namespace parterre::test {

struct Run
{
    int exitCode = -1;
    QByteArray output;
};

[[nodiscard]] inline Run runProgram(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return {.exitCode = -1, .output = process.errorString().toUtf8()};
    const QByteArray errors = process.readAllStandardError();
    if (process.exitCode() != 0 && !errors.isEmpty())
        qWarning("%s: %s", qPrintable(program), errors.constData());
    return {.exitCode = process.exitCode(), .output = process.readAllStandardOutput()};
}

/// As tests/support/readmail.py says.
[[nodiscard]] inline QJsonObject readMail(const QByteArray &bytes)
{
    const Run run = runProgram(QStringLiteral("/usr/bin/python3"),
                               {QStringLiteral(PARTERRE_SOURCE_DIR "/tests/support/readmail.py")}, bytes);
    return QJsonDocument::fromJson(run.output).object();
}

} // namespace parterre::test
