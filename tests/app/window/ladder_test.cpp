#include "app/window/ladder_widget.h"
#include "tests/app/support/qt_application.h"

#include <QtTest/QTest>
#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::app;

namespace {
LevelsModel ladderModel(std::vector<double> heights) {
  LevelsModel model;
  std::uint32_t n = 1;
  for (const double height : heights) {
    LevelRow row;
    row.instance = InstanceId{n};
    row.name = "L" + std::to_string(n++);
    row.heightMm = height;
    model.rows.push_back(row);
  }
  return model;
}
} // namespace

TEST_CASE("ladder heights are proportional to the vertebrae's and fill no more than the widget") {
  const LadderLayout layout = ladderLayout(ladderModel({20, 30, 40}), 150);
  REQUIRE(layout.segments.size() == 3);
  const auto height = [&](std::size_t n) { return layout.segments[n].bottom - layout.segments[n].top; };
  CHECK(height(1) / height(0) == Approx(1.5));
  CHECK(height(2) / height(0) == Approx(2.0));
  CHECK(layout.segments.back().bottom <= 150);
  CHECK(layout.segments[1].top == Approx(layout.segments[0].bottom));
}

TEST_CASE("a whole spine in a low window keeps every level high enough to click") {
  std::vector<double> heights(7, 16.0);
  heights.insert(heights.end(), 12, 25.0);
  heights.insert(heights.end(), 6, 38.0);
  const LadderLayout layout = ladderLayout(ladderModel(heights), 620);
  for (const LadderSegment& segment : layout.segments)
    CHECK(segment.bottom - segment.top >= 17.9);
  CHECK(layout.segments.back().bottom <= 620);
}

TEST_CASE("a click on the ladder chooses the level under it, arrow keys go to its neighbours") {
  test::application();
  LadderWidget ladder;
  ladder.resize(56, 400);
  const auto model = std::make_shared<LevelsModel>(ladderModel({30, 30, 30}));
  ladder.setModel(model);
  ladder.show();
  InstanceId chosen;
  QObject::connect(&ladder, &LadderWidget::chosen, [&](InstanceId instance) {
    chosen = instance;
    ladder.setSelected(instance);
  });
  const LadderSegment second = ladderLayout(*model, 400).segments[1];
  QTest::mouseClick(&ladder, Qt::LeftButton, Qt::NoModifier, QPoint(30, int(second.top + 5)));
  CHECK(chosen.value == 2);
  QTest::keyClick(&ladder, Qt::Key_Down);
  CHECK(chosen.value == 3);
  QTest::keyClick(&ladder, Qt::Key_Down);
  CHECK(chosen.value == 3);
  QTest::keyClick(&ladder, Qt::Key_Up);
  CHECK(chosen.value == 2);
}

TEST_CASE("hovering a level says its state and its confidence with the reason") {
  LevelRow row;
  row.name = "T12";
  row.confidence = 0.4;
  row.band = Band::Low;
  row.reason = "cut by the edge of the volume";
  row.otherName = "T11";
  const std::string tip = ladderToolTip(row).toStdString();
  CHECK(tip.find("T12, proposed") != std::string::npos);
  CHECK(tip.find("low (40 %): cut by the edge of the volume") != std::string::npos);
  CHECK(tip.find("T11") != std::string::npos);
}
