#include "scenarios/providerfaults.h"

#include <array>
#include <chrono>
#include <thread>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

struct Fault
{
    const char *name;
    const char *knob; ///< Of parterre-psp; null: it is killed.
    int value;
};

constexpr auto faults = std::to_array<Fault>({
    {"the card processor slow to begin", "delay_ms", 700},
    {"the card processor slow to answer", "reply_delay_ms", 700},
    {"the card processor's answers lost", "drop_per_mille", 500},
    {"500 of the card processor, not done", "error_per_mille", 400},
    {"500 of the card processor, done", "lost_error_per_mille", 400},
    {"409 of the card processor", "conflict_per_mille", 500},
    {"429 of the card processor, locked", "lock_timeout_per_mille", 500},
    {"429 of the card processor, too many", "rate_limit_per_mille", 500},
    {"cards declined", "decline_per_mille", 600},
    {"cards in processing", "processing_ms", 900},
    {"the card processor killed", nullptr, 0},
});

/// Webhooks are bad throughout, each in its own way: nothing may depend on them.
constexpr auto badWebhooks = std::to_array<Fault>({
    {"", "webhook_delay_ms", 40},
    {"", "webhook_duplicate_per_mille", 150},
    {"", "webhook_reorder_per_mille", 150},
    {"", "webhook_forge_per_mille", 100},
    {"", "webhook_missing_per_mille", 250},
    {"", "webhook_stale_per_mille", 100},
});

constexpr qint64 retryAfter = 100 * millisecond;
constexpr std::chrono::seconds endTimeMax{20};

QJsonObject knobsOf(const Fault *fault)
{
    QJsonObject knobs;
    for (const Fault &bad : badWebhooks)
        knobs.insert(QLatin1StringView(bad.knob), bad.value);
    if (fault)
        knobs.insert(QLatin1StringView(fault->knob), fault->value);
    return knobs;
}

} // namespace

QString ProviderFaults::begin(QRandomGenerator &random)
{
    if (isUnderWay())
        return {};
    const Fault &fault = faults[static_cast<size_t>(random.bounded(static_cast<int>(faults.size())))];
    const qint64 lasts = random.bounded(400, 1'500) * millisecond;
    if (!fault.knob) {
        m_psp.kill();
        m_isDead = true;
    } else if (!m_psp.setKnobs(knobsOf(&fault))) {
        return {};
    }
    m_name = QString::fromLatin1(fault.name);
    m_endsAt = Loop::now() + lasts;
    return m_name;
}

void ProviderFaults::tick()
{
    if (!isUnderWay() || Loop::now() < m_endsAt)
        return;
    m_endsAt = Loop::now() + retryAfter; // Unless it is over now.
    if (m_isDead) {
        m_psp.launch();
        m_isDead = false;
        return;
    }
    if (m_psp.isServing() && m_psp.setKnobs(knobsOf(nullptr)))
        m_endsAt = 0;
}

Status ProviderFaults::end()
{
    const qint64 until = Loop::now() + std::chrono::nanoseconds(endTimeMax).count();
    while (isUnderWay() && Loop::now() < until) {
        m_endsAt = std::min(m_endsAt, Loop::now());
        tick();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (isUnderWay())
        return refuse(ErrorCode::Unavailable, u"The card processor did not come back after: %1."_s.arg(m_name));
    return m_psp.setKnobs({});
}

} // namespace parterre::bench
