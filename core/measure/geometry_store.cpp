#include "core/measure/geometry_store.h"

#include "core/base/parallel.h"
#include "core/measure/spine_frame.h"
#include "core/measure/symmetry.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

constexpr std::uint64_t geometryVersion =
    2; // part of every shape's revision: raise it when the computation changes
/// Shapes that none of so many updates asked for are forgotten.
constexpr std::uint64_t updatesKept = 4;

/// Tells images apart. They never change, so a few thousand of its voxels do.
std::uint64_t revisionOf(const Volume& image) {
  std::uint64_t h = spondyl::revisionOf(image.grid());
  visitVoxels(image, [&](auto voxels) {
    const std::size_t stride = std::max<std::size_t>(1, voxels.size() / 4093);
    for (std::size_t n = stride / 2; n < voxels.size(); n += stride)
      h = combine(h, spondyl::revisionOf(double(voxels[n])));
  });
  return h;
}

struct Place {
  const LabelLayer* layer = nullptr;
  StructureVoxels voxels;
};

/// Where the structures lie: layers of the series, then others of its frame of reference.
class Places {
 public:
  Places(const EffectiveCase& c, const std::string& seriesUid, MaskIndex& index) {
    std::string frame;
    for (const LabelLayer& l : c.layers)
      if (l.seriesUid == seriesUid)
        frame = l.frameOfReferenceUid;
    for (const bool own : {true, false})
      for (const LabelLayer& l : c.layers)
        if ((l.seriesUid == seriesUid) == own && (own || (!frame.empty() && l.frameOfReferenceUid == frame)))
          m_layers.push_back({&l, index.summarize(l.map)});
  }
  std::optional<Place> find(const Structure& s) const {
    for (const auto& [layer, summary] : m_layers)
      if (layer->kind == layerOf(s.part))
        if (const auto it = summary.find(s.id.value); it != summary.end() && it->second.count > 0)
          return Place{layer, it->second};
    return std::nullopt;
  }
  const LabelLayer* layer(LayerKind kind) const {
    for (const auto& [layer, summary] : m_layers)
      if (layer->kind == kind)
        return layer;
    return nullptr;
  }

 private:
  std::vector<std::pair<const LabelLayer*, MaskIndex::Summary>> m_layers;
};

struct Piece {
  std::vector<StructureId> ids;
  Place place;
};

/// The structures of one level.
struct LevelParts {
  const ChainEntry* entry = nullptr;
  std::optional<Piece> body, posterior, whole, sacrum;
  ItemState state = ItemState::Confirmed;
  double confidence = 1.0;
  std::optional<PointLps> centre;

  const Piece* any() const {
    for (const auto* p : {&body, &whole, &posterior, &sacrum})
      if (*p)
        return &**p;
    return nullptr;
  }
};

int reviewRank(ItemState s) {
  return s == ItemState::Confirmed ? 2 : s == ItemState::Edited ? 1 : 0;
}

LevelParts partsOf(const EffectiveCase& c, const ChainEntry& entry, const Places& places) {
  LevelParts parts;
  parts.entry = &entry;
  for (const Structure& s : c.structures.all()) {
    if (s.instance != entry.instance)
      continue;
    std::optional<Piece>* into = s.part == Part::VertebralBody       ? &parts.body
                                 : s.part == Part::PosteriorElements ? &parts.posterior
                                 : s.part == Part::Vertebra          ? &parts.whole
                                 : s.part == Part::Sacrum            ? &parts.sacrum
                                                                     : nullptr;
    if (!into)
      continue;
    const auto place = places.find(s);
    if (!place)
      continue;
    *into = Piece{{s.id}, *place};
    if (reviewRank(s.state) < reviewRank(parts.state))
      parts.state = s.state;
    parts.confidence = std::min(parts.confidence, s.confidence);
  }
  if (const Piece* p = parts.any())
    parts.centre = p->place.layer->map.grid().toLps(p->place.voxels.centroid());
  return parts;
}

