#include "runtime/databasewait.h"

#include "api/problems.h"
#include "db/readiness.h"
#include "runtime/signals.h"

#include <QLoggingCategory>

#include <algorithm>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.server")

constexpr std::chrono::seconds databaseStartMax{60};
constexpr std::chrono::milliseconds firstPause{500};
constexpr std::chrono::milliseconds pauseMax{10'000};
constexpr std::chrono::milliseconds slice{100};
constexpr std::chrono::milliseconds drainTime{1'000};
constexpr int segmentsMax = 8; ///< More than any address of ours has.

/// Whatever is asked of the server while it waits.
Router refusingRouter()
{
    Router router;
    const HttpHandler handler = [](const HttpRequest &, const HttpReply &reply) {
        reply.send(problemResponse(Error{.code = ErrorCode::Unavailable,
                                         .message = u"The server waits for its database. Try again in a moment."_s,
                                         .retryAfterSeconds = 5}));
    };
    QString pattern;
    for (int i = 0; i <= segmentsMax; ++i) {
        for (const char *method : {"GET", "POST", "PUT", "DELETE"})
            router.add(method, pattern.isEmpty() ? u"/"_s : pattern, handler);
        pattern += u"/{s%1}"_s.arg(i);
    }
    return router;
}

} // namespace

Status waitForDatabase(const QString &dsn, const EdgeConfig &address, const std::function<bool()> &isGivenUp)
{
    if (waitUntilAccepting(dsn, databaseStartMax) || !canBeAsked(dsn))
        return {};
    const Router router = refusingRouter();
    WorkerPool workers(1, 64);
    Edge edge(address, router, workers);
    PT_CHECK(edge.listen());
    const auto begin = std::chrono::steady_clock::now();
    bool isThere = false;
    for (auto pause = firstPause; !isThere; pause = std::min(2 * pause, pauseMax)) {
        qCWarning(log).nospace() << "PostgreSQL does not answer; it is asked again in " << pause.count()
                                 << " ms, and until it does everything is answered with 503";
        notifySystemd("STATUS=Waiting for PostgreSQL\nEXTEND_TIMEOUT_USEC=60000000");
        for (auto slept = slice; slept <= pause; slept += slice) {
            if (isGivenUp && isGivenUp())
                return refuse(ErrorCode::Unavailable, u"Stopped while the database was still away."_s);
            std::this_thread::sleep_for(slice);
        }
        isThere = waitUntilAccepting(dsn, databaseStartMax, std::chrono::milliseconds(0));
    }
    const auto waited = std::chrono::steady_clock::now() - begin;
    qCInfo(log) << "PostgreSQL answers after" << std::chrono::round<std::chrono::seconds>(waited).count() << "seconds";
    edge.shutDown(drainTime);
    workers.stop();
    return {};
}

} // namespace parterre::server
