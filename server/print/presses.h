#pragma once

#include "print/printsteps.h"

#include <QByteArray>

#include <optional>

namespace parterre::server::print {

/// Whatever the text is. Makes the subset of each font anew for each document, which is most of its time.
[[nodiscard]] QByteArray printedByCairo(const Document &document);

/// In type that is cast once a process; nothing where a line cannot be set in it. The same document is the same bytes.
[[nodiscard]] std::optional<QByteArray> printedInType(const Document &document);

} // namespace parterre::server::print
