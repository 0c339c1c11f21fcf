#include "model/books.h"

#include "model/limits.h"
#include "model/rendering.h"

#include <QCryptographicHash>
#include <QJsonDocument>

#include <utility>

namespace parterre::psp {

using namespace Qt::StringLiterals;

QString Books::makeSecret(int characters)
{
    static constexpr QByteArrayView alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    QString result;
    while (result.size() < characters) {
        const QByteArray digest =
            QCryptographicHash::hash(m_seed + QByteArray::number(++m_made), QCryptographicHash::Sha256);
        for (const char byte : digest) {
            // 248 is the last multiple of 62 in a byte; what is above would make some characters likelier.
            const auto value = static_cast<unsigned char>(byte);
            if (value < 248 && result.size() < characters)
                result += QLatin1Char(alphabet[value % alphabet.size()]);
        }
    }
    changed();
    return result;
}

QString Books::makeId(const QString &prefix)
{
    constexpr int idCharacters = 24;
    return prefix + u'_' + makeSecret(idCharacters);
}

QByteArray Books::shownText(const PaymentIntent &intent) const
{
    return renderedText(intent, m_baseUrl);
}

QByteArray Books::shownText(const Charge &charge) const
{
    return renderedText(charge, methods.find(charge.paymentMethod));
}

QJsonObject Books::shown(const PaymentIntent &intent) const
{
    return rendered(intent, m_baseUrl);
}

QJsonObject Books::shown(const Charge &charge) const
{
    return rendered(charge, methods.find(charge.paymentMethod));
}

QJsonObject Books::shownById(const QString &id) const
{
    if (const auto *intent = intents.find(id))
        return shown(*intent);
    if (const auto *charge = charges.find(id))
        return shown(*charge);
    if (const auto *method = methods.find(id))
        return rendered(*method);
    if (const auto *refund = refunds.find(id))
        return rendered(*refund);
    return {};
}

void Books::tell(const QString &type, const QJsonObject &object, const Cause &cause, const QJsonObject &previous)
{
    tell(type, QJsonDocument(object).toJson(QJsonDocument::Compact), cause, previous);
}

void Books::tell(const QString &type, const QByteArray &object, const Cause &cause, const QJsonObject &previous)
{
    Event event{.id = makeId(u"evt"_s),
                .created = cause.now,
                .type = type,
                .object = object,
                .previous = previous,
                .requestId = cause.requestId,
                .idempotencyKey = cause.idempotencyKey,
                .pending = {}};
    for (const auto &endpoint : endpoints.inOrder()) {
        if (endpoint->wants(type))
            event.pending.insert(endpoint->id);
    }
    m_newEvents.push_back(event.id);
    events.add(std::move(event));
    if (events.size() > limits::eventsMax)
        events.removeOldest();
}

std::vector<QString> Books::takeNewEvents()
{
    return std::exchange(m_newEvents, {});
}

} // namespace parterre::psp
