#include "service/webhooks.h"

#include "model/rendering.h"
#include "runtime/sha256.h"

#include <QLoggingCategory>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logWebhooks, "psp.webhooks")

constexpr int attemptsMax = 8;
constexpr int callers = 4; // Over TLS.
constexpr int callersQueue = 20'000;
constexpr std::chrono::milliseconds reorderDelay{400}; // Longer than what follows usually takes.
constexpr std::chrono::milliseconds duplicateDelay{150};
constexpr std::chrono::hours staleAge{1};

} // namespace

QByteArray signatureHeader(const QByteArray &body, const QString &secret, Instant now)
{
    const QByteArray time = QByteArray::number(unixSeconds(now));
    return "t=" + time + ",v1=" + server::hmacSha256(secret.toUtf8(), time + '.', body).toHex();
}

Webhooks::Webhooks(const Clock &clock, Timetable &timetable, Taken taken)
    : m_clock(clock)
    , m_timetable(timetable)
    , m_taken(std::move(taken))
    , m_courier(timetable.context(), answerTimeout)
    , m_callers(callers, callersQueue)
{}

void Webhooks::stop()
{
    m_isStopping = true;
    m_callers.stop();
}

Webhooks::Way Webhooks::draw(Misfortune &misfortune)
{
    const Knobs &knobs = misfortune.knobs();
    Way way;
    way.delay = std::chrono::milliseconds(knobs.webhookDelayMs);
    way.retry = std::chrono::milliseconds(knobs.webhookRetryMs);
    if (misfortune.happens(knobs.webhookReorderPerMille))
        way.delay += reorderDelay;
    way.isMissing = misfortune.happens(knobs.webhookMissingPerMille);
    way.isDouble = misfortune.happens(knobs.webhookDuplicatePerMille);
    way.isForgedFirst = misfortune.happens(knobs.webhookForgePerMille);
    way.isStaleFirst = misfortune.happens(knobs.webhookStalePerMille);
    return way;
}

void Webhooks::send(const QString &eventId, const QByteArray &body, const WebhookEndpoint &endpoint, const Way &way)
{
    const Letter letter{.eventId = eventId,
                        .endpointId = endpoint.id,
                        .url = endpoint.url,
                        .secret = endpoint.secret,
                        .body = body,
                        .retry = way.retry};
    const auto later = [this](std::chrono::milliseconds delay, const Letter &each) {
        m_timetable.after(delay, [this, each] { post(each); });
    };
    if (way.isForgedFirst) {
        Letter forged = letter;
        forged.secret = u"whsec_of_somebody_else"_s;
        forged.body.replace(eventId.toUtf8(), "evt_forged");
        forged.isGenuine = false;
        later(way.delay, forged);
    }
    if (way.isStaleFirst) {
        Letter stale = letter;
        stale.age = staleAge;
        stale.isGenuine = false;
        later(way.delay, stale);
    }
    if (way.isMissing)
        return;
    later(way.delay, letter);
    if (way.isDouble)
        later(way.delay + duplicateDelay, letter);
}

void Webhooks::post(const Letter &letter)
{
    const QByteArray signature = signatureHeader(letter.body, letter.secret, m_clock.now() - letter.age);
    if (!Courier::reaches(letter.url))
        return postByTls(letter, signature);
    m_courier.post(
        {.url = letter.url,
         .headers = "Content-Type: application/json; charset=utf-8\r\nStripe-Signature: " + signature + "\r\n",
         .body = letter.body},
        [this, letter](const Courier::Outcome &outcome) { heard(letter, outcome); });
}

void Webhooks::postByTls(const Letter &letter, const QByteArray &signature)
{
    m_callers.run([this, letter, signature] {
        if (m_isStopping)
            return;
        const server::HttpOutcome outcome = m_client.send(
            {.method = "POST",
             .url = letter.url,
             .headers = {{"Content-Type", "application/json; charset=utf-8"}, {"Stripe-Signature", signature}},
             .body = letter.body,
             .timeout = answerTimeout});
        const bool isWhole = outcome.failure == server::HttpOutcome::Failure::None;
        const Courier::Outcome heardOf{.status = isWhole ? outcome.status : 0, .reason = outcome.reason};
        m_timetable.after(std::chrono::milliseconds(0), [this, letter, heardOf] { heard(letter, heardOf); });
    });
}

void Webhooks::heard(Letter letter, const Courier::Outcome &outcome)
{
    if (!letter.isGenuine)
        return;
    if (outcome.status / 100 == 2) {
        m_taken(letter.eventId, letter.endpointId);
        return;
    }
    qCInfo(logWebhooks, "%s was not taken by %s: %d %s", qUtf8Printable(letter.eventId), qUtf8Printable(letter.url),
           outcome.status, qUtf8Printable(outcome.reason));
    if (++letter.attempts >= attemptsMax)
        return;
    const auto delay = letter.retry * (1 << (letter.attempts - 1));
    m_timetable.after(delay, [this, letter = std::move(letter)] { post(letter); });
}

} // namespace parterre::psp
