#include "viewer/scene/surface_cache.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>

namespace spondyl::viewer {
namespace {

constexpr int edge = LabelBrick::edge;
constexpr double blurMm = 0.9, fineCellMm = 1.3, coarseCellMm = 2.4, coarseBlurMm = 1.3;

bool isShown(const Structure& s) {
  switch (s.part) {
  case Part::None:
  case Part::Canal:
  case Part::Csf:
    return false; // they would hide what they surround
  default:
    return s.state != ItemState::Rejected;
  }
}

struct Group {
  std::vector<const Structure*> members;
};

// The parts of one vertebra have one surface, everything else one each.
std::vector<Group> groupsOf(const EffectiveCase& shown, LayerKind kind,
                            const std::map<StructureId, bool>& hidden) {
  std::vector<Group> groups;
  std::map<InstanceId, std::size_t> byInstance;
  for (const Structure& s : shown.structures.all()) {
    const auto h = hidden.find(s.id);
    if (!isShown(s) || layerOf(s.part) != kind || (h != hidden.end() && h->second))
      continue;
    if (s.instance && isVertebral(s.part)) {
      const auto [it, added] = byInstance.emplace(s.instance, groups.size());
      if (!added) {
        groups[it->second].members.push_back(&s);
        continue;
      }
    }
    groups.push_back({{&s}});
  }
  return groups;
}

} // namespace

const SurfaceCache::BrickContent& SurfaceCache::contentOf(const BrickPtr& brick) {
  BrickContent& content = m_bricks[brick.get()];
  content.used = true;
  if (content.brick)
    return content;
  content.brick = brick;
  std::map<std::uint16_t, IndexBox> boxes;
  std::uint16_t last = 0;
  IndexBox* box = nullptr;
  for (int k = 0; k < edge; ++k)
    for (int j = 0; j < edge; ++j) {
      const std::uint16_t* row = &brick->ids[std::size_t((k * edge + j) * edge)];
      for (int i = 0; i < edge; ++i) {
        if (row[i] == 0)
          continue;
        if (!box || row[i] != last)
          box = &boxes[last = row[i]];
        box->include({i, j, k});
      }
    }
  for (const auto& [id, b] : boxes)
    content.present.push_back({id, b});
  return content;
}

Result<std::vector<SurfacePtr>> SurfaceCache::update(const EffectiveCase& shown,
                                                     const std::vector<const LabelLayer*>& layers,
                                                     const std::map<StructureId, bool>& hidden,
                                                     const JobContext& job) {
  for (auto& [address, content] : m_bricks)
    content.used = false;
  struct Task {
    Entry entry;
    IndexBox box;
    const Structure* first = nullptr;
    std::pair<std::uint32_t, std::uint16_t> key;
    const LabelMap* map = nullptr;
  };
  std::vector<Task> tasks;
  for (const LabelLayer* layer : layers) {
    const LabelMap& map = layer->map;
    const auto bricks = map.bricks();
    struct Extent {
      IndexBox box;
      std::vector<std::size_t> bricks;
    };
    std::map<std::uint16_t, Extent> extents;
    for (std::size_t b = 0; b < bricks.size(); ++b) {
      if (!bricks[b])
        continue;
      if (job.stopRequested())
        return fail(ErrorCode::Cancelled);
      const IndexBox at = brickBox(map.grid(), map.brickCounts(), b);
      for (const Present& p : contentOf(bricks[b]).present) {
        Extent& e = extents[p.id];
        e.box.include({at.low.i + p.box.low.i, at.low.j + p.box.low.j, at.low.k + p.box.low.k});
        e.box.include({at.low.i + p.box.high.i, at.low.j + p.box.high.j, at.low.k + p.box.high.k});
        e.bricks.push_back(b);
      }
    }
    for (const Group& group : groupsOf(shown, layer->kind, hidden)) {
      Task task;
      task.map = &map;
      task.entry.grid = map.grid();
      std::vector<std::size_t> in;
      for (const Structure* s : group.members) {
        const auto e = extents.find(s->id.value);
        if (e == extents.end())
          continue;
        if (!task.first)
          task.first = s;
        task.entry.ids.push_back(s->id.value);
        task.box.include(e->second.box.low);
        task.box.include(e->second.box.high);
        in.insert(in.end(), e->second.bricks.begin(), e->second.bricks.end());
      }
      if (!task.first)
        continue;
      std::sort(in.begin(), in.end());
      in.erase(std::unique(in.begin(), in.end()), in.end());
      for (const std::size_t b : in)
        task.entry.bricks.emplace_back(b, bricks[b]);
      task.key = {layer->id.value, task.first->id.value};
      tasks.push_back(std::move(task));
    }
  }
  std::erase_if(m_bricks, [](const auto& item) { return !item.second.used; });

  std::atomic<std::size_t> computed{0}, done{0};
  parallelFor(tasks.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      if (job.stopRequested())
        return;
      Task& task = tasks[t];
      Entry& entry = task.entry;
      const auto old = m_entries.find(task.key);
      auto surface = std::make_shared<Surface>();
      surface->instance = task.first->instance;
      surface->structure = task.first->id;
      surface->part = entry.ids.size() > 1 ? Part::Vertebra : task.first->part;
      for (const std::uint16_t id : entry.ids)
        surface->structures.push_back({id});
      if (old != m_entries.end() && old->second.grid == entry.grid && old->second.ids == entry.ids &&
          old->second.bricks == entry.bricks) {
        surface->fine = old->second.surface->fine;
        surface->coarse = old->second.surface->coarse;
      } else {
        ++computed;
        Mask mask{entry.grid, task.box, {}};
        const int ni = task.box.high.i - task.box.low.i + 1;
        std::vector<std::uint16_t> row(static_cast<std::size_t>(ni));
        for (int k = task.box.low.k; k <= task.box.high.k; ++k)
          for (int j = task.box.low.j; j <= task.box.high.j; ++j) {
            task.map->readRow(task.box.low.i, j, k, row);
            for (const std::uint16_t id : row)
              mask.inside.push_back(std::find(entry.ids.begin(), entry.ids.end(), id) != entry.ids.end());
          }
        surface->fine = std::make_shared<const Mesh>(surfaceOfMask(mask, blurMm, fineCellMm));
        surface->coarse = std::make_shared<const Mesh>(surfaceOfMask(mask, coarseBlurMm, coarseCellMm));
      }
      entry.surface = surface;
      job.progress.report("surfaces", double(++done) / double(tasks.size()));
    }
  });
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  m_computed = computed;
  m_entries.clear();
  std::vector<SurfacePtr> out;
  for (Task& task : tasks) {
    out.push_back(task.entry.surface);
    m_entries[task.key] = std::move(task.entry);
  }
  return out;
}

} // namespace spondyl::viewer
