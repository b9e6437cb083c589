// The worker is killed 12 times while it starts and analyses. Once at work: the analysis goes on with another
// one. Again and again: the window says so, the case is as it was, and the reader can try again.

#include "core/phantom/paint.h"
#include "tests/app/faults/worker_processes.h"
#include "tests/app/window/window_fixture.h"

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;

namespace {

Path writePhantom(const Path& folder) {
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

/// The worker of the analysis that runs, one other than `notThis`; 0 if the analysis ended before there was
/// one.
int nextWorker(WindowFixture& f, const Path& runtime, int notThis) {
  int worker = 0;
  const bool found = QTest::qWaitFor(
      [&] {
        for (const int each : test::workersOf(runtime))
          if (each != notThis)
            worker = each;
        return worker != 0 || !f.services.analysis.isRunning();
      },
      90000);
  REQUIRE(found);
  return worker;
}

/// The worker has said that it works on the image.
bool isAtWork(const WindowFixture& f) {
  for (const JobStatus& job : f.services.jobs.visibleJobs())
    if (!job.stage.empty() && job.stage != "start")
      return true;
  return false;
}

const Notice* errorNotice(const WindowFixture& f) {
  for (const Notice& notice : f.services.notices.all())
    if (notice.severity == Severity::Error)
      return &notice;
  return nullptr;
}

bool analysisEnds(WindowFixture& f) {
  return QTest::qWaitFor([&] { return !f.services.analysis.isRunning(); }, 300000) && f.settle();
}

} // namespace

TEST_CASE("a worker killed 12 times while it analyses costs at most the run, never the case") {
  test::application();
  QTemporaryDir folder;
  const Path runtime(folder.filePath("run").toStdString());
  qputenv("SPONDYL_RUNTIME_DIR", QByteArray::fromStdString(runtime.string()));
  qputenv("XDG_STATE_HOME", folder.path().toLocal8Bit());
  const Path image = writePhantom(test::pathOf(folder));
  WindowFixture f(folder);
  f.window.openPaths({image});
  REQUIRE(f.settle());
  REQUIRE(f.session().imageComplete());

  int kills = 0;
  for (const int wait : {0, 30, 150, 500}) { // each that comes, until the window gives up
    const CasePtr before = f.session().snapshot();
    f.run(ActionId::Analyse);
    for (int last = 0; const int worker = nextWorker(f, runtime, last); last = worker) {
      QTest::qWait(wait);
      if (!f.services.analysis.isRunning() || ::kill(worker, SIGKILL) != 0)
        break;
      ++kills;
    }
    REQUIRE(analysisEnds(f));
    CAPTURE(wait, kills);
    const Notice* said = errorNotice(f);
    REQUIRE(said);
    INFO(said->text.toStdString());
    CHECK(said->actionText == "Try again");
    CHECK(f.session().snapshot() == before);
    CHECK(f.window.actions().action(ActionId::Analyse)->isEnabled());
  }
  int survived = 0;
  for (int run = 0; run < 10 && (kills < 12 || survived < 3);
       ++run) { // once, at work: another one takes over
    if (const Notice* said = errorNotice(f))
      said->action();
    else
      f.run(ActionId::Analyse);
    REQUIRE(QTest::qWaitFor([&] { return isAtWork(f) || !f.services.analysis.isRunning(); }, 120000));
    QTest::qWait(run * 40);
    const std::vector<int> workers = test::workersOf(runtime);
    if (f.services.analysis.isRunning() && workers.size() == 1 && ::kill(workers.front(), SIGKILL) == 0)
      ++kills, ++survived;
    REQUIRE(analysisEnds(f));
    CAPTURE(run, kills);
    CHECK_FALSE(errorNotice(f));
    CHECK(f.session().levels()->rows.size() >= 3);
  }
  test::killWorkersOf(runtime);
  CHECK(kills >= 12);
  CHECK(survived >= 3);
}
