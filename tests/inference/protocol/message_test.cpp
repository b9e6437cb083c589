#include "inference/protocol/message.h"

#include <catch2/catch.hpp>

#include <array>
#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

Grid obliqueGrid() {
  return Grid::create({7, 5, 3}, {-12.5, 30.25, 1000.125}, {0.7, 0.1, 0}, {-0.1, 0.7, 0.2}, {0.3, -0.4, -2.5})
      .value();
}

SegmentResult fullResult() {
  SegmentResult r;
  r.structures = {{1, 1, Part::VertebralBody, 0.93, ""},
                  {2, 1, Part::PosteriorElements, 0.81, "uncertain \"border\""},
                  {3, 0, Part::Canal, 0.7, ""}};
  ResultVertebra v;
  v.place = 1;
  v.level = Level::T13;
  v.confidence = 0.5;
  v.centroid = {1.5, -2.25, 1e-7};
  v.whole = false;
  v.note = "ü € \n";
  v.evidence = {19.5, 0.1, 0.2, 0.3, true, 0.4, 20, 11, 30.5};
  ResultVertebra sacrum;
  sacrum.place = 2;
  sacrum.isSacrum = true;
  sacrum.level = Level::Sacrum;
  r.vertebrae = {v, sacrum};
  r.naming = "assumed";
  r.anchor = "sacrum";
  r.anchors = {"sacrum", "last-rib"};
  r.variant = "T13";
  r.alternatives = {{-1, "L6", 0.07, {Level::T12, std::nullopt}}};
  r.warnings = {"w"};
  r.modelName = "n";
  r.landmarks = {{1, "superior.left", {1.5, -2.25, 1e-7}, 0.75}, {2, "endplate.anterior", {3, 4, 5}, 0.5}};
  r.landmarkModelName = "l";
  r.landmarkModelVersion = "1.2.3";
  r.landmarkWeightsSha256 = "ab";
  r.times = {{"segment", 1.25}};
  r.threads = 2;
  return r;
}

template <class T>
T roundTrip(const T& message) {
  const auto decoded = decodeMessage(encodeMessage(message));
  REQUIRE(decoded);
  REQUIRE(std::holds_alternative<T>(*decoded));
  return std::get<T>(*decoded);
}

std::string withMember(const std::string& text, const std::string& from, const std::string& to) {
  std::string out = text;
  const auto at = out.find(from);
  REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a message comes back as it was sent") {
  SegmentCommand segment{17,
                         {"/models/spine", "ct", ReaderAnchor{Level::L5, {1, 2, 3}}, "cuda:1", 3, 2.5},
                         {obliqueGrid(), VoxelType::UInt16, {0.5, -1024}, -2000.0}};
  const auto back = roundTrip(segment);
  CHECK(back.job == 17);
  CHECK(back.request == segment.request);
  CHECK(back.voxels.grid == segment.voxels.grid); // to the last bit: a grid that moves moves the labels
  CHECK(back.voxels.type == VoxelType::UInt16);
  CHECK(back.voxels.rescale == segment.voxels.rescale);
  CHECK(back.voxels.padding == segment.voxels.padding);

  CHECK(roundTrip(JobDone{3, fullResult(), true}).result == fullResult());
  CHECK(roundTrip(RenameCommand{4, fullResult(), ReaderAnchor{Level::L6, {0, 0, 0}}}).anchor->level ==
        Level::L6);
  CHECK_FALSE(roundTrip(RenameCommand{4, fullResult(), std::nullopt}).anchor);
  const auto failed =
      roundTrip(JobFailed{5, fail(ErrorCode::ModelDamaged, {"spine-ct", "it's broken"}, "here")});
  CHECK(failed.error.code == ErrorCode::ModelDamaged);
  CHECK(failed.error.arguments == std::vector<std::string>{"spine-ct", "it's broken"});
  CHECK(roundTrip(Hello{"abc", 12}).build == "abc");
  CHECK(roundTrip(ProgressEvent{6, "segment", 0.25}).fraction == 0.25);
  CHECK(roundTrip(CancelCommand{9}).job == 9);
  CHECK(roundTrip(Refused{"why"}).reason == "why");
}

namespace {

MapCommand mapCommand() {
  return {7,
          {{"/models/spine", "mr", std::nullopt, "cpu", 2, 1.5},
           ScalarMapKind::Saliency,
           BoxLps{{-10.5, 2, 3}, {4, 50, 60}},
           SaliencyTarget::Disc},
          {obliqueGrid(), VoxelType::Float32, {}, std::nullopt}};
}
ScalarMapResult mapResult() {
  ScalarMapResult r;
  r.kind = ScalarMapKind::Saliency;
  r.computed = {{-1, -2, -3}, {1, 2, 3.5}};
  r.maximum = 0.25;
  r.mean = 0.75;
  r.passes = 180;
  r.cubeMm = 12;
  r.warnings = {"w"};
  r.modelName = "n";
  r.times = {{"saliency", 1.25}};
  return r;
}

} // namespace

