#pragma once
// The shapes of all levels of a case, computed where the voxels they rest on changed, remembered otherwise.

#include "core/case/case.h"
#include "core/measure/vertebra_geometry.h"

#include <map>
#include <memory>

namespace spondyl {

struct LevelShape {
  InstanceId instance;
  std::shared_ptr<const VertebraGeometry> geometry; ///< never null
  ItemState state = ItemState::Proposed;            ///< the least reviewed of its structures
  double confidence = 1.0;                          ///< the least of its structures
};

/// The plane of lateral curves and that of lordosis: the patient's axes as the pelvis or, without it, the
/// vertebrae show them, so that a patient who lies turned is measured like one who does not.
struct SpineFrame {
  VectorLps left{1, 0, 0}, posterior{0, 1, 0}, superior{0, 0, 1};
  bool fromPelvis = false;
};

struct SpineShapes {
  std::vector<LevelShape> levels; ///< in chain order, the sacrum included
  SpineFrame frame;
  std::optional<PointLps> hipLeft, hipRight; ///< centres of the femoral heads' masks
  const LevelShape* find(InstanceId instance) const;
};

class GeometryStore {
 public:
  SpineShapes update(const EffectiveCase& c, const std::string& seriesUid);
  std::size_t computed() const { return m_computed; } ///< shapes computed since construction

 private:
  struct Known {
    std::uint64_t revision = 0;
    std::shared_ptr<const VertebraGeometry> geometry;
  };
  MaskIndex m_index;
  std::map<InstanceId, Known> m_known;
  std::size_t m_computed = 0;
};

} // namespace spondyl
