// Landmarks through the whole path with a network whose answer is known: it sees a bright knob in its crop.
#include "inference/pipelines/landmark_heatmaps.h"
#include "tests/inference/support/spine_input.h"

#include <catch2/catch.hpp>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

constexpr std::size_t mapCount = 16;

ModelCard cardOf() {
  ModelCard card;
  card.name = "known-landmarks";
  card.spacingMm = 1.5;
  const std::vector<std::string> all(landmarkSites.begin(), landmarkSites.end());
  card.landmarks = LandmarkRule{{48, 72, 48}, {29.5, 19.5, 23.5}, 0.5, all, all};
  card.percentiles = PercentileRule{};
  card.outsideValue = -2;
  return card;
}

/// A Gaussian's logits round a place in crop voxels, its mass `share` of all.
void drawPeak(std::span<float> map, const Shape& crop, CropPoint at, double share) {
  const Shape n{crop[0] / 2, crop[1] / 2, crop[2] / 2};
  double sum = 0;
  std::size_t place = 0;
  const auto squared = [&](int z, int y, int x) {
    const double dz = z - (at.z - 0.5) / 2, dy = y - (at.y - 0.5) / 2, dx = x - (at.x - 0.5) / 2;
    return -0.5 * (dz * dz + dy * dy + dx * dx) / 0.64;
  };
  for (int z = 0; z < n[0]; ++z)
    for (int y = 0; y < n[1]; ++y)
      for (int x = 0; x < n[2]; ++x)
        sum += std::exp(squared(z, y, x));
  for (int z = 0; z < n[0]; ++z)
    for (int y = 0; y < n[1]; ++y)
      for (int x = 0; x < n[2]; ++x)
        map[place++] = float(squared(z, y, x) + std::log(share / (1 - share) / sum));
}

/// Places round a vertebra, one of which is marked by a knob: left, posterior and up all differ.
struct Knobs {
  static constexpr const char* sites[4] = {"superior.left", "inferior.anterior", "spinous", "pedicle.right"};
  PointLps centre;
  LevelFrame axes;
  PointLps knob(int n) const {
    constexpr double offsets[4][3] = {{18, 2, 12}, {1, -15, -11}, {2, 48, -16}, {-13, 17, 3}};
    const double* o = offsets[n];
    return centre + axes.left * o[0] + axes.posterior * o[1] + axes.superior * o[2];
  }
};

/// Finds the knob, the only thing that is not black, in the image half of its window.
class KnobFinder : public Network {
 public:
  int knob = 0;
  double share = 0.95;
  std::size_t answerVoxels = 0; ///< 0: as asked
  int runs = 0;
  float leastMask = 1e9f, mostMask = -1e9f;
  int channels() const override { return 1; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
    ++runs;
    const Shape crop{shape[0] / 2, shape[1], shape[2]};
    for (std::size_t v = voxelCount(crop); v < window.size(); ++v) {
      leastMask = std::min(leastMask, window[v]);
      mostMask = std::max(mostMask, window[v]);
    }
    m_out.assign(window.size(), -30.0f);
    const std::size_t mapVoxels = voxelCount(crop) / 8;
    double sum = 0, z = 0, y = 0, x = 0;
    std::size_t at = 0;
    for (int cz = 0; cz < crop[0]; ++cz)
      for (int cy = 0; cy < crop[1]; ++cy)
        for (int cx = 0; cx < crop[2]; ++cx, ++at) {
          const double w = std::max(0.0, window[at] * 300.0 + 100.0);
          sum += w;
          z += w * cz;
          y += w * cy;
          x += w * cx;
        }
    const auto site = std::find_if(landmarkSites.begin(), landmarkSites.end(),
                                   [&](const char* s) { return std::string(s) == Knobs::sites[knob]; });
    const auto map = std::size_t(site - landmarkSites.begin());
    if (sum > 0)
      drawPeak(std::span(m_out).subspan(map * mapVoxels, mapVoxels), crop, {z / sum, y / sum, x / sum},
               share);
    if (answerVoxels > 0)
      m_out.resize(answerVoxels);
    return std::span<const float>(m_out);
  }

 private:
  std::vector<float> m_out;
};

struct Scene {
  VolumePtr volume;
  std::vector<std::uint16_t> labels;
  SegmentResult result;
  std::vector<Knobs> vertebrae;
};

