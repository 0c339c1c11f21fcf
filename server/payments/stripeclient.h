#pragma once

#include "http/httpclient.h"
#include "payments/circuitbreaker.h"

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <functional>
#include <mutex>
#include <semaphore>
#include <utility>
#include <vector>

namespace parterre::server {

struct StripeClientConfig
{
    QString url; ///< Without a slash at the end.
    QString secretKey;
    /// Reads the key again where Stripe refuses the one that we have; empty where it cannot be read.
    std::function<QString()> readKeyAgain{};
    QString keyFile{};                             ///< Where a person puts it, for the log.
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
        NotSent, ///< It was never heard, or from somebody with a key that is not good: nothing was done.
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
/// 401 and 403 say nothing about what was asked for, only that our key was rolled or revoked, or may not do this: an
/// outage that a person ends. The key is read again then, so that one who puts the new one into its file is done.
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
    /// One try, and another one at once where there is a new key.
    [[nodiscard]] HttpOutcome sendWithKey(HttpCall call);
    /// The key to use instead of this one, which was refused; the same where there is none.
    [[nodiscard]] QByteArray keyInsteadOf(const QByteArray &refused);
    [[nodiscard]] QByteArray key() const;
    [[nodiscard]] Try judge(const HttpCall &call, const HttpOutcome &outcome) const;
    [[nodiscard]] HttpCall callTo(const QByteArray &method, const QString &path) const;

    const StripeClientConfig m_config;
    HttpClient m_http;
    CircuitBreaker m_breaker;
    mutable std::mutex m_keyMutex;
    QByteArray m_key;
    std::counting_semaphore<> m_turns;
};

} // namespace parterre::server
