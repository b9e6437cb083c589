// The decoder and its reference (inference/training/decode.py) have the same parameters and give the same
// answer: both are held against decode_case.json, there by inference/training/tests/test_decode_case.py.
#include "inference/pipelines/decode.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <map>

using namespace spondyl;
using namespace spondyl::inference;
using Json = nlohmann::json;

namespace {

Json theCase() {
  std::ifstream file(SPONDYL_DECODE_CASE);
  return Json::parse(file);
}

constexpr double voxelMm = 2;

/// Balls of one class; each replaces what was there.
SpineField fieldOf(const Json& description) {
  const auto size = description.at("size").get<std::array<int, 3>>();
  const std::size_t slice = std::size_t(size[1]) * std::size_t(size[2]), count = slice * std::size_t(size[0]);
  std::vector<float> values(12 * count, 0.0f); // z, channel, y, x
  for (int z = 0; z < size[0]; ++z)
    std::fill_n(values.begin() + std::ptrdiff_t(12 * slice * std::size_t(z)), slice, 1.0f);
  ModelCard card;
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  const double share = description.at("offset_share");
  for (const Json& ball : description.at("balls")) {
    const auto at = ball.at("at").get<std::array<double, 3>>(),
               vote = ball.at("vote").get<std::array<double, 3>>();
    const double radius = ball.at("radius"), p = ball.at("p"), sacrum = ball.value("sacrum", 0.0);
    for (int z = 0; z < size[0]; ++z)
      for (int y = 0; y < size[1]; ++y)
        for (int x = 0; x < size[2]; ++x) {
          const std::array<double, 3> here{double(z), double(y), double(x)};
          double squared = 0;
          for (std::size_t a = 0; a < 3; ++a)
            squared += (here[a] - at[a]) * (here[a] - at[a]);
          if (squared > radius * radius)
            continue;
          const auto value = [&](std::size_t channel) -> float& {
            return values[(std::size_t(z) * 12 + channel) * slice + std::size_t(y) * std::size_t(size[2]) +
                          std::size_t(x)];
          };
          for (std::size_t c = 0; c < 8; ++c)
            value(c) = 0;
          value(ball.at("class").get<std::size_t>()) = float(p);
          value(std::size_t(SpineClass::Sacrum)) += float(sacrum);
          value(0) = float(1 - p - sacrum);
          for (std::size_t a = 0; a < 3; ++a)
            value(8 + a) = float((vote[a] - here[a]) * voxelMm * share / card.offsetScaleMm);
          value(11) = float(ball.at("level").get<double>() / card.levelScale);
        }
  }
  const Grid grid =
      Grid::create({size[2], size[1], size[0]}, {0, 0, 0}, {voxelMm, 0, 0}, {0, voxelMm, 0}, {0, 0, voxelMm})
          .value();
  SpineField field(grid, card);
  for (int z = 0; z < size[0]; ++z)
    field.takeSlice(z, std::span(values).subspan(12 * slice * std::size_t(z), 12 * slice));
  return field;
}

} // namespace

TEST_CASE("every parameter of the decoder is the reference decoder's") {
  const DecodeParameters p;
  const Json parameters = theCase().at("parameters");
  const std::map<std::string, double> ours{{"spacing_mm", voxelMm},
                                           {"vote_threshold", p.voteThreshold},
                                           {"follow_steps", p.followSteps},
                                           {"follow_threshold", p.followThreshold},
                                           {"follow_reach", p.followReach},
                                           {"body_vote_weight", p.bodyVoteWeight},
                                           {"smoothing_mm", p.smoothingMm},
                                           {"beyond_mm", p.beyondMm},
                                           {"peak_minimum", p.peakMinimum},
                                           {"suppression", p.suppression},
                                           {"gather", p.gather},
                                           {"relative_volume_cap", p.relativeVolumeCap},
                                           {"minimum_relative_volume", p.minimumRelativeVolume},
                                           {"node_cost", p.nodeCost},
                                           {"distance_weight", p.distanceWeight},
                                           {"distance_power", p.distancePower},
                                           {"turning_weight", p.turningWeight},
                                           {"level_weight", p.levelWeight},
                                           {"longest_step", p.longestStep},
                                           {"shortest_step", p.shortestStep},
                                           {"steepest_sideways", p.steepestSideways},
                                           {"instance_threshold", p.instanceThreshold},
                                           {"instance_reach", p.instanceReach},
                                           {"fragment_share", p.fragmentShare},
                                           {"minimum_volume_ml", p.minimumVolumeMl},
                                           {"end_share", p.endShare},
                                           {"sacral_reach_mm", p.sacralReachMm},
                                           {"sacral_contact", p.sacralContact},
                                           {"sacral_probability", p.sacralProbability},
                                           {"edge_voxels", 1}, // AtEdge is the caller's
                                           {"sacrum_threshold", p.sacrumThreshold},
                                           {"sacrum_minimum_ml", p.sacrumMinimumMl}};
  std::size_t compared = 0;
  for (const auto& [name, value] : parameters.items()) {
    if (value.is_array())
      continue;
    INFO(name);
    REQUIRE(ours.count(name));
    CHECK(ours.at(name) == value.get<double>());
    ++compared;
  }
  CHECK(compared == ours.size());
  const auto levels = parameters.at("level_knots").get<std::vector<double>>();
  for (std::size_t n = 0; n < levels.size(); ++n) {
    CHECK(p.expectedSpacing(levels[n]) == parameters.at("spacing_knots_mm")[n].get<double>());
    CHECK(p.expectedVolume(levels[n]) == parameters.at("volume_knots_ml")[n].get<double>());
  }
  CHECK(p.expectedSpacing(15.5) == Approx(24 + 7 * 2.5 / 6)); // linear between
}

TEST_CASE("the decoder finds in a hand-made neck what its reference finds") {
  const Json description = theCase();
  const SpineField field = fieldOf(description);
  const Decoded decoded = decode(field, [](std::uint32_t) { return false; });
  const Json& wanted = description.at("vertebrae");
  REQUIRE(decoded.vertebrae.size() == wanted.size());
  for (std::size_t n = 0; n < wanted.size(); ++n) {
    INFO("vertebra " << n);
    const DecodedVertebra& found = decoded.vertebrae[n];
    const auto centre = wanted[n].at("centre_mm").get<std::array<double, 3>>();
    CHECK(found.centre.z == Approx(centre[0]).margin(0.01));
    CHECK(found.centre.y == Approx(centre[1]).margin(0.01));
    CHECK(found.centre.x == Approx(centre[2]).margin(0.01));
    CHECK(found.level == Approx(wanted[n].at("level").get<double>()).margin(1e-3));
    CHECK(found.volumeMl == Approx(wanted[n].at("volume_ml").get<double>()).margin(1e-3));
    CHECK(found.whole == wanted[n].at("whole").get<bool>());
  }
  CHECK(double(decoded.sacrum.size()) * field.voxelMl() ==
        Approx(description.at("sacrum_ml").get<double>()).margin(1e-3));
}
