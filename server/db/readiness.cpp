#include "db/readiness.h"

#include <libpq-fe.h>

#include <thread>

namespace parterre::server {

namespace {

constexpr std::chrono::milliseconds pingInterval{50};

} // namespace

bool waitUntilAccepting(const QString &dsn, std::chrono::seconds atMost, std::chrono::milliseconds silentMax)
{
    const auto begin = std::chrono::steady_clock::now();
    auto lastWord = begin;
    for (;;) {
        const PGPing answer = PQping(dsn.toUtf8().constData());
        const auto now = std::chrono::steady_clock::now();
        if (answer == PQPING_OK)
            return true;
        if (answer == PQPING_REJECT)
            lastWord = now;
        if (answer == PQPING_NO_ATTEMPT || now - begin >= atMost || now - lastWord >= silentMax)
            return false;
        std::this_thread::sleep_for(pingInterval);
    }
}

bool canBeAsked(const QString &dsn)
{
    return PQping(dsn.toUtf8().constData()) != PQPING_NO_ATTEMPT;
}

} // namespace parterre::server
