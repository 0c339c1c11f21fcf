#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <QByteArray>
#include <QStringList>

#include <chrono>
#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

using WebhookEndpointId = Id<struct WebhookEndpointTag>;

namespace webhooks {

struct Endpoint
{
    WebhookEndpointId id;
    QString url;
    QString secret;
    QStringList types; ///< Empty: all.
    Instant createdAt{};
    std::optional<Instant> disabledAt{};
    QString disabledReason{};
    qint64 waiting = 0;
    qint64 failed = 0;
};

void addEndpoint(Transaction &transaction, const Endpoint &endpoint);
[[nodiscard]] std::vector<Endpoint> endpoints(Transaction &transaction);
/// Nothing more is sent there; what waits has failed. False where there is no such endpoint, or it is disabled already.
bool disable(Transaction &transaction, const WebhookEndpointId &endpoint, const QString &reason);
bool enable(Transaction &transaction, const WebhookEndpointId &endpoint);
/// With all that was sent there.
bool remove(Transaction &transaction, const WebhookEndpointId &endpoint);

/// What endpoints are told of one fact.
struct Message
{
    qint64 fact = 0;
    QString type;
    QByteArray body;
};
/// Lays each message ready for every endpoint that wants its type, once for each fact. False where none does.
bool enqueue(Transaction &transaction, const std::vector<Message> &messages);

/// A message that is ours to send until the lease is over.
struct Due
{
    qint64 delivery = 0;
    int attempt = 1;
    WebhookEndpointId endpoint;
    QString url;
    QString secret;
    QString messageId;
    QByteArray body;
};
/// The one that is due the longest, of an endpoint that has less than `atOnceMax` under way. Safe on several nodes.
[[nodiscard]] std::optional<Due> claim(Transaction &transaction, std::chrono::milliseconds lease, int atOnceMax);

struct Attempt
{
    int number = 1;
    int status = 0;
    QString error{};
    std::chrono::milliseconds took{};
    Instant at{};
    std::optional<Instant> nextAt{};
};
/// Writes the log. Without `next` the message has been delivered, where there is no error, or has failed.
void settle(Transaction &transaction, const Due &due, const Attempt &attempt,
            std::optional<std::chrono::milliseconds> next);

struct Delivery
{
    qint64 id = 0;
    QString messageId;
    QString url;
    QString type;
    QString state;
    std::vector<Attempt> attempts;
};
/// The newest first.
[[nodiscard]] std::vector<Delivery> deliveries(Transaction &transaction, std::optional<WebhookEndpointId> endpoint,
                                               int countMax);
/// Sends again, from the first attempt on, what has been delivered or has failed. Without an id: all that has failed.
qint64 replay(Transaction &transaction, std::optional<qint64> delivery);

/// Forgets what was ended more than a month ago.
qint64 forgetOld(Transaction &transaction, int countMax);

} // namespace webhooks

} // namespace parterre::server
