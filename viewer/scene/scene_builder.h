#pragma once
// From a case to what the 3D view shows. Runs in a job; keeps surfaces from call to call.

#include "viewer/scene/scene_renderer.h"
#include "viewer/scene/surface_cache.h"

namespace spondyl::viewer {

struct SceneTag {
  std::string name;
  PointLps at;
  std::array<std::uint8_t, 3> rgb{};
  bool selected = false;
};

struct SceneContents {
  std::vector<SceneItem> items;
  std::vector<SceneTag> tags;
  SceneBounds bounds;
  bool fromVolume = false; ///< nothing is labelled: bone by its density
};
using SceneContentsPtr = std::shared_ptr<const SceneContents>;

class SceneBuilder {
 public:
  /// No labels (`shown` none or empty, or switched off): the bone surface of a CT. Errors: Cancelled.
  Result<SceneContentsPtr> build(const VolumePtr& volume, const CasePtr& document,
                                 const std::shared_ptr<const EffectiveCase>& shown, const ViewState& state,
                                 const JobContext& job = {});
  std::size_t surfacesComputed() const { return m_cache.computed(); }

 private:
  SurfaceCache m_cache;
  VolumePtr m_boneOf;
  SurfacePtr m_bone;
};

} // namespace spondyl::viewer
