// libFuzzer: bytes from the other end of the worker's socket, and a stranger's metadata.json. Built by
// scripts/fuzz.sh.
#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/protocol/message.h"
#include "inference/protocol/user_models.h"

#include <cstdlib>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

/// What is understood must be sayable again, and mean the same.
void message(std::string_view text) {
  const auto decoded = decodeMessage(text);
  if (!decoded)
    return;
  const std::string said = encodeMessage(*decoded);
  const auto again = decodeMessage(said);
  if (!again || encodeMessage(*again) != said)
    std::abort();
}

void card(std::string_view text) {
  static const Path folder = [] {
    const Path made = std::filesystem::temp_directory_path() / ("spondyl-fuzz-" + newUuid());
    if (!makePrivateFolder(made))
      std::abort();
    std::ofstream(made / "model.pt") << "net";
    std::atexit([] { std::filesystem::remove_all(folder); });
    return made;
  }();
  std::ofstream(folder / "metadata.json", std::ios::binary) << text;
  const auto package = readModelPackage(folder);
  if (!package)
    return;
  if (!(package->card.spacingMm > 0) || package->card.networkFile.find('/') != std::string::npos)
    std::abort();
  static_cast<void>(originOf(*package));
  static_cast<void>(checkSuitable(*package, {1, 1, 1}));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  message(text);
  if (text.starts_with('{'))
    card(text);
  return 0;
}
