#include "inference/protocol/model_package.h"

#include "core/base/process.h"
#include "inference/protocol/user_models.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

namespace spondyl::inference {

const std::array<const char*, 8> segmentationClasses{"background", "body",  "arch", "disc",
                                                     "sacrum",     "canal", "rib",  "other_bone"};

namespace {

using Json = nlohmann::json;
constexpr const char* knownSchema = "spondyl-model-1";
constexpr std::uint64_t cardLimitBytes = std::uint64_t(1) << 20;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// Two numbers, the first the smaller.
std::array<double, 2> range(const Json& json, const char* what) {
  const auto pair = json.get<std::array<double, 2>>();
  if (!(pair[0] < pair[1]))
    throw std::runtime_error(what);
  return pair;
}

double positive(const Json& json) {
  const double value = json.get<double>();
  if (!std::isfinite(value) || value <= 0)
    throw std::runtime_error("a number that must be positive");
  return value;
}

ModelCard cardFrom(const Json& json) {
  if (const std::string schema = json.value("schema", knownSchema); schema != knownSchema)
    throw std::runtime_error("its schema is " + schema + ", this version reads " + knownSchema);
  ModelCard card;
  card.name = json.at("name").get<std::string>();
  card.version = json.at("version").get<std::string>();
  card.description = json.value("description", "");
  card.task = json.at("task").get<std::string>();
  card.modality =
      lower(json.at("network_data_format").at("inputs").at("image").at("modality").get<std::string>());
  card.networkFile = json.at("file").get<std::string>();
  card.networkSha256 = lower(json.at("sha256").get<std::string>());
  const Json& spacing = json.at("spacing_mm");
  card.spacingMm = positive(spacing.at(0));
  if (spacing.at(1) != spacing.at(0) || spacing.at(2) != spacing.at(0))
    throw std::runtime_error("spacing_mm is not the same on all axes");
  const Json& tensor = json.at("tensor");
  card.sizeMultiple = int(positive(tensor.at("size_multiple")));
  for (const Json& shape : tensor.at("patch_shapes_zyx"))
    card.windowShapes.push_back(shape.get<std::array<int, 3>>());
  for (const auto& shape : card.windowShapes)
    for (const int n : shape)
      if (n < card.sizeMultiple || n > 1024 || n % card.sizeMultiple != 0)
        throw std::runtime_error("patch_shapes_zyx");
  const Json& normalisation = json.at("normalisation");
  if (normalisation.contains("percentiles")) {
    card.percentiles = {range(normalisation.at("percentiles"), "percentiles"),
                        range(normalisation.at("to"), "to"), range(normalisation.at("clip"), "clip")};
    if (card.percentiles->percent[0] < 0 || card.percentiles->percent[1] > 100)
      throw std::runtime_error("percentiles");
    card.outsideValue = tensor.at("padding_input").get<double>();
  } else {
    const auto clip = range(normalisation.at("clip_hu"), "clip_hu");
    card.normalisation = {clip[0], clip[1], normalisation.at("subtract").get<double>(),
                          positive(normalisation.at("divide"))};
    card.outsideValue = tensor.at("padding_hu").get<double>();
  }
  const Json& outputs = json.at("outputs");
  card.classes = outputs.at("classes").at("labels").get<std::vector<std::string>>();
  const std::size_t known = segmentationClasses.size();
  if (card.classes.size() < known || card.classes.size() > known + 1 ||
      !std::equal(segmentationClasses.begin(), segmentationClasses.end(), card.classes.begin()) ||
      (card.classes.size() > known && card.classes.back() != "cord"))
    throw std::runtime_error("classes");
  const auto order = outputs.at("offset").at("order").get<std::vector<std::string>>();
  const std::array<std::string, 3> axes{"z", "y", "x"};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto found = std::find(order.begin(), order.end(), axes[a]);
    if (order.size() != 3 || found == order.end())
      throw std::runtime_error("order of the offsets");
    card.offsetOrder[a] = std::size_t(found - order.begin());
  }
  card.offsetScaleMm = positive(outputs.at("offset").at("scale_mm"));
  card.levelScale = positive(outputs.at("level").at("scale"));
  if (const auto inference = json.find("inference"); inference != json.end()) {
    card.mirror = inference->value("mirror", false);
    card.vertebraThreshold = inference->value("vertebra_threshold", card.vertebraThreshold);
    card.discThreshold = inference->value("disc_threshold", card.discThreshold);
    for (const double threshold : {card.vertebraThreshold, card.discThreshold})
      if (!(threshold > 0 && threshold < 1))
        throw std::runtime_error("vertebra_threshold, disc_threshold");
    card.windowShift = inference->value("window_centre_shift", card.windowShift);
    card.windowLeast = inference->value("window_least_weight", card.windowLeast);
    if (!(std::abs(card.windowShift) <= 0.5 && card.windowLeast >= 0 && card.windowLeast <= 0.1))
      throw std::runtime_error("window_centre_shift, window_least_weight");
  }
  if (const auto intended = json.find("intended_input"); intended != json.end()) {
    card.minimumSpacingMm = intended->value("minimum_spacing_mm", card.minimumSpacingMm);
    card.maximumSpacingMm = intended->value("maximum_spacing_mm", card.maximumSpacingMm);
  }
  return card;
}

/// A plain name: the card must not lead out of its folder.
bool isPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

} // namespace

