#include "support/runningterminal.h"

#include "support/readyfile.h"

#include <QFile>
#include <QJsonDocument>

namespace parterre::test {

using namespace Qt::StringLiterals;

namespace {

constexpr int terminalMillisecondsMax = 30'000;

} // namespace

RunningTerminal::RunningTerminal()
{
    start();
}

RunningTerminal::~RunningTerminal()
{
    kill();
}

void RunningTerminal::start()
{
    const QString ready = m_folder.filePath(u"ready"_s);
    QFile::remove(ready);
    m_process.setStandardErrorFile(m_folder.filePath(u"log"_s), QIODevice::Append);
    endWithTest(m_process);
    m_process.start(QStringLiteral(PARTERRE_BIN_DIR "/parterre-terminal"),
                    {u"--port"_s, QString::number(m_port), u"--journal"_s, m_folder.filePath(u"journal"_s),
                     u"--ready-file"_s, ready, u"--card-ms"_s, u"50"_s});
    const QString address = awaitReadyFile(m_process, ready, m_folder.filePath(u"log"_s));
    m_port = address.section(u':', -1).toUShort();
    while (!m_process.canReadLine())
        m_process.waitForReadyRead(terminalMillisecondsMax);
    (void)m_process.readLine(); // That it listens.
}

void RunningTerminal::kill()
{
    m_process.kill();
    m_process.waitForFinished();
}

QByteArray RunningTerminal::obey(const QString &line)
{
    m_process.write(line.toUtf8() + '\n');
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(terminalMillisecondsMax))
            qFatal("parterre-terminal does not answer to '%s'", qPrintable(line));
    }
    QByteArray answer = m_process.readLine().trimmed();
    if (answer.startsWith("error"))
        qFatal("parterre-terminal: %s", answer.constData());
    return answer;
}

QJsonObject RunningTerminal::totals()
{
    return QJsonDocument::fromJson(obey(u"totals"_s)).object();
}

qint64 RunningTerminal::net()
{
    const QJsonObject all = totals();
    return all.value(u"taken"_s)[u"GBP"].toInteger() - all.value(u"refunded"_s)[u"GBP"].toInteger();
}

QStringList RunningTerminal::chargedTwice()
{
    return totals().value(u"several"_s).toObject().keys();
}

} // namespace parterre::test