/// Rough superior from the neighbours. Rounded, so that a stroke on a neighbour does not change this level's
/// input by a hair; the fit starts from it and does not depend on it further.
VectorLps roughUp(const std::vector<LevelParts>& levels, std::size_t at) {
  std::optional<PointLps> above = levels[at].centre, below = levels[at].centre;
  if (at > 0 && levels[at - 1].centre)
    above = levels[at - 1].centre;
  if (at + 1 < levels.size() && levels[at + 1].centre && !levels[at + 1].sacrum)
    below = levels[at + 1].centre;
  if (above == below && at + 1 < levels.size() && levels[at + 1].centre)
    below = levels[at + 1].centre;
  if (!above || !below || distance(*above, *below) < 3)
    return {0, 0, 1};
  const VectorLps up = normalized(*above - *below);
  const auto round = [](double x) { return std::round(x * 8) / 8; };
  return normalized({round(up.x), round(up.y), round(up.z)});
}

LocalMask maskOf(const std::optional<Piece>& piece) {
  return piece ? LocalMask(piece->place.layer->map, piece->ids, piece->place.voxels.box) : LocalMask();
}

IndexBox grown(IndexBox box, const Grid& grid, double mm) {
  const auto spacing = grid.spacing();
  const int i = int(std::ceil(mm / spacing[0])), j = int(std::ceil(mm / spacing[1])),
            k = int(std::ceil(mm / spacing[2]));
  const GridSize s = grid.size();
  return {{std::max(0, box.low.i - i), std::max(0, box.low.j - j), std::max(0, box.low.k - k)},
          {std::min(s.i - 1, box.high.i + i), std::min(s.j - 1, box.high.j + j),
           std::min(s.k - 1, box.high.k + k)}};
}

/// Box of a structure, brought to another grid and widened.
IndexBox boxIn(const Grid& target, const Grid& source, IndexBox box, double mm) {
  if (target.sameAs(source))
    return grown(box, target, mm);
  IndexBox out;
  for (int n = 0; n < 8; ++n)
    out.include(nearestIndex(target.toIjk(source.toLps(IndexIjk{
        n & 1 ? box.high.i : box.low.i, n & 2 ? box.high.j : box.low.j, n & 4 ? box.high.k : box.low.k}))));
  return grown(out, target, mm);
}

std::optional<PointLps> centreOf(const EffectiveCase& c, const Places& places, int label) {
  for (const Structure& s : c.structures.all())
    if (s.label == label && s.part == Part::FemoralHead)
      if (const auto place = places.find(s))
        return place->layer->map.grid().toLps(place->voxels.centroid());
  return std::nullopt;
}

} // namespace

const LevelShape* SpineShapes::find(InstanceId instance) const {
  for (const LevelShape& l : levels)
    if (l.instance == instance)
      return &l;
  return nullptr;
}

std::shared_ptr<const VertebraGeometry> GeometryStore::known(std::uint64_t revision) {
  const auto it = m_known.find(revision);
  if (it == m_known.end())
    return nullptr;
  it->second.usedIn = m_updates;
  return it->second.geometry;
}

void GeometryStore::remember(std::shared_ptr<const VertebraGeometry> geometry) {
  const std::uint64_t revision = geometry->revision;
  m_known[revision] = {std::move(geometry), m_updates};
  ++m_computed;
}