TEST_CASE("a request for a map and its answer come back as they were sent, each with its voxels") {
  const auto back = roundTrip(mapCommand());
  CHECK(back.request == mapCommand().request);
  CHECK(back.byteCount() == 7 * 5 * 3 * (4 + 1)); // the structure's bytes follow
  MapCommand uncertainty = mapCommand();
  uncertainty.request.kind = ScalarMapKind::Uncertainty;
  uncertainty.request.box.reset();
  CHECK(roundTrip(uncertainty).byteCount() == 7 * 5 * 3 * 4);
  CHECK_FALSE(roundTrip(uncertainty).request.box);
  CHECK(roundTrip(MapDone{7, mapResult()}).result == mapResult());
  CHECK(carriesVoxels(back));
  CHECK(carriesVoxels(MapDone{}));
}

TEST_CASE("maps with boxes inside out, unknown kinds or impossible shares are refused") {
  const std::string command = encodeMessage(mapCommand()), done = encodeMessage(MapDone{7, mapResult()});
  for (const auto& [good, from, to] :
       std::vector<std::array<std::string, 3>>{{command, "[-10.5,2.0,3.0]", "[10.5,2.0,3.0]"},
                                               {command, "\"saliency\"", "\"salience\""},
                                               {command, "\"disc\"", "\"rib\""},
                                               {command, "\"box\"", "\"bax\""},
                                               {done, "\"maximum\":0.25", "\"maximum\":1.25"},
                                               {done, "\"mean\":0.75", "\"mean\":-0.1"},
                                               {done, "\"passes\":180", "\"passes\":-1"},
                                               {done, "[1.0,2.0,3.5]", "[1.0,2.0]"}}) {
    INFO(to);
    const auto decoded = decodeMessage(withMember(good, from, to));
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == ErrorCode::ProtocolViolation);
  }
}

TEST_CASE("text that is not UTF-8 is sent without failing") {
  CHECK(decodeMessage(encodeMessage(Refused{"\xff\xfe"})));
}

TEST_CASE("the protocol's version comes first and another one is refused") {
  const std::string text = encodeMessage(Heartbeat{});
  CHECK(text.starts_with("{\"protocol\":1,"));
  const auto decoded = decodeMessage(withMember(text, "\"protocol\":1", "\"protocol\":2"));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::ProtocolViolation);
}

TEST_CASE("messages that lie about sizes, types or ranges are refused") {
  const std::string good = encodeMessage(SegmentCommand{
      1, {"m", "ct", std::nullopt, "cpu", 0, 0}, {obliqueGrid(), VoxelType::Int16, {}, std::nullopt}});
  REQUIRE(decodeMessage(good));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"[7,5,3]", "[7,5,-3]"},
                                                        {"[7,5,3]", "[7,5,0]"},
                                                        {"[7,5,3]", "[7,5,1e9]"},
                                                        {"[7,5,3]", "[7,5]"},
                                                        {"[7,5,3]", "[7,5,2.5]"},
                                                        {"\"int16\"", "\"int99\""},
                                                        {"\"threads\":0", "\"threads\":-1"},
                                                        {"\"threads\":0", "\"threads\":\"many\""},
                                                        {"\"job\":1", "\"job\":\"1\""},
                                                        {"\"voxels\"", "\"voxel\""},
                                                        {"\"segment\"", "\"sediment\""},
                                                        {"[0.7,0.1,0.0]", "[0,0,0]"},
                                                        {"[0.7,0.1,0.0]", "[1e400,0,0]"},
                                                        {"\"slope\":1.0", "\"slope\":null"}}) {
    INFO(to);
    const auto decoded = decodeMessage(withMember(good, from, to));
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == ErrorCode::ProtocolViolation);
  }
}

TEST_CASE("depth and length of a message are bounded") {
  std::string deep = "{\"protocol\":1,\"type\":";
  deep.append(100000, '[');
  CHECK_FALSE(decodeMessage(deep));
  CHECK_FALSE(decodeMessage(std::string(messageLimitBytes + 1, ' ')));
  // Brackets inside a text do not count.
  CHECK(decodeMessage(encodeMessage(Refused{std::string(1000, '[') + "\\\""})));
}

TEST_CASE("no damage to a message makes decoding throw or crash") {
  const std::string good = encodeMessage(JobDone{1, fullResult(), false});
  std::mt19937 random(7);
  for (int n = 0; n < 3000; ++n) {
    std::string bad = good;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % bad.size();
      if (random() % 3 == 0)
        bad.erase(at, 1 + random() % 20);
      else
        bad[at] = char(random() % 256);
    }
    const auto decoded = decodeMessage(bad);
    if (!decoded)
      CHECK(decoded.error().code == ErrorCode::ProtocolViolation);
  }
}
