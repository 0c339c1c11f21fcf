#pragma once

#include "http/addressrule.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace parterre::server {

struct HttpCall
{
    QByteArray method = "GET";
    QString url; ///< http or https; redirects are not followed.
    std::vector<std::pair<QByteArray, QByteArray>> headers{};
    QByteArray body{};
    std::chrono::milliseconds timeout{30'000}; ///< For everything; connecting has five seconds of it at most.
    qsizetype answerBytesMax = 4 * 1024 * 1024;
};

/// What became of a call. The difference that matters to a caller that moves money: whether the other side can have
/// heard of it.
struct HttpOutcome
{
    enum class Failure {
        None,
        NotSent,  ///< There was no connection, so nothing was asked.
        Lost,     ///< No whole answer came; the other side may have done what was asked.
        TimedOut, ///< As Lost, and it may be doing it still.
    };
    Failure failure = Failure::None;
    int status = 0;
    std::vector<std::pair<QByteArray, QByteArray>> headers{}; ///< Names in lower case.
    QByteArray body{};
    QString reason{}; ///< Of the failure, for a log.

    [[nodiscard]] QByteArray header(QByteArrayView name) const;
};

/// A blocking HTTP client on libcurl that keeps its connections. Thread safe; as many calls run at once as threads make
/// them. It repeats nothing by itself: only its caller knows what may be repeated.
class HttpClient
{
public:
    HttpClient();
    /// Connects only to what the rule permits, and to no proxy, which would connect to anything. Others are NotSent.
    explicit HttpClient(AddressRule rule);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    [[nodiscard]] HttpOutcome send(const HttpCall &call);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
