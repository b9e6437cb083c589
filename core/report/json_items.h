#pragma once
// JSON of single items, shared by the result files and the report. Only for this folder's .cpp files.

#include "core/measure/measure.h"

#include <nlohmann/json.hpp>

#include <map>

namespace spondyl::report_detail {

using Json = nlohmann::ordered_json; // keeps "schema" first

Json number(double value); ///< rounded to a thousandth; null if not finite
Json point(PointLps p);
Json levelOrNull(InstanceId instance, const LevelChain& chain);
Json landmarkJson(const Landmark& landmark, const LevelChain& chain);
Json findingJson(const Finding& finding, const LevelChain& chain, const std::string* saliency);
Json measurementJson(const Measurement& measurement, const LevelChain& chain);
/// Two spaces, a final line end; bytes that are not UTF-8 become U+FFFD.
std::string text(const Json& json);

} // namespace spondyl::report_detail
