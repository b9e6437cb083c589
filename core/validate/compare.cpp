#include "core/validate/compare.h"

#include "core/anatomy/codes.h"
#include "core/validate/surface.h"

#include <algorithm>
#include <set>

namespace spondyl {
namespace {

constexpr double foundFrom = 0.5, unmatchedUpTo = 0.2;
constexpr int bodyPart = 49, cordLabel = 60, canalLabel = 61, csfLabel = 62;

bool isVertebral(int label) {
  const StructureKind kind = structureKindOf(label);
  return kind == StructureKind::Vertebra || kind == StructureKind::Sacrum;
}

// A map of vertebral numbers alone that keeps only what `keep` says.
template <class Keep>
LabelArray filtered(const LabelArray& labels, const Keep& keep) {
  LabelArray out = labels;
  for (std::size_t v = 0; v < out.numbers.size(); ++v)
    if (out.numbers[v] != 0 && !keep(v, int(out.numbers[v])))
      out.numbers[v] = 0;
  return out;
}

LabelArray bodiesOf(const LabelledCase& c) {
  return filtered(c.labels, [&](std::size_t v, int label) {
    return c.parts[v] == bodyPart && structureKindOf(label) == StructureKind::Vertebra;
  });
}

struct Side {
  const LabelArray& labels;
  std::map<int, LabelExtent> extents;
  explicit Side(const LabelArray& l) : labels(l), extents(extentsOf(l)) {}
  std::size_t voxels(int label) const {
    const auto at = extents.find(label);
    return at == extents.end() ? 0 : at->second.voxels;
  }
};

class Comparison {
 public:
  Comparison(const LabelledCase& reference, const LabelledCase& predicted, const CompareOptions& options)
      : m_options(options), m_reference(reference.labels), m_predicted(predicted.labels),
        m_overlaps(overlapsOf(reference.labels.numbers, predicted.labels.numbers)) {
    if (!options.bodiesOnly && !reference.parts.empty() && !predicted.parts.empty()) {
      m_bodies.emplace(bodiesOf(reference), bodiesOf(predicted));
    }
  }

  CaseResult run() {
    for (const auto& [label, extent] : m_reference.extents)
      if (!(m_options.bodiesOnly && structureKindOf(label) == StructureKind::Sacrum))
        m_result.structures.push_back(blank(label, extent));
    pair([](StructureKind kind) { return kind == StructureKind::Vertebra || kind == StructureKind::Sacrum; });
    pair([](StructureKind kind) { return kind == StructureKind::Disc; });
    for (StructureResult& s : m_result.structures)
      measure(s);
    findUnmatched();
    unions();
    return std::move(m_result);
  }

 private:
  struct Bodies {
    LabelArray reference, predicted;
    Side referenceSide, predictedSide;
    std::map<std::pair<int, int>, std::size_t> overlaps;
    Bodies(LabelArray r, LabelArray p)
        : reference(std::move(r)), predicted(std::move(p)), referenceSide(reference),
          predictedSide(predicted), overlaps(overlapsOf(reference.numbers, predicted.numbers)) {}
  };

  double millilitres(std::size_t voxels) const {
    return double(voxels) * m_reference.labels.grid.voxelVolumeMm3() / 1000;
  }

  StructureResult blank(int label, const LabelExtent& extent) const {
    StructureResult s;
    s.label = label;
    s.kind = structureKindOf(label);
    s.whole = !extent.touchesEdge;
    s.referenceMl = millilitres(extent.voxels);
    s.labelDice = dice(label, label);
    return s;
  }

  double dice(int reference, int predicted) const {
    const auto both = m_overlaps.find({reference, predicted});
    return diceOf(m_reference.voxels(reference), m_predicted.voxels(predicted),
                  both == m_overlaps.end() ? 0 : both->second);
  }

  template <class Of>
  void pair(const Of& ofKind) {
    struct Candidate {
      double dice;
      int reference, predicted;
    };
    std::vector<Candidate> candidates;
    for (const auto& [labels, both] : m_overlaps)
      if (ofKind(structureKindOf(labels.first)) && ofKind(structureKindOf(labels.second)))
        candidates.push_back({dice(labels.first, labels.second), labels.first, labels.second});
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.dice > b.dice; });
    std::set<int> taken;
    for (const Candidate& c : candidates) {
      const auto s = std::find_if(m_result.structures.begin(), m_result.structures.end(),
                                  [&](const StructureResult& r) { return r.label == c.reference; });
      if (s == m_result.structures.end() || s->predicted != 0 || !taken.insert(c.predicted).second)
        continue;
      s->predicted = c.predicted;
      s->dice = c.dice;
      if (c.dice > unmatchedUpTo)
        m_matched.insert(c.predicted);
    }
  }

