#pragma once

#include "domain/layout/layout.h"

#include <QByteArray>

namespace parterre {

/// Parterre's own JSON form of a layout, published as `resources/schemas/layout.schema.json` (JSON Schema draft 7)
/// and used in the database, on the wire to desks and shop, and in files. Reading checks shape, limits and
/// validateLayout(), and names the path of the first fault in Error::field; writing then reading gives the same
/// layout.
[[nodiscard]] QJsonObject layoutToJson(const Layout &layout);
[[nodiscard]] Result<Layout> layoutFromJson(const QJsonObject &object);
[[nodiscard]] Result<Layout> layoutFromJsonBytes(const QByteArray &bytes);

} // namespace parterre
