#pragma once
// A small spine made of boxes, and random edits on it: what the tests of case, edit and store share.

#include "core/case/label_exchange.h"
#include "core/edit/edit.h"

#include <random>

namespace spondyl::test {

/// Turned about x and z, 1 x 1.2 x 2.5 mm: index axes are no patient axes.
inline Grid obliqueGrid(GridSize size = {60, 44, 70}) {
  const double a = 0.2, b = 0.15;
  const VectorLps i{std::cos(b), std::sin(b), 0},
      j{-std::sin(b) * std::cos(a), std::cos(b) * std::cos(a), std::sin(a)};
  return *Grid::create(size, {-31, 12, -80}, i, j * 1.2, cross(i, j) * 2.5);
}

inline Series seriesOn(const Grid& grid, const std::string& uid = "1.2.3") {
  Series series;
  series.uid = uid;
  series.modality = "CT";
  series.frameOfReferenceUid = uid + ".9";
  Stack stack;
  stack.grid = grid;
  for (int k = 0; k < grid.size().k; ++k)
    stack.slices.push_back({"images/" + std::to_string(k) + ".dcm", "1.2.840.10008.5.1.4.1.1.2",
                            uid + "." + std::to_string(k), 0, k + 1});
  series.sliceCount = grid.size().k;
  series.stacks.push_back(stack);
  return series;
}

inline Case caseOn(const Grid& grid) {
  Case c;
  c.id = "11111111-2222-4333-8444-555555555555";
  c.patient = {"Doe^Jane", "42", "1960-01-01", "F"};
  Study study;
  study.uid = "1.2";
  study.name = "1.2";
  study.patient = c.patient;
  study.series.push_back(seriesOn(grid));
  c.studies.push_back(study);
  return c;
}

/// Labels of codes.csv: sacrum at the caudal end (low k), then vertebrae upwards from `lowest`, discs, a
/// canal behind.
inline std::vector<std::uint16_t> boxSpine(const Grid& grid, Level lowest = Level::L5, int vertebrae = 5) {
  std::vector<std::uint16_t> labels(grid.size().count());
  const auto fill = [&](int label, IndexIjk low, IndexIjk high) {
    for (int k = low.k; k <= high.k; ++k)
      for (int j = low.j; j <= high.j; ++j)
        for (int i = low.i; i <= high.i; ++i)
          if (grid.contains({i, j, k}))
            labels[grid.offset({i, j, k})] = static_cast<std::uint16_t>(label);
  };
  fill(26, {20, 8, 2}, {40, 30, 9});
  Level level = lowest;
  for (int v = 0; v < vertebrae; ++v) {
    const int k = 11 + v * 11;
    if (level != Level::C1)
      fill(discLabelBelow(level), {22, 8, k - 1}, {38, 20, k - 1});
    fill(labelOf(level), {20, 8, k}, {40, 22, k + 8});      // body
    fill(labelOf(level), {24, 23, k + 3}, {36, 34, k + 6}); // arch, thin, round the canal
    if (const auto above = usualPrevious(level))
      level = *above;
  }
  fill(61, {27, 24, 2}, {33, 26, 66});
  return labels;
}

inline Proposal spineProposal(const Grid& grid, Level lowest = Level::L5, int vertebrae = 5) {
  const auto labels = boxSpine(grid, lowest, vertebrae);
  LabelImport import;
  import.labels = labels;
  import.grid = grid;
  import.seriesUid = "1.2.3";
  import.frameOfReferenceUid = "1.2.3.9";
  import.provenance = {Provenance::Origin::Import, "labels.nii.gz", "", "", "", "2026-01-01T00:00:00Z", {}};
  Proposal p = *proposalFromLabels(import);
  for (const ChainEntry& entry : p.chain.entries) {
    Landmark landmark;
    landmark.instance = entry.instance;
    landmark.site = "centre";
    landmark.position = entry.centroid;
    landmark.confidence = 0.8;
    landmark.provenance = p.provenance;
    p.landmarks.push_back(landmark);
    Finding finding;
    finding.id = "fracture." + std::to_string(entry.instance.value);
    finding.instance = entry.instance;
    finding.kind = "fracture";
    finding.grade = int(entry.instance.value % 4);
    finding.probability = 0.3;
    finding.provenance = p.provenance;
    p.findings.push_back(finding);
  }
  return p;
}

/// An edit that makes sense more often than not; some are refused, some change nothing.
class RandomEdits {
 public:
  explicit RandomEdits(unsigned seed) : m_random(seed) {}

