#pragma once

#include "base/result.h"

#include <QtGlobal>

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace parterre::bench {

/// The one thread of the driver. Its clock is the history's: steady, in nanoseconds.
class Loop
{
public:
    Loop();
    ~Loop();
    Loop(const Loop &) = delete;
    Loop &operator=(const Loop &) = delete;

    [[nodiscard]] static qint64 now();
    /// Calls `work` once, at this moment or right after it.
    void at(qint64 moment, std::function<void()> work);
    /// Runs until `isDone` says so, or until this moment; true when it was done. Refuses when somebody asked us to
    /// stop.
    [[nodiscard]] Result<bool> run(const std::function<bool()> &isDone, qint64 until);
    [[nodiscard]] Status runFor(std::chrono::nanoseconds time);

    [[nodiscard]] boost::asio::io_context &context();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

inline constexpr qint64 second = 1'000'000'000;
inline constexpr qint64 millisecond = 1'000'000;
inline constexpr qint64 microsecond = 1'000;

} // namespace parterre::bench
