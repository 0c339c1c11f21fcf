#pragma once

#include "outbox/fact.h"

#include <chrono>
#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// What of the outbox lies ready for whom. A row of `outbox_delivery` is a fact that one consumer has still to take.
namespace outbox {

struct Claimed
{
    OutboxFact fact;
    int attempts = 0; ///< Counting this one.
};

enum class Outcome {
    Taken,
    Refused,  ///< It is told again after a while.
    Poisoned, ///< It was refused for the last time and is for a person now.
    Untold,   ///< Not a word was said; the attempt does not count.
};

struct Settled
{
    qint64 fact = 0;
    Outcome outcome = Outcome::Taken;
    std::chrono::milliseconds wait{}; ///< Of what was refused.
    QString error{};
};

/// Makes these the consumers of all that is written from now on. Those that are new are also given what nobody was
/// there for, and what lies ready for those that are retired by this: so facts change over from one transport to
/// another. What lies ready for a retired one without a successor waits until it is back.
void enlist(Transaction &transaction, const std::vector<QString> &consumers);

enum class Which {
    All,
    Untried, ///< Those that nobody has claimed yet.
    Again,   ///< Those that were refused, or over which a server died.
};
/// Takes up to `countMax` facts that lie ready for `consumer`, at most one of each key and never one before an earlier
/// one of its key was taken, and puts them off by `lease`: until then nobody else has them. Safe on several nodes.
[[nodiscard]] std::vector<Claimed> claim(Transaction &transaction, const QString &consumer, Which which,
                                         std::chrono::milliseconds lease, int countMax);
void settle(Transaction &transaction, const QString &consumer, const std::vector<Settled> &settled);

/// Forgets facts of more than a week ago that everybody has, and what is kept beside them. Returns how many facts.
qint64 forgetOld(Transaction &transaction, int countMax);

/// Where a fact stands that came to a consumer by a log outside.
enum class Place {
    Next,
    Repeat,  ///< It or a later one of its key was taken.
    Gap,     ///< Facts of its key are missing before it.
    Waiting, ///< Earlier ones of its key have still to be taken by this consumer.
};
[[nodiscard]] Place placeOf(Transaction &transaction, const QString &consumer, const OutboxFact &fact);
/// It was taken, or is kept by keepForLater().
void advance(Transaction &transaction, const QString &consumer, const OutboxFact &fact);
/// Lays a fact that came from outside ready for `consumer`, as one that was refused `attempts` times. False where the
/// fact is no longer in our own table.
[[nodiscard]] bool keepForLater(Transaction &transaction, const QString &consumer, const OutboxFact &fact, int attempts,
                                std::chrono::milliseconds wait, const QString &error);

/// A fact that a consumer refused for the last time.
struct Poisoned
{
    qint64 fact = 0;
    QString consumer;
    QString topic;
    QString key;
    int sequence = 0;
    int attempts = 0;
    Instant since{};
    QString error;
    qint64 waiting = 0; ///< Later facts of the key that wait for it.
};
[[nodiscard]] std::vector<Poisoned> poisoned(Transaction &transaction);

struct Backlog
{
    QString consumer;
    qint64 waiting = 0;
    qint64 poisoned = 0;
    std::optional<Instant> oldest{};
};
/// Of every consumer for which something lies ready.
[[nodiscard]] std::vector<Backlog> backlogs(Transaction &transaction);

/// Lets it be told again as if for the first time; without `fact` all of the list. An empty `consumer` is all of them.
/// Returns how many.
qint64 replay(Transaction &transaction, std::optional<qint64> fact, const QString &consumer);
/// Takes it off the list for good, and keeps who was not told and why. Returns how many.
qint64 skip(Transaction &transaction, qint64 fact, const QString &consumer, const QString &reason);

} // namespace outbox

} // namespace parterre::server
