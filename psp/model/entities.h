#pragma once

#include "base/clock.h"
#include "base/jsonfields.h"
#include "model/testcards.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QSet>
#include <QString>
#include <QStringList>

#include <array>
#include <optional>
#include <utility>

/// What the processor keeps. Amounts are whole minor units of `currency`, which is in lower case as on the wire.
namespace parterre::psp {

using Metadata = QMap<QString, QString>;

struct PaymentMethod
{
    QString id;
    Instant created;
    const TestCard *card = nullptr; ///< Of the table, which lives for ever.
};

enum class IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
};

/// A payment from the first wish to the money:
///
///     create -> RequiresPaymentMethod <- decline, failed 3-D Secure
///     create with a card -> RequiresConfirmation
///     confirm -> RequiresAction -> (3-D Secure) -> as confirm
///     confirm -> Processing -> RequiresCapture (manual) | Succeeded | RequiresPaymentMethod
///     confirm -> RequiresCapture (manual) | Succeeded
///     capture: RequiresCapture -> Succeeded
///     cancel: all but Processing and Succeeded -> Canceled
///
/// `amountCapturable` is the whole amount in RequiresCapture and 0 else; `amountReceived` is above 0 in Succeeded only.
struct PaymentIntent
{
    QString id;
    QString clientSecret;
    Instant created;
    IntentStatus status = IntentStatus::RequiresPaymentMethod;
    qint64 amount = 0;
    qint64 amountCapturable = 0;
    qint64 amountReceived = 0;
    QString currency;
    bool isManualCapture = false;
    bool isManualConfirmation = false;
    QString paymentMethod;
    QString latestCharge;
    QString returnUrl;
    QString description;
    QString receiptEmail;
    QString statementDescriptorSuffix;
    Metadata metadata;
    QJsonObject lastPaymentError;
    QString actionSecret;       ///< Of the page that asks the holder of the card; set in RequiresAction.
    bool isHolderKnown = false; ///< 3-D Secure has succeeded for the present card (manual confirmation).
    std::optional<Instant> due; ///< When Processing ends, or RequiresCapture is given up.
    std::optional<Instant> canceledAt;
    QString cancellationReason;
};

struct Charge
{
    QString id;
    Instant created;
    QString paymentIntent;
    QString paymentMethod;
    QString currency;
    qint64 amount = 0;
    qint64 amountCaptured = 0;
    qint64 amountRefunded = 0;
    bool isPaid = false;
    bool isCaptured = false;
    QString failureCode;
    QString failureMessage;
    QString declineCode;
    QString receiptEmail;
    QString description;
    Metadata metadata;
};

struct Refund
{
    enum class Status { Pending, Succeeded, Failed };
    QString id;
    Instant created;
    QString charge;
    QString paymentIntent;
    QString currency;
    qint64 amount = 0;
    QString reason;
    QString failureReason;
    Metadata metadata;
    Status status = Status::Pending;
    std::optional<Instant> due; ///< When a pending one succeeds, or one of a refusing card fails.
};

struct Event
{
    QString id;
    Instant created;
    QString type;
    QByteArray object;    ///< The object as it was then, as JSON.
    QJsonObject previous; ///< Attributes that changed and what they were.
    QString requestId;
    QString idempotencyKey;
    QSet<QString> pending; ///< Endpoints that have not taken it.
};

struct WebhookEndpoint
{
    QString id;
    Instant created;
    QString url;
    QString secret;
    QString description;
    QStringList enabledEvents; ///< `*` is all.
    Metadata metadata;
    bool isEnabled = true;

    [[nodiscard]] bool wants(const QString &eventType) const;
};

} // namespace parterre::psp

/// As Stripe writes them.
template <>
struct parterre::EnumNames<parterre::psp::IntentStatus>
{
    static constexpr auto names = std::to_array<std::pair<psp::IntentStatus, const char *>>({
        {psp::IntentStatus::RequiresPaymentMethod, "requires_payment_method"},
        {psp::IntentStatus::RequiresConfirmation, "requires_confirmation"},
        {psp::IntentStatus::RequiresAction, "requires_action"},
        {psp::IntentStatus::Processing, "processing"},
        {psp::IntentStatus::RequiresCapture, "requires_capture"},
        {psp::IntentStatus::Succeeded, "succeeded"},
        {psp::IntentStatus::Canceled, "canceled"},
    });
};

template <>
struct parterre::EnumNames<parterre::psp::Refund::Status>
{
    static constexpr auto names = std::to_array<std::pair<psp::Refund::Status, const char *>>({
        {psp::Refund::Status::Pending, "pending"},
        {psp::Refund::Status::Succeeded, "succeeded"},
        {psp::Refund::Status::Failed, "failed"},
    });
};
