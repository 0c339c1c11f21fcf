#pragma once

#include <array>
#include <string_view>

namespace parterre::server {

/// Every fault point, once. A point is a place where tests end the process or cut the connection, to see that nothing
/// is lost or doubled there. Points are compiled into every build and cost one atomic load while none is armed.
inline constexpr std::array faultPointNames{
    std::string_view("db_before_commit"), ///< The work is done, COMMIT was not sent.
    std::string_view("db_after_commit"),  ///< PostgreSQL has committed, nobody was told.
};

enum class Fault {
    None,
    AbortConnection, ///< The caller cuts the connection that it stands on.
};

/// Passes the point `name`. Armed by `PARTERRE_FAULT=name:kill|abort-connection|sleep=MS[,name2:...]`: `kill` and
/// `sleep` are carried out here.
[[nodiscard]] Fault faultPoint(std::string_view name);

/// Arms as the environment would; an empty text disarms. False for what cannot be read or names no point.
bool armFaultPoints(std::string_view specification);

} // namespace parterre::server
