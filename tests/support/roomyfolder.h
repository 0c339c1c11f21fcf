#pragma once

#include <QString>

namespace parterre::test {

/// The pattern of a temporary folder for a PostgreSQL. It is in memory where there is plenty of that: making a database is
/// making some 300 files, which a disk takes longer for than for all that most tests do. What is killed there loses as
/// little as on a disk; only a power cut would, and no test cuts the power.
[[nodiscard]] QString roomyFolderTemplate();

} // namespace parterre::test
