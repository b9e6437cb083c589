#include "tests/core/edit/edit_fixture.h"

using namespace spondyl;
using namespace spondyl::test;

TEST_CASE("accepting all takes voxels, names, landmarks, findings wait to be confirmed one by one") {
  const CasePtr c = accepted();
  CHECK(names(c) == "L1 L2 L3 L4 L5 S1");
  CHECK(c->chain.naming == Naming::Assumed);
  CHECK(c->chain.alternatives.size() == 2);
  for (const Structure& s : c->structures.all())
    CHECK(s.state == ItemState::Confirmed);
  for (const Landmark& l : c->landmarks)
    CHECK(l.state == ItemState::Confirmed);
  for (const Finding& f : c->findings)
    CHECK(f.state == ItemState::Proposed);
  CHECK(!c->proposals[0]->isOpen());
  CHECK(unchanged(c, AcceptProposal{ProposalId{1}, {}, false}));
  CHECK(refusal(c, AcceptProposal{ProposalId{7}, {}, false}) == ErrorCode::UnknownItem);
  CHECK(refusal(c, AcceptProposal{ProposalId{1}, {StructureId{99}}, false}) == ErrorCode::UnknownItem);
}

TEST_CASE(
    "painting marks voxels as touched, notes the editor and keeps within the bounds that were asked for") {
  const CasePtr c = accepted();
  const StructureId l3 = vertebra(c, Level::L3), l4 = vertebra(c, Level::L4);
  const PointLps between = midpoint(c->chain.find(Level::L3)->centroid, c->chain.find(Level::L4)->centroid);
  PaintStroke stroke = strokeAt(between, l3, 20);
  const CasePtr all = with(c, stroke);
  CHECK(voxels(all, l3) > voxels(c, l3));
  CHECK(voxels(all, l4) < voxels(c, l4));
  CHECK(all->structures.find(l3)->provenance.editedBy == std::vector<std::string>{"reader"});
  CHECK(all->structures.find(l4)->provenance.editedBy == std::vector<std::string>{"reader"});
  CHECK(all->structures.find(vertebra(c, Level::L1))->provenance.editedBy.empty());

  stroke.inside = EditInside::BackgroundOnly;
  const CasePtr around = with(c, stroke);
  CHECK(voxels(around, l4) == voxels(c, l4));
  CHECK(voxels(around, l3) > voxels(c, l3));
  stroke.inside = EditInside::ThisOnly;
  stroke.only = l4;
  const CasePtr taken = with(c, stroke);
  CHECK(voxels(taken, l3) + voxels(taken, l4) == voxels(c, l3) + voxels(c, l4));
  stroke.target = {};
  const CasePtr erased = with(c, stroke);
  CHECK(voxels(erased, l4) < voxels(c, l4));
  CHECK(voxels(erased, l3) == voxels(c, l3));

  const LabelLayer& layer = all->layers[0];
  const IndexIjk v = nearestIndex(layer.map.grid().toIjk(between));
  CHECK(layer.map.at(v) == l3);
  CHECK(layer.map.isTouched(v));
  CHECK(!c->layers[0].map.isTouched(v));
}

TEST_CASE("a stroke that changes nothing is no edit, and one that makes no sense is refused") {
  const CasePtr c = accepted();
  const PointLps air = c->layers[0].map.grid().toLps(IndexIjk{3, 40, 5});
  CHECK(unchanged(c, strokeAt(air, {})));
  CHECK(unchanged(c, strokeAt(air + VectorLps{0, 900, 0}, vertebra(c, Level::L3)))); // outside the volume
  PaintStroke nothing = strokeAt(air, vertebra(c, Level::L3));
  nothing.path.clear();
  CHECK(unchanged(c, nothing));
  CHECK(refusal(c, strokeAt(air, StructureId{500})) == ErrorCode::UnknownItem);
  CHECK(refusal(c, strokeAt(air, vertebra(c, Level::L3), 0)) == ErrorCode::InvalidEdit);
  PaintStroke other = strokeAt(air, vertebra(c, Level::L3));
  other.layer = LayerKind::CanalContents;
  CHECK(refusal(c, other) == ErrorCode::InvalidEdit);
  const CasePtr empty = std::make_shared<const Case>(test::caseOn(test::obliqueGrid()));
  other.seriesUid = "9.9";
  other.target = {};
  CHECK(refusal(empty, other) == ErrorCode::UnknownItem);
}

