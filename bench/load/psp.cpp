#include "load/psp.h"

#include "base/ids.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

#include <algorithm>
#include <csignal>
#include <map>
#include <thread>

#include <sys/prctl.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;
using check::ProviderEntry;
using check::ProviderEntryState;

namespace {

constexpr auto secretKey = "sk_test_of_the_bench";
constexpr auto webhookSecret = "whsec_of_the_bench";
constexpr int pspStartMillisecondsMax = 30'000;
constexpr int pspPollMilliseconds = 20;
constexpr int pageSize = 100; ///< The most that Stripe's lists give.
constexpr auto formType = "application/x-www-form-urlencoded";

bool writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

ProviderEntryState stateOf(const QJsonObject &intent)
{
    const QString status = intent.value(u"status"_s).toString();
    if (status == u"succeeded")
        return ProviderEntryState::Captured;
    if (status == u"requires_capture")
        return ProviderEntryState::Authorised;
    return status == u"canceled" ? ProviderEntryState::Cancelled : ProviderEntryState::Open;
}

} // namespace

Psp::Psp(QString program, QStringList flags)
    : m_program(std::move(program))
    , m_flags(std::move(flags))
    , m_folder(QDir::tempPath() + u"/parterre-bench-psp-XXXXXX"_s)
{
    writeFile(m_folder.filePath(u"key"_s), secretKey);
    writeFile(m_folder.filePath(u"webhook-secret"_s), webhookSecret);
}

Psp::~Psp()
{
    kill();
}

void Psp::launch()
{
    const QString ready = m_folder.filePath(u"ready"_s);
    QFile::remove(ready);
    m_process.setStandardOutputFile(QProcess::nullDevice());
    m_process.setStandardErrorFile(m_folder.filePath(u"log"_s), QIODevice::Append);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
    m_process.start(m_program, QStringList{u"--port"_s, QString::number(std::max(0, QUrl(m_url).port())),
                                           u"--secret-key-file"_s, m_folder.filePath(u"key"_s), u"--journal"_s,
                                           m_folder.filePath(u"journal"_s), u"--ready-file"_s, ready} +
                                   m_flags);
}

bool Psp::isServing()
{
    if (m_process.state() == QProcess::NotRunning || m_process.waitForFinished(0))
        return false;
    QFile file(m_folder.filePath(u"ready"_s));
    const QString url = file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
    if (QUrl(url).port() <= 0)
        return false;
    m_url = url;
    return true;
}

Status Psp::start()
{
    launch();
    for (int waited = 0; waited < pspStartMillisecondsMax; waited += pspPollMilliseconds) {
        if (isServing())
            return {};
        if (m_process.state() == QProcess::NotRunning)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(pspPollMilliseconds));
    }
    QFile log(m_folder.filePath(u"log"_s));
    const QString end =
        log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll()).trimmed().right(500) : QString();
    return refuse(ErrorCode::Unavailable, u"%1 did not start. Its log ends with: %2"_s.arg(m_program, end));
}

Status Psp::tellTo(quint16 port)
{
    kill();
    m_flags += {u"--webhook-url"_s, u"http://127.0.0.1:%1/v1/webhooks/stripe"_s.arg(port), u"--webhook-secret-file"_s,
                m_folder.filePath(u"webhook-secret"_s)};
    return start();
}

void Psp::kill()
{
    m_process.kill();
    m_process.waitForFinished(); // Nothing else tells QProcess, which has no event loop here, and starts nothing twice.
}

QStringList Psp::serverFlags() const
{
    return {u"--stripe-url"_s,
            m_url,
            u"--stripe-key-file"_s,
            m_folder.filePath(u"key"_s),
            u"--stripe-webhook-secret-file"_s,
            m_folder.filePath(u"webhook-secret"_s)};
}

server::HttpOutcome Psp::send(const QByteArray &method, const QString &path, const QByteArray &body,
                              const QByteArray &contentType)
{
    server::HttpCall call{.method = method,
                          .url = m_url + path,
                          .headers = {{"Authorization", QByteArray("Bearer ") + secretKey}},
                          .body = body};
    if (!contentType.isEmpty())
        call.headers.emplace_back("Content-Type", contentType);
    return m_http.send(call);
}

