// The window is killed at 38 moments of a reader's work, an analysis running at some of them; the next window
// holds every gesture that was acknowledged as durable. With the 12 of killed_worker_test.cpp: 50 moments.

#include "app/window/level_commands.h"
#include "core/store/journal.h"
#include "core/store/library.h"
#include "tests/app/faults/worker_processes.h"
#include "tests/app/window/window_fixture.h"
#include "viewer/slice/slice_view.h"

#include <QFileInfo>
#include <QProcess>

#include <algorithm>
#include <cstdio>
#include <map>
#include <thread>

using namespace spondyl;
using namespace spondyl::app;
using test::WindowFixture;

namespace {

constexpr int moments = 38;

void stroke(WindowFixture& f, viewer::ViewKind kind, QPoint by) {
  viewer::SliceView& view = f.window.views().slice(kind);
  const QPoint middle = view.rect().center();
  QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, middle);
  for (int n = 1; n <= 3; ++n)
    QTest::mouseMove(&view, middle + by * n / 3);
  QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, middle + by);
}

using Gesture = std::function<void(WindowFixture&)>;
const std::vector<Gesture>& gestures() {
  static const std::vector<Gesture> list{
      [](WindowFixture& f) { f.run(ActionId::AcceptLevel); },
      [](WindowFixture& f) { f.run(ActionId::AcceptAll); },
      [](WindowFixture& f) {
        f.run(ActionId::ToolBrush);
        stroke(f, viewer::ViewKind::Sagittal, QPoint(40, 10));
      },
      [](WindowFixture& f) { nameLevel(f.session(), f.session().levels()->rows[1].instance, Level::L3); },
      [](WindowFixture& f) { f.run(ActionId::Undo); },
      [](WindowFixture& f) {
        f.run(ActionId::ToolEraser);
        stroke(f, viewer::ViewKind::Axial, QPoint(20, 20));
      },
      [](WindowFixture& f) { f.run(ActionId::KeyImage); },
      [](WindowFixture& f) { // goes on while the analysis runs
        f.run(ActionId::Analyse);
        f.run(ActionId::ToolBrush);
        stroke(f, viewer::ViewKind::Coronal, QPoint(30, 0));
      },
      [](WindowFixture& f) { f.run(ActionId::Undo); },
      [](WindowFixture& f) { f.run(ActionId::Redo); },
      [](WindowFixture& f) { f.session().apply(ConfirmAll{}); }};
  return list;
}

/// The last step in the one journal of a library; 0: none.
Revision journalledIn(const Path& folder) {
  const auto library = Library::open(folder);
  if (!library)
    return 0;
  const auto list = library->recoverable();
  if (list.empty())
    return 0;
  const auto opened = Journal::open(list.front().journal);
  return opened && !opened->replay.steps.empty() ? opened->replay.steps.size() : 0;
}

struct Said {
  std::map<Revision, std::uint64_t> hashes; ///< of the case after each step
  Revision durable = 0;
  int begun = -1; ///< gesture

  void take(const QByteArray& line) {
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.size() == 3 && words[0] == "step")
      hashes[words[1].toULongLong()] = words[2].toULongLong();
    if (words.size() == 2 && words[0] == "durable")
      durable = words[1].toULongLong();
    if (words.size() == 2 && words[0] == "gesture")
      begun = words[1].toInt();
  }
};

} // namespace

// Run by the test below as a process of its own; says what it does on its standard output.
TEST_CASE("a session of gestures, until it is killed", "[.session]") {
  test::application();
  const QString home = qEnvironmentVariable("SPONDYL_TEST_SESSION");
  QTemporaryDir unused;
  WindowFixture f(unused, Path((home + QStringLiteral("/cases")).toStdString()));
  f.window.resize(800, 600);
  Session& session = f.session();
  const auto sayStep = [](Revision revision, const Case& state) {
    std::printf("step %llu %llu\n", static_cast<unsigned long long>(revision),
                static_cast<unsigned long long>(contentHash(state)));
    std::fflush(stdout);
  };
  // Said before the journal hears of it where voxels change: hashing them can take longer than writing the
  // step.
  QObject::connect(&session, &Session::voxelsChanged,
                   [&](const IndexBox&) { sayStep(session.document()->revision(), *session.snapshot()); });
  QObject::connect(&session, &Session::stepDone,
                   [&](const Step& step) { sayStep(step.revision, *step.after); });
  Revision said = 0;
  QTimer watch;
  QObject::connect(&watch, &QTimer::timeout, [&] {
    if (const Revision now = f.services.keeper.durableRevision(); now != said) {
      said = now;
      std::printf("durable %llu\n", static_cast<unsigned long long>(now));
      std::fflush(stdout);
    }
  });
  watch.start(1);
  const Path images = Path(qEnvironmentVariable("SPONDYL_TEST_IMAGES").toStdString());
  f.window.openPaths({images / "spine.nii.gz", images / "spine_labels.nii.gz"});
  REQUIRE(
      QTest::qWaitFor([&] { return session.levels()->rows.size() == 5 && session.selectedRow(); }, 60000));
  for (std::size_t n = 0; n < gestures().size(); ++n) {
    std::printf("gesture %d\n", int(n));
    std::fflush(stdout);
    const Revision before = session.document()->revision();
    gestures()[n](f);
    // On a machine that is too busy the parent sees fewer acknowledged steps: it goes by what was said.
    (void)QTest::qWaitFor([&] { return session.document()->revision() > before; }, 5000);
    (void)QTest::qWaitFor([&] { return said >= session.document()->revision(); }, 5000);
  }
  for (;;)
    QTest::qWait(1000);
}

