#pragma once

#include "base/jsonfields.h"

#include <array>

namespace parterre::test {

/// Some enumeration that travels by its names. Here, since a template cannot be specialised inside of a test.
enum class Side { Left, Right };

} // namespace parterre::test

template <>
struct parterre::EnumNames<parterre::test::Side>
{
    static constexpr auto names = std::to_array<std::pair<parterre::test::Side, const char *>>(
        {{parterre::test::Side::Left, "left"}, {parterre::test::Side::Right, "right"}});
};
