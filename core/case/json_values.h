#pragma once
// Between our values and JSON; internal to the codec. Reading functions throw nlohmann's exceptions, which
// readCaseItem() catches.

#include "core/case/case.h"

#include <nlohmann/json_fwd.hpp>

namespace spondyl::detail {

using Json = nlohmann::json;

/// Text as it is where it is UTF-8; else {"bytes": hex}, so that file names of any kind come back exactly.
Json textToJson(const std::string& text);
std::string textFromJson(const Json& json);
/// Numbers that JSON lacks (not a number, infinite) are texts.
Json numberToJson(double value);
double numberFromJson(const Json& json);

Json toJson(const PointLps& p);
PointLps pointFromJson(const Json& json);
Json toJson(const Grid& grid);
Grid gridFromJson(const Json& json);
Json toJson(const Patient& patient);
Patient patientFromJson(const Json& json);
Json toJson(const Study& study);
Study studyFromJson(const Json& json);

} // namespace spondyl::detail
