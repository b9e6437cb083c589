#pragma once
// Label maps as files have them: one number of codes.csv a voxel, computed from the chain; and back.

#include "core/case/case.h"

#include <span>

namespace spondyl {

/// Arrays in the grid's order (i fastest).
struct LabelVolumes {
  std::vector<std::uint16_t>
      labels; ///< cord 60 over CSF 62 over canal 61, these over bone and discs; no lesions
  std::vector<std::uint8_t>
      parts; ///< 49 vertebral body, 41 posterior elements (all of C1), 0 elsewhere and where not known
};
/// On any grid in the same patient space; layers on another grid are taken at the nearest voxel.
LabelVolumes exportLabels(const EffectiveCase& c, const Grid& grid);

enum class LabelScheme : std::uint8_t { Codes, TotalSegmentator, TotalSpineSeg };
std::optional<LabelScheme>
labelSchemeFromName(std::string_view name); ///< "codes", "totalsegmentator", "totalspineseg"

struct LabelImport {
  std::span<const std::uint16_t> labels;
  Grid grid;                           ///< of `labels` and `parts`
  std::span<const std::uint8_t> parts; ///< empty: not known
  std::optional<Grid> target; ///< of the series; where it differs the labels are resampled (nearest) and said
  std::string seriesUid, frameOfReferenceUid;
  LabelScheme scheme = LabelScheme::Codes;
  Provenance provenance; ///< origin Import, name of the file
};
/// A proposal of what a label file holds. Names come from the numbers: naming Assumed, anchor Labels,
/// confidences below 0.9, alternatives listed (900 + n stay unnamed: naming Ask). A vertebra at the border of
/// the grid is not `whole`. Numbers outside the table are dropped; that and resampling stand in `warnings`.
/// Errors: GridMismatch if an array has not the grid's size.
Result<Proposal> proposalFromLabels(const LabelImport& import);

} // namespace spondyl