  void measure(StructureResult& s) {
    if (s.kind == StructureKind::Other) {
      s.predicted = m_predicted.voxels(s.label) > 0 ? s.label : 0;
      s.dice = s.labelDice;
    }
    s.predictedMl = millilitres(m_predicted.voxels(s.predicted));
    s.found = s.predicted != 0 && s.dice >= foundFrom;
    if (m_bodies && s.kind == StructureKind::Vertebra && m_bodies->referenceSide.voxels(s.label) > 0) {
      const auto both = m_bodies->overlaps.find({s.label, s.predicted});
      s.bodyDice =
          diceOf(m_bodies->referenceSide.voxels(s.label), m_bodies->predictedSide.voxels(s.predicted),
                 both == m_bodies->overlaps.end() ? 0 : both->second);
    }
    if (!s.found)
      return;
    const LabelExtent &own = m_reference.extents.at(s.label), &other = m_predicted.extents.at(s.predicted);
    s.centroidMm = distance(own.centroid, other.centroid);
    if (m_bodies && m_bodies->referenceSide.voxels(s.label) > 0 &&
        m_bodies->predictedSide.voxels(s.predicted) > 0)
      s.centroidMm = distance(m_bodies->referenceSide.extents.at(s.label).centroid,
                              m_bodies->predictedSide.extents.at(s.predicted).centroid);
    const auto surfaces = surfaceDistance(surfaceOf(m_reference.labels, s.label, own),
                                          surfaceOf(m_predicted.labels, s.predicted, other));
    if (surfaces) {
      s.meanSurfaceMm = surfaces->meanMm;
      s.hausdorff95Mm = surfaces->hausdorff95Mm;
    }
    if (s.kind != StructureKind::Vertebra)
      return;
    const bool unnamed = s.predicted > 900;
    s.name = unnamed                  ? NameVerdict::Abstained
             : s.predicted == s.label ? NameVerdict::Right
                                      : NameVerdict::Wrong;
    const auto sure = m_options.confidence.find(s.predicted);
    if (!unnamed && sure != m_options.confidence.end())
      s.confidence = sure->second;
  }

  bool judges(StructureKind kind) const {
    return std::any_of(m_result.structures.begin(), m_result.structures.end(), [&](const StructureResult& s) {
      return s.kind == kind || (kind == StructureKind::Vertebra && s.kind == StructureKind::Sacrum);
    });
  }

  // The reference's spine from its first to its last vertebra: who lies outside of these ends is beyond.
  void findUnmatched() {
    std::vector<PointLps> centres;
    for (const auto& [label, extent] : m_reference.extents)
      if (isVertebral(label))
        centres.push_back(extent.centroid);
    const auto lowHigh =
        std::minmax_element(centres.begin(), centres.end(), [](PointLps a, PointLps b) { return a.z < b.z; });
    for (const auto& [label, extent] : m_predicted.extents) {
      const StructureKind kind = structureKindOf(label);
      const bool counts = kind == StructureKind::Vertebra || kind == StructureKind::Disc;
      if (!counts || m_matched.count(label) || !judges(kind))
        continue;
      const double z = extent.centroid.z;
      const bool beyond = centres.size() > 1 && (z < lowHigh.first->z || z > lowHigh.second->z);
      m_result.unmatched.push_back({label, kind, millilitres(extent.voxels), beyond});
    }
  }

  void unions() {
    std::set<int> beyond;
    for (const UnmatchedResult& u : m_result.unmatched)
      if (u.beyond)
        beyond.insert(u.label);
    const auto judged = [&](int label) {
      return structureKindOf(label) == StructureKind::Vertebra && !beyond.count(label);
    };
    const auto united = [&](const Side& a, const Side& b,
                            const std::map<std::pair<int, int>, std::size_t>& overlaps) {
      std::size_t ofA = 0, ofB = 0, both = 0;
      for (const auto& [label, extent] : a.extents)
        ofA += judged(label) ? extent.voxels : 0;
      for (const auto& [label, extent] : b.extents)
        ofB += judged(label) ? extent.voxels : 0;
      for (const auto& [labels, voxels] : overlaps)
        both += judged(labels.first) && judged(labels.second) ? voxels : 0;
      return ofA == 0 ? std::nullopt : std::optional(diceOf(ofA, ofB, both));
    };
    m_result.unionDice = united(m_reference, m_predicted, m_overlaps);
    if (m_bodies)
      m_result.unionBodyDice = united(m_bodies->referenceSide, m_bodies->predictedSide, m_bodies->overlaps);
  }

