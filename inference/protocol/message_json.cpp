#include "inference/protocol/message_json.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace spondyl::inference::detail {
namespace {

constexpr std::size_t listLimit = 4096;
constexpr int sizeLimit = 16384; ///< voxels along one axis
constexpr std::array voxelTypeNames{"int16", "uint16", "float32", "float64"};

Json toJson(VectorLps v) {
  return Json::array({v.x, v.y, v.z});
}

std::array<double, 3> three(const Json& json, const char* name) {
  const Json& list = field(json, name);
  if (!list.is_array() || list.size() != 3)
    throw BadMessage(name);
  std::array<double, 3> out{};
  for (std::size_t n = 0; n < 3; ++n) {
    out[n] = list[n].get<double>();
    if (!std::isfinite(out[n]))
      throw BadMessage(name);
  }
  return out;
}
VectorLps vector(const Json& json, const char* name) {
  const auto v = three(json, name);
  return {v[0], v[1], v[2]};
}
Json levelJson(const std::optional<Level>& level) {
  return level ? Json(levelName(*level)) : Json(nullptr);
}
std::optional<Level> levelOf(const Json& json) {
  if (json.is_null())
    return std::nullopt;
  const auto level = levelFromName(json.get<std::string>());
  if (!level)
    throw BadMessage("level");
  return level;
}

Part partFromName(const std::string& name) {
  for (int n = 0; n <= int(Part::Other); ++n)
    if (partName(Part(n)) == name)
      return Part(n);
  throw BadMessage("part");
}

Json toJson(const ResultStructure& s) {
  return {{"label", s.label},           {"vertebra", s.vertebra}, {"part", partName(s.part)},
          {"confidence", s.confidence}, {"note", s.note},         {"code", s.code}};
}
ResultStructure structureOf(const Json& json) {
  return {
      whole<std::uint16_t>(json, "label"), whole<int>(json, "vertebra"), partFromName(text(json, "part")),
      number(json, "confidence"),          text(json, "note"),           whole<std::uint16_t>(json, "code")};
}

Json toJson(const LevelEvidence& e) {
  return {{"level_number", e.levelNumber}, {"rib_left_ml", e.ribLeftMl},
          {"rib_right_ml", e.ribRightMl},  {"sacrum_contact_ml", e.sacrumContactMl},
          {"disc_below", e.discBelow},     {"skull_above_ml", e.skullAboveMl},
          {"body_ml", e.bodyMl},           {"arch_ml", e.archMl},
          {"to_next_mm", e.toNextMm}};
}
LevelEvidence evidenceOf(const Json& json) {
  return {number(json, "level_number"),
          number(json, "rib_left_ml"),
          number(json, "rib_right_ml"),
          number(json, "sacrum_contact_ml"),
          field(json, "disc_below").get<bool>(),
          number(json, "skull_above_ml"),
          number(json, "body_ml"),
          number(json, "arch_ml"),
          number(json, "to_next_mm")};
}

Json toJson(const ResultVertebra& v) {
  return {{"place", v.place},
          {"is_sacrum", v.isSacrum},
          {"level", levelJson(v.level)},
          {"confidence", v.confidence},
          {"centroid_lps_mm", detail::toJson(v.centroid)},
          {"whole", v.whole},
          {"note", v.note},
          {"volume_ml", v.volumeMl},
          {"evidence", toJson(v.evidence)}};
}
ResultVertebra vertebraOf(const Json& json) {
  return {whole<int>(json, "place"),
          field(json, "is_sacrum").get<bool>(),
          levelOf(field(json, "level")),
          number(json, "confidence"),
          point(json, "centroid_lps_mm"),
          field(json, "whole").get<bool>(),
          text(json, "note"),
          number(json, "volume_ml"),
          evidenceOf(field(json, "evidence"))};
}

Json toJson(const ResultAlternative& a) {
  Json levels = Json::array();
  for (const auto& level : a.levels)
    levels.push_back(levelJson(level));
  return {{"shift", a.shift},
          {"variant", a.variant},
          {"probability", a.probability},
          {"levels", std::move(levels)}};
}
ResultAlternative alternativeOf(const Json& json) {
  ResultAlternative a{whole<int>(json, "shift"), text(json, "variant"), number(json, "probability"), {}};
  for (const Json& level : list(json, "levels"))
    a.levels.push_back(levelOf(level));
  return a;
}

Json toJson(const ResultLandmark& l) {
  return {{"vertebra", l.vertebra},
          {"site", l.site},
          {"at_lps_mm", detail::toJson(l.at)},
          {"confidence", l.confidence}};
}
ResultLandmark landmarkOf(const Json& json) {
  return {whole<int>(json, "vertebra"), text(json, "site"), point(json, "at_lps_mm"),
          number(json, "confidence")};
}

template <class T>
Json listJson(const std::vector<T>& values) {
  Json out = Json::array();
  for (const T& value : values)
    out.push_back(toJson(value));
  return out;
}

} // namespace