TEST_CASE("touched voxels keep their value when a proposal is accepted over them, unless the reader says "
          "otherwise") {
  const Grid grid = test::obliqueGrid();
  CasePtr c = with(std::make_shared<const Case>(test::caseOn(grid)),
                   CreateStructure{Part::Vertebra, {}, 0, grid.toLps(IndexIjk{30, 15, 30})});
  const StructureId mine = c->structures.all()[0].id;
  c = with(c, strokeAt(grid.toLps(IndexIjk{30, 15, 65}), mine, 6)); // reaches into L1
  const std::size_t painted = voxels(c, mine);
  c = with(c, AddProposal{test::spineProposal(grid)});
  const CasePtr kept = with(c, AcceptProposal{ProposalId{1}, {}, false});
  CHECK(voxels(kept, mine) == painted);
  const CasePtr over = with(c, AcceptProposal{ProposalId{1}, {}, true});
  CHECK(voxels(over, mine) == painted); // another accepted structure: never taken away silently
}

TEST_CASE("painting on a structure that is only proposed accepts it as edited") {
  const Grid grid = test::obliqueGrid();
  CasePtr c = with(std::make_shared<const Case>(test::caseOn(grid)), AddProposal{test::spineProposal(grid)});
  const EffectiveCase e = effective(*c);
  const InstanceId l3 = e.chain.find(Level::L3)->instance;
  const StructureId id = e.structures.find(l3, Part::Vertebra)->id;
  c = with(c, strokeAt(e.chain.find(Level::L3)->centroid + VectorLps{0, -12, 0}, id, 6));
  REQUIRE(c->structures.find(id));
  CHECK(c->structures.find(id)->state == ItemState::Edited);
  CHECK(names(c) == "L3");
  CHECK(c->structures.all().size() == 1);
  CHECK(!c->proposals[0]->isWaiting(id));
  CHECK(effective(*c).chain.entries.size() == 6);
}

TEST_CASE("a plane splits a vertebra: the caudal side is new, the chain grows from the sacrum's side") {
  const CasePtr c = accepted();
  const StructureId l3 = vertebra(c, Level::L3);
  const InstanceId upper = at(c, Level::L3);
  for (const double turn : {1.0, -1.0}) { // whichever way the plane looks
    Plane plane = across(c, Level::L3);
    plane.down = plane.down * turn;
    const CasePtr split = with(c, SplitInstance{upper, plane});
    REQUIRE(split->chain.entries.size() == 7);
    const InstanceId lower = split->chain.below(upper)->instance;
    CHECK(names(split) == "T12 L1 L2 L3 L4 L5 S1");
    CHECK(split->chain.displayName(lower) == "L3");
    CHECK(split->chain.displayName(upper) == "L2");
    CHECK(split->chain.find(upper)->centroid.z > split->chain.find(lower)->centroid.z + 5);
    const StructureId below = split->structures.find(lower, Part::Vertebra)->id;
    CHECK(voxels(split, below) + voxels(split, l3) == voxels(c, l3));
    CHECK(voxels(split, below) > voxels(c, l3) / 4);
    CHECK(split->structures.find(lower, Part::Disc)); // the disc under the old one lies under the new one
    CHECK(!split->structures.find(upper, Part::Disc));
    CHECK(split->structures.find(below)->provenance.editedBy == std::vector<std::string>{"reader"});
  }
  Plane beside = across(c, Level::L3);
  beside.origin = beside.origin + VectorLps{0, 0, 500};
  CHECK(refusal(c, SplitInstance{upper, beside}) == ErrorCode::InvalidEdit);
  CHECK(refusal(c, SplitInstance{InstanceId{99}, beside}) == ErrorCode::UnknownItem);
}

