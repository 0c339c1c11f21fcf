#pragma once

#include "base/clock.h"
#include "http/httpclient.h"
#include "model/entities.h"
#include "runtime/workerpool.h"
#include "service/courier.h"
#include "service/knobs.h"
#include "service/timetable.h"

#include <atomic>
#include <functional>

namespace parterre::psp {

/// `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body" under the whole secret>`.
[[nodiscard]] QByteArray signatureHeader(const QByteArray &body, const QString &secret, Instant now);

/// Sends events to endpoints until they are taken: at least once and in no order that anybody may rely on. A 2xx takes
/// an event; anything else is tried again after a time that doubles, `attemptsMax` times in all.
class Webhooks
{
public:
    /// Called on the timetable's thread when an endpoint has taken an event.
    using Taken = std::function<void(const QString &eventId, const QString &endpointId)>;
    /// An endpoint that is silent for longer has not taken an event.
    static constexpr std::chrono::milliseconds answerTimeout{10'000};
    /// The timetable is stopped before its webhooks go.
    Webhooks(const Clock &clock, Timetable &timetable, Taken taken);

    /// What one event comes to on its way, drawn by whoever has the dice.
    struct Way
    {
        std::chrono::milliseconds delay{0};
        std::chrono::milliseconds retry{1000};
        bool isMissing = false;
        bool isDouble = false;
        bool isForgedFirst = false;
        bool isStaleFirst = false;
    };
    [[nodiscard]] static Way draw(Misfortune &misfortune);

    void send(const QString &eventId, const QByteArray &body, const WebhookEndpoint &endpoint, const Way &way);
    /// Waits for calls over TLS that are under way; the others end with the timetable. Idempotent.
    void stop();

private:
    struct Letter
    {
        QString eventId;
        QString endpointId;
        QString url;
        QString secret;
        QByteArray body;
        std::chrono::milliseconds retry{1000};
        int attempts = 0;
        std::chrono::seconds age{0}; ///< Of the signature.
        bool isGenuine = true;       ///< False: nobody should take it, and it is not repeated.
    };
    void post(const Letter &letter);
    void postByTls(const Letter &letter, const QByteArray &signature);
    void heard(Letter letter, const Courier::Outcome &outcome);

    const Clock &m_clock;
    Timetable &m_timetable;
    Taken m_taken;
    Courier m_courier;
    server::HttpClient m_client; ///< For what the courier does not reach.
    std::atomic<bool> m_isStopping = false;
    server::WorkerPool m_callers;
};

} // namespace parterre::psp
