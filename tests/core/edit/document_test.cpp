#include "tests/core/edit/edit_fixture.h"

using namespace spondyl;
using namespace spondyl::test;

TEST_CASE("a document tells each step once, in order, and nothing where nothing changed") {
  Document document(accepted(), "reader");
  std::vector<std::string> heard;
  int token = 0;
  token = document.subscribe([&](const Step& step) {
    heard.push_back((step.kind == Step::Kind::Undo   ? "-"
                     : step.kind == Step::Kind::Redo ? "+"
                                                     : "") +
                    step.verb);
    CHECK(step.after == document.snapshot());
    CHECK(step.context.person == "reader");
    if (heard.size() == 4)
      document.unsubscribe(token);
  });
  CHECK(document.undo().error().code == ErrorCode::NothingToUndo);
  REQUIRE(document.apply(SetReportText{{"a", "", ""}}).ok());
  REQUIRE(document.apply(SetReportText{{"a", "", ""}}).ok());
  CHECK(document.undoVerb() == "SetReportText");
  REQUIRE(document.undo().ok());
  CHECK(document.redoVerb() == "SetReportText");
  REQUIRE(document.redo().ok());
  CHECK(document.redo().error().code == ErrorCode::NothingToRedo);
  REQUIRE(document.apply(RenameOne{at(document.snapshot(), Level::L1), Level::T12}).ok());
  REQUIRE(document.undo().ok());
  CHECK(heard == std::vector<std::string>{"SetReportText", "-SetReportText", "+SetReportText", "RenameOne"});
  CHECK(document.revision() == 5);
  REQUIRE(document.apply(SetReportText{{"b", "", ""}}).ok()); // what was undone cannot be done again
  CHECK(!document.canRedo());
}

TEST_CASE("the history keeps to its budget of bytes, but never fewer than 50 steps") {
  Document document(accepted(), "reader");
  document.setHistoryBudget(std::size_t(8) << 20);
  test::RandomEdits random(3);
  const Grid grid = test::obliqueGrid();
  for (int n = 0; n < 400; ++n)
    (void)document.apply(strokeAt(random.pointIn(grid), vertebra(document.snapshot(), Level::L3), 6)).ok();
  CHECK(document.historySteps() > 50);
  CHECK(document.historySteps() < 200);
  document.setHistoryBudget(0);
  for (int n = 0; n < 5; ++n)
    (void)document.apply(strokeAt(random.pointIn(grid), vertebra(document.snapshot(), Level::L4), 6)).ok();
  CHECK(document.historySteps() == 51);
  std::size_t undone = 0;
  while (document.undo().ok())
    ++undone;
  CHECK(undone == 50);
}
