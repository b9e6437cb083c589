#include "core/base/file.h"
#include "core/base/id.h"
#include "core/base/medium.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "tests/support/scratch_folder.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <sys/stat.h>

using namespace spondyl;
using test::ScratchFolder;

namespace {

std::size_t filesIn(const Path& folder) {
  return std::size_t(std::distance(std::filesystem::directory_iterator(folder), {}));
}
int modeOf(const Path& file) {
  struct stat info {};
  return stat(file.c_str(), &info) == 0 ? int(info.st_mode & 0777) : -1;
}

Result<int> half(int n) {
  if (n % 2)
    return fail(ErrorCode::Usage, {"odd"}, "half");
  return n / 2;
}
Result<int> quarter(int n) {
  SPONDYL_TRY(const int once, half(n));
  SPONDYL_TRY(const int twice, half(once));
  return twice;
}
Status checkEven(int n) {
  SPONDYL_CHECK(n % 2 ? Status(fail(ErrorCode::Usage)) : Status());
  return {};
}

} // namespace

TEST_CASE("a result is a value or an error, handed up with its arguments") {
  CHECK(*quarter(12) == 3);
  CHECK(quarter(10).error().arguments == std::vector<std::string>{"odd"});
  CHECK(quarter(3).error().where == "half");
  CHECK(checkEven(2).ok());
  CHECK(!checkEven(3).ok());
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code)
    CHECK(names.insert(errorCodeName(static_cast<ErrorCode>(code))).second);
  CHECK(!names.count("Unknown"));
}

TEST_CASE("a file appears whole or not at all, and nothing is left beside it") {
  const ScratchFolder folder;
  const Path target = folder / "Doe^Jane.txt";
  {
    auto file = AtomicFile::create(target);
    REQUIRE(file.ok());
    REQUIRE(file->write("half").ok());
    CHECK(!std::filesystem::exists(target));
    CHECK(file->temporaryPath().string().find("Doe") == std::string::npos);
    CHECK(modeOf(file->temporaryPath()) == 0600);
  }
  CHECK(filesIn(folder.path()) == 0);
  {
    auto file = AtomicFile::create(target);
    AtomicFile moved = std::move(*file);
    REQUIRE(moved.write("whole").ok());
    REQUIRE(moved.commit().ok());
  }
  CHECK(readFile(target).value() == "whole");
  CHECK(modeOf(target) == 0600);
  CHECK(filesIn(folder.path()) == 1);
  REQUIRE(writeFileWhole(target, "newer").ok());
  CHECK(readFile(target).value() == "newer");
  CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("what cannot be written or read says why") {
  const ScratchFolder folder;
  CHECK(AtomicFile::create(folder / "none" / "file").error().code == ErrorCode::FileNotWritable);
  CHECK(readFile(folder / "none").error().code == ErrorCode::FileNotFound);
  CHECK(readFile(folder.path()).error().code == ErrorCode::FileUnreadable);
  REQUIRE(writeFileWhole(folder / "long", std::string(100, 'x')).ok());
  CHECK(readFile(folder / "long", 99).error().code == ErrorCode::DeclaredTooLarge);
  CHECK(readFile(folder / "long", 100).ok());
  CHECK(readFile("/dev/zero", 1000).error().code == ErrorCode::DeclaredTooLarge);
  CHECK(writeFileWhole("/dev/full/file", "x").error().code == ErrorCode::FileNotWritable);
}

TEST_CASE("a folder of results is made beside its target and taken over by its name") {
  const ScratchFolder folder;
  const auto made = createTemporaryFolderBeside(folder / "result");
  REQUIRE(made.ok());
  CHECK(made->parent_path() == folder.path());
  CHECK(modeOf(*made) == 0700);
  CHECK(createTemporaryFolderBeside(folder / "none" / "result").error().code == ErrorCode::FileNotWritable);
}

TEST_CASE("private folders and files are for their user only, the medium of a folder is told") {
  const ScratchFolder folder;
  REQUIRE(createPrivateFolder(folder.path() / "a" / "b").ok());
  CHECK(modeOf(folder.path() / "a") == 0700);
  REQUIRE(createPrivateFolder(folder.path() / "a" / "b").ok());
  REQUIRE(createPrivateFile(folder / "f").ok());
  CHECK(modeOf(folder / "f") == 0600);
  CHECK(createPrivateFolder(folder.path() / "f" / "g").error().code == ErrorCode::FileNotWritable);
  CHECK(mediumOf(folder.path()).ok());
  CHECK(mediumOf(folder / "not-yet-there").ok());
  CHECK(mediumOf(folder.path() / "a" / "none" / "none").error().code == ErrorCode::FileNotFound);
}

TEST_CASE("digests are SHA-256") {
  CHECK(sha256Hex(std::string_view("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const ScratchFolder folder;
  REQUIRE(writeFileWhole(folder / "abc", "abc").ok());
  CHECK(sha256OfFile(folder / "abc").value() == sha256Hex(std::string_view("abc")));
  CHECK(sha256OfFile(folder / "none").error().code == ErrorCode::FileNotFound);
}

TEST_CASE("identifiers are new each time and of their form") {
  std::set<std::string> seen;
  for (int n = 0; n < 1000; ++n) {
    const std::string uuid = newUuid();
    REQUIRE(uuid.size() == 36);
    REQUIRE(uuid[14] == '4');
    REQUIRE(std::string("89ab").find(uuid[19]) != std::string::npos);
    REQUIRE(seen.insert(uuid).second);
    const std::string uid = newDicomUid();
    REQUIRE(uid.size() <= 64);
    REQUIRE(uid.substr(0, 5) == "2.25.");
    REQUIRE(uid[5] != '0');
    REQUIRE(uid.find_first_not_of("0123456789.") == std::string::npos);
    REQUIRE(seen.insert(uid).second);
  }
}

TEST_CASE("a parallel loop does everything once, on any number of threads, nested or not") {
  for (const int threads : {1, 2, 7}) {
    setThreadCount(threads);
    for (const std::size_t count : {std::size_t(0), std::size_t(1), std::size_t(1000), std::size_t(1001)})
      for (const std::size_t grain : {std::size_t(0), std::size_t(1), std::size_t(64), std::size_t(5000)}) {
        std::vector<std::atomic<int>> done(count);
        parallelFor(count, grain, [&](std::size_t from, std::size_t to) {
          for (std::size_t n = from; n < to; ++n)
            ++done[n];
        });
        CHECK(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
      }
    std::atomic<int> inner{0};
    parallelFor(4, 1, [&](std::size_t, std::size_t) {
      parallelFor(10, 1, [&](std::size_t from, std::size_t to) { inner += int(to - from); });
    });
    CHECK(inner == 40);
  }
  setThreadCount(0);
  CHECK(threadCount() >= 1);
}

TEST_CASE("progress of a part is mapped into the whole") {
  std::vector<double> seen;
  const Progress whole([&](const ProgressReport& report) { seen.push_back(report.fraction); });
  const Progress second = whole.part(0.5, 1.0);
  second.report("label", 0.5);
  second.part(0.5, 1.0).report("label", 1.0);
  CHECK(seen == std::vector<double>{0.75, 1.0});
  Progress().report("nowhere", 1);
}
