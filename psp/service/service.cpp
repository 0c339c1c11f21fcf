#include "service/service.h"

#include "edge/hangup.h"
#include "model/form.h"
#include "model/rendering.h"

#include <QJsonDocument>
#include <QLoggingCategory>
#include <QRandomGenerator>

#include <cstdlib>

namespace parterre::psp {

using namespace Qt::StringLiterals;
using server::HttpReply;
using server::HttpRequest;
using server::HttpResponse;

namespace {

Q_LOGGING_CATEGORY(logService, "psp.service")

constexpr std::chrono::milliseconds dueInterval{100};

HttpResponse responseOf(int status, const QByteArray &body, const QString &requestId)
{
    HttpResponse response = HttpResponse::bytes(status, "application/json", body);
    response.with("Request-Id", requestId.toLatin1()).with("Stripe-Version", apiVersion);
    return response;
}

HttpResponse responseOf(const ApiError &error, const QString &requestId)
{
    return responseOf(error.status, QJsonDocument(error.body()).toJson(), requestId);
}

/// The key of `Authorization: Bearer sk_...`, or the user of Basic, as curl -u sends it.
QByteArray keyOf(const HttpRequest &request)
{
    if (const QByteArray token = request.bearerToken(); !token.isEmpty())
        return token;
    const QByteArray value = request.header("authorization");
    if (!value.toLower().startsWith("basic "))
        return {};
    return QByteArray::fromBase64(value.mid(6)).split(':').first();
}

QByteArray newSeed()
{
    QByteArray seed(32, Qt::Uninitialized);
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), words.size());
    std::memcpy(seed.data(), words.data(), sizeof words);
    return seed;
}

} // namespace

struct Service::Visit
{
    HttpReply reply;
    Call call;
    Lot lot;
};

Service::Service(ServiceSettings settings, const Clock &clock)
    : m_settings(std::move(settings))
    , m_clock(clock)
    , m_secretKey(m_settings.secretKey.toUtf8())
    , m_misfortune(m_settings.seed)
    , m_webhooks(
          std::make_unique<Webhooks>(clock, m_timetable, [this](const QString &eventId, const QString &endpointId) {
              taken(eventId, endpointId);
          }))
{}

Service::~Service()
{
    stop();
}

void Service::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isStopping = true;
    }
    m_timetable.stop();
    m_webhooks->stop();
    const std::scoped_lock lock(m_mutex);
    if (m_journal)
        writeKept();
}

Status Service::open(const QString &baseUrl)
{
    const std::scoped_lock lock(m_mutex);
    PT_TRY(m_journal, Journal::open(m_settings.journal, newSeed()));
    Processor processor(m_journal->seed(), baseUrl);
    PT_CHECK(m_journal->replay(processor));
    m_processor = std::move(processor);
    if (!m_settings.webhookUrl.isEmpty()) {
        const quint64 before = m_processor->books().revision();
        const Instant now = m_clock.now();
        (void)m_processor->keepEndpoint(m_settings.webhookUrl, m_settings.webhookSecret, now);
        if (m_processor->books().revision() != before)
            write(Journal::lineOfEndpoint(m_settings.webhookUrl, m_settings.webhookSecret, now));
    }
    for (const auto &event : m_processor->books().events.inOrder())
        sendEvent(*event); // What was under way when we ended.
    m_timetable.after(dueInterval, [this] { settleDue(); });
    return {};
}

void Service::setKnobs(const Knobs &knobs)
{
    const std::scoped_lock lock(m_mutex);
    m_misfortune.setKnobs(knobs);
}

void Service::write(const QByteArray &line)
{
    m_journal->keep(line);
    writeKept();
}

void Service::writeKept()
{
    // Books that a restart would not bring back are worse than none: callers were promised what is in them.
    if (const Status written = m_journal->writeKept(); !written) {
        qCCritical(logService, "%s", qUtf8Printable(written.error().message));
        std::abort();
    }
}

void Service::sendEvent(const Event &event)
{
    for (const QString &id : event.pending) {
        const WebhookEndpoint *endpoint = m_processor->books().endpoints.find(id);
        if (endpoint && endpoint->isEnabled)
            m_webhooks->send(event.id, renderedText(event), *endpoint, Webhooks::draw(m_misfortune));
    }
}

