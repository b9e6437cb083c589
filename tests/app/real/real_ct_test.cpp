// The main job in the window, on a real CT with the shipped network.

#include "app/window/level_commands.h"
#include "tests/app/window/window_fixture.h"
#include "tests/support/test_data.h"
#include "viewer/slice/slice_view.h"

#include <algorithm>

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;

namespace {

const LevelRow* rowOf(const Session& session, const std::string& name) {
  const auto& rows = session.levels()->rows;
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const LevelRow& row) { return row.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

bool settleLong(WindowFixture& f) { // the network may need its minutes on a busy machine
  for (int n = 0; n < 8; ++n)
    if (f.settle())
      return true;
  return false;
}

void paintAround(WindowFixture& f, viewer::ViewKind kind) {
  viewer::SliceView& view = f.window.views().slice(kind);
  const QPoint middle = view.rect().center();
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, middle);
  for (int n = 1; n <= 6; ++n)
    QTest::mouseMove(&view, middle + QPoint(6 * n, 0));
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, middle + QPoint(36, 0));
}

std::string firstBytes(const Path& file, std::size_t count) {
  const Result<std::string> text = readFile(file);
  return text ? text->substr(0, count) : std::string();
}

} // namespace

TEST_CASE("a real CT is segmented, accepted, painted, renamed, undone, reported, left, restored and "
          "continued, the main "
          "thread never works 50 ms at a stretch") {
  SPONDYL_NEED_DATA(data);
  Application& application = test::application();
  QTemporaryDir folder;
  qputenv("SPONDYL_RUNTIME_DIR", folder.filePath(QStringLiteral("run")).toLocal8Bit());
  qputenv("XDG_STATE_HOME", folder.filePath(QStringLiteral("state")).toLocal8Bit());
  const Path pdf = test::pathOf(folder) / "report.pdf", json = test::pathOf(folder) / "report.json";
  CasePtr last;
  {
    WindowFixture f(folder);
    application.resetWatchdog();
    Session& session = f.session();
    f.window.openPaths({data / "ct_totalsegmentator" / "example_ct.nii.gz"});
    REQUIRE(f.settle());
    REQUIRE(session.imageComplete());
    f.run(ActionId::Analyse);
    REQUIRE(settleLong(f));
    for (const Notice& notice : f.services.notices.all())
      INFO(notice.text.toStdString());
    CHECK(f.services.notices.count(Severity::Error) == 0);
    for (const char* name : {"L1", "L2", "L3", "L4", "L5", "S1"}) {
      INFO(name);
      CHECK(rowOf(session, name));
    }
    REQUIRE(rowOf(session, "L3"));

    f.run(ActionId::AcceptAll);
    REQUIRE(f.settle());
    CHECK(session.levels()->waiting == 0);
    const InstanceId third = rowOf(session, "L3")->instance;
    session.goToLevel(third);
    REQUIRE(f.settle());
    f.run(ActionId::ToolBrush);
    const CasePtr accepted = session.snapshot();
    paintAround(f, viewer::ViewKind::Sagittal);
    REQUIRE(f.settle());
    CHECK(session.snapshot() != accepted);

    const CasePtr painted = session.snapshot();
    REQUIRE(nameLevel(session, third, Level::L2));
    REQUIRE(f.settle());
    CHECK(session.levels()->find(third)->name == "L2");
    f.run(ActionId::Undo);
    REQUIRE(f.settle());
    CHECK(session.snapshot() == painted);

    f.run(ActionId::KeyImage);
    f.services.exporter.exportPdf(pdf);
    REQUIRE(f.settle());
    f.services.exporter.exportJson(json);
    REQUIRE(f.settle());
    CHECK(firstBytes(pdf, 5) == "%PDF-");
    CHECK(firstBytes(json, 400).find("spondyl.report/1") != std::string::npos);
    last = session.snapshot();
    const Application::Slice slice = application.longestSlice();
    INFO("longest slice of the main thread: " << slice.milliseconds << " ms, " << slice.what.toStdString());
    CHECK(slice.milliseconds <= 50);
  }
  WindowFixture f(folder);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  f.services.keeper.restore(f.services.keeper.recoverable().front().key);
  REQUIRE(f.settle());
  CHECK(sameContent(*f.session().snapshot(), *last));
  CHECK(f.session().imageComplete());
  CHECK(f.session().apply(ConfirmAll{}));
  REQUIRE(f.settle());
}
