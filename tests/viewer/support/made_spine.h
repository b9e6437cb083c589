#pragma once
// A small hand-made spine for pictures: bodies, arches and discs of known place and size, and an asymmetric
// patient (a marker on the left). Not anatomy: every number is written here.

#include "core/case/case.h"

#include <functional>

namespace spondyl::testing {

using Density = std::function<double(PointLps)>;
using Which = std::function<std::uint16_t(PointLps)>;

/// Fills a volume / a label map by asking at each voxel's centre.
VolumePtr filledVolume(const Grid& grid, const Density& value,
                       VolumeMeaning meaning = VolumeMeaning::CtHounsfield);
LabelMap filledLabels(const Grid& grid, const Which& which);

struct MadeSpine {
  VolumePtr volume;
  CasePtr document;
  std::shared_ptr<const EffectiveCase> shown;
  std::vector<InstanceId> vertebrae; ///< cranial to caudal
  std::vector<StructureId> bodies;
  std::vector<PointLps> centres; ///< of the bodies
};
/// Vertebrae L1 to L5 around the patient's origin, 34 mm apart. `state` of every structure.
MadeSpine madeSpine(const Grid& grid, ItemState state = ItemState::Confirmed);
/// Axial CT grid of 128 × 128 × 96 voxels, 1.4 × 1.4 × 2 mm, centred on the patient's origin.
Grid madeGrid();
/// The same turned about z and x, sheared or mirrored.
enum class GridKind { Plain, Oblique, LeftHanded, Sheared };
Grid madeGrid(GridKind kind);

} // namespace spondyl::testing
