#include "support/runningpsp.h"

#include "support/readyfile.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

namespace parterre::test {

using namespace Qt::StringLiterals;

RunningPsp::RunningPsp()
{
    start();
}

RunningPsp::~RunningPsp()
{
    kill();
}

QString RunningPsp::file(const QString &name, const QByteArray &content) const
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("%s cannot be written", qPrintable(file.fileName()));
    return file.fileName();
}

void RunningPsp::start(const QStringList &flags)
{
    const QString port = m_url.isEmpty() ? u"0"_s : QString::number(QUrl(m_url).port());
    const QString ready = m_folder.filePath(u"ready"_s);
    QFile::remove(ready);
    m_process.setStandardErrorFile(m_folder.filePath(u"log"_s), QIODevice::Append);
    m_process.setStandardOutputFile(QProcess::nullDevice());
    endWithTest(m_process);
    m_process.start(QStringLiteral(PARTERRE_BIN_DIR "/parterre-psp"),
                    QStringList{u"--port"_s, port, u"--secret-key"_s, secretKey(), u"--journal"_s,
                                m_folder.filePath(u"journal"_s), u"--ready-file"_s, ready} +
                        flags);
    m_url = awaitReadyFile(m_process, ready, m_folder.filePath(u"log"_s));
}

void RunningPsp::kill()
{
    m_process.kill();
    m_process.waitForFinished();
}

server::HttpOutcome RunningPsp::send(const QByteArray &method, const QString &path, const QByteArray &body,
                                     const QByteArray &contentType)
{
    server::HttpCall call{.method = method, .url = path.startsWith(u"http"_s) ? path : m_url + path, .body = body};
    call.headers = {{"Authorization", "Bearer " + secretKey().toUtf8()}};
    if (!contentType.isEmpty())
        call.headers.emplace_back("Content-Type", contentType);
    server::HttpOutcome outcome = m_http.send(call);
    if (outcome.failure != server::HttpOutcome::Failure::None)
        qFatal("%s %s: %s", method.constData(), qPrintable(path), qPrintable(outcome.reason));
    return outcome;
}

void RunningPsp::setKnobs(const QJsonObject &knobs)
{
    if (send("PUT", u"/_psp/knobs"_s, QJsonDocument(knobs).toJson(), "application/json").status != 200)
        qFatal("a knob is not known");
}

void RunningPsp::order(const QString &operation, const QString &what, int times, int delayMilliseconds)
{
    const QJsonObject fault{
        {u"on"_s, operation}, {u"what"_s, what}, {u"times"_s, times}, {u"delay_ms"_s, delayMilliseconds}};
    if (send("POST", u"/_psp/faults"_s, QJsonDocument(fault).toJson(), "application/json").status != 204)
        qFatal("the fault %s is not known", qPrintable(what));
}

void RunningPsp::forgetOrders()
{
    (void)send("DELETE", u"/_psp/faults"_s, {}, {});
}

void RunningPsp::changeKey(const QString &key)
{
    const QByteArray body = QJsonDocument(QJsonObject{{u"secret_key"_s, key}}).toJson();
    if (send("PUT", u"/_psp/secret-key"_s, body, "application/json").status != 204)
        qFatal("the key is not changed");
}

QJsonObject RunningPsp::call(const QByteArray &method, const QString &path, const QByteArray &form)
{
    const auto outcome = send(method, u"/v1/"_s + path, form,
                              method == "POST" ? QByteArray("application/x-www-form-urlencoded") : QByteArray());
    return QJsonDocument::fromJson(outcome.body).object();
}

int RunningPsp::answerHolder(const QString &actionUrl, bool isConfirmed)
{
    return send("POST", actionUrl, isConfirmed ? "outcome=succeed" : "outcome=fail",
                "application/x-www-form-urlencoded")
        .status;
}

QJsonObject RunningPsp::totals()
{
    return QJsonDocument::fromJson(send("GET", u"/_psp/totals?by=order"_s, {}, {}).body).object();
}

qint64 RunningPsp::sum(const QString &name)
{
    return totals().value(u"currencies"_s)[u"gbp"_s][name].toInteger();
}

QStringList RunningPsp::paidTwice()
{
    return totals().value(u"several_with_money"_s).toObject().keys();
}

int RunningPsp::count(const QString &status)
{
    return totals().value(u"payment_intents"_s)[status].toInt();
}

QList<QJsonObject> RunningPsp::intentsOf(const QString &payment)
{
    const QString query = u"metadata['payment']:'%1'"_s.arg(payment);
    QList<QJsonObject> found;
    const QString path = u"payment_intents/search?query="_s + QString::fromLatin1(QUrl::toPercentEncoding(query));
    for (const QJsonValue &intent : call("GET", path).value(u"data"_s).toArray())
        found.append(intent.toObject());
    return found;
}

} // namespace parterre::test
