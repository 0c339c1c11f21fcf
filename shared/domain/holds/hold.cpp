#include "domain/holds/hold.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

Status TakeHold::checkAsksForSomething() const
{
    if (!seats.empty() || !areas.empty() || best)
        return {};
    return refuse(ErrorCode::InvalidInput, u"Name at least one seat or area, or ask for the best places."_s,
                  u"/seats"_s);
}

Instant holdEnd(Instant createdAt, Instant currentEnd, int holdSeconds, Instant now)
{
    const Instant latest = createdAt + Seconds(limits::holdSecondsAbsoluteMax);
    return std::max(currentEnd, std::min(now + Seconds(holdSeconds), latest));
}

} // namespace parterre