TEST_CASE("a vertebra cut off the sacrum stands above it") {
  const CasePtr c = accepted();
  Plane plane = across(c, Level::Sacrum);
  const CasePtr split = with(c, SplitInstance{at(c, Level::Sacrum), plane});
  CHECK(split->chain.entries.back().instance == at(c, Level::Sacrum));
  CHECK(names(split) == "T12 L1 L2 L3 L4 L5 S1");
  CHECK(split->structures.find(split->chain.entries[5].instance, Part::Vertebra));
}

TEST_CASE(
    "merging two joins their parts, removes the disc between and counts the names anew from the sacrum") {
  const CasePtr c = accepted();
  const InstanceId keep = at(c, Level::L3), absorb = at(c, Level::L2);
  const StructureId l3 = vertebra(c, Level::L3), l2 = vertebra(c, Level::L2);
  const StructureId disc = c->structures.find(absorb, Part::Disc)->id;
  const CasePtr merged = with(c, MergeInstances{keep, absorb});
  CHECK(voxels(merged, l3) == voxels(c, l3) + voxels(c, l2));
  CHECK(!merged->structures.find(l2));
  CHECK(!merged->structures.find(disc));
  CHECK(merged->structures.find(keep, Part::Disc));
  CHECK(names(merged) == "L2 L3 L4 L5 S1");
  CHECK(merged->chain.displayName(keep) == "L3");
  CHECK(!merged->landmark(absorb, "centre"));
  const double z = merged->chain.find(keep)->centroid.z;
  CHECK(z > c->chain.find(keep)->centroid.z);
  CHECK(z < c->chain.find(absorb)->centroid.z);
  CHECK(refusal(c, MergeInstances{keep, keep}) == ErrorCode::InvalidEdit);
  // Split and merged again, every voxel is back.
  const CasePtr split = with(c, SplitInstance{keep, across(c, Level::L3)});
  const CasePtr back = with(split, MergeInstances{keep, split->chain.below(keep)->instance});
  CHECK(voxels(back, l3) == voxels(c, l3));
  CHECK(names(back) == names(c));
}

TEST_CASE("deleting frees the voxels for a later proposal and takes along what hung on the vertebra") {
  const CasePtr c = accepted();
  const InstanceId l2 = at(c, Level::L2);
  CasePtr deleted = with(c, DeleteStructures{{vertebra(c, Level::L2)}});
  CHECK(deleted->chain.find(l2)); // its disc is still there
  deleted = with(deleted, DeleteStructures{{c->structures.find(l2, Part::Disc)->id}});
  CHECK(names(deleted) == "L1 L3 L4 L5 S1");
  CHECK(chainProblems(deleted->chain).size() == 1);
  CHECK(!deleted->landmark(l2, "centre"));
  const CasePtr again = with(with(deleted, AddProposal{test::spineProposal(test::obliqueGrid())}),
                             AcceptProposal{ProposalId{2}, {}, false});
  CHECK(names(again) == "L1 L2 L3 L4 L5 S1");
  CHECK(voxels(again, vertebra(again, Level::L2)) == voxels(c, vertebra(c, Level::L2)));
}

