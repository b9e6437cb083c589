#include "inference/protocol/user_models.h"

#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace spondyl::inference {
namespace {

constexpr std::uint64_t fileLimitBytes = std::uint64_t(1) << 20;
constexpr const char* notStated = "not stated";

Path fromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? Path(value) : Path();
}

/// A text that fits a line: cards are written by strangers, and terminals obey control characters.
std::string oneLine(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  return text.empty() ? notStated : text;
}

std::string textAt(const nlohmann::json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return oneLine(json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                               : "");
}

/// NAME-VERSION and the first letters of the hash: two packages never meet in one folder.
std::string folderName(const ModelPackage& package) {
  std::string name = package.card.name.substr(0, 60) + "-" + package.card.version.substr(0, 20);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.')
      c = '_';
  return (name.starts_with('.') ? "_" : "") + name + "-" + package.cardSha256.substr(0, 8);
}

Status copyInto(const Path& to, const Path& from) {
  std::error_code failed;
  std::filesystem::create_directories(to.parent_path(), failed);
  if (!failed)
    std::filesystem::copy_file(from, to, failed);
  return failed ? Status(fail(ErrorCode::FileNotWritable, {to.string(), failed.message()}, "addPackage"))
                : Status();
}

} // namespace

Path userModelsFolder() {
  if (const Path own = fromEnvironment("SPONDYL_DATA_DIR"); !own.empty())
    return own / "models";
  if (const Path data = fromEnvironment("XDG_DATA_HOME"); data.is_absolute())
    return data / "spondyl" / "models";
  const Path home = fromEnvironment("HOME");
  return home.empty() ? Path() : home / ".local" / "share" / "spondyl" / "models";
}

Result<PackageOrigin> originOf(const ModelPackage& package) {
  const auto text = readFile(package.cardFile, fileLimitBytes);
  const auto json = nlohmann::json::parse(text ? *text : std::string(), nullptr, false);
  if (!text || json.is_discarded() || sha256Hex(std::string_view(*text)) != package.cardSha256)
    return fail(ErrorCode::ModelDamaged, {package.card.name, "metadata.json cannot be read or has changed"},
                "originOf");
  PackageOrigin origin{textAt(json, "source"), notStated, textAt(json, "licence")};
  if (const auto training = json.find("training"); training != json.end()) {
    if (origin.source == notStated)
      origin.source = textAt(*training, "data");
    origin.dataLicence = textAt(*training, "data_licence");
  }
  return origin;
}

Result<ModelPackage> addPackage(const ModelPackage& package) {
  SPONDYL_CHECK(verifyNetworkFile(package));
  const Path models = userModelsFolder();
  if (models.empty())
    return fail(ErrorCode::FileNotWritable, {"models", "no home folder"}, "addPackage");
  const Path target = models / folderName(package);
  if (auto there = readModelPackage(target);
      there && there->cardSha256 == package.cardSha256 && verifyNetworkFile(*there))
    return there;
  std::error_code ignored;
  const Path making = models.string() + ".part"; // beside, where nobody looks for packages
  std::filesystem::remove_all(making, ignored);
  const Path card = package.cardFile.lexically_relative(package.folder);
  auto status = copyInto(making / card, package.cardFile);
  if (status)
    status = copyInto(making / package.card.networkFile, package.folder / package.card.networkFile);
  // What was read and shown is what was copied, whoever wrote in between.
  auto copied = status ? readModelPackage(making) : Result<ModelPackage>(status.error());
  if (copied && copied->cardSha256 != package.cardSha256)
    copied =
        fail(ErrorCode::ModelDamaged, {package.card.name, "it changed while it was copied"}, "addPackage");
  if (copied)
    if (const Status whole = verifyNetworkFile(*copied); !whole)
      copied = whole.error();
  if (!copied) {
    std::filesystem::remove_all(making, ignored);
    return copied.error();
  }
  std::error_code failed;
  std::filesystem::create_directories(models, ignored);
  std::filesystem::remove_all(target, ignored);
  std::filesystem::rename(making, target, failed);
  if (failed)
    return fail(ErrorCode::FileNotWritable, {target.string(), failed.message()}, "addPackage");
  return readModelPackage(target);
}

Status trustPackage(const ModelPackage& package) {
  SPONDYL_CHECK(verifyNetworkFile(package));
  if (checkTrusted(package))
    return {};
  const Path file = userTrustFile();
  if (file.empty())
    return fail(ErrorCode::FileNotWritable, {"trusted-models", "no home folder"}, "trustPackage");
  std::error_code failed;
  std::filesystem::create_directories(file.parent_path(), failed);
  std::string text;
  if (std::filesystem::exists(file, failed)) {
    SPONDYL_TRY(text, readFile(file, fileLimitBytes)); // what cannot be read is not overwritten
    if (!text.empty() && text.back() != '\n')
      text += '\n';
  }
  text +=
      package.cardSha256 + "  # " + oneLine(package.card.name) + " " + oneLine(package.card.version) + "\n";
  return writeFileWhole(file, text);
}

} // namespace spondyl::inference
