#include "inference/protocol/model_package.h"

#include "core/base/process.h"
#include "inference/protocol/model_package_card.h"
#include "inference/protocol/user_models.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

namespace spondyl::inference {

const std::array<const char*, 8> segmentationClasses{"background", "body",  "arch", "disc",
                                                     "sacrum",     "canal", "rib",  "other_bone"};

const std::array<const char*, 16> landmarkSites{"superior.anterior",
                                                "superior.middle",
                                                "superior.posterior",
                                                "superior.left",
                                                "superior.right",
                                                "inferior.anterior",
                                                "inferior.middle",
                                                "inferior.posterior",
                                                "inferior.left",
                                                "inferior.right",
                                                "centre",
                                                "pedicle.left",
                                                "pedicle.right",
                                                "spinous",
                                                "below.anterior",
                                                "below.posterior"};

namespace {

constexpr std::uint64_t cardLimitBytes = std::uint64_t(1) << 20;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// The card must not lead out of its folder.
bool staysInside(const Path& file) {
  return !file.empty() && file.is_relative() && std::none_of(file.begin(), file.end(), [](const Path& part) {
    return part == ".." || part.empty();
  });
}

/// Our packages have the card at the top, MONAI's bundles in configs.
Path cardIn(const Path& folder) {
  std::error_code ignored;
  for (const Path& file : {folder / "metadata.json", folder / "configs" / "metadata.json"})
    if (std::filesystem::is_regular_file(file, ignored))
      return file;
  return {};
}

} // namespace

Result<ModelPackage> readModelPackage(const Path& folder) {
  const Path file = cardIn(folder);
  if (file.empty())
    return fail(ErrorCode::ModelNotFound, {folder.string()}, "readModelPackage");
  const std::string name = folder.filename().string();
  auto text = readFile(file, cardLimitBytes);
  if (!text)
    return fail(ErrorCode::ModelDamaged, {name, "metadata.json cannot be read"}, "readModelPackage");
  ModelPackage package{folder, file, {}, sha256Hex(std::string_view(*text))};
  try {
    package.card = detail::cardFrom(*text);
  } catch (const detail::BadCard& problem) {
    return fail(ErrorCode::ModelDamaged, {name, std::string("metadata.json: ") + problem.what()},
                "readModelPackage");
  }
  std::error_code ignored;
  if (!staysInside(package.card.networkFile) ||
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
  if (!cardIn(folder).empty())
    return {readModelPackage(folder)};
  std::vector<Path> folders;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed))
    if (!cardIn(at->path()).empty())
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

std::optional<ModelPackage> findLandmarkPackage(const Path& folder) {
  auto packages = listModelPackages(folder.empty() ? installedModelsFolder() : folder);
  if (folder.empty())
    for (auto& own : listModelPackages(userModelsFolder()))
      packages.push_back(std::move(own));
  for (auto& package : packages)
    if (package && package->card.landmarks && checkTrusted(*package))
      return std::move(*package);
  return std::nullopt;
}

} // namespace spondyl::inference
