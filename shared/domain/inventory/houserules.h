#pragma once

#include "base/jsonfields.h"

#include <array>

namespace parterre {

/// Whether a take of a performance may leave a seat alone, see orphanrule.h.
enum class OrphanRule {
    Off,
    Lenient, ///< Not where the same run has a place for the party that leaves nobody alone.
    Strict,  ///< Not where the house has one.
};

template <>
struct EnumNames<OrphanRule>
{
    static constexpr auto names = std::to_array<std::pair<OrphanRule, const char *>>({
        {OrphanRule::Off, "off"},
        {OrphanRule::Lenient, "lenient"},
        {OrphanRule::Strict, "strict"},
    });
};

} // namespace parterre