const Json& field(const Json& json, const char* name) {
  if (!json.is_object())
    throw BadMessage(name);
  const auto found = json.find(name);
  if (found == json.end())
    throw BadMessage(name);
  return *found;
}

std::string text(const Json& json, const char* name) {
  return field(json, name).get<std::string>();
}

const Json& list(const Json& json, const char* name) {
  const Json& found = field(json, name);
  if (!found.is_array() || found.size() > listLimit)
    throw BadMessage(name);
  return found;
}

PointLps point(const Json& json, const char* name) {
  const auto v = three(json, name);
  return {v[0], v[1], v[2]};
}
Json toJson(PointLps p) {
  return Json::array({p.x, p.y, p.z});
}

Json toJson(const std::vector<StageTime>& times) {
  Json out = Json::array();
  for (const StageTime& t : times)
    out.push_back({{"stage", t.stage}, {"seconds", t.seconds}});
  return out;
}
std::vector<StageTime> timesOf(const Json& json) {
  std::vector<StageTime> times;
  for (const Json& t : list(json, "times"))
    times.push_back({text(t, "stage"), number(t, "seconds")});
  return times;
}

double number(const Json& json, const char* name) {
  const double value = field(json, name).get<double>();
  if (!std::isfinite(value))
    throw BadMessage(name);
  return value;
}

std::int64_t wholeNumber(const Json& json, const char* name, std::int64_t least, std::int64_t most) {
  const Json& value = field(json, name);
  const bool tooLarge = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t(most);
  if (!value.is_number_integer() || tooLarge || value.get<std::int64_t>() < least ||
      value.get<std::int64_t>() > most)
    throw BadMessage(name);
  return value.get<std::int64_t>();
}

Json toJson(const ReaderAnchor& a) {
  return {{"level", levelName(a.level)}, {"at_lps_mm", toJson(a.at)}};
}
void fromJson(const Json& json, ReaderAnchor& a) {
  const auto level = levelOf(field(json, "level"));
  if (!level)
    throw BadMessage("level");
  a = {*level, point(json, "at_lps_mm")};
}

Json toJson(const SegmentRequest& r) {
  return {{"model", r.modelFolder},
          {"modality", r.modality},
          {"anchor", r.anchor ? toJson(*r.anchor) : Json(nullptr)},
          {"device", r.device},
          {"threads", r.threads},
          {"memory_limit_gib", r.memoryLimitGiB},
          {"landmark_model", r.landmarkFolder}};
}
void fromJson(const Json& json, SegmentRequest& r) {
  r = {text(json, "model"),         text(json, "modality"),      std::nullopt,
       text(json, "device"),        whole<int>(json, "threads"), number(json, "memory_limit_gib"),
       text(json, "landmark_model")};
  if (const Json& anchor = field(json, "anchor"); !anchor.is_null())
    fromJson(anchor, r.anchor.emplace());
  if (r.threads < 0 || r.threads > 1024 || r.memoryLimitGiB < 0)
    throw BadMessage("request");
}

