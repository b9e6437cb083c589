#include "core/base/parallel.h"
#include "core/case/centroid.h"
#include "core/case/label_exchange.h"

#include <array>

namespace spondyl {
namespace {

constexpr double assumedConfidence = 0.85; // names taken from a file: below the 0.9 of a checked name
constexpr int bodyNumber = 49, posteriorNumber = 41;

struct Arrays {
  Grid grid;
  std::vector<std::uint16_t> labels;
  std::vector<std::uint8_t> parts; ///< empty or as many
};

/// True if every voxel centre of `target` is one of `source` (axes swapped or turned round): no value is
/// invented.
bool sameLattice(const Grid& source, const Grid& target) {
  const GridSize n = target.size();
  for (const IndexIjk corner :
       {IndexIjk{0, 0, 0}, IndexIjk{n.i - 1, 0, 0}, IndexIjk{0, n.j - 1, 0}, IndexIjk{0, 0, n.k - 1}}) {
    const PointLps p = target.toLps(corner);
    const IndexIjk at = nearestIndex(source.toIjk(p));
    if (!source.contains(at) || distance(source.toLps(at), p) > 1e-3)
      return false;
  }
  return source.size().count() == n.count();
}

Arrays onTarget(const LabelImport& import, std::vector<std::string>& warnings) {
  Arrays out;
  out.grid = import.target.value_or(import.grid);
  if (!import.target || import.target->sameAs(import.grid)) {
    out.labels.assign(import.labels.begin(), import.labels.end());
    out.parts.assign(import.parts.begin(), import.parts.end());
    return out;
  }
  if (!sameLattice(import.grid, *import.target))
    warnings.push_back("The labels lie on another grid than the images: taken at the nearest voxel.");
  const GridSize n = out.grid.size();
  out.labels.resize(n.count());
  if (!import.parts.empty())
    out.parts.resize(n.count());
  parallelFor(std::size_t(n.k), 4, [&](std::size_t from, std::size_t to) {
    for (std::size_t k = from; k < to; ++k)
      for (int j = 0; j < n.j; ++j)
        for (int i = 0; i < n.i; ++i) {
          const IndexIjk v{i, j, int(k)};
          const IndexIjk source = nearestIndex(import.grid.toIjk(out.grid.toLps(v)));
          if (!import.grid.contains(source))
            continue;
          out.labels[out.grid.offset(v)] = import.labels[import.grid.offset(source)];
          if (!out.parts.empty())
            out.parts[out.grid.offset(v)] = import.parts[import.grid.offset(source)];
        }
  });
  return out;
}

/// Our number for a file's number; 0: not in the table.
int ourLabel(int number, LabelScheme scheme) {
  if (scheme == LabelScheme::TotalSegmentator)
    return labelFromTotalSegmentator(number).value_or(0);
  if (scheme == LabelScheme::TotalSpineSeg)
    return labelFromTotalSpineSeg(number).value_or(0);
  if (codeForLabel(number) || (number > 900 && number < 1000) || (number > 1000 && number < 1100))
    return number;
  return 0;
}

Part partOf(int label) {
  if (label > 1000 || (label > 100 && label < 130))
    return Part::Disc;
  if (label > 900)
    return Part::Vertebra;
  if (label == 26 || (label >= 29 && label <= 33))
    return Part::Sacrum;
  if (label == 27)
    return Part::Coccyx;
  if (label <= 28)
    return Part::Vertebra;
  if (label == 60)
    return Part::Cord;
  if (label == 61)
    return Part::Canal;
  if (label == 62)
    return Part::Csf;
  const std::string kind = codeForLabel(label) ? codeForLabel(label)->kind : std::string();
  if (kind == "rib")
    return Part::Rib;
  if (kind == "hip")
    return Part::Hip;
  if (kind == "femoral_head")
    return Part::FemoralHead;
  if (kind == "implant")
    return Part::Implant;
  if (kind == "lesion")
    return Part::Lesion;
  return Part::Other;
}

/// What the numbers of a file become.
class Table {
 public:
  Table(Proposal& proposal, const std::vector<int>& labels) : m_proposal(proposal) {
    std::vector<int> vertebrae; // from above: by rank, unnamed ones by their number
    for (const int label : labels)
      if (const int key = chainKey(label))
        vertebrae.push_back(key);
    std::sort(vertebrae.begin(), vertebrae.end(), [](int a, int b) { return order(a) < order(b); });
    vertebrae.erase(std::unique(vertebrae.begin(), vertebrae.end()), vertebrae.end());
    for (const int key : vertebrae) {
      ChainEntry entry;
      entry.instance = InstanceId{static_cast<std::uint32_t>(m_instances.size() + 1)};
      entry.level = levelFromLabel(key);
      entry.confidence = entry.level ? assumedConfidence : 0.0;
      m_instances[key] = entry.instance;
      proposal.chain.entries.push_back(entry);
    }
  }

