#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "edge/router.h"
#include "model/processor.h"
#include "service/journal.h"
#include "service/knobs.h"
#include "service/timetable.h"
#include "service/webhooks.h"

#include <QSet>

#include <memory>
#include <mutex>
#include <optional>

namespace parterre::psp {

struct ServiceSettings
{
    QString secretKey;  ///< Callers must name it, until it is changed.
    QString journal;    ///< A file; empty keeps the books in memory only.
    QString webhookUrl; ///< An endpoint that is there from the start; empty: none.
    QString webhookSecret;
    quint64 seed = 0; ///< Of the dice of the knobs, not of ids.
};

/// The processor behind its HTTP face: one lock around the model, what the knobs do to a call around that, and webhooks
/// that leave when the books and the journal have what they tell.
class Service
{
public:
    Service(ServiceSettings settings, const Clock &clock);
    ~Service();
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;

    void addRoutes(server::Router &router);
    /// Brings the books back and begins; until then callers are told 503. `baseUrl` is where our pages are found.
    [[nodiscard]] Status open(const QString &baseUrl);
    void stop();
    void setKnobs(const Knobs &knobs);

private:
    struct Visit; ///< One call on its way, with what the knobs have for it.

    void onApi(const server::HttpRequest &request, const server::HttpReply &reply);
    void onKnobs(const server::HttpRequest &request, const server::HttpReply &reply);
    void onFaults(const server::HttpRequest &request, const server::HttpReply &reply);
    void onTotals(const server::HttpRequest &request, const server::HttpReply &reply);
    void onResend(const server::HttpRequest &request, const server::HttpReply &reply);
    void onSecretKey(const server::HttpRequest &request, const server::HttpReply &reply);
    void showAction(const server::HttpRequest &request, const server::HttpReply &reply);
    void takeAction(const server::HttpRequest &request, const server::HttpReply &reply);

    [[nodiscard]] static std::optional<ApiError> readCall(const server::HttpRequest &request, Call &call);
    void execute(const std::shared_ptr<Visit> &visit);
    void answer(const Visit &visit, server::HttpResponse response, std::chrono::milliseconds delay);
    void sendNewEvents();
    void sendEvent(const Event &event);
    void settleDue();
    void taken(const QString &eventId, const QString &endpointId);
    void write(const QByteArray &line);
    void writeKept();

    const ServiceSettings m_settings;
    const Clock &m_clock;
    std::mutex m_mutex;     ///< Guards everything from here to the timetable.
    QByteArray m_secretKey; ///< The one that is good now.
    std::optional<Processor> m_processor;
    std::optional<Journal> m_journal;
    Misfortune m_misfortune;
    QSet<QString> m_keysInUse;
    bool m_isStopping = false;
    Timetable m_timetable;
    std::unique_ptr<Webhooks> m_webhooks;
};

} // namespace parterre::psp
