#pragma once
// Names of the vertebrae of a chain: every sequence that anatomy allows is weighed against the evidence; a
// name is only given where a landmark that cannot slip by one (a hard anchor) is in view.

#include "inference/pipelines/naming_evidence.h"

namespace spondyl::inference {

/// Of an assumed name.
constexpr double mostAssumedConfidence = 0.89;

/// One reading of the chain.
struct Reading {
  std::vector<Level> levels; ///< of the vertebrae from above, the sacrum not included
  std::string variant;       ///< what it has that is not usual: "T11", "T13", "L4", "L6", "T13 L6" ...
  double probability = 0;    ///< given all evidence (and the constraint, if any)
};

/// Readings by falling probability; those that give the same names are one. `fixed`: vertebra (from 0) and
/// its level.
std::vector<Reading> readings(const NamingEvidence& evidence,
                              const std::optional<std::pair<std::size_t, Level>>& fixed);

/// Fills in levels, confidences, naming, anchor(s), variant and alternatives from the vertebrae's evidence.
///   certain  the reader said so; or dens and first rib agree and nothing below T11 is in view; or one of
///   them and the
///            last rib agree; each time on an unbroken chain of the usual sequence that holds at least 0.95
///            of the probability. Sacrum and last rib do not suffice: with 13 ribs and five lumbar vertebrae
///            they agree on wrong thoracic names.
///   assumed  anchors agree otherwise; every confidence is below 0.9 and the alternatives are listed
///   ask      none, or they disagree, or the chain has a gap: no names
void nameLevels(SegmentResult& result, const std::optional<ReaderAnchor>& anchor);

} // namespace spondyl::inference
