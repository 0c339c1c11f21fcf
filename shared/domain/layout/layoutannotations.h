#pragma once

#include "domain/layout/layout.h"

#include <QByteArray>

namespace parterre {

/// Lays onto a layout what the pretix format cannot say. `annotations` is an object; every member may be left out:
///
///     {
///       "focal_point": {"x": 1000, "y": 700},
///       "stage": "<uuid of an area that is drawn>",
///       "floors": [{"name": "Yard", "sections": ["Yard"]}, ...],
///       "accessibility": [{"keys": ["LG-A-1"], "kind": "wheelchair" | "companion" | "step_free"}],
///       "companions": [{"key": "LG-A-2", "of": "LG-A-1"}],
///       "restricted_view": [{"keys": ["LG-C-4"], "rows": [{"section": "Lower Gallery", "row": "C"}], "note": "..."}],
///       "standing_areas": [{"key": "YARD", "name": "The Yard", "section": "Yard", "category": "Yard standing",
///                           "capacity": 700, "shape_uuid": "<uuid of an area that is drawn>"}]
///     }
///
/// A drawn area that becomes the stage or a standing area is no longer a decoration. An unknown member, key, section,
/// category or uuid is refused with its JSON pointer in Error::field; what comes back has passed validateLayout().
[[nodiscard]] Result<Layout> applyLayoutAnnotations(Layout layout, const QJsonObject &annotations);

} // namespace parterre
