#pragma once

#include "base/clock.h"
#include "model/apierror.h"
#include "model/entities.h"
#include "model/shelf.h"

#include <QByteArray>
#include <QJsonObject>

#include <map>
#include <vector>

namespace parterre::psp {

/// Who caused what is done now, for the events that it makes, and when that is.
struct Cause
{
    Instant now;
    QString requestId{};
    QString idempotencyKey{};
};

/// Everything that the processor knows, without rules. Ids are made from a seed and a counter, so the same calls on the
/// same seed make the same books: that is how a journal brings them back.
class Books
{
public:
    Books(QByteArray seed, QString baseUrl)
        : m_seed(std::move(seed))
        , m_baseUrl(std::move(baseUrl))
    {}

    [[nodiscard]] const QByteArray &seed() const { return m_seed; }
    /// `pi` becomes `pi_3kX...`: 24 characters from 62, which nobody guesses who does not know the seed.
    [[nodiscard]] QString makeId(const QString &prefix);
    [[nodiscard]] QString makeSecret(int characters);
    /// Rises with everything that is changed: what left it as it was needs no line in the journal.
    [[nodiscard]] quint64 revision() const { return m_revision; }
    void changed() { m_revision++; }

    [[nodiscard]] QByteArray shownText(const PaymentIntent &intent) const;
    [[nodiscard]] QByteArray shownText(const Charge &charge) const;
    [[nodiscard]] QJsonObject shown(const PaymentIntent &intent) const;
    [[nodiscard]] QJsonObject shown(const Charge &charge) const;
    /// Any object by its id, for `expand`; empty where there is none.
    [[nodiscard]] QJsonObject shownById(const QString &id) const;

    /// Writes down that something happened, for every endpoint that wants to hear of it.
    /// `object` is JSON.
    void tell(const QString &type, const QByteArray &object, const Cause &cause, const QJsonObject &previous = {});
    void tell(const QString &type, const QJsonObject &object, const Cause &cause, const QJsonObject &previous = {});
    /// What was told since the last call, in order.
    [[nodiscard]] std::vector<QString> takeNewEvents();

    Shelf<PaymentMethod> methods;
    Shelf<PaymentIntent> intents;
    Shelf<Charge> charges;
    Shelf<Refund> refunds;
    Shelf<Event> events;
    Shelf<WebhookEndpoint> endpoints;
    /// Intents and refunds that change by themselves, by the time at which they do. An entry may be outdated.
    std::multimap<Instant, QString> dues;

private:
    QByteArray m_seed;
    QString m_baseUrl;
    quint64 m_made = 0;
    quint64 m_revision = 0;
    std::vector<QString> m_newEvents;
};

} // namespace parterre::psp
