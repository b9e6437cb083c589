#pragma once
// A session of a reader, recorded once and written to many journals.

#include "core/edit/document.h"
#include "tests/support/synthetic_case.h"

namespace spondyl::test {

struct RecordedSteps {
  CasePtr start;
  std::vector<Step> steps;
  std::vector<std::uint64_t> hashes; ///< hashes[n]: after n steps
};

inline RecordedSteps recordSteps(unsigned seed, std::size_t count, GridSize size = {40, 30, 36}) {
  RecordedSteps out;
  RandomEdits random(seed);
  const Grid grid = obliqueGrid(size);
  out.start = std::make_shared<const Case>(caseOn(grid));
  out.hashes.push_back(contentHash(*out.start));
  Document document(out.start, "reader");
  document.subscribe([&](const Step& step) {
    out.steps.push_back(step);
    out.hashes.push_back(contentHash(*step.after));
  });
  (void)document.apply(AddProposal{spineProposal(grid, Level::L5, 2)}).ok();
  while (out.steps.size() < count) {
    const int what = random.number(0, 9);
    if (what == 0)
      (void)document.undo().ok();
    else if (what == 1)
      (void)document.redo().ok();
    else
      (void)document.apply(random.next(*document.snapshot())).ok();
  }
  return out;
}

} // namespace spondyl::test
