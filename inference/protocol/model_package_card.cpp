#include "inference/protocol/model_package_card.h"

#include "core/anatomy/codes.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

namespace spondyl::inference::detail {
namespace {

using Json = nlohmann::json;
constexpr const char* knownSchema = "spondyl-model-1";
constexpr std::size_t mostChannels = 512;
constexpr std::size_t mostPatchVoxels = std::size_t(1) << 27;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

[[noreturn]] void bad(const std::string& what) {
  throw BadCard(what);
}

/// A card's keys by their path; what is read last is named when its value is not of the kind that is meant.
class Keys {
 public:
  explicit Keys(const Json& card) : m_card(card) {}

  const Json* find(const std::string& path) const {
    const Json* at = &m_card;
    for (std::size_t from = 0; at && from <= path.size();) {
      const std::size_t dot = std::min(path.find('.', from), path.size());
      const auto found = at->is_object() ? at->find(path.substr(from, dot - from)) : at->end();
      at = at->is_object() && found != at->end() ? &*found : nullptr;
      from = dot + 1;
    }
    return at;
  }
  void require(std::initializer_list<const char*> paths) const {
    std::string missing;
    for (const char* path : paths)
      if (!find(path))
        missing += (missing.empty() ? "" : ", ") + std::string(path);
    if (!missing.empty())
      bad("it lacks " + missing);
  }
  template <class T>
  T get(const std::string& path) {
    m_reading = path;
    const Json* found = find(path);
    if (!found)
      bad("it lacks " + path);
    return found->get<T>();
  }
  template <class T>
  T get(const std::string& path, T otherwise) {
    return find(path) ? get<T>(path) : otherwise;
  }
  double positive(const std::string& path) {
    const double value = get<double>(path);
    if (!std::isfinite(value) || value <= 0)
      bad(path + " must be positive");
    return value;
  }
  /// Two numbers, the first the smaller.
  std::array<double, 2> range(const std::string& path) {
    const auto pair = get<std::array<double, 2>>(path);
    if (!(pair[0] < pair[1]))
      bad(path + " must be two numbers, the smaller one first");
    return pair;
  }
  const std::string& reading() const { return m_reading; }

