#pragma once

/// PT_ASSERT checks a broken invariant of our own and ends the process when it does not hold.
///
/// It is compiled into every build and never applied to input: what a user, a peer or a file can cause is a
/// refusal in Result<T>. Going on after a broken invariant could sell a place twice; a restart cannot, since
/// PostgreSQL holds the truth.

namespace parterre {

/// Writes the place and the text to standard error and aborts. Never returns.
[[noreturn]] void assertionFailed(const char *condition, const char *why, const char *file, int line) noexcept;

} // namespace parterre

#define PT_ASSERT(condition, why)                                                                                      \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::parterre::assertionFailed(#condition, why, __FILE__, __LINE__);                                          \
    } while (false)
