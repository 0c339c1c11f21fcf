#pragma once

#include "load/loop.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace parterre::bench {

struct HttpCall
{
    QByteArray method;
    QByteArray target;
    QByteArray token{}; ///< Bearer token; none where it is empty.
    QByteArray key{};   ///< Idempotency-Key; none where it is empty.
    QByteArray body{};
};

struct HttpAnswer
{
    int status = 0; ///< 0 where there was none: the connection broke, or abandon() was called.
    QByteArray body{};
    qint64 start = 0; ///< Right before the request was written.
    qint64 end = 0;   ///< Right after the answer was read.
};

/// Keep-alive connections to one port of this machine, each with one request on its way. A call that finds none idle
/// waits for one in order; that wait is part of the latency, since the caller meant to begin.
class HttpClient
{
public:
    using Done = std::function<void(HttpAnswer)>;

    HttpClient(Loop &loop, quint16 port, int connectionsMax);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// `done` is called once, on the loop, never from within send().
    void send(HttpCall call, Done done);
    /// Calls without an answer yet, whether sent or waiting.
    [[nodiscard]] int open() const;
    /// Everything that is open ends without an answer.
    void abandon();

    /// One call, waited for; for what happens before and after the load.
    [[nodiscard]] Result<HttpAnswer> call(HttpCall call);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::bench
