#pragma once

#include "base/result.h"

namespace parterre::bench {

/// What it costs at the least to push bytes to so many: a loop of send() over that many connections of this machine,
/// with nothing else.
struct BarePush
{
    int connections = 0;
    qint64 sends = 0;
    double microsecondsPerSend = 0; ///< Processor time of the sending thread.
};

/// At most `connections`, as many as files may be open; each push has `bytes`.
[[nodiscard]] Result<BarePush> measureBarePush(int connections, int bytes, int rounds);

} // namespace parterre::bench
