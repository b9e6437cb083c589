#pragma once
// Inside inference/protocol only: values to JSON and back. Reading throws; decodeMessage catches.

#include "inference/protocol/message.h"

#include <nlohmann/json_fwd.hpp>

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

Json toJson(const SegmentRequest& value);
Json toJson(const VoxelHeader& value);
Json toJson(const ReaderAnchor& value);
Json toJson(const SegmentResult& value);
void fromJson(const Json& json, SegmentRequest& value);
void fromJson(const Json& json, VoxelHeader& value);
void fromJson(const Json& json, ReaderAnchor& value);
void fromJson(const Json& json, SegmentResult& value);

} // namespace spondyl::inference::detail