  /// Structure of a number and a part number, made at its first voxel.
  StructureId structure(int label, int partNumber) {
    Structure s;
    s.part = partOf(label);
    if (s.part == Part::Vertebra && partNumber == bodyNumber)
      s.part = Part::VertebralBody;
    if (s.part == Part::Vertebra && partNumber == posteriorNumber)
      s.part = Part::PosteriorElements;
    const int key = s.part == Part::Disc ? label - 100 : chainKey(label);
    const auto instance = m_instances.find(key);
    if (instance != m_instances.end())
      s.instance = instance->second;
    if (!s.instance || (s.part == Part::Sacrum && label != labelOf(Level::Sacrum)))
      s.label = label;
    s.confidence = assumedConfidence;
    s.provenance = m_proposal.provenance;
    return m_proposal.structures.add(s);
  }

 private:
  /// The number by which the chain knows a label's vertebra; 0: not of the chain.
  static int chainKey(int label) {
    if (partOf(label) == Part::Sacrum)
      return labelOf(Level::Sacrum);
    return partOf(label) == Part::Vertebra ? label : 0;
  }
  static int order(int key) {
    const auto level = levelFromLabel(key);
    return level == Level::Sacrum ? 10000 : level ? rank(*level) : key;
  }

  Proposal& m_proposal;
  std::map<int, InstanceId> m_instances;
};

void addAlternatives(LevelChain& chain) {
  const auto reference = std::find_if(chain.entries.begin(), chain.entries.end(), [](const ChainEntry& e) {
    return e.level && e.level != Level::Sacrum;
  });
  if (reference == chain.entries.end())
    return;
  const Level level = *reference->level;
  const auto caudal = level == Level::L5   ? std::optional(Level::L6)
                      : level == Level::L6 ? std::nullopt
                                           : usualNext(level);
  const struct {
    int shift;
    std::optional<Level> level;
    double probability;
  } others[] = {{1, caudal, 0.07}, {-1, usualPrevious(level), 0.05}};
  for (const auto& other : others) {
    if (!other.level)
      continue;
    const auto names = namesFrom(chain, reference->instance, *other.level);
    if (names.ok())
      chain.alternatives.push_back(
          {other.shift, names->variant.value_or(""), other.probability, names->levels});
  }
}

void setNaming(LevelChain& chain) {
  const auto named = [](const ChainEntry& e) { return e.level && e.level != Level::Sacrum; };
  const bool any = std::any_of(chain.entries.begin(), chain.entries.end(), named);
  if (!any)
    return; // only unnamed ones: naming Ask, anchor None
  chain.naming = Naming::Assumed;
  chain.anchor = Anchor::Labels;
  chain.anchors = {Anchor::Labels};
  if (const auto names =
          namesFrom(chain, std::find_if(chain.entries.begin(), chain.entries.end(), named)->instance,
                    *std::find_if(chain.entries.begin(), chain.entries.end(), named)->level);
      names.ok())
    chain.variant = names->variant;
  addAlternatives(chain);
}

bool touchesBorder(const LabelMap& map, StructureId id) {
  const IndexBox box = map.boundsOf(id);
  const GridSize n = map.grid().size();
  return !box.isEmpty() && (box.low.i == 0 || box.low.j == 0 || box.low.k == 0 || box.high.i == n.i - 1 ||
                            box.high.j == n.j - 1 || box.high.k == n.k - 1);
}

void measureEntries(Proposal& p) {
  for (ChainEntry& entry : p.chain.entries) {
    std::optional<PointLps> centre;
    for (const Part part : {Part::VertebralBody, Part::Vertebra, Part::PosteriorElements, Part::Sacrum}) {
      for (const Structure& s : std::vector(p.structures.all())) {
        if (s.instance != entry.instance || s.part != part)
          continue;
        for (const LabelLayer& layer : p.layers) {
          if (layer.kind != layerOf(part))
            continue;
          if (!centre)
            centre = part == Part::Vertebra ? coreCentroidOf(layer.map, s.id) : centroidOf(layer.map, s.id);
          if (!touchesBorder(layer.map, s.id))
            continue;
          entry.whole = false;
          entry.note = "cut by the edge of the volume";
          Structure noted = s;
          noted.note = entry.note;
          p.structures.update(noted);
        }
      }
    }
    if (centre)
      entry.centroid = *centre;
  }
}

} // namespace

std::optional<LabelScheme> labelSchemeFromName(std::string_view name) {
  if (name == "codes")
    return LabelScheme::Codes;
  if (name == "totalsegmentator")
    return LabelScheme::TotalSegmentator;
  if (name == "totalspineseg")
    return LabelScheme::TotalSpineSeg;
  return std::nullopt;
}

Result<Proposal> proposalFromLabels(const LabelImport& import) {
  const std::size_t count = import.grid.size().count();
  for (const std::size_t size : {import.labels.size(), import.parts.empty() ? count : import.parts.size()})
    if (size != count)
      return fail(ErrorCode::GridMismatch, {"labels", std::to_string(count), std::to_string(size)},
                  "proposalFromLabels");
  Proposal p;
  p.seriesUid = import.seriesUid;
  p.frameOfReferenceUid = import.frameOfReferenceUid;
  p.provenance = import.provenance;
  Arrays arrays = onTarget(import, p.warnings);

  // Which (number, part) pairs occur: parts other than body and posterior elements say nothing.
  const auto partIndex = [&](std::size_t at) {
    const int part = arrays.parts.empty() ? 0 : arrays.parts[at];
    return part == bodyNumber ? 1 : part == posteriorNumber ? 2 : 0;
  };
  std::vector<std::array<std::size_t, 3>> voxels(std::size_t(1) << 16);
  for (std::size_t at = 0; at < arrays.labels.size(); ++at)
    if (arrays.labels[at])
      ++voxels[arrays.labels[at]][std::size_t(partIndex(at))];

  std::vector<int> ours;
  std::string dropped;
  for (std::size_t number = 1; number < voxels.size(); ++number) {
    const std::size_t total = voxels[number][0] + voxels[number][1] + voxels[number][2];
    if (!total)
      continue;
    if (const int label = ourLabel(int(number), import.scheme))
      ours.push_back(label);
    else
      dropped +=
          (dropped.empty() ? "" : ", ") + std::to_string(number) + " (" + std::to_string(total) + " voxels)";
  }
  if (!dropped.empty())
    p.warnings.push_back("Numbers outside the label table were dropped: " + dropped + ".");
  Table table(p, ours);

  std::vector<std::array<std::uint16_t, 3>> ids(voxels.size());
  std::map<std::pair<int, Part>, StructureId>
      made; // two numbers of a file may be one of ours (sacrum and S1)
  for (std::size_t number = 1; number < voxels.size(); ++number)
    for (std::size_t part = 0; part < 3; ++part) {
      if (!voxels[number][part])
        continue;
      const int label = ourLabel(int(number), import.scheme);
      if (!label)
        continue;
      const bool divided = partOf(label) == Part::Vertebra;
      const Part key = !divided || part == 0 ? Part::None
                       : part == 1           ? Part::VertebralBody
                                             : Part::PosteriorElements;
      StructureId& id = made[{label, key}];
      if (!id)
        id = table.structure(label, part == 1 ? bodyNumber : part == 2 ? posteriorNumber : 0);
      ids[number][part] = id.value;
    }

  for (const LayerKind kind : {LayerKind::BoneAndDisc, LayerKind::CanalContents, LayerKind::Lesions}) {
    std::vector<char> mine(std::size_t(p.structures.nextId()));
    bool any = false;
    for (const Structure& s : p.structures.all())
      any |= (mine[s.id.value] = layerOf(s.part) == kind) != 0;
    if (!any)
      continue;
    std::vector<std::uint16_t> dense(arrays.labels.size());
    for (std::size_t at = 0; at < dense.size(); ++at) {
      const std::uint16_t id =
          arrays.labels[at] ? ids[arrays.labels[at]][std::size_t(partIndex(at))] : std::uint16_t(0);
      if (mine[id])
        dense[at] = id;
    }
    LabelLayer layer;
    layer.id = LayerId{static_cast<std::uint32_t>(p.layers.size() + 1)};
    layer.kind = kind;
    layer.seriesUid = import.seriesUid;
    layer.frameOfReferenceUid = import.frameOfReferenceUid;
    layer.map = LabelMap::fromDense(arrays.grid, dense);
    p.layers.push_back(std::move(layer));
  }
  setNaming(p.chain);
  measureEntries(p);
  return p;
}

} // namespace spondyl
