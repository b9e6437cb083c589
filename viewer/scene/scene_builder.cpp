#include "viewer/scene/scene_builder.h"

#include "viewer/slice/render_slice.h"
#include "viewer/state/windowing.h"

namespace spondyl::viewer {
namespace {

constexpr double boneHu = 220, boneCellMm = 1.8, boneMovingCellMm = 3.2;
constexpr std::array<std::uint8_t, 3> boneColour{224, 214, 196};

} // namespace

Result<SceneContentsPtr> SceneBuilder::build(const VolumePtr& volume, const CasePtr& document,
                                             const std::shared_ptr<const EffectiveCase>& shown,
                                             const ViewState& state, const JobContext& job) {
  auto out = std::make_shared<SceneContents>();
  const Series* series = document ? document->series(state.seriesUid) : nullptr;
  if (shown && state.labels != LabelDisplay::Off) {
    SPONDYL_TRY(const auto surfaces,
                m_cache.update(*shown, shownLayers(*shown, series, state.seriesUid), state.hidden, job));
    for (const SurfacePtr& surface : surfaces) {
      const Structure* s = shown->structures.find(surface->structure);
      if (!s)
        continue;
      const bool selected =
          state.selected && surface->instance == state.selected && surface->part != Part::Disc;
      out->items.push_back({surface, structureColour(*s, shown->chain), selected, false});
    }
    for (const ChainEntry& entry : shown->chain.entries)
      for (const SceneItem& item : out->items)
        if (item.surface->instance == entry.instance && item.surface->part != Part::Disc) {
          out->tags.push_back(
              {shown->chain.displayName(entry.instance), entry.centroid, item.rgb, item.selected});
          break;
        }
  }
  if (out->items.empty() && volume && series && isCt(*series, *volume)) {
    if (m_boneOf != volume) {
      auto bone = std::make_shared<Surface>();
      bone->fine = std::make_shared<const Mesh>(surfaceOfVolume(*volume, boneHu, boneCellMm));
      bone->coarse = std::make_shared<const Mesh>(surfaceOfVolume(*volume, boneHu, boneMovingCellMm));
      m_bone = std::move(bone);
      m_boneOf = volume;
    }
    out->items.push_back({m_bone, boneColour, false, false});
    out->fromVolume = true;
  }
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  out->bounds = boundsOf(out->items, volume ? &volume->grid() : nullptr);
  return SceneContentsPtr(std::move(out));
}

} // namespace spondyl::viewer