void Service::sendNewEvents()
{
    for (const QString &id : m_processor->books().takeNewEvents()) {
        if (const Event *event = m_processor->books().events.find(id))
            sendEvent(*event);
    }
}

void Service::taken(const QString &eventId, const QString &endpointId)
{
    const std::scoped_lock lock(m_mutex);
    const quint64 before = m_processor->books().revision();
    m_processor->delivered(eventId, endpointId);
    if (m_processor->books().revision() != before)
        m_journal->keep(Journal::lineOfDelivery(eventId, endpointId)); // Lost with us it is sent again, as it may be.
}

void Service::settleDue()
{
    const std::scoped_lock lock(m_mutex);
    const Instant now = m_clock.now();
    if (m_processor->hasDue(now)) {
        m_processor->settleDue(now);
        write(Journal::lineOfDue(now));
        sendNewEvents();
    }
    writeKept();
    if (!m_isStopping)
        m_timetable.after(dueInterval, [this] { settleDue(); });
}

std::optional<ApiError> Service::readCall(const HttpRequest &request, Call &call)
{
    call.method = QString::fromLatin1(request.method);
    call.path = request.path.mid(u"/v1/"_s.size()).split(u'/');
    call.idempotencyKey = QString::fromUtf8(request.header("idempotency-key"));
    if (call.path.size() > 1 && request.method != "POST")
        call.idempotencyKey.clear();
    auto form = request.method == "POST" ? parseForm(request.body) : formFromQuery(request.query);
    if (!form)
        return std::move(form).error();
    call.form = *std::move(form);
    return std::nullopt;
}

void Service::onApi(const HttpRequest &request, const HttpReply &reply)
{
    auto visit = std::make_shared<Visit>(Visit{.reply = reply, .call = {}, .lot = {}});
    visit->call.requestId = u"req_"_s + QString::fromLatin1(request.requestId).remove(u'-').right(24);
    {
        const std::scoped_lock lock(m_mutex);
        if (keyOf(request) != m_secretKey)
            return reply.send(responseOf(invalidApiKey(), visit->call.requestId));
    }
    if (const auto refusal = readCall(request, visit->call))
        return reply.send(responseOf(*refusal, visit->call.requestId));
    const QString &key = visit->call.idempotencyKey;
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_processor || m_isStopping)
            return reply.send(HttpResponse::empty(503).with("Retry-After", "1"));
        if (!key.isEmpty() && m_keysInUse.contains(key))
            return reply.send(responseOf(idempotencyKeyInUse(key), visit->call.requestId));
        if (!key.isEmpty())
            m_keysInUse.insert(key);
        visit->lot = m_misfortune.drawFor(Processor::operationName(visit->call));
    }
    if (visit->lot.delay.count() == 0)
        return execute(visit);
    m_timetable.after(visit->lot.delay, [this, visit] { execute(visit); });
}

void Service::execute(const std::shared_ptr<Visit> &visit)
{
    const Call &call = visit->call;
    Answer answered;
    {
        const std::scoped_lock lock(m_mutex);
        const quint64 before = m_processor->books().revision();
        const Instant now = m_clock.now();
        answered = m_processor->handle(call, visit->lot.fate, now);
        if (m_processor->books().revision() != before)
            write(Journal::lineOf(call, visit->lot.fate, now));
        m_keysInUse.remove(call.idempotencyKey);
        sendNewEvents();
    }
    HttpResponse response = responseOf(answered.status, answered.body, call.requestId);
    if (!call.idempotencyKey.isEmpty())
        response.with("Idempotency-Key", call.idempotencyKey.toUtf8());
    if (answered.isReplay)
        response.with("Idempotent-Replayed", "true");
    if (visit->lot.isDropped)
        response = HttpResponse::empty(server::statusHangUp);
    answer(*visit, std::move(response), visit->lot.replyDelay);
}

void Service::answer(const Visit &visit, HttpResponse response, std::chrono::milliseconds delay)
{
    if (delay.count() == 0)
        return visit.reply.send(std::move(response));
    m_timetable.after(delay, [reply = visit.reply, response = std::move(response)] { reply.send(response); });
}

} // namespace parterre::psp
