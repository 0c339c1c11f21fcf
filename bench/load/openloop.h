#pragma once

#include "load/loop.h"

#include <QRandomGenerator>

#include <functional>
#include <memory>

namespace parterre::bench {

/// Arrivals at a stated rate whether or not earlier ones were served: buyers do not wait for each other. The gaps are
/// exponential (Poisson), so that bursts happen as they do at an on-sale.
class OpenLoop
{
public:
    /// Called for each arrival with the moment at which it was meant to be.
    using Arrival = std::function<void(qint64 intended)>;

    OpenLoop(Loop &loop, double perSecond, quint32 seed, Arrival arrival);
    ~OpenLoop();
    OpenLoop(const OpenLoop &) = delete;
    OpenLoop &operator=(const OpenLoop &) = delete;

    /// Begins now and goes on until stop() or the end of this.
    void start();
    void stop();

private:
    class Private;
    std::shared_ptr<Private> m_private;
};

} // namespace parterre::bench
