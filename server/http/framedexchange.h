#pragma once

#include "http/httpclient.h"

#include <QByteArray>
#include <QString>

#include <chrono>

namespace parterre::server {

/// One message to a device and its one answer, each behind its length as four bytes, the highest first, over a TCP
/// connection of its own (how card terminals speak nexo). Failures mean what they mean for HTTP.
struct FramedCall
{
    QString host; ///< An address or a name.
    quint16 port = 0;
    QByteArray message;
    std::chrono::milliseconds timeout{30'000}; ///< For everything; connecting has five seconds of it at most.
    qsizetype answerBytesMax = 64 * 1024;
};

struct FramedOutcome
{
    HttpOutcome::Failure failure = HttpOutcome::Failure::None;
    QByteArray answer{};
    QString reason{}; ///< Of the failure, for a log.
};

/// Blocks. Thread safe.
[[nodiscard]] FramedOutcome exchangeFramed(const FramedCall &call);

} // namespace parterre::server
