#include "core/case/merge.h"
#include "core/edit/brush.h"
#include "core/edit/draft.h"

namespace spondyl::detail {
namespace {

/// What the reader sees at a voxel: the case's structure, or one that an open proposal shows there.
class Shown {
 public:
  Shown(const Case& c, const LabelLayer& layer) {
    for (auto p = c.proposals.rbegin(); p != c.proposals.rend(); ++p) { // later proposals win
      if (!(*p)->isOpen())
        continue;
      for (const LabelLayer& theirs : (*p)->layers)
        if (sameRoom(theirs, layer))
          m_proposed.push_back({*p, &theirs.map});
    }
  }
  /// `mine` is the case's own value at v.
  StructureId operator()(StructureId mine, bool touched, IndexIjk v) const {
    if (mine || touched)
      return mine;
    for (const auto& [proposal, map] : m_proposed)
      if (const StructureId id = map->at(v); id && proposal->isWaiting(id))
        return id;
    return {};
  }

 private:
  std::vector<std::pair<ProposalPtr, const LabelMap*>> m_proposed;
};

/// The layer to paint on, made if there is none: on the grid of a proposal shown there, else of the series.
Result<LabelLayer*> layerToPaint(Draft& draft, const PaintStroke& e) {
  Case& next = draft.next;
  if (const LabelLayer* present = next.layerFor(e.seriesUid, e.layer))
    return const_cast<LabelLayer*>(present);
  const Series* series = next.series(e.seriesUid);
  LabelLayer layer;
  layer.kind = e.layer;
  layer.seriesUid = e.seriesUid;
  if (series)
    layer.frameOfReferenceUid = series->frameOfReferenceUid;
  const Grid* grid = nullptr;
  for (const ProposalPtr& p : next.proposals)
    for (const LabelLayer& theirs : p->layers) {
      const bool sameSpace =
          theirs.seriesUid == e.seriesUid ||
          (!layer.frameOfReferenceUid.empty() && theirs.frameOfReferenceUid == layer.frameOfReferenceUid);
      if (!p->isOpen() || theirs.kind != e.layer || !sameSpace)
        continue;
      grid = &theirs.map.grid();
      layer.seriesUid = theirs.seriesUid;
      layer.frameOfReferenceUid = theirs.frameOfReferenceUid;
    }
  if (!grid && !series)
    return fail(ErrorCode::UnknownItem, {"series", e.seriesUid}, "PaintStroke");
  if (!grid)
    for (const Stack& stack : series->stacks)
      if (!grid && stack.grid && !stack.refusal)
        grid = &*stack.grid;
  if (!grid)
    return fail(ErrorCode::NoGeometry, {e.seriesUid}, "PaintStroke");
  layer.map = LabelMap(*grid);
  layer.id = LayerId{next.nextLayer++};
  next.layers.push_back(std::move(layer));
  return &next.layers.back();
}

} // namespace

Status edit(Draft& draft, const PaintStroke& e) {
  if (!(e.radius.value > 0))
    return invalid("PaintStroke", "the brush has no size");
  StructureId target = e.target, only = e.only;
  if (target) {
    SPONDYL_TRY(target, adoptStructure(draft, target));
    if (layerOf(draft.next.structures.find(target)->part) != e.layer)
      return invalid("PaintStroke", "the structure belongs to another layer");
    if (only == e.target)
      only = target;
  }
  SPONDYL_TRY(LabelLayer * layer, layerToPaint(draft, e));

  const Shown shown(draft.next, *layer);
  LabelMapEditor editor(layer->map);
  std::set<StructureId> changed;
  IndexBox box;
  for (const VoxelSpan& span : strokeVoxels(layer->map.grid(), e))
    for (int i = span.iBegin; i < span.iEnd; ++i) {
      const IndexIjk v{i, span.j, span.k};
      const StructureId mine = editor.at(v);
      const bool touched = editor.isTouched(v);
      const StructureId seen = shown(mine, touched, v);
      if (e.inside == EditInside::BackgroundOnly && seen)
        continue;
      if (e.inside == EditInside::ThisOnly && seen != only)
        continue;
      if (!target && !seen)
        continue; // erasing nothing leaves no trace
      if (!editor.set(v, target, true))
        continue;
      box.include(v);
      if (mine != target) {
        changed.insert(mine);
        changed.insert(target);
      }
    }
  if (box.isEmpty()) { // an empty stroke is no edit, whatever it prepared
    draft.changes = {};
    return {};
  }
  layer->map = std::move(editor).finish();
  draft.noteVoxels(layer->id, box);
  changed.insert(target);
  for (const StructureId id : changed)
    draft.markEdited(id);
  return {};
}

} // namespace spondyl::detail
