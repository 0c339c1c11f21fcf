#pragma once

#include "model/processor.h"
#include "support/fakeclock.h"

#include <QJsonArray>
#include <QJsonDocument>

/// A processor without sockets, and calls to it in one line each.
namespace parterre::test {

struct Told
{
    int status = 0;
    QJsonObject body;
    bool isReplay = false;

    [[nodiscard]] QString text(const QString &name) const { return body.value(name).toString(); }
    [[nodiscard]] qint64 number(const QString &name) const { return body.value(name).toInteger(); }
    [[nodiscard]] QString errorText(const QString &name) const
    {
        return body.value(QStringLiteral("error")).toObject().value(name).toString();
    }
};

class ProcessorHouse
{
public:
    FakeClock clock;
    psp::Processor processor{QByteArray(32, 's'), QStringLiteral("http://psp.test")};

    Told post(const QString &path, const QJsonObject &form = {}, const QString &key = {}, const psp::Fate &fate = {})
    {
        return told({.method = QStringLiteral("POST"), .path = path.split(u'/'), .form = form, .idempotencyKey = key},
                    fate);
    }
    Told get(const QString &path)
    {
        return told({.method = QStringLiteral("GET"), .path = path.split(u'/'), .form = {}}, {});
    }
    /// A confirmed payment with manual capture, as Parterre makes it.
    Told reserve(const QString &card = QStringLiteral("pm_card_visa"), const QString &key = {},
                 const psp::Fate &fate = {})
    {
        return post(QStringLiteral("payment_intents"), wish(card), key, fate);
    }
    static QJsonObject wish(const QString &card)
    {
        return {{QStringLiteral("amount"), QStringLiteral("1000")},
                {QStringLiteral("currency"), QStringLiteral("eur")},
                {QStringLiteral("capture_method"), QStringLiteral("manual")},
                {QStringLiteral("payment_method"), card},
                {QStringLiteral("return_url"), QStringLiteral("http://shop.test/back")},
                {QStringLiteral("confirm"), QStringLiteral("true")},
                {QStringLiteral("metadata"), QJsonObject{{QStringLiteral("order"), QStringLiteral("A-1")}}}};
    }
    [[nodiscard]] QString statusOf(const QString &intent)
    {
        return get(QStringLiteral("payment_intents/") + intent).text(QStringLiteral("status"));
    }
    [[nodiscard]] QJsonObject sums()
    {
        return processor.totals(QStringLiteral("order"))
            .value(QStringLiteral("currencies"))
            .toObject()
            .value(QStringLiteral("eur"))
            .toObject();
    }
    [[nodiscard]] QStringList eventTypes()
    {
        QStringList types;
        for (const auto &event : processor.books().events.inOrder())
            types << event->type;
        return types;
    }

private:
    Told told(const psp::Call &call, const psp::Fate &fate)
    {
        const psp::Answer answer = processor.handle(call, fate, clock.now());
        return {.status = answer.status,
                .body = QJsonDocument::fromJson(answer.body).object(),
                .isReplay = answer.isReplay};
    }
};

} // namespace parterre::test
