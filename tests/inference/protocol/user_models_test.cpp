#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/protocol/user_models.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;
namespace fs = std::filesystem;

namespace {

/// A user's own home, and packages that would never run: their networks are a few letters.
struct Home {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  Home() {
    REQUIRE(makePrivateFolder(path));
    ::setenv("XDG_CONFIG_HOME", (path / "config").c_str(), 1);
    ::setenv("SPONDYL_DATA_DIR", (path / "data").c_str(), 1);
  }
  ~Home() {
    ::unsetenv("SPONDYL_DATA_DIR");
    fs::remove_all(path);
  }
  static std::string card(const std::string& more = {}) {
    return R"({"name": "own", "version": "2", "task": "spine-ct", "file": "n.pt", "sha256": ")" +
           sha256Hex(std::string_view("net")) +
           R"(", "network_data_format": {"inputs": {"image": {"modality": "CT"}}}, "spacing_mm": [2, 2, 2],
      "tensor": {"size_multiple": 16, "patch_shapes_zyx": [[32, 32, 32]], "padding_hu": -1000},
      "normalisation": {"clip_hu": [-400, 1500], "subtract": 100, "divide": 300},
      "outputs": {"classes": {"labels": ["background", "body", "arch", "disc", "sacrum", "canal", "rib", "other_bone"]},
                  "offset": {"order": ["z", "y", "x"], "scale_mm": 20}, "level": {"scale": 24}})" +
           more + "}";
  }
  Path package(const std::string& name, const std::string& text) const {
    const Path folder = path / "data" / "models" / name;
    fs::create_directories(folder);
    std::ofstream(folder / "metadata.json") << text;
    std::ofstream(folder / "n.pt") << "net";
    return folder;
  }
};

} // namespace

TEST_CASE("a package in the user's folder is found, but does not run before it is trusted") {
  const Home home;
  CHECK(userModelsFolder() == home.path / "data" / "models");
  home.package("own", Home::card());
  const auto package = findModelPackage({}, "ct");
  // Where a package came with the program, it goes first.
  REQUIRE(package);
  const auto own = readModelPackage(userModelsFolder() / "own");
  REQUIRE(own);
  const auto untrusted = checkTrusted(*own);
  REQUIRE_FALSE(untrusted);
  CHECK(untrusted.error().code == ErrorCode::ModelUntrusted);

  REQUIRE(trustPackage(*own));
  CHECK(checkTrusted(*own));
  const std::string once = readFile(userTrustFile()).value();
  CHECK(once == own->cardSha256 + "  # own 2\n");
  REQUIRE(trustPackage(*own));
  CHECK(readFile(userTrustFile()).value() == once);
  CHECK((fs::status(userTrustFile()).permissions() & fs::perms(077)) == fs::perms::none);

  // Trust is in the hash: a changed card is another package.
  std::ofstream(own->folder / "metadata.json", std::ios::app) << "\n";
  CHECK_FALSE(checkTrusted(readModelPackage(own->folder).value()));
}

TEST_CASE("trusting adds to what is on the list and never loses any of it") {
  const Home home;
  fs::create_directories(userTrustFile().parent_path());
  std::ofstream(userTrustFile()) << "# mine\nabcd"; // no end of line
  const auto package = readModelPackage(home.package("own", Home::card()));
  REQUIRE(trustPackage(*package));
  CHECK(readFile(userTrustFile()).value() == "# mine\nabcd\n" + package->cardSha256 + "  # own 2\n");
}

TEST_CASE("a package is added as a copy of card and network, once, and is not trusted by that") {
  const Home home;
  const Path from = home.path / "elsewhere" / "..lead/astray";
  fs::create_directories(from);
  std::ofstream(from / "metadata.json") << Home::card(R"(, "version": "2/../..")");
  std::ofstream(from / "n.pt") << "net";
  std::ofstream(from / "something else") << "not of the package";
  const auto added = addPackage(readModelPackage(from).value());
  REQUIRE(added);
  CHECK(added->folder.parent_path() == userModelsFolder());
  CHECK(fs::exists(added->folder / "n.pt"));
  CHECK_FALSE(fs::exists(added->folder / "something else"));
  CHECK_FALSE(checkTrusted(*added));
  CHECK_FALSE(fs::exists(userTrustFile()));
  CHECK(added->cardSha256 == readModelPackage(from)->cardSha256);
  REQUIRE(addPackage(readModelPackage(from).value()));
  CHECK(listModelPackages(userModelsFolder()).size() == 1);
  // A broken copy is made anew; a broken original is refused and leaves nothing.
  std::ofstream(added->folder / "n.pt") << "broken";
  REQUIRE(addPackage(readModelPackage(from).value()));
  CHECK(verifyNetworkFile(readModelPackage(added->folder).value()));
  fs::remove_all(userModelsFolder());
  std::ofstream(from / "n.pt") << "broken";
  CHECK(addPackage(readModelPackage(from).value()).error().code == ErrorCode::ModelDamaged);
  CHECK(listModelPackages(userModelsFolder()).empty());
}