Json toJson(const VoxelHeader& v) {
  const Grid& g = v.grid;
  return {{"size", Json::array({g.size().i, g.size().j, g.size().k})},
          {"origin_lps_mm", toJson(g.origin())},
          {"step_i_mm", toJson(g.stepI())},
          {"step_j_mm", toJson(g.stepJ())},
          {"step_k_mm", toJson(g.stepK())},
          {"type", voxelTypeNames[std::size_t(v.type)]},
          {"slope", v.rescale.slope},
          {"intercept", v.rescale.intercept},
          {"padding", v.padding ? Json(*v.padding) : Json(nullptr)}};
}
void fromJson(const Json& json, VoxelHeader& v) {
  const auto size = three(json, "size");
  for (const double n : size)
    if (n < 1 || n > sizeLimit || n != std::floor(n))
      throw BadMessage("size");
  auto grid = Grid::create({int(size[0]), int(size[1]), int(size[2])}, point(json, "origin_lps_mm"),
                           vector(json, "step_i_mm"), vector(json, "step_j_mm"), vector(json, "step_k_mm"));
  if (!grid)
    throw BadMessage("grid");
  v.grid = *grid;
  const std::string type = text(json, "type");
  std::size_t which = 0;
  while (which < voxelTypeNames.size() && type != voxelTypeNames[which])
    ++which;
  if (which == voxelTypeNames.size())
    throw BadMessage("type of voxels");
  v.type = VoxelType(which);
  v.rescale = {number(json, "slope"), number(json, "intercept")};
  if (!field(json, "padding").is_null())
    v.padding = number(json, "padding");
}

Json toJson(const SegmentResult& r) {
  return {
      {"structures", listJson(r.structures)},
      {"vertebrae", listJson(r.vertebrae)},
      {"naming", r.naming},
      {"anchor", r.anchor},
      {"anchors", r.anchors},
      {"variant", r.variant ? Json(*r.variant) : Json(nullptr)},
      {"alternatives", listJson(r.alternatives)},
      {"warnings", r.warnings},
      {"model", {{"name", r.modelName}, {"version", r.modelVersion}, {"weights_sha256", r.weightsSha256}}},
      {"device", r.device},
      {"precision", r.precision},
      {"threads", r.threads},
      {"peak_memory_mib", r.peakMemoryMiB},
      {"times", toJson(r.times)},
      {"landmarks", listJson(r.landmarks)},
      {"landmark_model",
       {{"name", r.landmarkModelName},
        {"version", r.landmarkModelVersion},
        {"weights_sha256", r.landmarkWeightsSha256}}}};
}
void fromJson(const Json& json, SegmentResult& r) {
  r = {};
  for (const Json& s : list(json, "structures"))
    r.structures.push_back(structureOf(s));
  for (const Json& v : list(json, "vertebrae"))
    r.vertebrae.push_back(vertebraOf(v));
  r.naming = text(json, "naming");
  if (r.naming != "certain" && r.naming != "assumed" && r.naming != "ask")
    throw BadMessage("naming");
  r.anchor = text(json, "anchor");
  r.anchors = list(json, "anchors").get<std::vector<std::string>>();
  if (!field(json, "variant").is_null())
    r.variant = text(json, "variant");
  for (const Json& a : list(json, "alternatives"))
    r.alternatives.push_back(alternativeOf(a));
  r.warnings = list(json, "warnings").get<std::vector<std::string>>();
  const Json& model = field(json, "model");
  r.modelName = text(model, "name");
  r.modelVersion = text(model, "version");
  r.weightsSha256 = text(model, "weights_sha256");
  r.device = text(json, "device");
  r.precision = text(json, "precision");
  r.threads = whole<int>(json, "threads");
  r.peakMemoryMiB = number(json, "peak_memory_mib");
  r.times = timesOf(json);
  for (const Json& l : list(json, "landmarks"))
    r.landmarks.push_back(landmarkOf(l));
  const Json& landmarkModel = field(json, "landmark_model");
  r.landmarkModelName = text(landmarkModel, "name");
  r.landmarkModelVersion = text(landmarkModel, "version");
  r.landmarkWeightsSha256 = text(landmarkModel, "weights_sha256");
}

} // namespace spondyl::inference::detail
