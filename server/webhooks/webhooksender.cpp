#include "webhooks/webhooksender.h"

#include "db/database.h"
#include "runtime/periodictask.h"
#include "webhooks/standardwebhook.h"
#include "webhooks/webhookrepository.h"

#include <QLoggingCategory>
#include <QRandomGenerator>

#include <atomic>
#include <optional>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.webhooks")

constexpr std::chrono::milliseconds lookInterval = 1s;
constexpr std::chrono::milliseconds forgetInterval = 60s;
constexpr std::chrono::milliseconds lease = 60s; ///< More than any attempt takes.
constexpr int atOncePerEndpoint = 2;             ///< So that one that is slow does not have all threads.
constexpr qsizetype answerBytesMax = 64 * 1024;  ///< Nobody reads it; more than that is not even heard out.
constexpr int forgottenAtOnce = 5'000;
constexpr int statusGone = 410;

bool isDelivered(int status)
{
    return status >= 200 && status < 300;
}

QString errorOf(const HttpOutcome &outcome)
{
    // The status counts even where the rest of the answer was too long or got lost.
    if (isDelivered(outcome.status))
        return {};
    if (outcome.status >= 300 && outcome.status < 400)
        return u"answered %1: redirects are not followed, give the address itself"_s.arg(outcome.status);
    if (outcome.status > 0)
        return u"answered %1"_s.arg(outcome.status);
    return outcome.reason.isEmpty() ? u"no answer"_s : outcome.reason;
}

} // namespace

std::vector<std::chrono::milliseconds> WebhookSenderSettings::standardRetries()
{
    return {5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
}

class WebhookSender::Private
{
public:
    Private(Database &database, const Clock &clock, WebhookSenderSettings given)
        : m_database(database)
        , m_clock(clock)
        , m_settings(std::move(given))
        , m_http(m_settings.rule)
    {
        for (int i = 0; i < m_settings.threads; ++i)
            tasks.push_back(std::make_unique<PeriodicTask>(u"webhooks"_s, lookInterval, [this] { run(); }));
        tasks.push_back(std::make_unique<PeriodicTask>(u"oldwebhooks"_s, forgetInterval, [this] { forget(); }));
    }

    void stop()
    {
        m_isStopping = true;
        for (const auto &task : tasks)
            task->stop();
    }

    std::vector<std::unique_ptr<PeriodicTask>> tasks;

private:
    void run();
    [[nodiscard]] Result<bool> sendOne();
    [[nodiscard]] HttpOutcome send(const webhooks::Due &due);
    [[nodiscard]] std::optional<std::chrono::milliseconds> nextWait(int attempt) const;
    void forget();

    Database &m_database;
    const Clock &m_clock;
    const WebhookSenderSettings m_settings;
    HttpClient m_http;
    std::atomic<bool> m_isStopping = false;
};

void WebhookSender::Private::run()
{
    Result<bool> sent = true;
    while (sent && *sent && !m_isStopping)
        sent = sendOne();
    if (!sent)
        qCWarning(log) << "Webhooks wait:" << sent.error().message;
}

Result<bool> WebhookSender::Private::sendOne()
{
    PT_TRY(const auto due, m_database.transact([](Transaction &transaction) -> Result<std::optional<webhooks::Due>> {
        return webhooks::claim(transaction, lease, atOncePerEndpoint);
    }));
    if (!due)
        return false;
    const auto begun = std::chrono::steady_clock::now();
    const HttpOutcome outcome = send(*due);
    const webhooks::Attempt attempt{
        .number = due->attempt,
        .status = outcome.status,
        .error = errorOf(outcome),
        .took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun)};
    const bool isGone = outcome.status == statusGone;
    const auto next = attempt.error.isEmpty() || isGone ? std::nullopt : nextWait(due->attempt);
    if (!attempt.error.isEmpty())
        qCInfo(log).noquote() << due->messageId << "to endpoint" << due->endpoint.text() << "attempt" << due->attempt
                              << "-" << attempt.error;
    PT_CHECK(m_database.transact([&](Transaction &transaction) -> Status {
        webhooks::settle(transaction, *due, attempt, next);
        if (isGone)
            (void)webhooks::disable(transaction, due->endpoint, u"It answered 410 Gone."_s);
        return {};
    }));
    return true;
}

HttpOutcome WebhookSender::Private::send(const webhooks::Due &due)
{
    const qint64 now = std::chrono::floor<Seconds>(m_clock.now()).time_since_epoch().count();
    return m_http.send(
        {.method = "POST",
         .url = due.url,
         .headers = {{"Content-Type", "application/json"},
                     {"webhook-id", due.messageId.toUtf8()},
                     {"webhook-timestamp", QByteArray::number(now)},
                     {"webhook-signature", standardwebhook::signature(due.secret, due.messageId, now, due.body)}},
         .body = due.body,
         .timeout = m_settings.timeout,
         .answerBytesMax = answerBytesMax});
}

std::optional<std::chrono::milliseconds> WebhookSender::Private::nextWait(int attempt) const
{
    if (attempt > static_cast<int>(m_settings.retryAfter.size()))
        return std::nullopt;
    const auto wait = m_settings.retryAfter[static_cast<size_t>(attempt) - 1];
    // So that receivers who were away are not met by all of it in one moment.
    return wait +
           std::chrono::milliseconds(QRandomGenerator::global()->bounded(static_cast<qint64>(wait.count() / 5 + 1)));
}

void WebhookSender::Private::forget()
{
    const auto forgotten = m_database.transact(
        [](Transaction &transaction) -> Result<qint64> { return webhooks::forgetOld(transaction, forgottenAtOnce); });
    if (!forgotten)
        qCWarning(log) << "Old webhooks were not forgotten:" << forgotten.error().message;
}

WebhookSender::WebhookSender(Database &database, const Clock &clock, WebhookSenderSettings settings)
    : m_private(std::make_unique<Private>(database, clock, std::move(settings)))
{}

WebhookSender::~WebhookSender()
{
    stop();
}

void WebhookSender::start()
{
    for (const auto &task : m_private->tasks)
        task->start();
}

void WebhookSender::stop()
{
    m_private->stop();
}

void WebhookSender::wake()
{
    for (const auto &task : m_private->tasks)
        task->wake();
}

} // namespace parterre::server
