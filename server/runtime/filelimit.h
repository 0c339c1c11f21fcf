#pragma once

namespace parterre::server {

/// Raises the number of files that this process may have open to what it is allowed, since each viewer of a map is one
/// and many systems begin with 1,024. Returns the number that holds now.
int raiseFileLimit();

} // namespace parterre::server