Status Psp::setKnobs(const QJsonObject &knobs)
{
    const auto outcome = send("PUT", u"/_psp/knobs"_s, QJsonDocument(knobs).toJson(), "application/json");
    if (outcome.status == 200)
        return {};
    return refuse(ErrorCode::Unavailable, u"The card processor does not take its knobs: %1"_s.arg(QString::fromUtf8(
                                              outcome.body.isEmpty() ? outcome.reason.toUtf8() : outcome.body)));
}

bool Psp::payOnce()
{
    const auto made = send("POST", u"/v1/payment_intents"_s,
                           "amount=4200&currency=gbp&capture_method=manual&payment_method_types[0]=card", formType);
    const QString id = QJsonDocument::fromJson(made.body).object().value(u"id"_s).toString();
    const QString path = u"/v1/payment_intents/"_s + id;
    return made.status == 200 &&
           send("POST", path + QStringLiteral("/confirm"), "payment_method=pm_card_visa", formType).status == 200 &&
           send("POST", path + QStringLiteral("/capture"), {}, formType).status == 200;
}

Result<std::vector<QString>> Psp::tellFailedRefundsAgain()
{
    PT_TRY(const auto events, list(u"events"_s, u"&type=refund.failed"_s));
    std::vector<QString> ids;
    for (const QJsonObject &event : events) {
        const QString &id = ids.emplace_back(event.value(u"id"_s).toString());
        if (const auto outcome = send("POST", u"/_psp/events/%1/send"_s.arg(id)); outcome.status != 204) {
            return refuse(ErrorCode::Unavailable,
                          u"The card processor does not tell of %1 again (%2)."_s.arg(id).arg(outcome.status));
        }
    }
    return ids;
}

Result<std::vector<QJsonObject>> Psp::list(const QString &what, const QString &filter)
{
    std::vector<QJsonObject> all;
    bool hasMore = true;
    while (hasMore) {
        QString path = u"/v1/%1?limit=%2"_s.arg(what).arg(pageSize) + filter;
        if (!all.empty())
            path += u"&starting_after="_s + all.back().value(u"id"_s).toString();
        const auto outcome = send("GET", path);
        if (outcome.status != 200) {
            return refuse(ErrorCode::Unavailable,
                          u"The card processor does not show its %1 (%2)."_s.arg(what).arg(outcome.status));
        }
        const QJsonObject page = QJsonDocument::fromJson(outcome.body).object();
        for (const QJsonValue &entry : page.value(u"data"_s).toArray())
            all.push_back(entry.toObject());
        hasMore = page.value(u"has_more"_s).toBool();
    }
    return all;
}

Result<check::ProviderBook> Psp::book()
{
    PT_TRY(const auto refunds, list(u"refunds"_s));
    std::map<QString, qint64> refunded;
    for (const QJsonObject &refund : refunds) {
        if (refund.value(u"status"_s).toString() != u"failed")
            refunded[refund.value(u"payment_intent"_s).toString()] += refund.value(u"amount"_s).toInteger();
    }
    PT_TRY(const auto intents, list(u"payment_intents"_s));
    check::ProviderBook book;
    for (const QJsonObject &intent : intents) {
        const auto payment = PaymentId::fromText(intent.value(u"metadata"_s)[u"payment"].toString());
        if (!payment)
            continue; // Of payOnce().
        const ProviderEntryState state = stateOf(intent);
        const QString held = state == ProviderEntryState::Captured ? u"amount_received"_s : u"amount_capturable"_s;
        book.push_back({.payment = *payment,
                        .state = state,
                        .amount = intent.value(held).toInteger(),
                        .refunded = refunded[intent.value(u"id"_s).toString()],
                        .currency = intent.value(u"currency"_s).toString().toUpper()});
    }
    return book;
}

} // namespace parterre::bench