 private:
  const Json& m_card;
  std::string m_reading = "the card";
};

void readNormalisation(Keys& keys, ModelCard& card) {
  if (keys.find("normalisation.percentiles")) {
    card.percentiles = {keys.range("normalisation.percentiles"), keys.range("normalisation.to"),
                        keys.range("normalisation.clip")};
    if (card.percentiles->percent[0] < 0 || card.percentiles->percent[1] > 100)
      bad("normalisation.percentiles must lie between 0 and 100");
  } else if (!(card.labels && keys.get<bool>("normalisation.z_score", false))) {
    const auto clip = keys.range("normalisation.clip_hu");
    card.normalisation = {clip[0], clip[1], keys.get<double>("normalisation.subtract"),
                          keys.positive("normalisation.divide")};
  }
}

void readWindows(Keys& keys, ModelCard& card) {
  card.windowShift = keys.get("inference.window_centre_shift", card.windowShift);
  card.windowLeast = keys.get("inference.window_least_weight", card.windowLeast);
  if (!(std::abs(card.windowShift) <= 0.5 && card.windowLeast >= 0 && card.windowLeast <= 0.1))
    bad("inference.window_centre_shift is at most 0.5, inference.window_least_weight 0 to 0.1");
}

/// Classes, offsets and level number: what segmentSpine reads.
void readSpine(Keys& keys, ModelCard& card) {
  keys.require({"tensor.size_multiple", "tensor.patch_shapes_zyx", "outputs.classes.labels",
                "outputs.offset.order", "outputs.offset.scale_mm", "outputs.level.scale"});
  const auto spacing = keys.get<std::array<double, 3>>("spacing_mm");
  card.spacingMm = spacing[0];
  if (!std::isfinite(spacing[0]) || spacing[0] <= 0 || spacing[1] != spacing[0] || spacing[2] != spacing[0])
    bad("spacing_mm must be positive and the same on all axes");
  card.sizeMultiple = int(keys.positive("tensor.size_multiple"));
  card.windowShapes = keys.get<std::vector<std::array<int, 3>>>("tensor.patch_shapes_zyx");
  for (const auto& shape : card.windowShapes)
    for (const int n : shape)
      if (n < card.sizeMultiple || n > 1024 || n % card.sizeMultiple != 0)
        bad("tensor.patch_shapes_zyx must be multiples of tensor.size_multiple, at most 1024");
  readNormalisation(keys, card);
  card.outsideValue = keys.get<double>(card.percentiles ? "tensor.padding_input" : "tensor.padding_hu");
  card.classes = keys.get<std::vector<std::string>>("outputs.classes.labels");
  const std::size_t known = segmentationClasses.size();
  if (card.classes.size() < known || card.classes.size() > known + 1 ||
      !std::equal(segmentationClasses.begin(), segmentationClasses.end(), card.classes.begin()) ||
      (card.classes.size() > known && card.classes.back() != "cord"))
    bad("outputs.classes.labels must be background, body, arch, disc, sacrum, canal, rib, other_bone (, "
        "cord)");
  const auto order = keys.get<std::vector<std::string>>("outputs.offset.order");
  const std::array<std::string, 3> axes{"z", "y", "x"};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto found = std::find(order.begin(), order.end(), axes[a]);
    if (order.size() != 3 || found == order.end())
      bad("outputs.offset.order must be z, y and x in some order");
    card.offsetOrder[a] = std::size_t(found - order.begin());
  }
  card.offsetScaleMm = keys.positive("outputs.offset.scale_mm");
  card.levelScale = keys.positive("outputs.level.scale");
  card.mirror = keys.get("inference.mirror", false);
  card.vertebraThreshold = keys.get("inference.vertebra_threshold", card.vertebraThreshold);
  card.discThreshold = keys.get("inference.disc_threshold", card.discThreshold);
  for (const double threshold : {card.vertebraThreshold, card.discThreshold})
    if (!(threshold > 0 && threshold < 1))
      bad("inference.vertebra_threshold, inference.disc_threshold lie between 0 and 1");
}

/// Three letters: where each axis leads in the patient, or i, j, k for the image's own.
std::array<char, 3> axesOf(Keys& keys) {
  const auto words = keys.get<std::array<std::string, 3>>("tensor.axes");
  std::array<char, 3> axes{};
  std::string kinds;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::size_t at = words[a].size() == 1 ? std::string("LRPASIijk").find(words[a]) : std::string::npos;
    if (at != std::string::npos)
      kinds += at < 6 ? "xyz"[at / 2] : "ijk"[at - 6];
    axes[a] = words[a].empty() ? ' ' : words[a][0];
  }
  std::sort(kinds.begin(), kinds.end());
  if (kinds != "xyz" && kinds != "ijk")
    bad("tensor.axes must be three directions such as S, A, R, or k, j, i for the image's own axes");
  return axes;
}

/// Our number (codes.csv) for another scheme's; 0: background or nothing that we know.
int codeOf(const std::string& scheme, int number) {
  if (scheme == "totalsegmentator")
    return labelFromTotalSegmentator(number).value_or(0);
  if (scheme == "totalspineseg")
    return labelFromTotalSpineSeg(number).value_or(0);
  const CodeRow* row = codeForLabel(number);
  return row && row->kind != "lesion" ? number : 0;
}

