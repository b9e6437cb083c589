#pragma once
// What the tests of edits share: applying, refusing, an accepted spine to work on.

#include "core/edit/document.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>

namespace spondyl::test {

inline const EditContext reader{"reader", "2026-01-01T00:00:00Z"};

inline CasePtr with(CasePtr c, const Edit& edit) {
  auto applied = apply(c, edit, reader);
  REQUIRE(applied.ok());
  CHECK(applied->next != c);
  CHECK(applied->changes.any());
  return applied->next;
}

inline ErrorCode refusal(const CasePtr& c, const Edit& edit) {
  auto applied = apply(c, edit, reader);
  return applied.ok() ? ErrorCode::Internal : applied.error().code;
}

inline bool unchanged(const CasePtr& c, const Edit& edit) {
  auto applied = apply(c, edit, reader);
  return applied.ok() && applied->next == c && !applied->changes.any();
}

inline CasePtr accepted() {
  const Grid grid = obliqueGrid();
  CasePtr c = with(std::make_shared<const Case>(caseOn(grid)), AddProposal{spineProposal(grid)});
  return with(c, AcceptProposal{ProposalId{1}, {}, false});
}

inline InstanceId at(const CasePtr& c, Level level) {
  return c->chain.find(level)->instance;
}
inline StructureId vertebra(const CasePtr& c, Level level) {
  return c->structures.find(at(c, level), Part::Vertebra)->id;
}
inline std::size_t voxels(const CasePtr& c, StructureId id) {
  std::size_t count = 0;
  for (const LabelLayer& layer : c->layers) {
    const auto counts = layer.map.voxelCounts();
    if (id.value < counts.size())
      count += counts[id.value];
  }
  return count;
}
inline std::string names(const CasePtr& c) {
  std::string out;
  for (const ChainEntry& entry : c->chain.entries)
    out += (out.empty() ? "" : " ") + c->chain.displayName(entry.instance);
  return out;
}

inline PaintStroke strokeAt(PointLps p, StructureId target, double radius = 4) {
  PaintStroke s;
  s.seriesUid = "1.2.3";
  s.target = target;
  s.radius = Mm(radius);
  s.path = {p};
  return s;
}

inline Plane across(const CasePtr& c,
                    Level level) { // through the middle of a vertebra, parallel to its end plates
  const Grid& grid = c->layers[0].map.grid();
  Plane plane;
  plane.origin = c->chain.find(level)->centroid;
  plane.right = normalized(grid.stepI());
  plane.down = normalized(grid.stepJ());
  return plane;
}

} // namespace spondyl::test
