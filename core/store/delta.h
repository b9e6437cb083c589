#pragma once
// What a step changed, as bytes: changed parts of the case as JSON, changed bricks as they are, compressed
// together. A delta from nothing is a full snapshot. Internal to core/store.

#include "core/case/case_json.h"

#include <map>

namespace spondyl::detail {

/// Encodes one step after the other. Remembers the texts of the last state, so that each step writes only the
/// parts that differ.
class DeltaEncoder {
 public:
  /// From the last encoded state (nothing at first) to `next`.
  std::string encode(const CasePtr& next);
  /// The whole of the last encoded state.
  std::string snapshot() const;
  const CasePtr& state() const { return m_state; }
  /// Goes on from a state that was read.
  void startFrom(CasePtr state);

 private:
  CasePtr m_state;
  std::map<std::string, std::string> m_texts; ///< by the part's name
};

/// Replaces in `c` what the delta holds. Errors: CaseDamaged, DeclaredTooLarge.
Status applyDelta(Case& c, std::string_view delta);

/// zstd with a checksum; level 1 to 19.
std::string compress(std::string_view bytes, int level = 3);
/// Errors: CaseDamaged, DeclaredTooLarge above `limit` bytes.
Result<std::string> decompress(std::string_view bytes, std::uint64_t limit);

} // namespace spondyl::detail