  Edit next(const Case& c) {
    const EffectiveCase e = effective(c);
    const auto instance = [&] {
      return e.chain.entries.empty() ? InstanceId{} : any(e.chain.entries).instance;
    };
    const auto structure = [&] {
      return e.structures.all().empty() ? StructureId{} : any(e.structures.all()).id;
    };
    const Grid& grid = *c.studies[0].series[0].stacks[0].grid;
    switch (number(0, 22)) {
    case 0:
      if (c.proposals.size() < 4)
        return AddProposal{spineProposal(grid, number(0, 1) ? Level::L5 : Level::L4, number(3, 5))};
      break;
    case 1:
      if (!c.proposals.empty())
        return AcceptProposal{any(c.proposals)->id, {}, number(0, 3) == 0};
      break;
    case 2:
      if (!c.proposals.empty()) {
        const Proposal& p = *any(c.proposals);
        return AcceptProposal{p.id, {any(p.structures.all()).id}, false};
      }
      break;
    case 3:
      if (!c.proposals.empty()) {
        const Proposal& p = *any(c.proposals);
        return RejectProposal{p.id, {any(p.structures.all()).id}};
      }
      break;
    case 4:
      return CreateStructure{number(0, 1) ? Part::Vertebra : Part::Disc,
                             number(0, 1) ? instance() : InstanceId{}, 0, pointIn(grid)};
    case 5:
      return DeleteStructures{{structure()}};
    case 6:
      return MergeInstances{instance(), instance()};
    case 7:
      return SplitInstance{instance(), planeIn(grid)};
    case 8:
      return RenameChain{instance(), allLevels()[std::size_t(number(10, 26))]};
    case 9:
      return RenameOne{instance(),
                       number(0, 3) ? std::optional(allLevels()[std::size_t(number(10, 25))]) : std::nullopt};
    case 10:
      return ChooseAlternative{std::size_t(number(0, 1))};
    case 11:
      return MoveLandmark{instance(), "centre", pointIn(grid)};
    case 12:
      return RemoveLandmark{instance(), "centre"};
    case 13:
      return number(0, 20) ? Edit(ConfirmLevel{instance()}) : Edit(ConfirmAll{});
    case 14:
      return SetFindingState{"fracture." + std::to_string(number(1, 8)),
                             number(0, 1) ? ItemState::Confirmed : ItemState::Rejected};
    case 15:
      return SetOverride{{"body.height.anterior", instance(), real(10, 30), "mm", "artefact", "reader",
                          "2026-01-01T00:00:00Z"}};
    case 16:
      return ClearOverride{"body.height.anterior", instance()};
    case 17:
      return AddKeyImage{
          {std::to_string(number(0, 9)), "1.2.3", pointIn(grid), "sagittal", "L3, \xc3\xbc\"\n", 400, 2000}};
    case 18:
      return SetReportText{{"impression " + std::to_string(number(0, 999)), "", "reader"}};
    case 19: {
      Mark mark;
      mark.id = std::uint32_t(number(1, 6));
      mark.kind = static_cast<MarkKind>(number(0, 5));
      mark.seriesUid = "1.2.3";
      mark.plane = planeIn(grid);
      for (int n = number(1, 5); n > 0; --n)
        mark.points.push_back(pointIn(grid));
      mark.words = mark.value = "\xc3\xbc \n";
      return mark.points.size() == 5 ? Edit(RemoveMark{mark.id}) : Edit(PutMark{mark});
    }
    default:
      break;
    }
    return stroke(grid, number(0, 2) ? structure() : StructureId{}, e);
  }

  PaintStroke stroke(const Grid& grid, StructureId target, const EffectiveCase& e) {
    PaintStroke s;
    s.seriesUid = "1.2.3";
    s.target = target;
    if (const Structure* known = e.structures.find(target))
      s.layer = layerOf(known->part);
    s.inside = static_cast<EditInside>(number(0, 2));
    if (!e.structures.all().empty())
      s.only = any(e.structures.all()).id;
    s.shape = number(0, 1) ? BrushShape::Circle : BrushShape::Sphere;
    s.radius = Mm(real(1, 8));
    s.plane = planeIn(grid);
    PointLps p = pointIn(grid);
    for (int n = number(1, 4); n > 0; --n) {
      s.path.push_back(p);
      p = p + VectorLps{real(-6, 6), real(-6, 6), real(-6, 6)};
    }
    return s;
  }

  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(m_random); }
  double real(double low, double high) { return std::uniform_real_distribution<double>(low, high)(m_random); }
  PointLps pointIn(const Grid& grid) {
    const GridSize n = grid.size();
    return grid.toLps(PointIjk{real(0, n.i - 1), real(0, n.j - 1), real(0, n.k - 1)});
  }
  VectorLps direction() {
    std::normal_distribution<double> normal;
    return normalized(VectorLps{normal(m_random), normal(m_random), normal(m_random)});
  }
  Plane planeIn(const Grid& grid) {
    Plane plane;
    plane.origin = pointIn(grid);
    plane.right = direction();
    plane.down = normalized(cross(plane.right, direction()));
    return plane;
  }
  template <class T>
  const typename T::value_type& any(const T& list) {
    return list[std::size_t(number(0, int(list.size()) - 1))];
  }

 private:
  std::mt19937 m_random;
};

} // namespace spondyl::test
