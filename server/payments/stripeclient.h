#pragma once

#include "http/httpclient.h"
#include "payments/circuitbreaker.h"

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <semaphore>
#include <utility>
#include <vector>

namespace parterre::server {

struct StripeClientConfig
{
    QString url; ///< Without a slash at the end.
    QString secretKey;
    std::chrono::milliseconds callTimeout{20'000}; ///< Of one try; a bank may take its time to answer.
    std::chrono::milliseconds firstPause{500};     ///< Before the first repeat; it doubles.
    int attemptsMax = 4;
    int callsMax = 8; ///< At once; more wait for their turn.
    CircuitBreaker::Config breaker{};
};

/// What became of a call, by what its caller may conclude.
struct StripeReply
{
    enum class Kind {
        Done,    ///< 2xx.
        Refused, ///< 4xx, and the reason is in the body.
        Failed,  ///< 5xx to the last. It may have been done, and under this key we will hear no more.
        NotSent, ///< It was never heard.
        Lost,    ///< No answer. It may have been done, or be under way.
    };
    Kind kind = Kind::NotSent;
    int status = 0;
    QJsonObject body{};
    bool isOld = false; ///< Of Failed: an earlier call got it, and its key keeps it. Another key may succeed now.

    [[nodiscard]] QJsonObject error() const { return body.value(QStringLiteral("error")).toObject(); }
};

/// Stripe's wire with the official SDK's rules for repeating (RequestSender._shouldRetry): a call is repeated under the
/// same Idempotency-Key after no connection, a lost answer, 409, 429 and 5xx, with a pause that doubles, and
/// `Stripe-Should-Retry` has the last word. One difference: a POST that timed out is not repeated, since it may be
/// running still; its caller asks what is so.
///
/// Thread safe and blocking; a bounded number of calls is in flight.
class StripeClient
{
public:
    using Form = std::vector<std::pair<QByteArray, QString>>;

    explicit StripeClient(StripeClientConfig config);

    [[nodiscard]] StripeReply get(const QString &path, const Form &query = {});
    [[nodiscard]] StripeReply post(const QString &path, const Form &form, const QString &idempotencyKey);
    /// How long nobody should try; nothing while Stripe answers.
    [[nodiscard]] std::optional<std::chrono::milliseconds> outage() const;

private:
    struct Try; ///< What one try says about the whole.
    [[nodiscard]] StripeReply send(const HttpCall &call);
    [[nodiscard]] Try judge(const HttpCall &call, const HttpOutcome &outcome) const;
    [[nodiscard]] HttpCall callTo(const QByteArray &method, const QString &path) const;

    const StripeClientConfig m_config;
    HttpClient m_http;
    CircuitBreaker m_breaker;
    std::counting_semaphore<> m_turns;
};

} // namespace parterre::server
