#pragma once
// truth.json of the `phantom` command.

#include "core/phantom/description.h"

#include <string>

namespace spondyl {

/// "spondyl.phantom-truth/1"; mm, degrees, percent, LPS.
std::string truthJson(const SpineDescription& description);

} // namespace spondyl
