#pragma once

#include "support/readmail.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

/// A real mail server on a free port of this machine (aiosmtpd, see smtpsink.py), with what it was sent.
namespace parterre::test {

class SmtpSink
{
public:
    explicit SmtpSink(const QStringList &options = {})
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("/usr/bin/python3"),
                        QStringList{QStringLiteral(PARTERRE_SOURCE_DIR "/tests/support/smtpsink.py"), m_folder.path()} +
                            options);
        if (m_process.waitForReadyRead(60'000))
            m_port = m_process.readLine().trimmed().toInt();
        if (m_port == 0)
            qFatal("the mail server did not start");
    }
    ~SmtpSink()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(10'000))
            m_process.kill();
        m_process.waitForFinished(10'000);
    }
    SmtpSink(const SmtpSink &) = delete;
    SmtpSink &operator=(const SmtpSink &) = delete;

    [[nodiscard]] QString url(const QString &host = QStringLiteral("127.0.0.1")) const
    {
        return QStringLiteral("smtp://%1:%2").arg(host).arg(m_port);
    }
    /// In the order of arrival.
    [[nodiscard]] QByteArrayList mails() const { return contents(QStringLiteral("*.eml")); }
    /// `from`, `to` and `tls` of each.
    [[nodiscard]] QList<QJsonObject> envelopes() const
    {
        QList<QJsonObject> found;
        for (const QByteArray &json : contents(QStringLiteral("*.json")))
            found.append(QJsonDocument::fromJson(json).object());
        return found;
    }

private:
    [[nodiscard]] QByteArrayList contents(const QString &pattern) const
    {
        QByteArrayList found;
        const QDir folder(m_folder.path());
        for (const QString &name : folder.entryList({pattern}, QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                found.append(file.readAll());
        }
        return found;
    }

    QTemporaryDir m_folder;
    QProcess m_process;
    int m_port = 0;
};

/// The texts of all square codes of a picture, as one scanner reads them.
[[nodiscard]] inline QStringList scannedByZbar(const QString &path)
{
    const Run scan =
        runProgram(QStringLiteral("zbarimg"), {QStringLiteral("--quiet"), QStringLiteral("--raw"),
                                               QStringLiteral("-Sdisable"), QStringLiteral("-Sqrcode.enable"), path});
    QStringList found = QString::fromUtf8(scan.output).split(u'\n', Qt::SkipEmptyParts);
    found.sort();
    return found;
}

/// As another reads it.
[[nodiscard]] inline QStringList scannedByZxing(const QString &path)
{
    const Run scan =
        runProgram(QStringLiteral("ZXingReader"), {QStringLiteral("-format"), QStringLiteral("QRCode"), path});
    QStringList found;
    for (const QString &line : QString::fromUtf8(scan.output).split(u'\n')) {
        const QString text = line.section(u'"', 1);
        if (line.startsWith(u"Text:") && text.endsWith(u'"'))
            found.append(text.chopped(1));
    }
    found.sort();
    return found;
}

} // namespace parterre::test
