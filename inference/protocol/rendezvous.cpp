#include "inference/protocol/rendezvous.h"

namespace spondyl::inference {

std::string buildOf(const Path& program) {
  std::error_code failed;
  const Path file = std::filesystem::canonical(program, failed);
  if (failed)
    return {};
  const auto size = std::filesystem::file_size(file, failed);
  const auto changed = std::filesystem::last_write_time(file, failed).time_since_epoch().count();
  if (failed)
    return {};
  const std::string text = std::string(SPONDYL_VERSION) + '\n' + file.string() + '\n' + std::to_string(size) +
                           '\n' + std::to_string(changed);
  return sha256Hex(std::string_view(text)).substr(0, 16);
}

std::string socketName(const std::string& build) {
  return "inference-" + build + ".sock";
}

} // namespace spondyl::inference