TEST_CASE("renaming the chain changes names only, it renames proposals in view as well") {
  const CasePtr c = accepted();
  const CasePtr renamed = with(c, RenameChain{at(c, Level::L3), Level::L2});
  CHECK(names(renamed) == "T12 L1 L2 L3 L4 S1");
  CHECK(renamed->chain.anchor == Anchor::Reader);
  CHECK(renamed->chain.naming == Naming::Certain);
  for (std::size_t n = 0; n < c->layers.size(); ++n)
    CHECK(renamed->layers[n].map.bricks().data() == c->layers[n].map.bricks().data());
  CHECK(unchanged(renamed, RenameChain{at(renamed, Level::L2), Level::L2}));
  CHECK(refusal(c, RenameChain{at(c, Level::L1), Level::L6}) == ErrorCode::InvalidEdit);

  const Grid grid = test::obliqueGrid();
  CasePtr open =
      with(std::make_shared<const Case>(test::caseOn(grid)), AddProposal{test::spineProposal(grid)});
  open = with(open, RenameChain{open->proposals[0]->chain.entries[2].instance, Level::L2});
  CHECK(effective(*open).chain.displayName(open->proposals[0]->chain.entries[0].instance) == "T12");
  CHECK(names(with(open, AcceptProposal{ProposalId{1}, {}, false})) == "T12 L1 L2 L3 L4 S1");

  const CasePtr chosen = with(c, ChooseAlternative{0});
  CHECK(names(chosen) == "L2 L3 L4 L5 L6 S1");
  CHECK(chosen->chain.variant == "L6");
  CHECK(chosen->chain.alternatives.empty());
  CHECK(refusal(chosen, ChooseAlternative{0}) == ErrorCode::UnknownItem);
  CHECK(names(with(c, RenameOne{at(c, Level::L1), Level::T13})) == "T13 L2 L3 L4 L5 S1");
  CHECK(names(with(c, RenameOne{at(c, Level::L1), std::nullopt})) == "V1 L2 L3 L4 L5 S1");
}

TEST_CASE("a vertebra that was missed is inserted where it lies, named where the names leave room") {
  CasePtr c = accepted();
  const PointLps where = c->chain.find(Level::L2)->centroid;
  const InstanceId l2 = at(c, Level::L2);
  c = with(c, DeleteStructures{{vertebra(c, Level::L2), c->structures.find(l2, Part::Disc)->id}});
  const CasePtr inserted = with(c, CreateStructure{Part::Vertebra, {}, 0, where});
  REQUIRE(inserted->chain.entries.size() == 6);
  CHECK(inserted->chain.entries[1].instance != l2);
  const StructureId fresh = inserted->structures.all().back().id;
  CHECK(inserted->structures.find(fresh)->state == ItemState::Edited);
  const CasePtr painted = with(inserted, strokeAt(where, fresh, 8));
  CHECK(voxels(painted, fresh) > 100);
  CHECK(refusal(c, CreateStructure{Part::Disc, {}, 0, {}}) == ErrorCode::InvalidEdit);
  CHECK(refusal(c, CreateStructure{Part::Disc, at(c, Level::L3), 0, {}}) == ErrorCode::InvalidEdit);
  CHECK(refusal(c, CreateStructure{Part::Sacrum, {}, 0, {}}) == ErrorCode::InvalidEdit);
}

TEST_CASE("landmarks, findings, overrides, key images and report text change one thing each") {
  const CasePtr c = accepted();
  const InstanceId l3 = at(c, Level::L3);
  const CasePtr moved = with(c, MoveLandmark{l3, "centre", {1, 2, 3}});
  CHECK(moved->landmark(l3, "centre")->position == PointLps{1, 2, 3});
  CHECK(moved->landmark(l3, "centre")->provenance.editedBy == std::vector<std::string>{"reader"});
  CHECK(landmarkName(*moved->landmark(l3, "centre"), moved->chain) == "L3.centre");
  CHECK(unchanged(moved, MoveLandmark{l3, "centre", {1, 2, 3}}));
  const CasePtr placed = with(c, MoveLandmark{{}, "hip.left", {9, 9, 9}});
  CHECK(placed->landmark({}, "hip.left")->state == ItemState::Edited);
  CHECK(with(placed, RemoveLandmark{{}, "hip.left"})->landmarks.size() == c->landmarks.size());
  CHECK(refusal(c, MoveLandmark{InstanceId{77}, "centre", {}}) == ErrorCode::UnknownItem);
  CHECK(refusal(c, RemoveLandmark{l3, "spinous"}) == ErrorCode::UnknownItem);

  const CasePtr rejected = with(c, SetFindingState{"fracture.2", ItemState::Rejected});
  CHECK(effective(*rejected).findings.size() == c->findings.size() - 1);
  CHECK(refusal(c, SetFindingState{"none", ItemState::Confirmed}) == ErrorCode::UnknownItem);
  const CasePtr level = with(rejected, ConfirmLevel{l3});
  for (const Finding& f : level->findings)
    CHECK(f.state == (f.id == "fracture.2" ? ItemState::Rejected
                      : f.instance == l3   ? ItemState::Confirmed
                                           : ItemState::Proposed));
  const CasePtr allConfirmed = with(rejected, ConfirmAll{});
  for (const Finding& f : allConfirmed->findings)
    CHECK(f.state == (f.id == "fracture.2" ? ItemState::Rejected : ItemState::Confirmed));

  MeasurementOverride value{"body.height.anterior", l3, 24.5, "mm", "osteophyte", "reader",
                            "2026-01-01T00:00:00Z"};
  const CasePtr overridden = with(c, SetOverride{value});
  CHECK(unchanged(overridden, SetOverride{value}));
  CHECK(with(overridden, ClearOverride{"body.height.anterior", l3})->overrides.empty());
  CHECK(unchanged(c, ClearOverride{"body.height.anterior", l3}));
  value.reason.clear();
  CHECK(refusal(c, SetOverride{value}) == ErrorCode::InvalidEdit);
  const CasePtr keyed = with(c, AddKeyImage{{"k1", "1.2.3", {}, "sagittal", "", 400, 2000}});
  CHECK(with(keyed, RemoveKeyImage{"k1"})->keyImages.empty());
  CHECK(refusal(c, RemoveKeyImage{"k1"}) == ErrorCode::UnknownItem);
  CHECK(with(c, SetReportText{{"impression", "", ""}})->report.impression == "impression");
  CHECK(unchanged(c, SetReportText{}));
}

