#include "core/case/case.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>
#include <set>

using namespace spondyl;

namespace {

const EditContext reader{"reader", "2026-01-01T00:00:00Z"};

CasePtr with(CasePtr c, const Edit& edit) {
  auto applied = apply(c, edit, reader);
  REQUIRE(applied.ok());
  return applied->next;
}

CasePtr proposed() {
  const Grid grid = test::obliqueGrid();
  return with(std::make_shared<const Case>(test::caseOn(grid)), AddProposal{test::spineProposal(grid)});
}

} // namespace

TEST_CASE("where nothing is proposed nothing is copied, where all is proposed its bricks are shared") {
  const CasePtr c = proposed();
  const EffectiveCase e = effective(*c);
  REQUIRE(e.layers.size() == c->proposals[0]->layers.size());
  for (std::size_t n = 0; n < e.layers.size(); ++n)
    CHECK(e.layers[n].map.bricks().data() == c->proposals[0]->layers[n].map.bricks().data());
  CHECK(e.fromProposal.size() == e.structures.all().size());
  CHECK(e.chain == c->proposals[0]->chain);
  CHECK(e.landmarks.size() == c->proposals[0]->landmarks.size());
  CHECK(effective(*c, false).structures.all().empty());

  const CasePtr accepted = with(c, AcceptProposal{ProposalId{1}, {}, false});
  const EffectiveCase after = effective(*accepted);
  CHECK(after.fromProposal.empty());
  for (std::size_t n = 0; n < after.layers.size(); ++n)
    CHECK(after.layers[n].map.bricks().data() == accepted->layers[n].map.bricks().data());
}

TEST_CASE("what is shown does not change when a part of it is accepted") {
  CasePtr c = proposed();
  const EffectiveCase before = effective(*c);
  for (const Structure& s : before.structures.all()) {
    c = with(c, AcceptProposal{ProposalId{1}, {s.id}, false});
    const EffectiveCase e = effective(*c);
    REQUIRE(e.layers.size() == before.layers.size());
    for (const LabelLayer& layer : before.layers) {
      const LabelLayer* now = e.layerFor(layer.seriesUid, layer.frameOfReferenceUid, layer.kind);
      REQUIRE(now);
      CHECK(now->map.dense() == layer.map.dense());
    }
    CHECK(e.chain == before.chain);
    CHECK(e.landmarks.size() == before.landmarks.size());
    CHECK(e.findings.size() == before.findings.size());
  }
  CHECK(!c->proposals[0]->isOpen());
  CHECK(effective(*c).structures.all().size() == before.structures.all().size());
}

TEST_CASE("accepted and touched voxels win over proposed ones, rejected structures vanish") {
  CasePtr c = proposed();
  const Proposal& p = *c->proposals[0];
  const InstanceId l3 = p.chain.find(Level::L3)->instance;
  const StructureId vertebra = p.structures.find(l3, Part::Vertebra)->id;
  const PointLps centre = p.chain.find(Level::L3)->centroid;
  const Grid& grid = p.layers[0].map.grid();
  const IndexIjk voxel = nearestIndex(grid.toIjk(centre));
  REQUIRE(p.layers[0].map.at(voxel) == vertebra);

  PaintStroke erase;
  erase.seriesUid = "1.2.3";
  erase.radius = Mm(3);
  erase.path = {centre};
  const CasePtr erased = with(c, erase);
  CHECK(!effective(*erased).layers[0].map.at(voxel));
  CHECK(erased->proposals[0]->isWaiting(vertebra));
  const CasePtr later = with(erased, AcceptProposal{ProposalId{1}, {}, false});
  CHECK(!later->layers[0].map.at(voxel)); // a person erased it
  CHECK(with(erased, AcceptProposal{ProposalId{1}, {}, true})->layers[0].map.at(voxel) == vertebra);

  const CasePtr rejected = with(c, RejectProposal{ProposalId{1}, {vertebra}});
  CHECK(!effective(*rejected).layers[0].map.at(voxel));
  CHECK(!effective(*rejected).structures.find(vertebra));
}

TEST_CASE(
    "a second run of the model takes the place of what still waited and finds the accepted vertebrae again") {
  CasePtr c = proposed();
  const InstanceId l3 = c->proposals[0]->chain.find(Level::L3)->instance;
  const StructureId vertebra = c->proposals[0]->structures.find(l3, Part::Vertebra)->id;
  c = with(c, AcceptProposal{ProposalId{1}, {vertebra}, false});
  c = with(c, RenameOne{l3, Level::L3});
  c = with(c, AddProposal{test::spineProposal(test::obliqueGrid(), Level::L4)}); // the same, named one higher
  CHECK(!c->proposals[0]->isOpen());
  const Proposal& second = *c->proposals[1];
  const InstanceId again = second.chain.find(Level::L2)->instance;
  CHECK(second.inCase(again) == l3);
  const EffectiveCase e = effective(*c);
  CHECK(e.chain.entries.size() == 6);
  // The reader's vertebra keeps its name, and the new entries are counted from it.
  CHECK(e.chain.displayName(l3) == "L3");
  CHECK(e.chain.displayName(e.chain.below(l3)->instance) == "L4");
  CHECK(e.chain.displayName(e.chain.entries[0].instance) == "L1");

  const CasePtr accepted = with(c, AcceptProposal{ProposalId{2}, {}, false});
  CHECK(accepted->structures.find(l3, Part::Vertebra)->id == vertebra);
  std::set<StructureId> ids;
  for (const Structure& s : accepted->structures.all())
    CHECK(ids.insert(s.id).second);
  CHECK(accepted->chain.entries.size() == 6);
}

TEST_CASE("a rejected finding stays rejected when the model runs again, removed landmarks stay away") {
  CasePtr c = proposed();
  const InstanceId first = c->proposals[0]->chain.entries[0].instance;
  c = with(c, SetFindingState{"fracture.1", ItemState::Rejected});
  c = with(c, AcceptProposal{ProposalId{1}, {}, false});
  c = with(c, RemoveLandmark{first, "centre"});
  c = with(c, AddProposal{test::spineProposal(test::obliqueGrid())});
  const EffectiveCase e = effective(*c);
  CHECK(std::none_of(e.findings.begin(), e.findings.end(),
                     [](const Finding& f) { return f.id == "fracture.1"; }));
  CHECK(!e.landmark(first, "centre"));
  CHECK(std::any_of(e.findings.begin(), e.findings.end(),
                    [](const Finding& f) { return f.id == "fracture.2"; }));
}

TEST_CASE("equal content gives equal hashes, whatever is shared, any difference gives another") {
  const CasePtr c = proposed();
  const CasePtr same = proposed();
  CHECK(contentHash(*c) == contentHash(*same));
  CHECK(sameContent(*c, *same));
  test::RandomEdits random(5);
  std::set<std::uint64_t> hashes{contentHash(*c)};
  std::size_t different = 1;
  for (int n = 0; n < 60; ++n) {
    const auto applied = apply(c, random.next(*c), reader);
    if (!applied.ok() || applied->next == c)
      continue;
    CHECK(!sameContent(*c, *applied->next));
    CHECK(contentHash(*applied->next) != contentHash(*c));
    hashes.insert(contentHash(*applied->next));
    ++different;
  }
  CHECK(hashes.size() > different / 2);
}
