#pragma once
// Left and right of a bone that is its own mirror image.

#include "core/measure/mask.h"

#include <optional>

namespace spondyl {

/// Normal of the plane that mirrors the mask best onto itself, close to `left` (it may be 25° off); nullopt
/// if no plane does (overlap below four fifths).
std::optional<VectorLps> mirrorAxis(const LocalMask& mask, VectorLps left);

} // namespace spondyl
