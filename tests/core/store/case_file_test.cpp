#include "core/store/case_file.h"
#include "core/store/library.h"
#include "tests/core/store/recorded_steps.h"
#include "tests/support/scratch_folder.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace spondyl;
using test::ScratchFolder;

namespace {

VolumePtr noiseVolume(const Grid& grid) {
  VolumeBuilder builder =
      *VolumeBuilder::create(grid, VoxelType::Int16, {2.0, -1024.0}, VolumeMeaning::CtHounsfield, -2000.0);
  std::mt19937 random(1);
  for (std::int16_t& v : builder.voxels<std::int16_t>())
    v = static_cast<std::int16_t>(random() % 3000);
  return std::move(builder).freeze();
}

} // namespace

TEST_CASE("a .spondyl file opens exactly as it was saved, after any edits") {
  const test::RecordedSteps session = test::recordSteps(31, 60);
  const ScratchFolder folder;
  for (const std::size_t n : {std::size_t(0), std::size_t(20), std::size_t(59)}) {
    const Case& c = n ? *session.steps[n].after : *session.start;
    const Path file = folder / "case.spondyl";
    SaveOptions options;
    options.audit = {{AuditEntry::Kind::Apply, 1, "PaintStroke", "reader", "2026-01-01T00:00:00Z"}};
    REQUIRE(saveCaseFile(c, file, options).ok());
    auto opened = openCaseFile(file);
    REQUIRE(opened.ok());
    CHECK(contentHash(*opened->state) == contentHash(c));
    CHECK(sameContent(*opened->state, c));
    CHECK(opened->audit == options.audit);
    CHECK(opened->volumes.empty());
    struct stat info {};
    REQUIRE(stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1); // nothing left beside
}

TEST_CASE("embedded voxels come back bit for bit with their geometry and meaning") {
  const ScratchFolder folder;
  const Grid grid = test::obliqueGrid();
  const VolumePtr volume = noiseVolume(grid);
  SaveOptions options;
  options.embed = {{"1.2.3", 0, volume}};
  REQUIRE(saveCaseFile(test::caseOn(grid), folder / "case.spondyl", options).ok());
  auto opened = openCaseFile(folder / "case.spondyl");
  REQUIRE(opened.ok());
  REQUIRE(opened->volumes.size() == 1);
  const Volume& back = *opened->volumes[0].volume;
  CHECK(opened->volumes[0].seriesUid == "1.2.3");
  CHECK(back.grid() == volume->grid());
  CHECK(back.voxelType() == VoxelType::Int16);
  CHECK(back.rescale() == volume->rescale());
  CHECK(back.meaning() == VolumeMeaning::CtHounsfield);
  CHECK(back.padding() == volume->padding());
  REQUIRE(back.byteCount() == volume->byteCount());
  CHECK(std::memcmp(back.data(), volume->data(), back.byteCount()) == 0);
  CHECK(opened->sources[0].embedded);
  CHECK(opened->sources[0].usable());
}

TEST_CASE("image files are found where they were, or beside the case after both moved, others are named") {
  const ScratchFolder folder;
  const Grid grid = test::obliqueGrid({4, 4, 3});
  Case c = test::caseOn(grid);
  const Path first = folder / "first", images = first / "images";
  std::filesystem::create_directories(images);
  for (int k = 0; k < 3; ++k) {
    const Path file = images / (std::to_string(k) + ".dcm");
    std::ofstream(file) << "slice " << k;
    c.studies.edit()[0].series[0].stacks[0].slices[std::size_t(k)].file = file;
  }
  REQUIRE(saveCaseFile(c, first / "case.spondyl").ok());
  auto there = openCaseFile(first / "case.spondyl", {true, true, {}});
  REQUIRE(there.ok());
  CHECK(there->sources[0].files == 3);
  CHECK(there->sources[0].usable());
  CHECK(!there->relocated);
  CHECK(contentHash(*there->state) == contentHash(c));

  const Path second = folder / "second";
  std::filesystem::rename(first, second);
  auto moved = openCaseFile(second / "case.spondyl");
  REQUIRE(moved.ok());
  CHECK(moved->sources[0].moved == 3);
  CHECK(moved->sources[0].usable());
  CHECK(moved->relocated);
  CHECK(moved->state->studies[0].series[0].stacks[0].slices[1].file == second / "images" / "1.dcm");

  std::ofstream(second / "images" / "0.dcm") << "slice X";
  CHECK(openCaseFile(second / "case.spondyl")->sources[0].changed == 0); // same size: only the digest tells
  auto changed = openCaseFile(second / "case.spondyl", {true, true, {}});
  CHECK(changed->sources[0].changed == 1);
  CHECK(!changed->sources[0].usable());
  std::filesystem::remove(second / "images" / "2.dcm");
  CHECK(openCaseFile(second / "case.spondyl")->sources[0].missing == 1);
}

TEST_CASE("an image that was named by a relative path is found from any folder") {
  const ScratchFolder folder;
  const Path home = std::filesystem::current_path();
  Case c = test::caseOn(test::obliqueGrid({4, 4, 3}));
  std::ofstream(folder / "ct.nii") << "voxels";
  for (SliceSource& slice : c.studies.edit()[0].series[0].stacks[0].slices)
    slice.file = "ct.nii";
  std::filesystem::current_path(folder.path());
  const Status saved = saveCaseFile(c, "case.spondyl");
  std::filesystem::current_path(home);
  REQUIRE(saved.ok());
  auto opened = openCaseFile(folder / "case.spondyl");
  REQUIRE(opened.ok());
  CHECK(opened->sources[0].usable());
  CHECK(opened->state->studies[0].series[0].stacks[0].slices[2].file == folder / "ct.nii");
}

TEST_CASE("damaged, newer, foreign and absent .spondyl files are refused, each by its code") {
  const ScratchFolder folder;
  const Path file = folder / "case.spondyl";
  REQUIRE(saveCaseFile(*test::recordSteps(31, 5).steps.back().after, file).ok());
  const std::string whole = readFile(file).value();
  const auto codeOf = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    auto opened = openCaseFile(file);
    return opened.ok() ? ErrorCode::Internal : opened.error().code;
  };
  for (std::size_t page = 0; page * 4096 < whole.size(); ++page) {
    std::string bytes = whole;
    for (std::size_t n = 0; n < 4096 && page * 4096 + n < bytes.size(); ++n)
      bytes[page * 4096 + n] = char(n * 7);
    CAPTURE(page);
    const ErrorCode code = codeOf(bytes);
    CHECK(
        (code == ErrorCode::CaseDamaged || code == ErrorCode::Internal)); // Internal: that page was not read
    CHECK((page > 0 || code == ErrorCode::CaseDamaged));
  }
  CHECK(codeOf(whole.substr(0, whole.size() / 2)) == ErrorCode::CaseDamaged);
  CHECK(codeOf("just text") == ErrorCode::CaseDamaged);
  CHECK(codeOf("") == ErrorCode::CaseDamaged);
  CHECK(openCaseFile(folder / "none.spondyl").error().code == ErrorCode::FileNotFound);
  std::ofstream(file, std::ios::binary) << whole;
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "PRAGMA user_version = 2", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  CHECK(openCaseFile(file).error().code == ErrorCode::CaseNewerVersion);
}

