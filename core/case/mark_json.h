#pragma once
// Marks and calibrations as JSON; internal to the codec. Reading throws nlohmann's exceptions.

#include "core/case/json_values.h"

namespace spondyl::detail {

/// {"marks": [...], "calibrations": [...]}
Json marksToJson(const Case& c);
void readMarks(Case& c, const Json& json);

} // namespace spondyl::detail
