#pragma once

#include <QByteArray>

namespace parterre::server {

/// As a zlib stream. For what is made for each mail: zlib's memory is kept for the thread, and it does not try hard.
[[nodiscard]] QByteArray deflatedQuickly(const QByteArray &bytes);
/// For what is made once a process: as small as zlib can.
[[nodiscard]] QByteArray deflatedWell(const QByteArray &bytes);

} // namespace parterre::server