/// A label map: one class a voxel.
void readLabels(Keys& keys, ModelCard& card) {
  keys.require({"tensor.axes", "tensor.patch", "outputs.labels.scheme", "outputs.labels.numbers"});
  LabelRule& rule = card.labels.emplace();
  rule.spacingMm = keys.get<std::array<double, 3>>("spacing_mm");
  for (const double mm : rule.spacingMm)
    if (!(mm >= 0.05 && mm <= 50))
      bad("spacing_mm lies between 0.05 and 50");
  card.spacingMm = *std::min_element(rule.spacingMm.begin(), rule.spacingMm.end());
  rule.axes = axesOf(keys);
  rule.patch = keys.get<std::array<int, 3>>("tensor.patch");
  std::size_t voxels = 1;
  for (const int side : rule.patch) {
    if (side < 1 || side > 1024)
      bad("tensor.patch lies between 1 and 1024");
    voxels *= std::size_t(side);
  }
  if (voxels > mostPatchVoxels)
    bad("tensor.patch is too large");
  readNormalisation(keys, card);
  rule.zScore = keys.get("normalisation.z_score", false);
  rule.paddingInput = keys.get("tensor.padding_input", 0.0);
  rule.cropToNonzero = keys.get("crop_to_nonzero", false);
  const auto resampling = keys.get<std::string>("resampling", "linear");
  if (resampling != "linear" && resampling != "nnunet")
    bad("resampling must be linear or nnunet");
  rule.likeNnUnet = resampling == "nnunet";
  rule.overlap = keys.get("inference.overlap", rule.overlap);
  if (!(rule.overlap >= 0 && rule.overlap <= 0.9))
    bad("inference.overlap lies between 0 and 0.9");
  rule.mirrorAxes = keys.get("inference.mirror_axes", rule.mirrorAxes);
  std::sort(rule.mirrorAxes.begin(), rule.mirrorAxes.end());
  if (std::adjacent_find(rule.mirrorAxes.begin(), rule.mirrorAxes.end()) != rule.mirrorAxes.end() ||
      std::any_of(rule.mirrorAxes.begin(), rule.mirrorAxes.end(), [](int a) { return a < 0 || a > 2; }))
    bad("inference.mirror_axes are of 0, 1 and 2");
  const auto scheme = lower(keys.get<std::string>("outputs.labels.scheme"));
  if (scheme != "codes" && scheme != "totalsegmentator" && scheme != "totalspineseg")
    bad("outputs.labels.scheme must be codes, totalsegmentator or totalspineseg");
  const auto numbers = keys.get<std::vector<int>>("outputs.labels.numbers");
  if (numbers.size() < 2 || numbers.size() > mostChannels)
    bad("outputs.labels.numbers must hold one number for each of the 2 to 512 channels");
  for (std::size_t c = 0; c < numbers.size(); ++c) {
    rule.codes.push_back(codeOf(scheme, numbers[c]));
    const std::string path = "network_data_format.outputs.pred.channel_def." + std::to_string(c);
    rule.names.push_back(
        keys.get<std::string>(path, numbers[c] ? "number " + std::to_string(numbers[c]) : std::string()));
    rule.isBackground.push_back(numbers[c] == 0);
  }
  if (std::all_of(rule.codes.begin(), rule.codes.end(), [](int code) { return code == 0; }))
    bad("outputs.labels.numbers names no structure that " + scheme + " has");
}

/// Heat maps of a vertebra's crop: what findLandmarks reads.
void readLandmarks(Keys& keys, ModelCard& card) {
  keys.require({"tensor.crop_size_zyx", "tensor.crop_origin_zyx", "normalisation.ct", "normalisation.mr",
                "tensor.padding_input", "outputs.maps"});
  LandmarkRule& rule = card.landmarks.emplace();
  const auto spacing = keys.get<std::array<double, 3>>("spacing_mm");
  card.spacingMm = spacing[0];
  if (!(spacing[0] >= 0.1 && spacing[0] <= 10) || spacing[1] != spacing[0] || spacing[2] != spacing[0])
    bad("spacing_mm lies between 0.1 and 10 and is the same on all axes");
  rule.size = keys.get<std::array<int, 3>>("tensor.crop_size_zyx");
  rule.origin = keys.get<std::array<double, 3>>("tensor.crop_origin_zyx");
  for (std::size_t a = 0; a < 3; ++a) {
    if (rule.size[a] < 8 || rule.size[a] > 256 || rule.size[a] % 8 != 0)
      bad("tensor.crop_size_zyx are multiples of 8, at most 256");
    if (!(rule.origin[a] >= 0 && rule.origin[a] < rule.size[a]))
      bad("tensor.crop_origin_zyx lies within the crop");
  }
  const auto clip = keys.range("normalisation.ct.clip_hu");
  card.normalisation = {clip[0], clip[1], keys.get<double>("normalisation.ct.subtract"),
                        keys.positive("normalisation.ct.divide")};
  card.percentiles = {keys.range("normalisation.mr.percentiles"), keys.range("normalisation.mr.to"),
                      keys.range("normalisation.mr.clip")};
  card.outsideValue = keys.get<double>("tensor.padding_input");
  const auto maps = keys.get<std::vector<std::string>>("outputs.maps");
  if (!std::equal(maps.begin(), maps.end(), landmarkSites.begin(), landmarkSites.end()))
    bad("outputs.maps must be the sixteen places that this version knows, in their order");
  for (const auto& [path, sites] :
       {std::pair{"outputs.use.ct", &rule.sitesOnCt}, std::pair{"outputs.use.mr", &rule.sitesOnMr}}) {
    *sites = keys.get(path, maps);
    for (const std::string& site : *sites)
      if (std::find(maps.begin(), maps.end(), site) == maps.end())
        bad(std::string(path) + " holds a place that is not in outputs.maps: " + site);
  }
  rule.leastConfidence = keys.get("inference.least_confidence", rule.leastConfidence);
  if (!(rule.leastConfidence > 0 && rule.leastConfidence < 1))
    bad("inference.least_confidence lies between 0 and 1");
}

