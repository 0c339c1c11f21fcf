#include "payments/stripeclient.h"

#include <QJsonDocument>
#include <QLoggingCategory>
#include <QRandomGenerator>

#include <algorithm>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;
using Steady = std::chrono::steady_clock;
using Failure = HttpOutcome::Failure;
using Kind = StripeReply::Kind;

namespace {

Q_LOGGING_CATEGORY(logStripe, "parterre.stripe")

/// The version that our reading of the objects was written for; without it the account's own would be used.
constexpr const char *apiVersion = "2026-10-28.endive";
constexpr std::chrono::milliseconds pauseMax{5'000};

QByteArray written(const StripeClient::Form &form)
{
    QByteArray text;
    for (const auto &[name, value] : form) {
        if (!text.isEmpty())
            text += '&';
        text += name + '=' + value.toUtf8().toPercentEncoding();
    }
    return text;
}

std::chrono::milliseconds withJitter(std::chrono::milliseconds pause)
{
    const auto half = static_cast<int>(pause.count() / 2);
    return std::chrono::milliseconds(half + QRandomGenerator::global()->bounded(half + 1));
}

/// The pause that the answer asks for, in whole seconds; zero where it asks for none.
std::chrono::milliseconds wantedPause(const HttpOutcome &outcome)
{
    const int seconds = outcome.header("retry-after").toInt();
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(std::max(seconds, 0)), pauseMax);
}

bool isKeyRefused(const HttpOutcome &outcome)
{
    return outcome.failure == Failure::None && (outcome.status == 401 || outcome.status == 403);
}

} // namespace

struct StripeClient::Try
{
    StripeReply reply;
    bool isRepeated = false;
    bool isFailure = false; ///< In the eyes of the breaker.
};

StripeClient::StripeClient(StripeClientConfig config)
    : m_config(std::move(config))
    , m_breaker(m_config.breaker)
    , m_key(m_config.secretKey.toUtf8())
    , m_turns(m_config.callsMax)
{}

std::optional<std::chrono::milliseconds> StripeClient::outage() const
{
    return m_breaker.pauseLeft(Steady::now());
}

HttpCall StripeClient::callTo(const QByteArray &method, const QString &path) const
{
    return {.method = method,
            .url = m_config.url + u"/v1/"_s + path,
            .headers = {{"Stripe-Version", apiVersion}},
            .timeout = m_config.callTimeout};
}

StripeReply StripeClient::get(const QString &path, const Form &query)
{
    const QString question = QString::fromLatin1(written(query));
    return send(callTo("GET", question.isEmpty() ? path : path + u'?' + question));
}

StripeReply StripeClient::post(const QString &path, const Form &form, const QString &idempotencyKey)
{
    HttpCall call = callTo("POST", path);
    call.headers.emplace_back("Idempotency-Key", idempotencyKey.toUtf8());
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    call.body = written(form);
    return send(call);
}

QByteArray StripeClient::key() const
{
    const std::scoped_lock lock(m_keyMutex);
    return m_key;
}

QByteArray StripeClient::keyInsteadOf(const QByteArray &refused)
{
    const QByteArray read = m_config.readKeyAgain ? m_config.readKeyAgain().toUtf8() : QByteArray();
    const std::scoped_lock lock(m_keyMutex);
    if (m_key == refused && !read.isEmpty() && read != refused) {
        m_key = read;
        qCInfo(logStripe) << "Stripe's key was read again from" << m_config.keyFile;
    }
    return m_key;
}

HttpOutcome StripeClient::sendWithKey(HttpCall call)
{
    QByteArray used = key();
    call.headers.emplace_back("Authorization", "Bearer " + used);
    HttpOutcome outcome = m_http.send(call);
    if (!isKeyRefused(outcome))
        return outcome;
    if (const QByteArray other = keyInsteadOf(used); other != used) {
        call.headers.back().second = "Bearer " + other;
        outcome = m_http.send(call);
    }
    if (isKeyRefused(outcome)) {
        const QJsonObject error = QJsonDocument::fromJson(outcome.body).object().value(u"error"_s).toObject();
        qCCritical(logStripe).noquote()
            << "Stripe does not take our key:" << outcome.status << error.value(u"message"_s).toString()
            << "No card is charged and no refund is paid until it does. Write the key that is "
               "good now into"
            << m_config.keyFile << "- it is read again by itself.";
    }
    return outcome;
}

StripeClient::Try StripeClient::judge(const HttpCall &call, const HttpOutcome &outcome) const
{
    if (outcome.failure == Failure::NotSent)
        return {.reply = {.kind = Kind::NotSent}, .isRepeated = true, .isFailure = true};
    if (outcome.failure != Failure::None) {
        const bool mayRunStill = outcome.failure == Failure::TimedOut && call.method != "GET";
        return {.reply = {.kind = Kind::Lost}, .isRepeated = !mayRunStill, .isFailure = true};
    }
    if (isKeyRefused(outcome))
        return {.reply = {.kind = Kind::NotSent, .status = outcome.status}, .isRepeated = false, .isFailure = true};
    const int status = outcome.status;
    const bool isError = status >= 500 || status < 200 || (status >= 300 && status < 400);
    Try result{.reply = {.kind = status / 100 == 2 ? Kind::Done
                                 : isError         ? Kind::Failed
                                                   : Kind::Refused,
                         .status = status,
                         .body = QJsonDocument::fromJson(outcome.body).object()},
               .isRepeated = isError || status == 409 || status == 429,
               .isFailure = isError};
    if (outcome.header("idempotent-replayed") == "true" && isError) {
        result.isRepeated = false; // That is what the key keeps.
        result.isFailure = false;
        result.reply.isOld = true;
    }
    const QByteArray word = outcome.header("stripe-should-retry");
    if (word == "true" || word == "false")
        result.isRepeated = word == "true";
    return result;
}

StripeReply StripeClient::send(const HttpCall &call)
{
    bool mayHaveBeenHeard = false;
    std::chrono::milliseconds pause = m_config.firstPause;
    for (int attempt = 1;; ++attempt) {
        if (!m_turns.try_acquire_for(m_config.callTimeout))
            return {.kind = mayHaveBeenHeard ? Kind::Lost : Kind::NotSent};
        if (!m_breaker.allows(Steady::now())) {
            m_turns.release();
            return {.kind = mayHaveBeenHeard ? Kind::Lost : Kind::NotSent};
        }
        const HttpOutcome outcome = sendWithKey(call);
        Try result = judge(call, outcome);
        if (result.isFailure)
            m_breaker.failed(Steady::now());
        else
            m_breaker.succeeded();
        m_turns.release();
        if (result.isFailure)
            qCWarning(logStripe).noquote() << call.method << call.url.section(u'?', 0, 0) << "attempt" << attempt
                                           << outcome.status << outcome.reason;
        // A 500 is given to what was done as well.
        mayHaveBeenHeard = mayHaveBeenHeard || result.reply.kind == Kind::Lost || result.reply.kind == Kind::Failed;
        if (!result.isRepeated || attempt >= m_config.attemptsMax) {
            const bool isOfThisTry =
                result.reply.kind == Kind::NotSent || result.reply.status == 409 || result.reply.status == 429;
            if (isOfThisTry && mayHaveBeenHeard) // It says nothing about the tries before.
                result.reply.kind = Kind::Lost;
            result.reply.isOld = result.reply.isOld && attempt == 1;
            return result.reply;
        }
        std::this_thread::sleep_for(std::max(withJitter(pause), wantedPause(outcome)));
        pause = std::min(pause * 2, pauseMax);
    }
}

} // namespace parterre::server
