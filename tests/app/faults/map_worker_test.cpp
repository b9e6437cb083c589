// Maps over the slices with the shipped network: computed beside the proposal, stopped by key, outliving a
// worker that is killed.

#include "app/window/map_service.h"
#include "core/phantom/paint.h"
#include "tests/app/faults/worker_processes.h"
#include "tests/app/window/window_fixture.h"

#include <csignal>

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;

namespace {

Path writeLumbarPhantom(const Path& folder) {
  PhantomOptions options;
  options.seed = 515151;
  options.from = Level::L3;
  options.spacingMm = 3;
  const SpineDescription spine = describeSpine(options).value();
  const PhantomVolumes drawn = drawPhantom(spine, defaultGrid(spine, options.spacingMm).value());
  const Path file = folder / "phantom.nii.gz";
  REQUIRE(writeNifti(*paint(spine, drawn).value(), file).ok());
  return file;
}

bool jobsEnd(WindowFixture& f) {
  return QTest::qWaitFor([&] { return f.services.jobs.isIdle(); }, 600000) && f.settle();
}

/// The map's job has reached the network.
bool isComputing(const WindowFixture& f) {
  for (const JobStatus& job : f.services.jobs.visibleJobs())
    if (job.stage == "segment")
      return true;
  return false;
}

double valueAt(const Volume& map, PointLps p) {
  return map.valueAt(p).value_or(-1);
}

} // namespace

TEST_CASE("uncertainty and saliency of a proposal are computed, stopped, survive a killed worker and go with "
          "the proposal") {
  test::application();
  QTemporaryDir folder;
  const Path runtime(folder.filePath("run").toStdString());
  qputenv("SPONDYL_RUNTIME_DIR", QByteArray::fromStdString(runtime.string()));
  qputenv("XDG_STATE_HOME", folder.path().toLocal8Bit());
  const Path image = writeLumbarPhantom(test::pathOf(folder));
  WindowFixture f(folder);
  MapService& maps = f.services.maps;
  f.window.openPaths({image});
  REQUIRE(f.settle());
  f.run(ActionId::Analyse);
  REQUIRE(jobsEnd(f));
  REQUIRE(f.session().levels()->rows.size() >= 2);

  f.run(ActionId::UncertaintyMap);
  REQUIRE(QTest::qWaitFor([&] { return isComputing(f); }, 300000));
  f.run(ActionId::UncertaintyMap); // the key stops it
  REQUIRE(QTest::qWaitFor([&] { return f.services.jobs.isIdle(); }, 3000));
  CHECK_FALSE(maps.shown());

  f.run(ActionId::UncertaintyMap);
  REQUIRE(QTest::qWaitFor([&] { return isComputing(f); }, 300000));
  const std::vector<int> workers = test::workersOf(runtime);
  REQUIRE(workers.size() == 1);
  ::kill(workers.front(), SIGKILL);
  REQUIRE(jobsEnd(f));
  REQUIRE(maps.shown());
  const Volume& map = *maps.shown()->map;
  CHECK(map.grid() == f.session().volume()->grid());
  // Unsure at borders, sure in the air of a corner and amid a body.
  double highest = 0;
  for (const std::uint16_t v : map.voxels<std::uint16_t>())
    highest = std::max(highest, v * map.rescale().slope);
  CHECK(highest > 0.2);
  CHECK(highest <= 1);
  CHECK(valueAt(map, map.grid().toLps(IndexIjk{0, 0, 0})) == 0);
  const auto& rows = f.session().levels()->rows;
  const auto& chain = f.session().shown()->chain;
  CHECK(valueAt(map, chain.find(rows[0].instance)->centroid) < 0.3);
  CHECK(f.services.notices.count(Severity::Error) == 0);

  f.session().goToLevel(rows[1].instance);
  f.run(ActionId::SaliencyVertebra);
  REQUIRE(jobsEnd(f));
  REQUIRE(maps.shown());
  CHECK(maps.shown()->kind == viewer::ScalarKind::Saliency);
  CHECK(maps.shown()->top >= 0.05);
  CHECK(maps.shown()->subject == rows[1].name);

  f.run(ActionId::Analyse);
  REQUIRE(jobsEnd(f));
  CHECK_FALSE(maps.shown());
}