ModelCard read(Keys& keys) {
  if (const auto schema = keys.get<std::string>("schema", knownSchema); schema != knownSchema)
    bad("its schema is " + schema + ", this version reads " + knownSchema);
  ModelCard card;
  // The card of a MONAI bundle that knows nothing of us hears of everything at once.
  if (!keys.find("pipeline") && !keys.find("outputs"))
    keys.require({"name", "version", "task", "network_data_format.inputs.image.modality", "file", "sha256",
                  "pipeline", "spacing_mm", "tensor.axes", "tensor.patch", "normalisation",
                  "outputs.labels.scheme", "outputs.labels.numbers"});
  keys.require({"name", "version", "task", "network_data_format.inputs.image.modality", "file", "sha256",
                "spacing_mm", "tensor", "normalisation", "outputs"});
  card.name = keys.get<std::string>("name");
  card.version = keys.get<std::string>("version");
  card.description = keys.get<std::string>("description", "");
  card.task = keys.get<std::string>("task");
  card.modality = lower(keys.get<std::string>("network_data_format.inputs.image.modality"));
  if (card.modality == "mri") // as MONAI's bundles say
    card.modality = "mr";
  card.networkFile = keys.get<std::string>("file");
  card.networkSha256 = lower(keys.get<std::string>("sha256"));
  const auto pipeline = keys.get<std::string>("pipeline", "spine");
  if (pipeline == "labels")
    readLabels(keys, card);
  else if (pipeline == "spine")
    readSpine(keys, card);
  else if (pipeline == "landmarks")
    readLandmarks(keys, card);
  else
    bad("its pipeline is " + pipeline + ", this version has spine, labels and landmarks");
  readWindows(keys, card);
  card.minimumSpacingMm = keys.get("intended_input.minimum_spacing_mm", card.minimumSpacingMm);
  card.maximumSpacingMm = keys.get("intended_input.maximum_spacing_mm", card.maximumSpacingMm);
  return card;
}

/// No card is nested so deeply, and none of its numbers is so large: as a whole number it would be another
/// one.
void checkAllValues(const Json& json, int depthLeft) {
  constexpr double largest = 1e9;
  if (json.is_number() && !(std::abs(json.get<double>()) <= largest))
    bad("the number " + json.dump() + " is too large");
  if (!json.is_structured())
    return;
  if (depthLeft == 0)
    bad("its values are nested too deeply");
  for (const Json& value : json)
    checkAllValues(value, depthLeft - 1);
}

} // namespace

ModelCard cardFrom(std::string_view text) {
  constexpr int depthLimit = 16;
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    bad("it is not JSON");
  checkAllValues(json, depthLimit);
  Keys keys(json);
  try {
    return read(keys);
  } catch (const Json::exception&) {
    bad(keys.reading() + " has not the kind of value that is meant");
  }
}

} // namespace spondyl::inference::detail
