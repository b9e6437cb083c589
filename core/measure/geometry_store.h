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

/// Not thread-safe.
class GeometryStore {
 public:
  /// `image` (may be null) shows where end plates and walls lie within the voxels of the masks, if it is a
  /// CT.
  SpineShapes update(const EffectiveCase& c, const std::string& seriesUid, const Volume* image);
  std::size_t computed() const { return m_computed; } ///< shapes computed since construction

 private:
  std::shared_ptr<const VertebraGeometry> known(std::uint64_t revision);
  void remember(std::shared_ptr<const VertebraGeometry> geometry);
  struct Known {
    std::shared_ptr<const VertebraGeometry> geometry;
    std::uint64_t usedIn = 0;
  };
  MaskIndex m_index;
  std::map<std::uint64_t, Known> m_known; ///< by revision: whatever case asks for the same content
  std::uint64_t m_updates = 0;
  std::size_t m_computed = 0;
};

} // namespace spondyl
