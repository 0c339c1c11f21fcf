#include "domain/holds/hold.h"

#include <algorithm>

namespace parterre {

Instant holdEnd(Instant createdAt, Instant currentEnd, int holdSeconds, Instant now)
{
    const Instant latest = createdAt + Seconds(limits::holdSecondsAbsoluteMax);
    return std::max(currentEnd, std::min(now + Seconds(holdSeconds), latest));
}

} // namespace parterre
