#include "inference/protocol/message.h"
#include "tests/support/json_schema.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace spondyl;
using namespace spondyl::inference;

TEST_CASE("every message is as its schema promises") {
  std::ifstream file(SPONDYL_SCHEMA_FOLDER "/worker-protocol.schema.json");
  const auto schema = nlohmann::json::parse(file);
  const Grid grid =
      Grid::create({7, 5, 3}, {-12.5, 30, 1000}, {0.7, 0.1, 0}, {-0.1, 0.7, 0.2}, {0.3, -0.4, -2.5}).value();
  SegmentResult result;
  result.structures = {{1, 1, Part::VertebralBody, 0.9, ""}};
  ResultVertebra vertebra;
  vertebra.place = 1;
  vertebra.level = Level::T13;
  result.vertebrae = {vertebra};
  result.variant = "T13";
  result.alternatives = {{-1, "L6", 0.07, {std::nullopt}}};
  result.times = {{"segment", 1.0}};
  result.warnings = {"w"};
  result.landmarks = {{1, "centre", {1, 2, 3}, 0.5}};
  result.anchors = {"sacrum"};
  const SegmentRequest request{"m", "ct", ReaderAnchor{Level::L5, {1, 2, 3}}, "cpu", 0, 0};
  ScalarMapResult mapped;
  mapped.computed = {{0, 0, 0}, {1, 1, 1}};
  mapped.times = {{"segment", 1.0}};
  const SegmentRequest network{"m", "ct", std::nullopt, "cpu", 0, 0};
  for (const Message& message : std::vector<Message>{
           Hello{"b", 1}, SegmentCommand{1, request, {grid, VoxelType::Int16, {}, 5.0}},
           SegmentCommand{
               1, {"m", "mr", std::nullopt, "cpu", 0, 0}, {grid, VoxelType::Float32, {}, std::nullopt}},
           RenameCommand{1, result, std::nullopt}, CancelCommand{1}, ShutdownCommand{},
           MapCommand{1,
                      {network, ScalarMapKind::Uncertainty, BoxLps{{0, 0, 0}, {1, 2, 3}}, {}},
                      {grid, {}, {}, {}}},
           MapCommand{1, {network, ScalarMapKind::Saliency, {}, SaliencyTarget::Canal}, {grid, {}, {}, {}}},
           MapDone{1, mapped}, ProgressEvent{1, "segment", 0.5}, Heartbeat{}, JobDone{1, result, true},
           JobFailed{1, fail(ErrorCode::Cancelled, {"a"}, "w")}, Refused{"x"}}) {
    const std::string text = encodeMessage(message);
    INFO(text);
    std::vector<std::string> problems;
    test::validate(schema, nlohmann::json::parse(text), "message", problems);
    CHECK(problems == std::vector<std::string>{});
  }
}

TEST_CASE("every card that ships is as its schema promises") {
  std::ifstream file(SPONDYL_SCHEMA_FOLDER "/model-card.schema.json");
  const auto schema = nlohmann::json::parse(file);
  int cards = 0;
  for (const auto& folder : std::filesystem::directory_iterator(SPONDYL_CARDS_FOLDER)) {
    INFO(folder.path());
    std::ifstream text(folder.path() / "metadata.json");
    if (!text)
      continue;
    const auto card = nlohmann::json::parse(text);
    std::vector<std::string> problems;
    test::validate(schema, card, "card", problems);
    CHECK(problems == std::vector<std::string>{});
    // What the schema demands, the program demands as well.
    for (const char* key : {"name", "version", "task", "network_data_format", "file", "sha256", "spacing_mm",
                            "tensor", "normalisation", "outputs"}) {
      auto lacking = card;
      lacking.erase(key);
      test::validate(schema, lacking, "card", problems);
      CHECK(problems.size() == 1);
      problems.clear();
    }
    ++cards;
  }
  CHECK(cards > 0);
}
