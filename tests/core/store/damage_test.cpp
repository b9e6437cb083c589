#include "core/store/journal.h"
#include "tests/core/store/recorded_steps.h"
#include "tests/support/scratch_folder.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sqlite3.h>
#include <sys/stat.h>

using namespace spondyl;
using test::RecordedSteps;
using test::ScratchFolder;

namespace {

void sql(const Path& file, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  CAPTURE(text);
  REQUIRE(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

void overwrite(const Path& file, std::size_t at, std::size_t count) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(std::streamoff(at));
  for (std::size_t n = 0; n < count; ++n)
    out.put(char(0xA5 ^ n));
}

Path writeSession(const ScratchFolder& folder, const RecordedSteps& session, int stepsPerSnapshot = 100000) {
  JournalOptions options;
  options.stepsPerSnapshot = stepsPerSnapshot;
  options.snapshotIdleMs = 0;
  const Path file = folder / "case.journal";
  auto journal = Journal::create(file, session.start, options);
  REQUIRE(journal.ok());
  for (const Step& step : session.steps) {
    (*journal)->append(step);
    REQUIRE((*journal)->flush().ok());
  }
  REQUIRE((*journal)->close().ok());
  return file;
}

} // namespace

TEST_CASE(
    "a damaged row is found, the steps before it are restored, those after it are named and kept aside") {
  const RecordedSteps session = test::recordSteps(8, 14);
  const ScratchFolder folder;
  const Path file = writeSession(folder, session);
  // Row 1 is the snapshot, row n + 1 step n. Content of step 9 changes by one byte.
  sql(file, "UPDATE step SET content = zeroblob(1) || substr(content, 2) WHERE number = 10");
  auto opened = Journal::open(file);
  REQUIRE(opened.ok());
  CHECK(contentHash(*opened->state) == session.hashes[8]);
  CHECK(opened->replay.steps.size() == 8);
  REQUIRE(opened->replay.lost.size() == 6);
  CHECK(opened->replay.lost[0].verb == session.steps[8].verb);
  CHECK(opened->replay.lost[0].person == "reader");
  CHECK(opened->replay.damage.find("step 10") != std::string::npos);
  CHECK(std::filesystem::exists(opened->replay.keptAside));

  // Work goes on in a new file that is whole.
  Document document(opened->state, "reader");
  document.subscribe([&](const Step& step) { opened->journal->append(step); });
  REQUIRE(document.apply(SetReportText{{"goes on", "", ""}}).ok());
  REQUIRE(opened->journal->close().ok());
  opened->journal.reset();
  auto again = Journal::open(file);
  REQUIRE(again.ok());
  CHECK(again->replay.damage.empty());
  CHECK(again->state->report.impression == "goes on");
}

TEST_CASE("changed texts, a missing row and rows in another order are found as well") {
  const RecordedSteps session = test::recordSteps(9, 8);
  for (const char* change :
       {"UPDATE step SET person = 'somebody else' WHERE number = 5", "DELETE FROM step WHERE number = 5",
        "UPDATE step SET revision = revision + 1 WHERE number = 5",
        "UPDATE step SET hash = (SELECT hash FROM step WHERE number = 4) WHERE number = 5",
        "DELETE FROM step WHERE number = 5; UPDATE step SET number = 5 WHERE number = 6"}) {
    const ScratchFolder folder;
    const Path file = writeSession(folder, session);
    sql(file, change);
    CAPTURE(change);
    auto opened = Journal::open(file);
    REQUIRE(opened.ok());
    CHECK(!opened->replay.damage.empty());
    CHECK(contentHash(*opened->state) == session.hashes[3]);
    CHECK(opened->replay.lost.size() == session.steps.size() - 3);
  }
  const ScratchFolder folder; // cut off at the end
  const Path file = writeSession(folder, session);
  sql(file, "DELETE FROM step WHERE number > 7");
  auto opened = Journal::open(file);
  REQUIRE(opened.ok());
  CHECK(!opened->replay.damage.empty());
  CHECK(opened->replay.lost.size() == 2);
}

TEST_CASE("where a snapshot follows the damage no step is lost") {
  const RecordedSteps session = test::recordSteps(8, 14);
  const ScratchFolder folder;
  const Path file = writeSession(folder, session, 5);
  sql(file, "UPDATE step SET content = zeroblob(5) WHERE number = 3");
  auto opened = Journal::open(file);
  REQUIRE(opened.ok());
  CHECK(contentHash(*opened->state) == session.hashes.back());
  CHECK(opened->replay.lost.empty());
  CHECK(opened->replay.damage.find("step 3") != std::string::npos);
}

TEST_CASE("whichever page of a journal is overwritten: restored and said, or refused and said") {
  const RecordedSteps session = test::recordSteps(10, 30);
  const ScratchFolder source;
  const Path whole = writeSession(source, session, 8);
  const std::size_t pages = std::filesystem::file_size(whole) / 4096;
  REQUIRE(pages > 5);
  std::size_t restored = 0, refused = 0;
  for (std::size_t page = 0; page < pages; ++page) {
    const ScratchFolder folder;
    const Path file = folder / "case.journal";
    std::filesystem::copy_file(whole, file);
    overwrite(file, page * 4096, 4096);
    CAPTURE(page);
    auto opened = Journal::open(file);
    if (!opened.ok()) {
      CHECK(opened.error().code == ErrorCode::CaseDamaged);
      ++refused;
      continue;
    }
    ++restored;
    const std::uint64_t hash = contentHash(*opened->state);
    REQUIRE(std::count(session.hashes.begin(), session.hashes.end(), hash) >
            0); // a state that the reader had
    CHECK((hash == session.hashes.back() || !opened->replay.lost.empty()));
    CHECK((opened->replay.lost.empty() || !opened->replay.damage.empty()));
  }
  CHECK(restored > refused);
}

TEST_CASE("a journal whose first page is gone comes back from the copy made when it was last opened") {
  const RecordedSteps session = test::recordSteps(10, 10);
  const ScratchFolder folder;
  const Path file = writeSession(folder, session);
  REQUIRE(Journal::open(file)->journal->close().ok());
  overwrite(file, 0, 4096);
  auto opened = Journal::open(file);
  REQUIRE(opened.ok());
  CHECK(opened->replay.fromCopy);
  CHECK(contentHash(*opened->state) == session.hashes.back());
  CHECK(std::filesystem::exists(opened->replay.keptAside));
}

TEST_CASE("damage in the middle of the log is told from a step that was being written") {
  const RecordedSteps session = test::recordSteps(11, 10);
  const ScratchFolder folder;
  const Path live = folder / "live.journal";
  auto journal = Journal::create(live, session.start);
  REQUIRE(journal.ok());
  std::vector<std::size_t> logSize;
  for (const Step& step : session.steps) {
    (*journal)->append(step);
    REQUIRE((*journal)->flush().ok());
    logSize.push_back(std::filesystem::file_size(live.string() + "-wal"));
  }
  const auto copyOfIt = [&](const char* name) { // as a crash would leave it
    const Path file = folder / name;
    std::filesystem::copy_file(live, file);
    std::filesystem::copy_file(live.string() + "-wal", file.string() + "-wal");
    return file;
  };
  const Path middle = copyOfIt("middle.journal");
  overwrite(middle.string() + "-wal", logSize[4] + 100, 8); // in what step 6 wrote
  auto opened = Journal::open(middle);
  REQUIRE(opened.ok());
  CHECK(contentHash(*opened->state) == session.hashes[5]);
  CHECK(!opened->replay.damage.empty());
  CHECK(opened->replay.lost.size() == 5);

  const Path torn = copyOfIt("torn.journal");
  overwrite(torn.string() + "-wal", logSize[9] - 50, 50);
  auto tail = Journal::open(torn);
  REQUIRE(tail.ok());
  CHECK(contentHash(*tail->state) == session.hashes[9]);
  CHECK(tail->replay.tornTail);
  CHECK(tail->replay.damage.empty());

  const Path same = copyOfIt("same.journal");
  auto crash = Journal::open(same);
  REQUIRE(crash.ok());
  CHECK(contentHash(*crash->state) == session.hashes[10]);
  CHECK(!crash->replay.tornTail);
  CHECK(!crash->replay.closedCleanly);
}

TEST_CASE("a newer journal is refused, foreign files are named, and nothing of them is changed") {
  const RecordedSteps session = test::recordSteps(12, 3);
  const ScratchFolder folder;
  const Path file = writeSession(folder, session);
  sql(file, "PRAGMA user_version = 99");
  auto newer = Journal::open(file);
  REQUIRE(!newer.ok());
  CHECK(newer.error().code == ErrorCode::CaseNewerVersion);
  CHECK(newer.error().arguments == std::vector<std::string>{file.string(), "99", "1"});

  const Path text = folder / "text.journal";
  std::ofstream(text) << std::string(5000, 'x');
  auto foreign = Journal::open(text);
  REQUIRE(!foreign.ok());
  CHECK(foreign.error().code == ErrorCode::CaseDamaged);
  CHECK(readFile(text).value() == std::string(5000, 'x'));
  CHECK(Journal::open(folder / "none.journal").error().code == ErrorCode::FileNotFound);
}

TEST_CASE("a journal belongs to one process at a time, its files to one user") {
  const RecordedSteps session = test::recordSteps(12, 3);
  const ScratchFolder folder;
  const Path file = folder / "case.journal";
  auto journal = Journal::create(file, session.start);
  REQUIRE(journal.ok());
  (*journal)->append(session.steps[0]);
  REQUIRE((*journal)->flush().ok());
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};
    REQUIRE(stat((file.string() + suffix).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  auto second = Journal::open(file);
  REQUIRE(!second.ok());
  CHECK(second.error().code == ErrorCode::CaseLocked);
  CHECK(summariseJournal(file).inUse);
  CHECK(Journal::create(file, session.start).error().code == ErrorCode::ResultExists);
  (*journal)->append(session.steps[1]);
  CHECK((*journal)->flush().ok()); // the owner was not disturbed
  journal->reset();
  CHECK(Journal::open(file).ok());
}

TEST_CASE("on a network drive the journal keeps no log that others would have to read, and says so") {
  const RecordedSteps session = test::recordSteps(12, 5);
  const ScratchFolder folder;
  const Path file = folder / "case.journal";
  JournalOptions options;
  options.medium = Medium::Network;
  {
    auto journal = Journal::create(file, session.start, options);
    REQUIRE(journal.ok());
    CHECK((*journal)->medium() == Medium::Network);
    for (const Step& step : session.steps)
      (*journal)->append(step);
    REQUIRE((*journal)->flush().ok());
    CHECK(!std::filesystem::exists(file.string() + "-wal"));
  }
  CHECK(contentHash(*Journal::open(file, options)->state) == session.hashes.back());
  options.medium = Medium::ReadOnly;
  CHECK(Journal::create(folder / "other.journal", session.start, options).error().code ==
        ErrorCode::FileNotWritable);
}
