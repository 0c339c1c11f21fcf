#pragma once

#include "model/books.h"
#include "model/intents.h"

#include <QHash>
#include <QStringList>

#include <deque>
#include <optional>

namespace parterre::psp {

/// One call of the API, as the model needs it.
struct Call
{
    QString method;   ///< GET, POST or DELETE.
    QStringList path; ///< Below /v1: `payment_intents`, an id, `capture`.
    QJsonObject form;
    QString idempotencyKey{};
    QString requestId{};
};

struct Answer
{
    int status = 200;
    QByteArray body;
    bool isReplay = false;
};

/// The payment processor: pure code over Books. The same calls with the same times and fates make the same books and
/// the same answers, which is how the journal brings them back.
///
/// Idempotency: what a POST with a key answered once its endpoint had begun to execute is kept, a 500 as well, and is
/// answered again for the same key; other parameters under that key are refused.
class Processor
{
public:
    Processor(QByteArray seed, QString baseUrl)
        : m_books(std::move(seed), std::move(baseUrl))
    {}

    [[nodiscard]] Answer handle(const Call &call, const Fate &fate, Instant now);
    /// What a knob may be turned on for: create, confirm, capture, cancel, refund, or read and other.
    [[nodiscard]] static QString operationName(const Call &call);
    /// False where the page is outdated or was never there.
    [[nodiscard]] bool answerAction(const QString &intentId, const QString &secret, Intents::Holder holder,
                                    Instant now);
    [[nodiscard]] const PaymentIntent *findAction(const QString &intentId, const QString &secret) const;
    /// Carries out what has come due by itself.
    void settleDue(Instant now);
    [[nodiscard]] bool hasDue(Instant now) const;
    void delivered(const QString &eventId, const QString &endpointId);
    /// Makes sure that an endpoint with this URL is there; an empty secret is made.
    const WebhookEndpoint &keepEndpoint(const QString &url, const QString &secret, Instant now);

    /// Sums over all there is, for whoever compares. `group` is a name of metadata: values of it under which more than
    /// one intent holds money are listed.
    [[nodiscard]] QJsonObject totals(const QString &group) const;

    [[nodiscard]] Books &books() { return m_books; }
    [[nodiscard]] const Books &books() const { return m_books; }

private:
    struct Saved
    {
        Instant at;
        QByteArray fingerprint;
        int status = 0;
        QByteArray body;
    };
    /// JSON, as it is answered.
    [[nodiscard]] Reply<QByteArray> execute(const Call &call, const Fate &fate, const Cause &cause);
    [[nodiscard]] Reply<QByteArray> onIntents(const Call &call, Params &params, const Fate &fate, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> onRefunds(const Call &call, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> onEndpoints(const Call &call, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> onReadings(const Call &call, Params &params, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> saveEndpoint(const QString &id, Params &params, const Cause &cause);
    [[nodiscard]] QByteArray expanded(const QByteArray &text, const QStringList &paths) const;
    void forgetOldKeys(Instant now);

    Books m_books;
    QHash<QString, Saved> m_saved;
    std::deque<QString> m_savedOrder;
};

} // namespace parterre::psp