/// Two vertebrae along `up` with knobs, on `grid`; each out of the other's crop.
Scene sceneOn(const Grid& grid, VectorLps up, VectorLps back, int knob = 0) {
  Scene s;
  const LevelFrame axes = levelFrame({}, up, back);
  for (int n = 0; n < 2; ++n) {
    s.vertebrae.push_back({grid.centre() + axes.superior * (43.0 - 86 * n), axes});
    ResultVertebra v;
    v.place = n + 1;
    s.result.vertebrae.push_back(v);
    s.result.structures.push_back({std::uint16_t(2 * n + 1), n + 1, Part::VertebralBody, 1, ""});
    s.result.structures.push_back({std::uint16_t(2 * n + 2), n + 1, Part::PosteriorElements, 1, ""});
  }
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::CtHounsfield).value();
  s.labels.resize(grid.size().count());
  const GridSize n = grid.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i) {
        const PointLps p = grid.toLps(IndexIjk{i, j, k});
        const std::size_t at = grid.offset({i, j, k});
        double value = 0;
        for (std::size_t v = 0; v < 2; ++v) {
          const VectorLps d = p - s.vertebrae[v].centre;
          const double x = dot(d, axes.left), y = dot(d, axes.posterior), z = dot(d, axes.superior);
          if (std::abs(x) < 16 && std::abs(y) < 13 && std::abs(z) < 11)
            s.labels[at] = std::uint16_t(2 * v + 1);
          else if (std::abs(x) < 12 && y > 22 && y < 44 && std::abs(z) < 8)
            s.labels[at] = std::uint16_t(2 * v + 2);
          if (distance(p, s.vertebrae[v].knob(knob)) < 4.5)
            value = 900;
        }
        builder.voxels<std::int16_t>()[at] = std::int16_t(value);
      }
  s.volume = std::move(builder).freeze();
  return s;
}

} // namespace

TEST_CASE("a heat map is read to a fraction of a voxel, and its mass is the confidence") {
  const Shape crop{48, 72, 48};
  std::vector<float> map(voxelCount(crop) / 8);
  for (double part = 0; part < 2; part += 0.23)
    for (const double share : {0.2, 0.6, 0.97}) {
      const CropPoint at{20 + part, 31 + 1.7 * part, 17 - part};
      drawPeak(map, crop, at, share);
      const HeatmapPeak peak = readHeatmap(map, crop);
      CHECK(std::abs(peak.at.z - at.z) < 0.06);
      CHECK(std::abs(peak.at.y - at.y) < 0.06);
      CHECK(std::abs(peak.at.x - at.x) < 0.06);
      CHECK(std::abs(peak.confidence - share) < 0.06);
    }
}

TEST_CASE("a flat map, two peaks alike and a map of NaN are not sure") {
  const Shape crop{48, 72, 48};
  std::vector<float> map(voxelCount(crop) / 8, 3.0f);
  CHECK(readHeatmap(map, crop).confidence < 0.02);
  std::vector<float> other = map;
  drawPeak(map, crop, {12, 20, 12}, 0.98);
  drawPeak(other, crop, {40, 60, 40}, 0.98);
  for (std::size_t n = 0; n < map.size(); ++n)
    map[n] = float(std::log(std::exp(map[n]) + std::exp(other[n])));
  CHECK(readHeatmap(map, crop).confidence < 0.52);
  map.assign(map.size(), std::numeric_limits<float>::quiet_NaN());
  CHECK(readHeatmap(map, crop).confidence == 0);
}

TEST_CASE("landmarks lie where they are in the patient, on any grid and in any pose") {
  const double a = 0.3;
  const VectorLps i{std::cos(a), std::sin(a), 0}, j{-std::sin(a) * 0.8, std::cos(a) * 0.8, 0.6},
      k = cross(i, j);
  const PointLps middle{30, -40, 900};
  const std::vector<Grid> grids{
      test::gridRound(middle, {1.2, 0, 0}, {0, 1.2, 0}, {0, 0, 1.2}, {100, 140, 130}),
      test::gridRound(middle, i, j, k * 1.5, {120, 200, 120}),
      test::gridRound(middle, i * -1.0, j, k * 1.5, {120, 200, 120}), // left-handed
      test::gridRound(middle, {0, 0.9, 0}, {0, 0, -0.9}, {2.5, 0, 0}, {190, 170, 48})};
  for (const Grid& grid : grids)
    for (const bool turned : {false, true})
      for (int n = 0; n < 4; ++n) {
        const Scene scene = turned ? sceneOn(grid, normalized({0.2, -0.3, 1}), normalized({0.3, 1, 0.2}), n)
                                   : sceneOn(grid, {0, 0, 1}, {0, 1, 0}, n);
        KnobFinder network;
        network.knob = n;
        const auto found =
            findLandmarks(network, cardOf(), *scene.volume, false, scene.result, scene.labels, {});
        REQUIRE(found);
        CAPTURE(grid.isLeftHanded(), turned, n);
        CHECK(network.mostMask == Approx(1));
        CHECK(network.leastMask == 0);
        REQUIRE(found->size() == 2);
        for (std::size_t v = 0; v < 2; ++v) {
          CHECK(found->at(v).vertebra == int(v) + 1);
          CHECK(found->at(v).site == Knobs::sites[n]);
          CHECK(distance(found->at(v).at, scene.vertebrae[v].knob(n)) < 0.5);
        }
      }
}

