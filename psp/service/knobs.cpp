#include "service/knobs.h"

#include <algorithm>
#include <array>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

constexpr int perMilleMax = 1'000;
constexpr int millisecondsMax = 600'000;
constexpr int ordersMax = 1'000;

constexpr std::array table{
    Knob{"delay_ms", &Knobs::delayMs, millisecondsMax, "wait before executing each call"},
    Knob{"reply_delay_ms", &Knobs::replyDelayMs, millisecondsMax, "wait between executing a call and answering it"},
    Knob{"drop_per_mille", &Knobs::dropPerMille, perMilleMax, "execute, then cut the connection without an answer"},
    Knob{"error_per_mille", &Knobs::errorPerMille, perMilleMax, "answer 500 instead of executing, kept under the key"},
    Knob{"lost_error_per_mille", &Knobs::lostErrorPerMille, perMilleMax, "execute, answer 500, kept under the key"},
    Knob{"conflict_per_mille", &Knobs::conflictPerMille, perMilleMax, "answer 409: the key is in use"},
    Knob{"lock_timeout_per_mille", &Knobs::lockTimeoutPerMille, perMilleMax, "answer 429: the object is locked"},
    Knob{"rate_limit_per_mille", &Knobs::rateLimitPerMille, perMilleMax, "answer 429: too many requests"},
    Knob{"decline_per_mille", &Knobs::declinePerMille, perMilleMax, "decline the card"},
    Knob{"processing_ms", &Knobs::processingMs, millisecondsMax, "let cards stay in processing for so long"},
    Knob{"webhook_delay_ms", &Knobs::webhookDelayMs, millisecondsMax, "send webhooks late"},
    Knob{"webhook_duplicate_per_mille", &Knobs::webhookDuplicatePerMille, perMilleMax, "send a webhook twice"},
    Knob{"webhook_reorder_per_mille", &Knobs::webhookReorderPerMille, perMilleMax, "send a webhook after later ones"},
    Knob{"webhook_forge_per_mille", &Knobs::webhookForgePerMille, perMilleMax, "send a forged one before the true one"},
    Knob{"webhook_missing_per_mille", &Knobs::webhookMissingPerMille, perMilleMax, "never send a webhook"},
    Knob{"webhook_stale_per_mille", &Knobs::webhookStalePerMille, perMilleMax,
         "sign a webhook as of an hour ago first"},
    Knob{"webhook_retry_ms", &Knobs::webhookRetryMs, millisecondsMax, "wait before the first repeat; it doubles"},
};

constexpr std::array<const char *, 9> faults{"drop",         "error",      "lost_error", "conflict", "decline",
                                             "lock_timeout", "rate_limit", "forbidden",  "delay"};

} // namespace

std::span<const Knob> knobTable()
{
    return table;
}

QJsonObject toJson(const Knobs &knobs)
{
    QJsonObject result;
    for (const Knob &knob : table)
        result.insert(QString::fromLatin1(knob.name), knobs.*knob.member);
    return result;
}

Result<Knobs> withChanges(Knobs knobs, const QJsonObject &changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        const auto *knob =
            std::ranges::find_if(table, [&](const Knob &each) { return it.key() == QLatin1StringView(each.name); });
        if (knob == table.end())
            return refuse(ErrorCode::InvalidInput, u"There is no knob \"%1\"."_s.arg(it.key()), it.key());
        const qint64 value = it.value().toInteger(-1);
        if (value < 0 || value > knob->most)
            return refuse(ErrorCode::InvalidInput,
                          u"%1 is a whole number from 0 to %2."_s.arg(it.key()).arg(knob->most), it.key());
        knobs.*knob->member = static_cast<int>(value);
    }
    return knobs;
}

Status Misfortune::order(const QJsonObject &fault)
{
    const QString what = fault.value(u"what"_s).toString();
    const bool isKnown = std::ranges::any_of(faults, [&](const char *name) { return what == QLatin1StringView(name); });
    if (!isKnown)
        return refuse(ErrorCode::InvalidInput,
                      u"`what` is one of drop, error, lost_error, conflict, decline, "
                      "lock_timeout, rate_limit, forbidden and delay."_s,
                      u"what"_s);
    if (static_cast<int>(m_orders.size()) >= ordersMax)
        return refuse(ErrorCode::TooLarge, u"A thousand faults are waiting already."_s);
    Order order{.operation = fault.value(u"on"_s).toString(u"any"_s),
                .what = what,
                .decline = fault.value(u"decline"_s).toString(u"generic_decline"_s),
                .times = fault.value(u"times"_s).toInt(1),
                .milliseconds = std::clamp(fault.value(u"delay_ms"_s).toInt(), 0, millisecondsMax)};
    if (!findDecline(order.decline))
        return refuse(ErrorCode::InvalidInput, u"`decline` is a decline code such as insufficient_funds."_s,
                      u"decline"_s);
    m_orders.push_back(std::move(order));
    return {};
}

bool Misfortune::happens(int perMille)
{
    // Always one throw, so that the same seed gives the same fate whatever the other knobs are.
    return static_cast<int>(m_random() % perMilleMax) < perMille;
}

void Misfortune::apply(const Order &order, Lot &lot)
{
    if (order.what == u"drop"_s)
        lot.isDropped = true;
    else if (order.what == u"error"_s)
        lot.fate.failure = Fate::Failure::ErrorInstead;
    else if (order.what == u"lost_error"_s)
        lot.fate.failure = Fate::Failure::ErrorAfterwards;
    else if (order.what == u"conflict"_s)
        lot.fate.failure = Fate::Failure::KeyInUse;
    else if (order.what == u"lock_timeout"_s)
        lot.fate.failure = Fate::Failure::LockTimeout;
    else if (order.what == u"rate_limit"_s)
        lot.fate.failure = Fate::Failure::TooManyRequests;
    else if (order.what == u"forbidden"_s)
        lot.fate.failure = Fate::Failure::NotPermitted;
    else if (order.what == u"decline"_s)
        lot.fate.declineCode = order.decline;
    lot.delay += std::chrono::milliseconds(order.what == u"drop"_s ? 0 : order.milliseconds);
}

Lot Misfortune::drawFor(const QString &operation)
{
    Lot lot;
    lot.delay = std::chrono::milliseconds(m_knobs.delayMs);
    lot.replyDelay = std::chrono::milliseconds(m_knobs.replyDelayMs);
    lot.fate.processing = std::chrono::milliseconds(m_knobs.processingMs);
    lot.isDropped = happens(m_knobs.dropPerMille);
    if (happens(m_knobs.declinePerMille))
        lot.fate.declineCode = u"generic_decline"_s;
    const std::array<std::pair<int, Fate::Failure>, 5> failures{
        std::pair{m_knobs.errorPerMille, Fate::Failure::ErrorInstead},
        std::pair{m_knobs.lostErrorPerMille, Fate::Failure::ErrorAfterwards},
        std::pair{m_knobs.conflictPerMille, Fate::Failure::KeyInUse},
        std::pair{m_knobs.lockTimeoutPerMille, Fate::Failure::LockTimeout},
        std::pair{m_knobs.rateLimitPerMille, Fate::Failure::TooManyRequests}};
    for (const auto &[chance, failure] : failures) {
        if (happens(chance))
            lot.fate.failure = failure;
    }
    for (auto it = m_orders.begin(); it != m_orders.end(); ++it) {
        if (it->operation != operation && it->operation != u"any"_s)
            continue;
        apply(*it, lot);
        if (--it->times <= 0)
            m_orders.erase(it);
        break;
    }
    return lot;
}

} // namespace parterre::psp
