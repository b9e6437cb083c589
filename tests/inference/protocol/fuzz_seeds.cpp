// Where fuzzing the protocol begins: SPONDYL_FUZZ_SEEDS=DIR test_protocol "fuzz seeds" writes one message of
// each kind. Seeds for the model card are those we ship (resources/models/*/metadata.json).
#include "inference/protocol/message.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace spondyl;
using namespace spondyl::inference;

TEST_CASE("fuzz seeds", "[.seeds]") {
  const char* target = std::getenv("SPONDYL_FUZZ_SEEDS");
  if (!target)
    return; // run by name: nothing to write to
  const std::filesystem::path folder = target;
  std::filesystem::create_directories(folder);
  SegmentResult result;
  result.structures = {{1, 1, Part::VertebralBody, 0.93, "note"}, {2, 0, Part::Canal, 0.7, ""}};
  result.vertebrae.resize(2);
  result.vertebrae[0].place = 1;
  result.vertebrae[0].level = Level::T13;
  result.vertebrae[1].place = 2;
  result.vertebrae[1].isSacrum = true;
  result.anchors = {"sacrum"};
  result.variant = "T13";
  result.alternatives = {{-1, "L6", 0.07, {Level::T12, std::nullopt}}};
  result.warnings = {"w"};
  result.times = {{"segment", 1.25}};
  const Grid grid =
      Grid::create({7, 5, 3}, {-12.5, 30.25, 1000}, {0.7, 0.1, 0}, {-0.1, 0.7, 0.2}, {0.3, -0.4, -2.5})
          .value();
  const ReaderAnchor anchor{Level::L5, {1, 2, 3}};
  SegmentRequest request;
  request.modelFolder = "/models";
  request.modality = "ct";
  request.anchor = anchor;
  request.device = "cuda:1";
  const std::vector<Message> messages{
      Hello{"build", 12},
      SegmentCommand{17, request, {grid, VoxelType::UInt16, {0.5, -1024}, -2000.0}},
      RenameCommand{18, result, anchor},
      CancelCommand{17},
      ShutdownCommand{},
      ProgressEvent{17, "segment", 0.5},
      Heartbeat{},
      JobDone{17, result, true},
      JobFailed{17, fail(ErrorCode::OutOfMemory, {"1", "2"}, "worker")},
      Refused{"another build"}};
  for (std::size_t n = 0; n < messages.size(); ++n)
    std::ofstream(folder / ("message" + std::to_string(n)), std::ios::binary) << encodeMessage(messages[n]);
  CHECK(std::filesystem::exists(folder / "message9"));
}