TEST_CASE("a study read again replaces what it had and keeps series that were not read, another patient is "
          "refused") {
  const Grid grid = test::obliqueGrid();
  const CasePtr c = std::make_shared<const Case>(test::caseOn(grid));
  CHECK(unchanged(c, AddStudy{c->studies[0], c->patient}));
  Study more = c->studies[0];
  more.series = {test::seriesOn(grid, "1.2.4")};
  const CasePtr both = with(c, AddStudy{more, c->patient});
  REQUIRE(both->studies.size() == 1);
  CHECK(both->studies[0].series.size() == 2);
  CHECK(both->series("1.2.3"));
  CHECK(both->series("1.2.4"));
  Patient other = c->patient;
  other.id = "43";
  CHECK(refusal(c, AddStudy{more, other}) == ErrorCode::InvalidEdit);
}

TEST_CASE("a proposal whose voxels name no structure is refused") {
  const Grid grid = test::obliqueGrid();
  const CasePtr c = std::make_shared<const Case>(test::caseOn(grid));
  Proposal p = test::spineProposal(grid);
  p.structures.remove(StructureId{1});
  CHECK(refusal(c, AddProposal{p}) == ErrorCode::InvalidEdit);
}

TEST_CASE("computed bricks are swapped in and noted, what they name must exist") {
  const CasePtr c = accepted();
  const LabelLayer& layer = c->layers[0];
  std::size_t b = 0;
  while (!layer.map.bricks()[b])
    ++b;
  auto brick = std::make_shared<LabelBrick>(*layer.map.bricks()[b]);
  std::replace(brick->ids.begin(), brick->ids.end(), brick->ids[LabelBrick::count - 1], std::uint16_t(0));
  CHECK(unchanged(c, ReplaceBricks{layer.id, {{b, layer.map.bricks()[b]}}, "Smooth"}));
  brick->ids[5] = 999;
  CHECK(refusal(c, ReplaceBricks{layer.id, {{b, brick}}, "Smooth"}) == ErrorCode::UnknownItem);
  brick->ids[5] = c->structures.all()[0].id.value;
  const Edit smooth = ReplaceBricks{layer.id, {{b, brick}}, "Smooth"};
  CHECK(verb(smooth) == "Smooth");
  CHECK(with(c, smooth)->layers[0].map.bricks()[b] == brick);
  CHECK(refusal(c, ReplaceBricks{layer.id, {{100000, brick}}, "Smooth"}) == ErrorCode::GridMismatch);
  CHECK(refusal(c, ReplaceBricks{LayerId{99}, {{b, brick}}, "Smooth"}) == ErrorCode::UnknownItem);
}