TEST_CASE("a landmark that is not sure stays with the masks, and MR's mask is negative") {
  const Grid grid = test::gridRound({}, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 1.5}, {80, 110, 110});
  const Scene scene = sceneOn(grid, {0, 0, 1}, {0, 1, 0});
  KnobFinder network;
  network.share = 0.4;
  CHECK(
      findLandmarks(network, cardOf(), *scene.volume, false, scene.result, scene.labels, {}).value().empty());
  KnobFinder mr;
  CHECK(findLandmarks(mr, cardOf(), *scene.volume, true, scene.result, scene.labels, {}));
  CHECK(mr.leastMask == Approx(-1));
  CHECK(mr.mostMask == 0);
}

TEST_CASE("only the places that the card takes for the modality are read, and without any nothing runs") {
  const Grid grid = test::gridRound({}, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 1.5}, {80, 110, 110});
  const Scene scene = sceneOn(grid, {0, 0, 1}, {0, 1, 0});
  ModelCard card = cardOf();
  card.landmarks->sitesOnCt = {"superior.left"};
  card.landmarks->sitesOnMr = {};
  KnobFinder network;
  const auto found = findLandmarks(network, card, *scene.volume, false, scene.result, scene.labels, {});
  CHECK(found.value().size() == 2);
  card.landmarks->sitesOnCt = {"superior.right"};
  CHECK(findLandmarks(network, card, *scene.volume, false, scene.result, scene.labels, {}).value().empty());
  KnobFinder never;
  CHECK(findLandmarks(never, card, *scene.volume, true, scene.result, scene.labels, {}).value().empty());
  CHECK(never.runs == 0);
}

TEST_CASE("an answer of another size is refused, and a stop is heeded before the next vertebra") {
  const Grid grid = test::gridRound({}, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 1.5}, {80, 110, 110});
  const Scene scene = sceneOn(grid, {0, 0, 1}, {0, 1, 0});
  KnobFinder network;
  network.answerVoxels = 1000;
  const auto wrong = findLandmarks(network, cardOf(), *scene.volume, false, scene.result, scene.labels, {});
  REQUIRE(!wrong);
  CHECK(wrong.error().code == ErrorCode::ModelDamaged);
  std::stop_source stop;
  stop.request_stop();
  KnobFinder never;
  const auto stopped = findLandmarks(never, cardOf(), *scene.volume, false, scene.result, scene.labels,
                                     {stop.get_token(), Progress()});
  REQUIRE(!stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  CHECK(never.runs == 0);
}

TEST_CASE("the next upper end plate is the sacrum's only below the last vertebra") {
  const Grid grid = test::gridRound({}, {1.5, 0, 0}, {0, 1.5, 0}, {0, 0, 1.5}, {80, 110, 110});
  Scene scene = sceneOn(grid, {0, 0, 1}, {0, 1, 0});
  ResultVertebra sacrum;
  sacrum.place = 3;
  sacrum.isSacrum = true;
  scene.result.vertebrae.push_back(sacrum);
  class Below : public Network {
   public:
    int channels() const override { return 1; }
    Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override {
      m_out.assign(window.size(), -30.0f);
      const std::size_t mapVoxels = window.size() / mapCount;
      drawPeak(std::span(m_out).subspan(15 * mapVoxels, mapVoxels), {shape[0] / 2, shape[1], shape[2]},
               {10, 30, 23}, 0.9);
      return std::span<const float>(m_out);
    }

   private:
    std::vector<float> m_out;
  } network;
  const auto found = findLandmarks(network, cardOf(), *scene.volume, false, scene.result, scene.labels, {});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().vertebra == 3);
  CHECK(found->front().site == "endplate.posterior");
}
