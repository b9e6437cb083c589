// What fuzzing model cards and messages found (tests/fuzz), each as a test of its own.
#include "core/base/id.h"
#include "core/base/process.h"
#include "inference/protocol/message.h"
#include "inference/protocol/model_package.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

std::string shippedCard() {
  std::ifstream file(Path(SPONDYL_CARDS_FOLDER) / "spine-ct" / "metadata.json");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string withNumber(std::string card, const std::string& key, const std::string& number) {
  const auto at = card.find("\"" + key + "\":");
  REQUIRE(at != std::string::npos);
  const auto from = at + key.size() + 3;
  return card.replace(from, card.find_first_of(",}\n", from) - from, " " + number);
}

/// What is wrong with this card; empty: nothing.
std::string refusalOf(const std::string& card) {
  const Path folder = std::filesystem::temp_directory_path() / ("spondyl-card-" + newUuid());
  REQUIRE(makePrivateFolder(folder));
  std::ofstream(folder / "model.pt") << "net";
  std::ofstream(folder / "metadata.json") << card;
  const auto package = readModelPackage(folder);
  std::filesystem::remove_all(folder);
  if (package)
    return {};
  CHECK(package.error().code == ErrorCode::ModelDamaged);
  return package.error().arguments.back();
}

} // namespace

TEST_CASE("a number in a model card that no int can hold is refused by its value") {
  CHECK(refusalOf(shippedCard()).empty());
  CHECK(refusalOf(withNumber(shippedCard(), "size_multiple", "1.55556e+118")).find("1.55556e+118") !=
        std::string::npos);
  CHECK_FALSE(refusalOf(withNumber(shippedCard(), "size_multiple", "4294967312")).empty()); // 2^32 + 16
}

TEST_CASE("a model card that is nested without end is refused") {
  CHECK_FALSE(refusalOf("{\"name\": " + std::string(100000, '[') + std::string(100000, ']') + "}").empty());
}

TEST_CASE("a number in a message that no int can hold is a violation") {
  const std::string good = encodeMessage(Hello{"build", 12});
  REQUIRE(decodeMessage(good));
  for (const char* key : {"protocol", "process"})
    for (const std::string& number :
         {"27" + std::string(110, '7'), std::string("4294967297"), std::string("1.5")}) {
      const auto decoded = decodeMessage(withNumber(good, key, number));
      INFO(key << " " << number);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().code == ErrorCode::ProtocolViolation);
    }
}
