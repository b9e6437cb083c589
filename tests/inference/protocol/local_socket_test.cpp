#include "core/base/id.h"
#include "core/base/local_socket.h"
#include "core/base/process.h"

#include <catch2/catch.hpp>

using namespace spondyl;
namespace fs = std::filesystem;

namespace {
struct Folder {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  Folder() { REQUIRE(makePrivateFolder(path)); }
  ~Folder() { fs::remove_all(path); }
};
} // namespace

TEST_CASE("a socket is the user's own, one listener a name, and gone with it") {
  const Folder folder;
  {
    auto listener = LocalListener::create(folder.path, "a.sock");
    REQUIRE(listener);
    CHECK((fs::status(folder.path / "a.sock").permissions() & fs::perms(077)) == fs::perms::none);
    const auto second = LocalListener::create(folder.path, "a.sock");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::ResultExists);
    REQUIRE(LocalSocket::connect(folder.path, "a.sock"));
    CHECK(listener->accept());
  }
  CHECK(fs::is_empty(folder.path));
  CHECK_FALSE(LocalSocket::connect(folder.path, "a.sock"));
}

TEST_CASE("a folder with a very long name serves as well") {
  const Folder folder;
  const Path deep = folder.path / std::string(150, 'x');
  REQUIRE(makePrivateFolder(deep));
  const auto listener = LocalListener::create(deep, "a.sock");
  REQUIRE(listener);
  CHECK(LocalSocket::connect(deep, "a.sock"));
}

TEST_CASE("a folder that others may enter is not used for sockets") {
  const Folder folder;
  fs::create_directory(folder.path / "open");
  fs::permissions(folder.path / "open", fs::perms(0755));
  CHECK_FALSE(makePrivateFolder(folder.path / "open"));
  fs::create_directory_symlink(folder.path, folder.path / "link");
  CHECK_FALSE(makePrivateFolder(folder.path / "link"));
}
