// Where the reader's work is kept, and what the window says of a journal that was not whole.

#include "app/window/level_commands.h"
#include "tests/app/window/window_fixture.h"

#include <fstream>

using namespace spondyl;
using namespace spondyl::app;
using test::BlockSpine;
using test::WindowFixture;

namespace {

std::vector<Path> filesIn(const Path& folder) {
  std::vector<Path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void openAndAccept(WindowFixture& f, const BlockSpine& spine) {
  f.window.openPaths({spine.image, spine.labels});
  REQUIRE(f.settle());
  REQUIRE(f.settle());
  f.run(ActionId::AcceptAll);
  REQUIRE(f.settle());
  REQUIRE(f.session().levels()->waiting == 0);
}

void waitUntilDurable(WindowFixture& f) {
  for (int n = 0; n < 400 && f.services.keeper.durableRevision() < f.session().document()->revision(); ++n)
    QTest::qWait(5);
  REQUIRE(f.services.keeper.durableRevision() == f.session().document()->revision());
}

void overwrite(const Path& file, std::size_t at, std::size_t count) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(std::streamoff(at));
  const std::string junk(count, 'x');
  stream.write(junk.data(), std::streamsize(junk.size()));
  REQUIRE(stream.good());
}

/// Notices that speak of the restored journal.
std::string restoredNotice(const WindowFixture& f) {
  for (const Notice& notice : f.services.notices.all())
    if (notice.key == QLatin1String("restored"))
      return notice.text.toStdString();
  return {};
}

/// A case worked on in a window, as its files lie when the machine loses power.
struct LeftBehind {
  Path folder, journal;
  CasePtr last;
};

LeftBehind leaveBehind(const QTemporaryDir& folder, const BlockSpine& spine) {
  LeftBehind made;
  made.folder = Path(folder.filePath("crashed/journals").toStdString());
  std::filesystem::create_directories(made.folder);
  WindowFixture f(folder);
  openAndAccept(f, spine);
  REQUIRE(nameLevel(f.session(), f.session().levels()->rows[1].instance, Level::L3));
  waitUntilDurable(f);
  made.last = f.session().snapshot();
  for (const Path& file : filesIn(Path(folder.filePath("cases/journals").toStdString())))
    std::filesystem::copy_file(file, made.folder / file.filename());
  for (const Path& file : filesIn(made.folder))
    if (file.extension() == ".journal")
      made.journal = file;
  REQUIRE_FALSE(made.journal.empty());
  return made;
}

} // namespace

TEST_CASE("journals lie in the library's folder, which SPONDYL_DATA_DIR names") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  qputenv("SPONDYL_DATA_DIR", folder.filePath("own").toLocal8Bit());
  {
    WindowFixture f(folder, Path());
    openAndAccept(f, spine);
    waitUntilDurable(f);
  }
  qunsetenv("SPONDYL_DATA_DIR");
  const std::vector<Path> files = filesIn(Path(folder.filePath("own/journals").toStdString()));
  REQUIRE_FALSE(files.empty());
  CHECK(files.front().extension() == ".journal");
}

TEST_CASE("a step just before the study is closed is kept, though its journal was not there yet") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  {
    WindowFixture f(folder);
    f.window.openPaths({spine.image});
    REQUIRE(f.settle());
    KeyImage image;
    image.id = newUuid();
    image.view = "axial";
    REQUIRE(f.session().apply(AddKeyImage{image}));
    f.window.closeStudy(); // before the event loop turns
  }
  WindowFixture f(folder);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  f.services.keeper.restore(f.services.keeper.recoverable().front().key);
  REQUIRE(f.settle());
  CHECK(f.session().snapshot()->keyImages.size() == 1);
}

TEST_CASE(
    "what is saved or given up leaves no file of the patient behind, nor the copy that restoring made") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  const Path journals(folder.filePath("cases/journals").toStdString());
  const bool save = GENERATE(true, false);
  {
    WindowFixture f(folder);
    openAndAccept(f, spine);
  }
  WindowFixture f(folder);
  REQUIRE(f.services.keeper.recoverable().size() == 1);
  f.services.keeper.restore(f.services.keeper.recoverable().front().key);
  REQUIRE(f.settle());
  CHECK(restoredNotice(f).empty()); // nothing was wrong with it
  REQUIRE(f.session().apply(ConfirmAll{}));
  REQUIRE(f.settle());
  REQUIRE(filesIn(journals).size() > 1); // the journal and its copy
  if (save)
    f.services.keeper.save(test::pathOf(folder) / "case.spondyl");
  REQUIRE(f.settle());
  f.window.closeStudy();
  REQUIRE(f.settle());
  if (!save) {
    f.services.keeper.findRecoverable();
    REQUIRE(f.settle());
    REQUIRE(f.services.keeper.recoverable().size() == 1);
    f.services.keeper.forget(f.services.keeper.recoverable().front().key);
    REQUIRE(f.settle());
  }
  CHECK(filesIn(journals).empty());
  CHECK(f.services.keeper.recoverable().empty());
}

TEST_CASE("the window says when the last step was torn, and when only the copy could be read") {
  test::application();
  QTemporaryDir folder;
  const BlockSpine spine = test::writeBlockSpine(test::pathOf(folder));
  const LeftBehind left = leaveBehind(folder, spine);
  const Path log = left.journal.string() + "-wal";
  const auto restored = [&] {
    auto f = std::make_unique<WindowFixture>(folder, left.folder.parent_path());
    REQUIRE(f->services.keeper.recoverable().size() == 1);
    f->services.keeper.restore(f->services.keeper.recoverable().front().key);
    REQUIRE(f->settle());
    return f;
  };
  SECTION("torn") {
    overwrite(log, std::filesystem::file_size(log) - 50, 50);
    const auto f = restored();
    CHECK(restoredNotice(*f).find("last step was still being written") != std::string::npos);
    CHECK(f->session().levels()->rows[1].name == "L2"); // without the renaming
    CHECK(f->session().levels()->waiting == 0);
  }
  SECTION("from the copy") {
    REQUIRE(Journal::open(left.journal)->journal->close().ok()); // makes the copy
    overwrite(left.journal, 0, 4096);
    const auto f = restored();
    CHECK(restoredNotice(*f).find("this is the copy") != std::string::npos);
    CHECK(restoredNotice(*f).find(".damaged-1") != std::string::npos);
    CHECK(sameContent(*f->session().snapshot(), *left.last));
  }
}
