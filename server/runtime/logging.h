#pragma once

#include "base/clock.h"

#include <QString>

namespace parterre::server {

enum class LogFormat { Json, Text };

struct LogRecord
{
    Instant time;
    QString level;  ///< debug, info, warning, error.
    QString logger; ///< The logging category.
    QString message;
};

/// One line, always: line feeds and control characters of the message are escaped, so that nobody can forge a record
/// (ASVS 5.0 16.4.1). Secrets are redacted.
[[nodiscard]] QString formatLogRecord(const LogRecord &record, LogFormat format);
/// `text` without what must not be logged: e-mail addresses, bearer tokens and API keys.
[[nodiscard]] QString redacted(const QString &text);
/// Sends everything that Qt logs to standard error. `format` is json, text, or auto: text on a terminal.
void installLogging(const QString &level, const QString &format);

} // namespace parterre::server