TEST_CASE("a package whose network was exchanged cannot be trusted") {
  const Home home;
  const auto package = readModelPackage(home.package("own", Home::card()));
  std::ofstream(package->folder / "n.pt") << "another";
  const auto status = trustPackage(*package);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::ModelDamaged);
  CHECK_FALSE(fs::exists(userTrustFile()));
}

TEST_CASE("source and licences are shown as the card states them, without control characters") {
  const Home home;
  const auto silent = originOf(readModelPackage(home.package("a", Home::card())).value());
  REQUIRE(silent);
  CHECK(silent->licence == "not stated");
  CHECK(silent->source == "not stated");
  CHECK(silent->dataLicence == "not stated");
  const auto told = originOf(
      readModelPackage(home.package("b", Home::card(R"(, "licence": "CC BY 4.0\u001b[31m", "source": "Site X",
                                                     "training": {"data_licence": "CC BY-SA"})")))
          .value());
  REQUIRE(told);
  CHECK(told->licence == "CC BY 4.0 [31m");
  CHECK(told->source == "Site X");
  CHECK(told->dataLicence == "CC BY-SA");
}

TEST_CASE("a card of a newer kind is refused, and it says which kind is read") {
  const Home home;
  CHECK(readModelPackage(home.package("m", Home::card(R"(, "schema": "spondyl-model-1")"))));
  const auto newer = readModelPackage(home.package("m", Home::card(R"(, "schema": "spondyl-model-2")")));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == ErrorCode::ModelDamaged);
  CHECK(newer.error().arguments.at(1) ==
        "metadata.json: its schema is spondyl-model-2, this version reads spondyl-model-1");
}

TEST_CASE("weights of windows are taken from a card within reason") {
  const Home home;
  const auto blended = [&](const std::string& inference) {
    return readModelPackage(home.package("m", Home::card(R"(, "inference": )" + inference)));
  };
  const auto own = blended("{}");
  REQUIRE(own);
  CHECK(own->card.windowShift == 0);
  CHECK(own->card.windowLeast == 0);
  const auto theirs = blended(R"({"window_centre_shift": 0.5, "window_least_weight": 0.001})");
  REQUIRE(theirs);
  CHECK(theirs->card.windowShift == 0.5);
  CHECK(theirs->card.windowLeast == 0.001);
  CHECK_FALSE(blended(R"({"window_centre_shift": 3})"));
  CHECK_FALSE(blended(R"({"window_least_weight": -1})"));
}

TEST_CASE("no damage to a card makes reading it throw or crash, and no damaged card is trusted unseen") {
  const Home home;
  const std::string good = Home::card();
  REQUIRE(readModelPackage(home.package("m", good)));
  unsigned state = 12345;
  const auto random = [&] { return state = state * 1664525u + 1013904223u, state >> 8; };
  int read = 0;
  for (int n = 0; n < 1500; ++n) {
    std::string bad = good;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % bad.size();
      switch (random() % 4) {
      case 0:
        bad.erase(at, 1 + random() % 30);
        break;
      case 1:
        bad.insert(at, bad.substr(random() % bad.size(), random() % 40));
        break;
      case 2:
        bad[at] = char('0' + random() % 10);
        break;
      default:
        bad[at] = char(random() % 256);
      }
      if (bad.empty())
        bad = "{";
    }
    const auto package = readModelPackage(home.package("m", bad));
    if (!package) {
      CHECK(package.error().code == ErrorCode::ModelDamaged);
      continue;
    }
    ++read;
    CHECK((bad == good || package->cardSha256 != sha256Hex(std::string_view(good))));
    for (const auto& shape : package->card.windowShapes)
      for (const int side : shape)
        CHECK((side >= package->card.sizeMultiple && side <= 1024));
    CHECK(package->card.spacingMm > 0);
  }
  CHECK(read > 0);
}
