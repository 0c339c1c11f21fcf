#pragma once

namespace parterre::server {

/// As the status of a response: the connection is closed without one byte. It is no status of HTTP; other servers have
/// used the number for the same. The simulator of the payment processor loses its answers by it.
inline constexpr int statusHangUp = 444;

} // namespace parterre::server