  const CompareOptions& m_options;
  Side m_reference, m_predicted;
  std::map<std::pair<int, int>, std::size_t> m_overlaps;
  std::optional<Bodies> m_bodies;
  std::set<int> m_matched;
  CaseResult m_result;
};

} // namespace

const char* structureKindName(StructureKind kind) {
  switch (kind) {
  case StructureKind::Vertebra:
    return "vertebra";
  case StructureKind::Sacrum:
    return "sacrum";
  case StructureKind::Disc:
    return "disc";
  case StructureKind::Other:
    break;
  }
  return "other";
}

StructureKind structureKindOf(int label) {
  if (label == labelOf(Level::Sacrum))
    return StructureKind::Sacrum;
  if (label != labelOf(Level::Coccyx) && (levelFromLabel(label) || (label > 900 && label < 1000)))
    return StructureKind::Vertebra;
  const CodeRow* row = codeForLabel(label);
  return label > 1000 || (row && row->kind == "disc") ? StructureKind::Disc : StructureKind::Other;
}

std::string structureNameOf(int label) {
  if (label > 1000)
    return "V" + std::to_string(label - 1000) + " disc";
  if (label > 900)
    return "V" + std::to_string(label - 900);
  const CodeRow* row = codeForLabel(label);
  return row ? row->shortName : std::to_string(label);
}

const char* nameVerdictName(NameVerdict verdict) {
  switch (verdict) {
  case NameVerdict::Right:
    return "right";
  case NameVerdict::Wrong:
    return "wrong";
  case NameVerdict::Abstained:
    return "abstained";
  case NameVerdict::None:
    break;
  }
  return "";
}

Result<CaseResult> compareCase(const std::string& name, const LabelledCase& given, LabelledCase predicted,
                               const CompareOptions& options) {
  std::vector<std::string> notes;
  // A map of parts that names no body says nothing (labels that came without parts).
  const auto knowsBodies = [](const std::vector<std::uint16_t>& parts) {
    return std::find(parts.begin(), parts.end(), bodyPart) != parts.end();
  };
  if (!knowsBodies(predicted.parts))
    predicted.parts.clear();
  const bool whole = given.parts.empty() || knowsBodies(given.parts);
  const LabelledCase stripped = whole ? LabelledCase{} : LabelledCase{given.labels, {}};
  const LabelledCase& reference = whole ? given : stripped;
  if (!predicted.labels.grid.sameAs(reference.labels.grid, 0.01)) {
    if (!predicted.parts.empty()) {
      const LabelArray parts =
          resampledNearest({predicted.labels.grid, predicted.parts}, reference.labels.grid);
      predicted.parts = parts.numbers;
    }
    predicted.labels = resampledNearest(predicted.labels, reference.labels.grid);
    notes.push_back("the prediction lies on another grid and was resampled (nearest voxel)");
  }
  const std::size_t voxels = reference.labels.numbers.size();
  for (const std::size_t size :
       {predicted.parts.empty() ? voxels : predicted.parts.size(),
        reference.parts.empty() ? voxels : reference.parts.size(), reference.labels.grid.size().count()})
    if (size != voxels)
      return fail(ErrorCode::GridMismatch, {name, std::to_string(voxels), std::to_string(size)},
                  "compareCase");
  if (options.bodiesOnly) {
    if (predicted.parts.empty())
      notes.push_back("the prediction does not say which part is body: its whole vertebrae are compared");
    else
      for (std::size_t v = 0; v < voxels; ++v)
        if (structureKindOf(predicted.labels.numbers[v]) == StructureKind::Vertebra &&
            predicted.parts[v] != bodyPart)
          predicted.labels.numbers[v] = 0;
  }
  const auto has = [&](int label) {
    return std::find(reference.labels.numbers.begin(), reference.labels.numbers.end(), label) !=
           reference.labels.numbers.end();
  };
  if (has(canalLabel) && !has(cordLabel) && !has(csfLabel))
    for (std::uint16_t& number : predicted.labels.numbers)
      if (number == cordLabel || number == csfLabel)
        number = canalLabel;
  CaseResult result = Comparison(reference, predicted, options).run();
  result.name = name;
  result.notes = std::move(notes);
  return result;
}

} // namespace spondyl
