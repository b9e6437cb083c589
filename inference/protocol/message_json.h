#pragma once
// Inside inference/protocol only: values to JSON and back. Reading throws; decodeMessage catches.

#include "inference/protocol/message.h"

#include <nlohmann/json_fwd.hpp>

#include <limits>
#include <stdexcept>

namespace spondyl::inference::detail {

using Json = nlohmann::ordered_json;

struct BadMessage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The member, or BadMessage naming it.
const Json& field(const Json& json, const char* name);
/// A finite number.
double number(const Json& json, const char* name);
/// A whole number within bounds; 1e99 as an int would be another one.
std::int64_t wholeNumber(const Json& json, const char* name, std::int64_t least, std::int64_t most);
template <class T>
T whole(const Json& json, const char* name) {
  return T(wholeNumber(json, name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}
std::string text(const Json& json, const char* name);
/// An array of a sane length.
const Json& list(const Json& json, const char* name);
PointLps point(const Json& json, const char* name);
Json toJson(PointLps value);
Json toJson(const std::vector<StageTime>& times);
std::vector<StageTime> timesOf(const Json& json);

Json toJson(const SegmentRequest& value);
Json toJson(const VoxelHeader& value);
Json toJson(const ReaderAnchor& value);
Json toJson(const SegmentResult& value);
Json toJson(const ScalarMapRequest& value);
Json toJson(const ScalarMapResult& value);
void fromJson(const Json& json, SegmentRequest& value);
void fromJson(const Json& json, VoxelHeader& value);
void fromJson(const Json& json, ReaderAnchor& value);
void fromJson(const Json& json, SegmentResult& value);
void fromJson(const Json& json, ScalarMapRequest& value);
void fromJson(const Json& json, ScalarMapResult& value);

} // namespace spondyl::inference::detail
