#pragma once

#include "load/loop.h"
#include "load/psp.h"

#include <QRandomGenerator>
#include <QString>

namespace parterre::bench {

/// What goes wrong at the card processor in a drill, one thing after the other, each for a second or so: it is slow,
/// loses its answers, answers 409, 429 and 500 (done or not done), lets cards stay in processing, dies with its
/// journal; its webhooks come late, twice, in another order, forged, stale or never.
class ProviderFaults
{
public:
    explicit ProviderFaults(Psp &psp)
        : m_psp(psp)
    {}

    /// Begins one, if none is under way; its name, or empty.
    [[nodiscard]] QString begin(QRandomGenerator &random);
    /// Ends it when its time is over. To be called often.
    void tick();
    /// Whether what is not answered now is most likely its doing.
    [[nodiscard]] bool isUnderWay() const { return m_endsAt > 0; }
    [[nodiscard]] const QString &name() const { return m_name; }
    /// Ends it now and blocks until the processor serves well.
    [[nodiscard]] Status end();

private:
    Psp &m_psp;
    QString m_name;
    qint64 m_endsAt = 0; ///< 0 while all is well.
    bool m_isDead = false;
};

} // namespace parterre::bench