TEST_CASE("a window killed at 38 moments comes back with every gesture that it had acknowledged") {
  test::application();
  QTemporaryDir data, runtime;
  const test::BlockSpine spine = test::writeBlockSpine(test::pathOf(data));
  qputenv("SPONDYL_RUNTIME_DIR", runtime.path().toLocal8Bit());
  qputenv("XDG_STATE_HOME", runtime.path().toLocal8Bit());
  int restored = 0, whileAnalysed = 0, afterAll = 0;
  for (int moment = 0; moment < moments; ++moment) {
    QTemporaryDir folder;
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("SPONDYL_TEST_SESSION"), folder.path());
    environment.insert(QStringLiteral("SPONDYL_TEST_IMAGES"), data.path());
    child.setProcessEnvironment(environment);
    child.setStandardErrorFile(QProcess::nullDevice());
    child.start(QFileInfo(QStringLiteral("/proc/self/exe")).symLinkTarget(), {QStringLiteral("[.session]")});
    REQUIRE(child.waitForStarted());
    Said said;
    const auto listen = [&] {
      while (child.canReadLine())
        said.take(child.readLine());
    };
    const int wanted = moment % int(gestures().size());
    while (said.begun < wanted && child.waitForReadyRead(60000))
      listen();
    std::this_thread::sleep_for(std::chrono::milliseconds(moment * 37 % 61));
    child.kill();
    child.waitForFinished();
    listen();
    CAPTURE(moment, wanted, said.begun, said.durable);
    REQUIRE(said.begun >= wanted);

    const Revision journalled = journalledIn(Path((folder.path() + QStringLiteral("/cases")).toStdString()));
    WindowFixture f(folder);
    const auto found = f.services.keeper.recoverable();
    REQUIRE(found.size() <= 1);
    REQUIRE((said.durable == 0 || found.size() == 1));
    if (found.empty())
      continue;
    f.services.keeper.restore(found.front().key);
    REQUIRE(f.settle());
    // Killed while the journal was being made: there is nothing in it, which the window says.
    if (!f.session().hasStudy() && said.durable == 0) {
      CHECK(f.services.notices.count(Severity::Error) == 1);
      continue;
    }
    REQUIRE(f.session().hasStudy());
    CHECK(f.services.notices.count(Severity::Error) == 0);
    const std::uint64_t hash = contentHash(*f.session().snapshot());
    const auto last = said.hashes.empty() ? said.durable : said.hashes.rbegin()->first;
    // The journal hears of a step before the session can say it, strokes apart: what came back may be newer
    // than all that was said.
    bool same = said.durable == 0 || journalled > last;
    for (auto step = said.hashes.lower_bound(said.durable); step != said.hashes.end(); ++step)
      same = same || step->second == hash;
    const auto known =
        std::find_if(said.hashes.begin(), said.hashes.end(), [&](const auto& s) { return s.second == hash; });
    CAPTURE(last, journalled, known == said.hashes.end() ? 0 : known->first);
    CHECK(journalled >= said.durable);
    CHECK(journalled <= last + 1);
    CHECK(same); // the last acknowledged state, or one that came after it
    CHECK(f.session().imageComplete());
    ++restored;
    whileAnalysed += wanted >= 7;
    afterAll += said.durable >= 7;
  }
  test::killWorkersOf(Path(runtime.path().toStdString()));
  CHECK(restored >= 30); // else little was tried
  CHECK(whileAnalysed >= 8);
  CHECK(afterAll >= 8);
}
