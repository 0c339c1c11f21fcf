#include "runtime/faultpoint.h"

#include "base/assert.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QList>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace parterre::server {

namespace {

struct Armed
{
    QByteArray action;
    int number = 0;     ///< Milliseconds to sleep, or the action is for every so many that pass; 0: for each.
    quint64 passed = 0; ///< How often.
};

std::atomic<bool> somethingIsArmed = false;
std::mutex mutex;
std::map<std::string, Armed, std::less<>> armed;

bool isKnown(std::string_view name)
{
    return std::ranges::find(faultPointNames, name) != faultPointNames.end();
}

std::once_flag environmentRead;

void readEnvironment()
{
    const QByteArray specification = qgetenv("PARTERRE_FAULT");
    if (!specification.isEmpty())
        PT_ASSERT(
            armFaultPoints(std::string_view(specification.constData(), static_cast<size_t>(specification.size()))),
            "a test that arms a misspelt point would prove nothing");
}

// Before main(), so that faultPoint() itself needs no more than one load.
[[maybe_unused]] const bool environmentIsRead = [] {
    std::call_once(environmentRead, readEnvironment);
    return true;
}();

} // namespace

bool armFaultPoints(std::string_view specification)
{
    std::map<std::string, Armed, std::less<>> wanted;
    const QByteArray all(specification.data(), static_cast<qsizetype>(specification.size()));
    for (const QByteArray &entry : all.isEmpty() ? QList<QByteArray>() : all.split(',')) {
        const qsizetype colon = entry.indexOf(':');
        const std::string name = entry.left(colon).toStdString();
        Armed point{.action = entry.mid(colon + 1)};
        if (const qsizetype equals = point.action.indexOf('='); equals >= 0) {
            bool isNumber = false;
            point.number = point.action.mid(equals + 1).toInt(&isNumber);
            point.action.truncate(equals);
            if (!isNumber || point.number < 1)
                return false;
        } else if (point.action == "sleep") {
            return false;
        }
        if (colon < 0 || !isKnown(name) ||
            !QByteArrayList{"kill", "abort-connection", "skip", "sleep"}.contains(point.action))
            return false;
        wanted[name] = point;
    }
    const std::lock_guard lock(mutex);
    armed = std::move(wanted);
    somethingIsArmed = !armed.empty();
    return true;
}

bool areFaultPointsArmed()
{
    return somethingIsArmed;
}

Fault faultPoint(std::string_view name)
{
    if (!somethingIsArmed.load(std::memory_order_relaxed))
        return Fault::None;
    PT_ASSERT(isKnown(name), "every point is listed in faultPointNames");
    Armed point;
    {
        const std::lock_guard lock(mutex);
        const auto found = armed.find(name);
        if (found == armed.end())
            return Fault::None;
        ++found->second.passed;
        point = found->second;
    }
    if (point.action == "sleep") {
        std::this_thread::sleep_for(std::chrono::milliseconds(point.number));
        return Fault::None;
    }
    if (point.number > 0 && point.passed % static_cast<quint64>(point.number) != 0)
        return Fault::None;
    if (point.action == "kill")
        std::raise(SIGKILL);
    return point.action == "skip" ? Fault::Skip : Fault::AbortConnection;
}

} // namespace parterre::server
