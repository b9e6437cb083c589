#include "inference/protocol/message_json.h"

#include <array>
#include <nlohmann/json.hpp>

namespace spondyl::inference::detail {
namespace {

constexpr std::array kindNames{"uncertainty", "saliency"};
constexpr std::array targetNames{"vertebra", "disc", "sacrum", "canal"};

template <std::size_t N>
std::size_t placeOf(const std::array<const char*, N>& names, const Json& json, const char* name) {
  const std::string found = text(json, name);
  for (std::size_t n = 0; n < N; ++n)
    if (found == names[n])
      return n;
  throw BadMessage(name);
}

Json boxJson(const BoxLps& box) {
  return {{"low_lps_mm", toJson(box.low)}, {"high_lps_mm", toJson(box.high)}};
}
BoxLps boxOf(const Json& json) {
  const BoxLps box{point(json, "low_lps_mm"), point(json, "high_lps_mm")};
  if (!(box.low.x < box.high.x && box.low.y < box.high.y && box.low.z < box.high.z))
    throw BadMessage("box");
  return box;
}
double share(const Json& json, const char* name) {
  const double value = number(json, name);
  if (value < 0 || value > 1)
    throw BadMessage(name);
  return value;
}

} // namespace

Json toJson(const ScalarMapRequest& r) {
  Json json = toJson(r.network);
  json["kind"] = kindNames[std::size_t(r.kind)];
  json["box"] = r.box ? boxJson(*r.box) : Json(nullptr);
  json["target"] = targetNames[std::size_t(r.target)];
  return json;
}
void fromJson(const Json& json, ScalarMapRequest& r) {
  r = {};
  fromJson(json, r.network);
  r.kind = ScalarMapKind(placeOf(kindNames, json, "kind"));
  if (const Json& box = field(json, "box"); !box.is_null())
    r.box = boxOf(box);
  r.target = SaliencyTarget(placeOf(targetNames, json, "target"));
}

Json toJson(const ScalarMapResult& r) {
  return {
      {"kind", kindNames[std::size_t(r.kind)]},
      {"computed", boxJson(r.computed)},
      {"maximum", r.maximum},
      {"mean", r.mean},
      {"passes", r.passes},
      {"cube_mm", r.cubeMm},
      {"warnings", r.warnings},
      {"model", {{"name", r.modelName}, {"version", r.modelVersion}, {"weights_sha256", r.weightsSha256}}},
      {"device", r.device},
      {"times", toJson(r.times)}};
}
void fromJson(const Json& json, ScalarMapResult& r) {
  r = {};
  r.kind = ScalarMapKind(placeOf(kindNames, json, "kind"));
  r.computed = boxOf(field(json, "computed"));
  r.maximum = share(json, "maximum");
  r.mean = share(json, "mean");
  r.passes = whole<int>(json, "passes");
  r.cubeMm = number(json, "cube_mm");
  if (r.passes < 0 || r.cubeMm < 0)
    throw BadMessage("passes");
  r.warnings = list(json, "warnings").get<std::vector<std::string>>();
  const Json& model = field(json, "model");
  r.modelName = text(model, "name");
  r.modelVersion = text(model, "version");
  r.weightsSha256 = text(model, "weights_sha256");
  r.device = text(json, "device");
  r.times = timesOf(json);
}

} // namespace spondyl::inference::detail
