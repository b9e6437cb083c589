#include "core/case/provenance.h"

#include <ctime>

namespace spondyl {

std::string itemStateName(ItemState state) {
  switch (state) {
  case ItemState::Proposed:
    return "proposed";
  case ItemState::Edited:
    return "edited";
  case ItemState::Confirmed:
    return "confirmed";
  case ItemState::Rejected:
    return "rejected";
  }
  return "proposed";
}

std::string Provenance::source() const {
  switch (origin) {
  case Origin::Person:
    return "person:" + name;
  case Origin::Model:
    return "model:" + name + (version.empty() ? "" : "@" + version);
  case Origin::Import:
    return "import:" + name;
  }
  return "person:" + name;
}

std::string utcNow() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

} // namespace spondyl
