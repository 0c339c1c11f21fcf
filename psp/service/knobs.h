#pragma once

#include "base/result.h"
#include "model/intents.h"

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <deque>
#include <random>
#include <span>

namespace parterre::psp {

/// Everything that can be made to go wrong. Chances are in thousandths of the calls that they are thrown for.
struct Knobs
{
    int delayMs = 0;
    int replyDelayMs = 0;
    int dropPerMille = 0;
    int errorPerMille = 0;
    int lostErrorPerMille = 0;
    int conflictPerMille = 0;
    int lockTimeoutPerMille = 0;
    int rateLimitPerMille = 0;
    int declinePerMille = 0;
    int processingMs = 0;
    int webhookDelayMs = 0;
    int webhookDuplicatePerMille = 0;
    int webhookReorderPerMille = 0;
    int webhookForgePerMille = 0;
    int webhookMissingPerMille = 0;
    int webhookStalePerMille = 0;
    int webhookRetryMs = 1000;
};

struct Knob
{
    const char *name; ///< As JSON has it; as a flag with dashes for underscores.
    int Knobs::*member;
    int most;
    const char *help;
};
[[nodiscard]] std::span<const Knob> knobTable();
[[nodiscard]] QJsonObject toJson(const Knobs &knobs);
/// Changes those that are named; refuses unknown names and values that are none, and changes nothing then.
[[nodiscard]] Result<Knobs> withChanges(Knobs knobs, const QJsonObject &changes);

/// What happens to one call, beside what the model does.
struct Lot
{
    Fate fate;
    std::chrono::milliseconds delay{0};      ///< Before it is executed.
    std::chrono::milliseconds replyDelay{0}; ///< Afterwards.
    bool isDropped = false;                  ///< Executed, and the connection cut instead of an answer.
};

/// Throws the dice for each call, from a seed that is told; and before them deals out faults that were ordered by name
/// for the next calls of one kind. Not thread safe.
class Misfortune
{
public:
    explicit Misfortune(quint64 seed)
        : m_random(seed)
    {}

    [[nodiscard]] const Knobs &knobs() const { return m_knobs; }
    void setKnobs(const Knobs &knobs) { m_knobs = knobs; }
    /// `{"on": "capture", "what": "drop", "times": 1}`; `on` may be `any`, `delay_ms` and `decline` say more.
    [[nodiscard]] Status order(const QJsonObject &fault);
    void forgetOrders() { m_orders.clear(); }
    [[nodiscard]] Lot drawFor(const QString &operation);
    [[nodiscard]] bool happens(int perMille);

private:
    struct Order
    {
        QString operation;
        QString what;
        QString decline;
        int times = 1;
        int milliseconds = 0;
    };
    static void apply(const Order &order, Lot &lot);

    std::mt19937_64 m_random;
    Knobs m_knobs;
    std::deque<Order> m_orders;
};

} // namespace parterre::psp
