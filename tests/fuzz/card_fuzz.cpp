// libFuzzer: a stranger's metadata.json. The reader opens a folder: TMPDIR in memory (/dev/shm) makes it
// quick.
#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/protocol/user_models.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

struct PackageFolder {
  Path path = std::filesystem::temp_directory_path() / ("spondyl-fuzz-" + newUuid());
  PackageFolder() {
    if (!makePrivateFolder(path))
      std::abort();
    std::ofstream(path / "model.pt") << "net";
  }
  ~PackageFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const PackageFolder folder;
  std::ofstream(folder.path / "metadata.json", std::ios::binary)
      << std::string_view(reinterpret_cast<const char*>(data), size);
  const auto package = readModelPackage(folder.path);
  if (!package)
    return 0;
  const ModelCard& card = package->card;
  if (!(card.spacingMm > 0) || !std::isfinite(card.spacingMm) || card.sizeMultiple < 1 ||
      card.networkFile.find('/') != std::string::npos)
    std::abort();
  static_cast<void>(originOf(*package).ok());
  static_cast<void>(checkSuitable(*package, {1, 1, 1}).ok());
  return 0;
}
