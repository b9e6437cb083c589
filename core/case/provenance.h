#pragma once
// Who or what made an item, and how far it has been reviewed.

#include <string>
#include <vector>

namespace spondyl {

/// proposed → edited → confirmed, or rejected; stale when what it rests on changed.
enum class ItemState : unsigned char { Proposed, Edited, Confirmed, Rejected };
std::string itemStateName(ItemState state); ///< "proposed", "edited", "confirmed", "rejected"

struct Provenance {
  enum class Origin : unsigned char { Person, Model, Import };
  Origin origin = Origin::Person;
  std::string name;    ///< person, model name, or file name of an import
  std::string version; ///< model version
  std::string weightsSha256;
  std::string inputDigest;           ///< of the series the model saw
  std::string when;                  ///< ISO 8601, UTC
  std::vector<std::string> editedBy; ///< persons, in order of first edit
  bool operator==(const Provenance&) const = default;
  /// "model:NAME@VERSION", "person:NAME", "import:NAME" as in landmarks.json.
  std::string source() const;
};

/// Now, in UTC, "2026-05-04T10:20:30Z".
std::string utcNow();

} // namespace spondyl
