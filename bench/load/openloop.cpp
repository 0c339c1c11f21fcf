#include "load/openloop.h"

#include <algorithm>
#include <cmath>

namespace parterre::bench {

namespace {

/// A timer for each arrival costs more than sending it. One that is late by this is late in its latency too.
constexpr auto timerGap = 500 * microsecond;

} // namespace

class OpenLoop::Private : public std::enable_shared_from_this<Private>
{
public:
    Private(Loop &theLoop, double perSecond, quint32 seed, Arrival theArrival)
        : loop(theLoop)
        , gap(static_cast<double>(second) / perSecond)
        , random(seed)
        , arrival(std::move(theArrival))
    {}

    void plan()
    {
        loop.at(std::max(static_cast<qint64>(next), Loop::now() + timerGap), [weak = weak_from_this()] {
            if (const auto self = weak.lock())
                self->fire();
        });
    }
    void fire()
    {
        // Timers are coarser than the gaps: everything that is due is done.
        while (isRunning && next <= static_cast<double>(Loop::now())) {
            arrival(static_cast<qint64>(next));
            next += -gap * std::log(1.0 - random.generateDouble());
        }
        if (isRunning)
            plan();
    }

    Loop &loop;
    const double gap; ///< Nanoseconds on average.
    QRandomGenerator random;
    Arrival arrival;
    double next = 0;
    bool isRunning = false;
};

OpenLoop::OpenLoop(Loop &loop, double perSecond, quint32 seed, Arrival arrival)
    : m_private(std::make_shared<Private>(loop, perSecond, seed, std::move(arrival)))
{}

OpenLoop::~OpenLoop()
{
    stop();
}

void OpenLoop::start()
{
    m_private->next = static_cast<double>(Loop::now());
    m_private->isRunning = true;
    m_private->plan();
}

void OpenLoop::stop()
{
    m_private->isRunning = false;
}

} // namespace parterre::bench