Result<ModelPackage> readModelPackage(const Path& folder) {
  const Path file = folder / "metadata.json";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    return fail(ErrorCode::ModelNotFound, {folder.string()}, "readModelPackage");
  const std::string name = folder.filename().string();
  auto text = readFile(file, cardLimitBytes);
  if (!text)
    return fail(ErrorCode::ModelDamaged, {name, "metadata.json cannot be read"}, "readModelPackage");
  ModelPackage package{folder, {}, sha256Hex(std::string_view(*text))};
  try {
    package.card = cardFrom(Json::parse(*text));
  } catch (const std::exception& problem) {
    return fail(ErrorCode::ModelDamaged, {name, std::string("metadata.json: ") + problem.what()},
                "readModelPackage");
  }
  if (!isPlainName(package.card.networkFile) ||
      !std::filesystem::is_regular_file(folder / package.card.networkFile, ignored))
    return fail(ErrorCode::ModelDamaged, {package.card.name, "the network's file is missing"},
                "readModelPackage");
  return package;
}

Status verifyNetworkFile(const ModelPackage& package) {
  const auto found = sha256OfFile(package.folder / package.card.networkFile);
  if (!found)
    return fail(ErrorCode::ModelDamaged, {package.card.name, "the network's file cannot be read"},
                "verifyNetworkFile");
  if (*found != package.card.networkSha256)
    return fail(ErrorCode::ModelDamaged,
                {package.card.name, "the network's file has another checksum than its card says"},
                "verifyNetworkFile");
  return {};
}

Path userTrustFile() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config && *config)
    return Path(config) / "spondyl" / "trusted-models";
  const char* home = std::getenv("HOME");
  return home && *home ? Path(home) / ".config" / "spondyl" / "trusted-models" : Path();
}

Status checkTrusted(const ModelPackage& package) {
  if (isShippedCard(package.cardSha256))
    return {};
  if (const auto text = readFile(userTrustFile(), cardLimitBytes)) {
    std::istringstream lines(*text);
    for (std::string line, hash; std::getline(lines, line);)
      if (std::istringstream words(line); words >> hash && lower(hash) == package.cardSha256)
        return {};
  }
  return fail(ErrorCode::ModelUntrusted, {package.card.name, package.cardSha256}, "checkTrusted");
}

Status checkSuitable(const ModelPackage& package, const std::array<double, 3>& spacingMm) {
  const auto [least, most] = std::minmax_element(spacingMm.begin(), spacingMm.end());
  constexpr double slack = 1e-3;
  if (*least >= package.card.minimumSpacingMm - slack && *most <= package.card.maximumSpacingMm + slack)
    return {};
  std::ostringstream reason;
  reason << "voxels of " << spacingMm[0] << " x " << spacingMm[1] << " x " << spacingMm[2]
         << " mm; it is made for " << package.card.minimumSpacingMm << " to " << package.card.maximumSpacingMm
         << " mm";
  return fail(ErrorCode::ModelUnsuitable, {package.card.name, reason.str()}, "checkSuitable");
}

Path installedModelsFolder() {
  const std::array<Path, 2> places{"../share/spondyl/models", "models"};
  return findBesideExecutable(places);
}

std::vector<Result<ModelPackage>> listModelPackages(const Path& folder) {
  std::error_code failed;
  if (std::filesystem::exists(folder / "metadata.json", failed))
    return {readModelPackage(folder)};
  std::vector<Path> folders;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed))
    if (std::filesystem::exists(at->path() / "metadata.json", failed))
      folders.push_back(at->path());
  std::sort(folders.begin(), folders.end());
  std::vector<Result<ModelPackage>> packages;
  for (const Path& one : folders)
    packages.push_back(readModelPackage(one));
  return packages;
}

Result<ModelPackage> findModelPackage(const Path& folder, const std::string& modality) {
  const Path from = folder.empty() ? installedModelsFolder() : folder;
  auto packages = listModelPackages(from);
  if (folder.empty())
    for (auto& own : listModelPackages(userModelsFolder()))
      packages.push_back(std::move(own));
  if (packages.empty())
    return fail(ErrorCode::ModelNotFound, {from.empty() ? modality : from.string()}, "findModelPackage");
  for (auto& package : packages)
    if (package && package->card.modality == lower(modality))
      return std::move(package);
  for (auto& package : packages)
    if (!package)
      return std::move(package);
  return fail(ErrorCode::ModelUnsuitable,
              {packages.front()->card.name,
               "it is made for " + packages.front()->card.modality + ", not for " + lower(modality)},
              "findModelPackage");
}

} // namespace spondyl::inference
