#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string>

namespace spondyl::dicom {

/// Raw deflate (DICOM's deflated syntax). Stops at the limit, so a bomb costs at most `limitBytes`.
/// Errors: InflatesTooLarge, Truncated, Malformed; `name` is the path they mention.
Result<std::string> inflateBounded(std::span<const std::byte> bytes, std::uint64_t limitBytes,
                                   const std::string& name);

} // namespace spondyl::dicom
