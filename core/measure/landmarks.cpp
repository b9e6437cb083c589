#include "core/measure/landmarks.h"

#include <algorithm>

namespace spondyl {
namespace {

/// What levels.json's readers expect; the sacral plate's other points only serve measurements.
bool isPublished(const std::string& site) {
  return !site.starts_with("endplate.") || site == "endplate.anterior" || site == "endplate.posterior";
}

Provenance fromMasks() {
  Provenance p;
  p.origin = Provenance::Origin::Model;
  p.name = "mask-geometry";
  p.version = "1";
  return p;
}

Plane planeOf(PointLps origin, VectorLps right, VectorLps down) {
  right = normalized(right);
  return {origin, right, normalized(down - right * dot(down, right))};
}

} // namespace

std::vector<Landmark> landmarksOf(const EffectiveCase& c, const SpineShapes& shapes) {
  std::vector<Landmark> out;
  const auto add = [&](InstanceId instance, const std::string& site, PointLps at, double confidence,
                       ItemState state) {
    if (c.landmark(instance, site) || !isPublished(site))
      return;
    out.push_back({instance, site, at, confidence, state, fromMasks()});
  };
  for (const LevelShape& level : shapes.levels) {
    const ChainEntry* entry = c.chain.find(level.instance);
    for (const SiteLandmark& l : level.geometry->landmarks) {
      // The corners of a body that the volume's edge cuts are not its corners.
      const bool isCut = !level.geometry->isBodyWhole(!entry || entry->whole);
      if (isCut && entry && entry->level != Level::Sacrum && l.site != "centre")
        continue;
      add(level.instance, l.site, l.position, std::min(l.confidence, level.confidence), level.state);
    }
  }
  if (shapes.hipLeft)
    add({}, "hip.left", *shapes.hipLeft, 0.8, ItemState::Proposed);
  if (shapes.hipRight)
    add({}, "hip.right", *shapes.hipRight, 0.8, ItemState::Proposed);
  return out;
}

std::vector<Landmark> allLandmarksOf(const EffectiveCase& c, const SpineShapes& shapes) {
  std::vector<Landmark> out = c.landmarks;
  const std::vector<Landmark> computed = landmarksOf(c, shapes);
  out.insert(out.end(), computed.begin(), computed.end());
  const auto place = [&](const Landmark& l) {
    const auto& entries = c.chain.entries;
    return std::find_if(entries.begin(), entries.end(),
                        [&](const ChainEntry& e) { return e.instance == l.instance; }) -
           entries.begin();
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const Landmark& a, const Landmark& b) { return place(a) < place(b); });
  return out;
}

std::optional<LevelPlanes> planesOf(const LevelChain& chain, const SpineShapes& shapes, InstanceId instance) {
  const LevelShape* level = shapes.find(instance);
  if (!level || !level->geometry->hasBody)
    return std::nullopt;
  const LocalFrame& f = level->geometry->frame;
  LevelPlanes planes;
  planes.axial = planeOf(f.origin, f.left, f.posterior);
  planes.coronal = planeOf(f.origin, f.left, -f.superior);
  planes.sagittal = planeOf(f.origin, f.posterior, -f.superior);
  const ChainEntry* below = chain.below(instance);
  const LevelShape* next = below ? shapes.find(below->instance) : nullptr;
  if (!next)
    return planes;
  const auto site = [&](const char* place) {
    return std::string(below->level == Level::Sacrum ? "endplate." : "superior.") + place;
  };
  const auto plate = [](const VertebraGeometry& g, const std::string& a,
                        const std::string& p) -> std::optional<std::pair<PointLps, PointLps>> {
    const SiteLandmark *front = g.landmark(a), *back = g.landmark(p);
    if (!front || !back)
      return std::nullopt;
    return std::pair{front->position, back->position};
  };
  const auto upper = plate(*level->geometry, "inferior.anterior", "inferior.posterior");
  const auto lower = plate(*next->geometry, site("anterior"), site("posterior"));
  const auto upperAcross = plate(*level->geometry, "inferior.left", "inferior.right");
  const auto lowerAcross = plate(*next->geometry, site("left"), site("right"));
  if (!upper || !lower || !upperAcross || !lowerAcross)
    return planes;
  const PointLps centre =
      midpoint(midpoint(upper->first, upper->second), midpoint(lower->first, lower->second));
  const VectorLps back = normalized(upper->second - upper->first) + normalized(lower->second - lower->first);
  const VectorLps left = normalized(upperAcross->first - upperAcross->second) +
                         normalized(lowerAcross->first - lowerAcross->second);
  planes.discBelow = planeOf(centre, left, back);
  return planes;
}

} // namespace spondyl
