#include "core/case/centroid.h"
#include "core/edit/draft.h"

namespace spondyl::detail {
namespace {

std::vector<Structure> structuresOf(const Case& c, InstanceId instance) {
  std::vector<Structure> out;
  for (const Structure& s : c.structures.all())
    if (s.instance == instance)
      out.push_back(s);
  return out;
}

void recentre(Draft& draft, InstanceId instance) {
  ChainEntry* entry = draft.next.chain.find(instance);
  if (!entry)
    return;
  for (const Part part : {Part::VertebralBody, Part::Vertebra, Part::Sacrum, Part::PosteriorElements}) {
    const Structure* s = draft.next.structures.find(instance, part);
    if (!s)
      continue;
    for (const LabelLayer& layer : draft.next.layers) {
      const auto at =
          part == Part::Vertebra ? coreCentroidOf(layer.map, s->id) : centroidOf(layer.map, s->id);
      if (!at)
        continue;
      entry->centroid = *at;
      draft.changes.chain = true;
      return;
    }
  }
}

/// Everything that hangs on an instance which no longer has a structure.
void dropInstance(Draft& draft, InstanceId instance) {
  Case& c = draft.next;
  const auto ofIt = [&](const auto& item) { return item.instance == instance; };
  if (std::erase_if(c.chain.entries, ofIt)) {
    c.chain.alternatives.clear(); // they were given by chain place
    draft.changes.chain = true;
  }
  if (std::erase_if(c.landmarks, ofIt))
    draft.changes.landmarks = true;
  if (std::erase_if(c.findings, ofIt))
    draft.changes.findings = true;
  if (std::erase_if(c.overrides, ofIt) + std::erase_if(c.confirmations, ofIt))
    draft.changes.measurements = true;
  draft.noteInstance(instance);
}

void removeStructures(Draft& draft, const std::set<StructureId>& ids) {
  // Deleting is not painting: the voxels are free again for a later proposal.
  relabel(
      draft, ids, [](const Grid&, StructureId, IndexIjk) { return StructureId{}; }, true);
  std::set<InstanceId> instances;
  for (const StructureId id : ids) {
    const Structure* s = draft.next.structures.find(id);
    if (!s)
      continue;
    if (s->instance)
      instances.insert(s->instance);
    draft.noteInstance(s->instance);
    draft.next.structures.remove(id);
    draft.changes.structures = true;
  }
  for (const InstanceId instance : instances)
    if (structuresOf(draft.next, instance).empty())
      dropInstance(draft, instance);
}

std::size_t placeByHeight(const LevelChain& chain, PointLps at) {
  std::size_t place = 0;
  while (place < chain.entries.size() && chain.entries[place].level != Level::Sacrum &&
         chain.entries[place].centroid.z > at.z)
    ++place;
  return place;
}

/// Where the caudal side of a plane lies: along the chain if it has neighbours, else down the patient.
double caudalSign(const LevelChain& chain, InstanceId instance, const Plane& plane) {
  const ChainEntry *above = chain.above(instance), *below = chain.below(instance),
                   *here = chain.find(instance);
  VectorLps down{0, 0, -1};
  if (here && (above || below))
    down = (below ? below : here)->centroid - (above ? above : here)->centroid;
  const double along = dot(normalized(down), plane.normal());
  if (std::abs(along) < 0.05)
    return plane.normal().z <= 0 ? 1 : -1; // nearly parallel to the spine
  return along > 0 ? 1 : -1;
}

} // namespace

void relabel(Draft& draft, const std::set<StructureId>& ids,
             const std::function<StructureId(const Grid&, StructureId, IndexIjk)>& newId, bool forgetTouch) {
  std::vector<char> wanted(std::size_t(1) << 16);
  for (const StructureId id : ids)
    wanted[id.value] = 1;
  wanted[0] = 0;
  for (LabelLayer& layer : draft.next.layers) {
    const Grid& grid = layer.map.grid();
    std::vector<std::pair<std::size_t, BrickPtr>> changed;
    IndexBox voxels;
    for (std::size_t b = 0; b < layer.map.bricks().size(); ++b) {
      const BrickPtr& old = layer.map.bricks()[b];
      if (!old || std::none_of(old->ids.begin(), old->ids.end(), [&](auto id) { return wanted[id] != 0; }))
        continue;
      const IndexBox box = brickBox(grid, layer.map.brickCounts(), b);
      auto brick = std::make_shared<LabelBrick>(*old);
      bool any = false;
      for (std::size_t v = 0; v < LabelBrick::count; ++v) {
        if (!wanted[old->ids[v]])
          continue;
        constexpr int edge = LabelBrick::edge;
        const IndexIjk at{box.low.i + int(v % edge), box.low.j + int(v / edge % edge),
                          box.low.k + int(v / (edge * edge))};
        const StructureId id = newId(grid, StructureId{old->ids[v]}, at);
        if (id.value == old->ids[v])
          continue;
        brick->ids[v] = id.value;
        if (forgetTouch)
          brick->setTouched(v, false);
        voxels.include(at);
        any = true;
      }
      if (any)
        changed.emplace_back(b, std::move(brick));
    }
    if (changed.empty())
      continue;
    layer.map = layer.map.withBricks(changed);
    draft.noteVoxels(layer.id, voxels);
  }
}

Status edit(Draft& draft, const CreateStructure& e) {
  Case& next = draft.next;
  Structure structure;
  structure.part = e.part;
  structure.instance = e.instance;
  structure.label = e.label;
  structure.state = ItemState::Edited;
  structure.provenance = draft.byPerson();
  const bool inChain = isVertebral(e.part) || e.part == Part::Sacrum;
  if (e.part == Part::None)
    return invalid("CreateStructure", "no part");
  if (e.part == Part::Disc && !e.instance)
    return invalid("CreateStructure", "a disc belongs to a vertebra");
  if (e.instance) {
    SPONDYL_CHECK(adoptInstance(draft, e.instance));
    if (next.structures.find(e.instance, e.part))
      return invalid("CreateStructure", "the vertebra has this part");
  } else if (inChain) {
    if (e.part == Part::Sacrum && next.chain.find(Level::Sacrum))
      return invalid("CreateStructure", "there is a sacrum");
    ChainEntry entry;
    entry.instance = structure.instance = InstanceId{next.nextInstance++};
    entry.centroid = e.at.value_or(PointLps{});
    auto& entries = next.chain.entries;
    const bool wasConsistent = isConsistent(next.chain);
    if (e.part == Part::Sacrum) {
      entry.level = Level::Sacrum;
      entry.confidence = 1.0;
      entries.push_back(entry);
    } else {
      entries.insert(entries.begin() + std::ptrdiff_t(placeByHeight(next.chain, entry.centroid)), entry);
      recount(next.chain, wasConsistent);
    }
    next.chain.alternatives.clear();
    draft.changes.chain = true;
  }
  next.structures.add(structure);
  draft.noteInstance(structure.instance);
  draft.changes.structures = true;
  return {};
}

Status edit(Draft& draft, const DeleteStructures& e) {
  std::set<StructureId> mine;
  std::map<ProposalId, std::set<StructureId>> proposed;
  for (const StructureId id : e.structures) {
    if (draft.next.structures.find(id)) {
      mine.insert(id);
      continue;
    }
    const auto& all = draft.next.proposals;
    const auto p =
        std::find_if(all.begin(), all.end(), [&](const ProposalPtr& q) { return q->isWaiting(id); });
    if (p == all.end())
      return unknown("structure", id.value);
    proposed[(*p)->id].insert(id);
  }
  for (const auto& [proposal, ids] : proposed)
    rejectStructures(draft, proposal, ids);
  if (!mine.empty())
    removeStructures(draft, mine);
  return {};
}

Status edit(Draft& draft, const MergeInstances& e) {
  if (e.keep == e.absorb)
    return invalid("MergeInstances", "one vertebra only");
  SPONDYL_CHECK(adoptInstance(draft, e.keep));
  SPONDYL_CHECK(adoptInstance(draft, e.absorb));
  Case& next = draft.next;
  const bool wasConsistent = isConsistent(next.chain);
  // The disc between the two goes: it lay inside what is now one vertebra.
  const ChainEntry *keep = next.chain.find(e.keep), *absorb = next.chain.find(e.absorb);
  const InstanceId upper = keep && absorb && absorb < keep ? e.absorb : e.keep;
  if (const Structure* disc = next.structures.find(upper, Part::Disc))
    removeStructures(draft, {disc->id});

  std::map<StructureId, StructureId> becomes;
  for (Structure s : structuresOf(next, e.absorb)) {
    const Structure* same = next.structures.find(e.keep, s.part);
    if (same) {
      becomes[s.id] = same->id;
      next.structures.remove(s.id);
      draft.markEdited(same->id);
    } else {
      s.instance = e.keep;
      next.structures.update(s);
      draft.markEdited(s.id);
    }
  }
  std::set<StructureId> ids;
  for (const auto& pair : becomes)
    ids.insert(pair.first);
  relabel(draft, ids, [&](const Grid&, StructureId id, IndexIjk) { return becomes.at(id); });
  draft.changes.structures = true;
  dropInstance(draft, e.absorb);
  draft.noteInstance(e.keep);
  recentre(draft, e.keep);
  recount(next.chain, wasConsistent);
  return {};
}

Status edit(Draft& draft, const SplitInstance& e) {
  SPONDYL_CHECK(adoptInstance(draft, e.instance));
  Case& next = draft.next;
  const ChainEntry* present = next.chain.find(e.instance);
  const bool sacrum = present && present->level == Level::Sacrum;
  // The caudal side becomes the new one; of a sacrum it is the cranial side, for the sacrum stays the last.
  const double side = caudalSign(next.chain, e.instance, e.plane) * (sacrum ? -1 : 1);
  const InstanceId fresh{next.nextInstance};
  std::map<StructureId, Structure> others;
  std::set<StructureId> ids;
  std::uint16_t id = next.structures.nextId();
  for (const Structure& s : structuresOf(next, e.instance)) {
    if (!isVertebral(s.part) && s.part != Part::Sacrum)
      continue;
    Structure other = s;
    other.id = StructureId{id++};
    other.instance = fresh;
    if (other.part == Part::Sacrum)
      other.part = Part::Vertebra;
    ids.insert(s.id);
    others.emplace(s.id, std::move(other));
  }
  std::set<StructureId> moved, kept;
  relabel(draft, ids, [&](const Grid& grid, StructureId old, IndexIjk v) {
    if (e.plane.signedDistance(grid.toLps(v)) * side <= 0) {
      kept.insert(old);
      return old;
    }
    moved.insert(old);
    return others.at(old).id;
  });
  if (moved.empty() || kept.empty())
    return invalid("SplitInstance", "the plane does not cut the vertebra");

  ++next.nextInstance;
  for (const StructureId old : moved) {
    next.structures.insert(others.at(old));
    draft.markEdited(others.at(old).id);
    draft.markEdited(old);
    if (!kept.count(old))
      next.structures.remove(old); // it lay wholly on the other side
  }
  if (const Structure* disc = next.structures.find(e.instance, Part::Disc); disc && !sacrum) {
    Structure below = *disc; // the disc under the old one lies under the new one
    below.instance = fresh;
    next.structures.update(below);
  }
  draft.changes.structures = draft.changes.chain = true;
  draft.noteInstance(e.instance);
  draft.noteInstance(fresh);
  if (present) {
    const bool wasConsistent = isConsistent(next.chain);
    ChainEntry entry = *present;
    entry.instance = fresh;
    entry.level.reset();
    entry.confidence = 0;
    next.chain.entries.insert(
        next.chain.entries.begin() + (present - next.chain.entries.data()) + (sacrum ? 0 : 1), entry);
    next.chain.alternatives.clear();
    recount(next.chain, wasConsistent);
  }
  recentre(draft, e.instance);
  recentre(draft, fresh);
  return {};
}

Status edit(Draft& draft, const ReplaceBricks& e) {
  const auto layer = std::find_if(draft.next.layers.begin(), draft.next.layers.end(),
                                  [&](const LabelLayer& l) { return l.id == e.layer; });
  if (layer == draft.next.layers.end())
    return unknown("layer", e.layer.value);
  std::vector<std::pair<std::size_t, BrickPtr>> changed;
  std::set<StructureId> ids;
  for (const auto& [index, brick] : e.bricks) {
    if (index >= layer->map.bricks().size())
      return fail(ErrorCode::GridMismatch,
                  {"brick", std::to_string(layer->map.bricks().size()), std::to_string(index)},
                  "ReplaceBricks");
    const BrickPtr& old = layer->map.bricks()[index];
    if (old == brick || (old && brick && *old == *brick) || (!old && brick && brick->isEmpty()))
      continue;
    for (std::size_t v = 0; v < LabelBrick::count; ++v) {
      const std::uint16_t was = old ? old->ids[v] : std::uint16_t(0),
                          is = brick ? brick->ids[v] : std::uint16_t(0);
      if (was == is)
        continue;
      ids.insert(StructureId{was});
      ids.insert(StructureId{is});
    }
    changed.emplace_back(index, brick);
  }
  if (changed.empty())
    return {};
  for (const StructureId id : ids)
    if (id && !draft.next.structures.find(id))
      return unknown("structure", id.value);
  for (const auto& entry : changed)
    draft.noteVoxels(layer->id, brickBox(layer->map.grid(), layer->map.brickCounts(), entry.first));
  layer->map = layer->map.withBricks(changed);
  for (const StructureId id : ids)
    draft.markEdited(id);
  return {};
}

} // namespace spondyl::detail
