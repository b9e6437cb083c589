// Laws that hold for any sequence of edits.
#include "core/edit/document.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>
#include <set>

using namespace spondyl;
using test::RandomEdits;

namespace {

/// What must be true of any case, whatever led to it.
void checkWhole(const Case& c) {
  const EffectiveCase e = effective(c);
  std::vector<char> known(std::size_t(1) << 16);
  known[0] = 1;
  for (const Structure& s : e.structures.all())
    known[s.id.value] = 1;
  for (const LabelLayer& layer : e.layers)
    for (const BrickPtr& brick : layer.map.bricks())
      if (brick)
        for (const std::uint16_t id : brick->ids)
          if (!known[id])
            FAIL("a voxel holds structure " << id << ", which the table lacks");
  std::set<InstanceId> seen;
  for (const ChainEntry& entry : e.chain.entries) {
    if (!seen.insert(entry.instance).second)
      FAIL("an instance stands twice in the chain");
    if (entry.instance.value >= c.nextInstance)
      FAIL("an instance id could be given out again");
  }
  for (const Structure& s : e.structures.all())
    if (s.id.value >= c.structures.nextId())
      FAIL("a structure id could be given out again");
  for (const NamingAlternative& a : e.chain.alternatives)
    if (a.levels.size() != e.chain.entries.size())
      FAIL("an alternative does not fit the chain");
}

} // namespace

TEST_CASE("thousands of random edits: undo to the start and redo to the end find every state again") {
  for (const unsigned seed : {1u, 2u}) {
    RandomEdits random(seed);
    Document document(std::make_shared<const Case>(test::caseOn(test::obliqueGrid())), "reader");
    REQUIRE(document.apply(AddProposal{test::spineProposal(test::obliqueGrid())}).ok());
    std::vector<std::uint64_t> hashes{contentHash(*document.snapshot())};
    std::map<std::string, int> verbs;
    for (int n = 0; n < 1000; ++n) {
      const CasePtr before = document.snapshot();
      const Edit edit = random.next(*before);
      const auto result = document.apply(edit);
      if (!result.ok() || document.snapshot() == before) {
        REQUIRE(contentHash(*document.snapshot()) == hashes.back());
        continue;
      }
      ++verbs[verb(edit)];
      hashes.push_back(contentHash(*document.snapshot()));
      if (n % 20 == 0)
        checkWhole(*document.snapshot());
    }
    CAPTURE(seed);
    REQUIRE(hashes.size() > 300);
    CHECK(verbs.size() >= 13);
    for (std::size_t at = hashes.size() - 1; at-- > 0;) {
      REQUIRE(document.undo().ok());
      REQUIRE(contentHash(*document.snapshot()) == hashes[at]);
    }
    while (document.canUndo())
      REQUIRE(document.undo().ok());
    CHECK(sameContent(*document.snapshot(), test::caseOn(test::obliqueGrid())));
    REQUIRE(document.redo().ok()); // AddProposal
    for (std::size_t at = 1; at < hashes.size(); ++at) {
      REQUIRE(document.redo().ok());
      REQUIRE(contentHash(*document.snapshot()) == hashes[at]);
    }
    CHECK(!document.canRedo());
  }
}

TEST_CASE("an edit never changes the case that it was applied to, and only the bricks that it names") {
  RandomEdits random(7);
  CasePtr state = std::make_shared<const Case>(test::caseOn(test::obliqueGrid()));
  state = apply(state, AddProposal{test::spineProposal(test::obliqueGrid())}, {"reader", ""})->next;
  state = apply(state, AcceptProposal{ProposalId{1}, {}, false}, {"reader", ""})->next;
  for (int n = 0; n < 300; ++n) {
    const std::uint64_t before = contentHash(*state);
    const auto applied = apply(state, random.next(*state), {"reader", "2026-01-01T00:00:00Z"});
    REQUIRE(contentHash(*state) == before);
    if (!applied.ok())
      continue;
    if (applied->next == state) {
      CHECK(!applied->changes.any());
      continue;
    }
    CHECK(applied->changes.any());
    for (const LabelLayer& layer : applied->next->layers) {
      const LabelLayer* old = state->layer(layer.id);
      const bool named = std::find(applied->changes.layers.begin(), applied->changes.layers.end(),
                                   layer.id) != applied->changes.layers.end();
      if (old && !named)
        CHECK(old->map == layer.map);
      if (!old || !named || layer.id != applied->changes.layers.front())
        continue;
      const IndexBox box = applied->changes.voxels;
      for (std::size_t b = 0; b < layer.map.bricks().size(); ++b) {
        if (layer.map.bricks()[b] == old->map.bricks()[b])
          continue;
        const IndexBox brick = brickBox(layer.map.grid(), layer.map.brickCounts(), b);
        CHECK((brick.low.i <= box.high.i && brick.high.i >= box.low.i && brick.low.j <= box.high.j &&
               brick.high.j >= box.low.j && brick.low.k <= box.high.k && brick.high.k >= box.low.k));
      }
    }
    state = applied->next;
  }
}