TEST_CASE("saving stops when asked and leaves the older file as it was") {
  const ScratchFolder folder;
  const Grid grid = test::obliqueGrid();
  const Path file = folder / "case.spondyl";
  REQUIRE(saveCaseFile(test::caseOn(grid), file).ok());
  const std::string before = readFile(file).value();
  std::stop_source stop;
  stop.request_stop();
  SaveOptions options;
  options.embed = {{"1.2.3", 0, noiseVolume(grid)}};
  options.job.stop = stop.get_token();
  CHECK(saveCaseFile(test::caseOn(grid), file, options).error().code == ErrorCode::Cancelled);
  CHECK(readFile(file).value() == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("on a full disk saving says DiskFull and the older file stays, the journal keeps what it had") {
  const ScratchFolder folder;
  const test::RecordedSteps session = test::recordSteps(31, 25);
  const VolumePtr volume = noiseVolume(test::obliqueGrid({90, 90, 60})); // about 600 KiB compressed
  int pipeEnds[2];
  REQUIRE(pipe(pipeEnds) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) { // a small file system of its own, in a user namespace
    const auto tell = [&](char c) { return write(pipeEnds[1], &c, 1); };
    const std::string uidMap = "0 " + std::to_string(getuid()) + " 1",
                      gidMap = "0 " + std::to_string(getgid()) + " 1";
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
      _exit(77);
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << uidMap;
    std::ofstream("/proc/self/gid_map") << gidMap;
    if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=512k") != 0)
      _exit(77);
    const Path file = folder / "case.spondyl";
    tell(saveCaseFile(*session.start, file).ok() ? 'y' : 'n');
    const std::string before = readFile(file).value();
    SaveOptions options;
    options.embed = {{"1.2.3", 0, volume}};
    const Status full = saveCaseFile(*session.start, file, options);
    tell(!full.ok() && full.error().code == ErrorCode::DiskFull ? 'y' : 'n');
    tell(readFile(file).value() == before ? 'y' : 'n');

    auto journal = Journal::create(folder / "case.journal", session.start);
    tell(journal.ok() ? 'y' : 'n');
    if (!journal.ok())
      _exit(0);
    {
      std::ofstream filler(folder / "filler", std::ios::binary);
      const std::string kib(1024, 'f');
      for (int n = 0; n < 600 && filler.write(kib.data(), 1024).flush(); ++n) {
      }
    }
    for (const Step& step : session.steps)
      (*journal)->append(step);
    const Status refused = (*journal)->flush();
    tell(!refused.ok() && refused.error().code == ErrorCode::DiskFull ? 'y' : 'n');
    std::filesystem::remove(folder / "filler");
    std::filesystem::remove(file);
    tell((*journal)->flush().ok() ? 'y' : 'n');
    journal->reset();
    auto opened = Journal::open(folder / "case.journal");
    tell(opened.ok() && contentHash(*opened->state) == session.hashes.back() ? 'y' : 'n');
    _exit(0);
  }
  close(pipeEnds[1]);
  std::string answers(7, '-');
  for (char& c : answers)
    if (read(pipeEnds[0], &c, 1) != 1)
      break;
  close(pipeEnds[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    WARN("no user namespace here: the small file system was not tried (a full device in memory is, in "
         "durability_test)");
    return;
  }
  CHECK(answers ==
        "yyyyyyy"); // saved, refused, old file whole, journal made, refused, written later, reopened
}

TEST_CASE("the library lists recent cases and journals with unsaved work") {
  const ScratchFolder folder;
  auto library = Library::open(folder / "data");
  REQUIRE(library.ok());
  struct stat info {};
  REQUIRE(stat((folder / "data").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  for (int n = 0; n < 60; ++n)
    REQUIRE(library
                ->remember(
                    {"id" + std::to_string(n), "title", "2026-01-01T00:00:00Z", folder / std::to_string(n)})
                .ok());
  REQUIRE(library->remember({"id30", "again", "2026-01-02T00:00:00Z", folder / "30"}).ok());
  REQUIRE(library->recent().size() == 50);
  CHECK(library->recent()[0].title == "again");
  CHECK(library->recent()[1].caseId == "id59");
  REQUIRE(library->forget("id30").ok());
  CHECK(library->recent()[0].caseId == "id59");

  const test::RecordedSteps session = test::recordSteps(32, 4);
  for (const char* id : {"closed", "crashed", "open"}) {
    auto journal = Journal::create(library->journalFor(id), session.start);
    REQUIRE(journal.ok());
    for (const Step& step : session.steps)
      (*journal)->append(step);
    if (std::string(id) == "closed")
      REQUIRE((*journal)->close().ok());
    else
      REQUIRE((*journal)->flush().ok());
    if (std::string(id) == "open") {
      const auto unfinished = library->recoverable();
      REQUIRE(unfinished.size() == 2); // not the one that is open here
      for (const RecoverableCase& one : unfinished)
        CHECK(one.summary.closedCleanly == (one.journal == library->journalFor("closed")));
      CHECK(unfinished[0].summary.title.find("Jane Doe") != std::string::npos);
      CHECK(unfinished[0].summary.caseId == session.start->id);
      CHECK((*journal)->flush().ok());
    }
  }
  auto opened = Journal::open(library->journalFor("crashed"));
  REQUIRE(opened.ok());
  CHECK(contentHash(*opened->state) == session.hashes.back());
  opened->journal.reset();
  REQUIRE(library->discard(library->journalFor("crashed")).ok());
  CHECK(library->recoverable().size() == 2); // "open" was left without closing
  for (const auto& entry : std::filesystem::directory_iterator(folder / "data" / "journals"))
    CHECK(entry.path().string().find("crashed") == std::string::npos); // nor its copy
}