SpineShapes GeometryStore::update(const EffectiveCase& c, const std::string& seriesUid, const Volume* image) {
  ++m_updates;
  const Volume* ct = image && image->meaning() == VolumeMeaning::CtHounsfield ? image : nullptr;
  const std::uint64_t version = combine(geometryVersion, ct ? revisionOf(*ct) : 0);
  const Places places(c, seriesUid, m_index);
  std::vector<LevelParts> levels;
  for (const ChainEntry& entry : c.chain.entries)
    levels.push_back(partsOf(c, entry, places));

  const LabelLayer* canalLayer = places.layer(LayerKind::CanalContents);
  std::vector<StructureId> canalIds;
  for (const Structure& s : c.structures.all())
    if (layerOf(s.part) == LayerKind::CanalContents)
      canalIds.push_back(s.id);

  SpineShapes shapes;
  shapes.levels.resize(levels.size());
  std::vector<std::uint64_t> revisions(levels.size(), 0);
  std::vector<IndexBox> canalBoxes(levels.size());
  std::vector<std::size_t> work;
  for (std::size_t n = 0; n < levels.size(); ++n) {
    const LevelParts& l = levels[n];
    shapes.levels[n] = {l.entry->instance, nullptr, l.any() ? l.state : ItemState::Proposed, l.confidence};
    if (l.sacrum)
      continue; // after the vertebra above it
    std::uint64_t revision = version;
    for (const auto* piece : {&l.body, &l.posterior, &l.whole})
      revision = combine(revision, *piece ? combine((*piece)->place.voxels.revision,
                                                    revisionOf((*piece)->place.layer->map.grid()))
                                          : 0);
    const VectorLps up = roughUp(levels, n);
    revision = combine(revision, revisionOf(PointLps{up.x, up.y, up.z}));
    revision = combine(revision, l.entry->level == Level::C1 ? 1 : l.entry->level == Level::C2 ? 2 : 0);
    if (canalLayer && !canalIds.empty() && l.any()) {
      const Grid& own = l.any()->place.layer->map.grid();
      IndexBox box = l.any()->place.voxels.box;
      for (const auto* piece : {&l.body, &l.posterior})
        if (*piece) {
          box.include((*piece)->place.voxels.box.low);
          box.include((*piece)->place.voxels.box.high);
        }
      canalBoxes[n] = boxIn(canalLayer->map.grid(), own, box, l.body && !l.posterior ? 30 : 2);
      revision = combine(revision, m_index.revisionNear(canalLayer->map, canalIds, canalBoxes[n]));
    }
    revisions[n] = revision;
    shapes.levels[n].geometry = known(revision);
    if (!shapes.levels[n].geometry)
      work.push_back(n);
  }
  parallelFor(work.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t w = begin; w < end; ++w) {
      const std::size_t n = work[w];
      const LevelParts& l = levels[n];
      VertebraMasks masks;
      masks.body = maskOf(l.body);
      masks.posterior = maskOf(l.posterior);
      masks.whole = maskOf(l.whole);
      if (!canalBoxes[n].isEmpty())
        masks.canal = LocalMask(canalLayer->map, canalIds, canalBoxes[n]);
      masks.up = roughUp(levels, n);
      masks.level = l.entry->level;
      masks.ct = ct;
      auto geometry = std::make_shared<VertebraGeometry>(vertebraGeometry(masks));
      geometry->revision = revisions[n];
      shapes.levels[n].geometry = geometry;
    }
  });
  for (const std::size_t n : work)
    remember(shapes.levels[n].geometry);

  for (std::size_t n = 0; n < levels.size(); ++n) {
    if (!levels[n].sacrum)
      continue;
    const VertebraGeometry* above = n > 0 ? shapes.levels[n - 1].geometry.get() : nullptr;
    std::uint64_t revision = combine(version, levels[n].sacrum->place.voxels.revision);
    revision = combine(revision, revisionOf(levels[n].sacrum->place.layer->map.grid()));
    revision = combine(revision, above ? above->revision : 0);
    shapes.levels[n].geometry = known(revision);
    if (!shapes.levels[n].geometry) {
      auto geometry = std::make_shared<VertebraGeometry>();
      const LocalMask mask = maskOf(levels[n].sacrum);
      geometry->revision = revision;
      geometry->whyNoBody = "the sacrum has no single body";
      geometry->vertebraVolumeMm3 = double(mask.count()) * mask.grid().voxelVolumeMm3();
      geometry->vertebraCut = mask.touchesGridEdge();
      geometry->landmarks.push_back({"centre", mask.centroid(), 0.97});
      if (above && above->hasBody)
        if (const SiteLandmark* facing = above->landmark("inferior.middle"),
            *front = above->landmark("inferior.anterior"), *back = above->landmark("inferior.posterior");
            facing && front && back) {
          if (!geometry->vertebraCut)
            geometry->mirrorLeft = mirrorAxis(mask, above->frame.left);
          for (SiteLandmark& l : sacralEndPlate(mask, above->frame, facing->position,
                                                distance(front->position, back->position), above->widthMm))
            geometry->landmarks.push_back(std::move(l));
        }
      remember(geometry);
      shapes.levels[n].geometry = geometry;
    }
  }
  std::erase_if(m_known, [&](const auto& k) { return k.second.usedIn + updatesKept < m_updates; });
  m_index.dropUnused();
  shapes.hipLeft = centreOf(c, places, 301);
  shapes.hipRight = centreOf(c, places, 300);
  shapes.frame = spineFrame(shapes);
  return shapes;
}

} // namespace spondyl
