#include "core/store/journal.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using test::RandomEdits;

TEST_CASE("replay from the journal gives the state after any random edits, undos and redos") {
  for (const unsigned seed : {11u, 12u}) {
    const test::ScratchFolder folder;
    RandomEdits random(seed);
    const CasePtr start = std::make_shared<const Case>(test::caseOn(test::obliqueGrid()));
    JournalOptions options;
    options.stepsPerSnapshot = seed == 11 ? 40 : 100000;
    options.snapshotIdleMs = 0;
    auto journal = Journal::create(folder / "case.journal", start, options);
    REQUIRE(journal.ok());
    Document document(start, "reader");
    std::size_t steps = 0;
    document.subscribe([&](const Step& step) {
      (*journal)->append(step);
      ++steps;
    });
    REQUIRE(document.apply(AddProposal{test::spineProposal(test::obliqueGrid())}).ok());
    for (int session = 0; session < 6; ++session) {
      for (int n = 0; n < 100; ++n) {
        const int what = random.number(0, 9);
        if (what == 0)
          (void)document.undo().ok();
        else if (what == 1)
          (void)document.redo().ok();
        else
          (void)document.apply(random.next(*document.snapshot())).ok();
      }
      const std::uint64_t expected = contentHash(*document.snapshot());
      if (session % 2)
        REQUIRE((*journal)->close().ok());
      else
        REQUIRE((*journal)->flush().ok());
      CHECK((*journal)->durableRevision() <= document.revision());
      journal->reset();
      auto opened = Journal::open(folder / "case.journal", options);
      REQUIRE(opened.ok());
      CHECK(contentHash(*opened->state) == expected);
      CHECK(sameContent(*opened->state, *document.snapshot()));
      CHECK(opened->replay.steps.size() == steps);
      CHECK(opened->replay.lost.empty());
      CHECK(opened->replay.damage.empty());
      CHECK(opened->replay.closedCleanly == (session % 2 == 1));
      *journal = std::move(opened->journal); // the document goes on, its states are the same
    }
    CHECK(steps > 200);
  }
}

TEST_CASE(
    "touched bits alone are worth a step: painting a structure over itself comes back from the journal") {
  const test::ScratchFolder folder;
  const Grid grid = test::obliqueGrid();
  const CasePtr start = std::make_shared<const Case>(test::caseOn(grid));
  Document document(start, "reader");
  auto journal = Journal::create(folder / "case.journal", start);
  REQUIRE(journal.ok());
  document.subscribe([&](const Step& step) { (*journal)->append(step); });
  REQUIRE(document.apply(AddProposal{test::spineProposal(grid)}).ok());
  REQUIRE(document.apply(AcceptProposal{ProposalId{1}, {}, false}).ok());
  const ChainEntry& l3 = *document.snapshot()->chain.find(Level::L3);
  PaintStroke stroke;
  stroke.seriesUid = "1.2.3";
  stroke.target = document.snapshot()->structures.find(l3.instance, Part::Vertebra)->id;
  stroke.radius = Mm(3);
  stroke.path = {l3.centroid};
  const auto idsBefore = document.snapshot()->layers[0].map.dense();
  REQUIRE(document.apply(stroke).ok());
  REQUIRE(document.snapshot()->layers[0].map.dense() == idsBefore);
  REQUIRE((*journal)->flush().ok());
  journal->reset();
  auto opened = Journal::open(folder / "case.journal");
  REQUIRE(opened.ok());
  CHECK(sameContent(*opened->state, *document.snapshot()));
  CHECK(opened->state->layers[0].map.isTouched(nearestIndex(grid.toIjk(l3.centroid))));
}
