#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace parterre {

void assertionFailed(const char *condition, const char *why, const char *file, int line) noexcept
{
    std::fprintf(stderr, "%s:%d: invariant broken: %s (%s)\n", file, line, why, condition);
    std::fflush(stderr);
    std::abort();
}

} // namespace parterre
