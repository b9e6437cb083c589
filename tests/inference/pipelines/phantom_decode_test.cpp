// What the decoder and the naming make of a network that errs nowhere: whatever is missing here is their
// fault.
#include "core/phantom/draw.h"
#include "inference/pipelines/naming.h"
#include "inference/pipelines/resample.h"
#include "inference/pipelines/surroundings.h"

#include <catch2/catch.hpp>

#include <map>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

struct Found {
  SegmentResult result;
  std::vector<Level> truth; ///< of what was drawn whole, from above
  std::vector<std::optional<Level>> names;
  std::vector<std::optional<Level>> trueNames; ///< of what was found
};

/// The phantom's own classes, centres and levels as a network's output.
SpineField perfectAnswer(const PhantomVolumes& drawn) {
  ModelCard card;
  card.classes.assign(segmentationClasses.begin(), segmentationClasses.end());
  std::map<std::uint8_t, const DrawnInstance*> instances;
  for (const DrawnInstance& d : drawn.drawn)
    instances[d.number] = &d;
  const Shape size = shapeOf(drawn.grid);
  const std::size_t slice = std::size_t(size[1]) * std::size_t(size[2]);
  SpineField field(drawn.grid, card);
  std::vector<float> values(12 * slice);
  for (int z = 0; z < size[0]; ++z) {
    std::fill(values.begin(), values.end(), 0.0f);
    for (std::size_t n = 0; n < slice; ++n) {
      const std::size_t at = std::size_t(z) * slice + n, c = drawn.classes[at];
      for (std::size_t k = 0; k < 8; ++k)
        values[k * slice + n] = k == c ? 0.93f : 0.01f;
      const auto owner = instances.find(drawn.instances[at]);
      if (owner == instances.end())
        continue;
      const Level level = owner->second->level;
      const VectorLps d =
          owner->second->centre - drawn.grid.toLps(IndexIjk{int(n) % size[2], int(n) / size[2], z});
      values[8 * slice + n] = float(d.z / card.offsetScaleMm);
      values[9 * slice + n] = float(d.y / card.offsetScaleMm);
      values[10 * slice + n] = float(d.x / card.offsetScaleMm);
      values[11 * slice + n] = float((level == Level::T13 ? 19.5 : double(int(level))) / card.levelScale);
    }
    field.takeSlice(z, values);
  }
  return field;
}

Found foundIn(AnatomyVariant variant, Level from, Level to, std::uint64_t seed) {
  PhantomOptions options;
  options.seed = seed;
  options.variant = variant;
  options.from = from;
  options.to = to;
  const auto spine = describeSpine(options);
  REQUIRE(spine);
  const PhantomVolumes drawn = drawPhantom(*spine, defaultGrid(*spine, 2.0).value());
  const SpineField field = perfectAnswer(drawn);
  const Shape size = field.size();
  Decoded decoded = decode(field, [&](std::uint32_t index) {
    const auto [z, y, x] = field.place(index);
    return z == 0 || y == 0 || x == 0 || z + 1 == size[0] || y + 1 == size[1] || x + 1 == size[2];
  });
  const Surroundings around = findSurroundings(field, decoded);
  Found out;
  for (std::size_t n = 0; n < decoded.vertebrae.size(); ++n) {
    ResultVertebra v;
    v.place = int(n) + 1;
    v.centroid = field.toLps(decoded.vertebrae[n].centre);
    v.whole = decoded.vertebrae[n].whole;
    v.volumeMl = decoded.vertebrae[n].volumeMl;
    v.evidence = around.evidence[n];
    out.result.vertebrae.push_back(v);
  }
  if (!decoded.sacrum.empty()) {
    ResultVertebra v;
    v.isSacrum = true;
    out.result.vertebrae.push_back(v);
  }
  nameLevels(out.result, std::nullopt);
  for (const DrawnInstance& d : drawn.drawn)
    if (d.whole && d.level != Level::Sacrum)
      out.truth.push_back(d.level);
  for (const ResultVertebra& v : out.result.vertebrae) {
    std::optional<Level> level;
    double least = 12;
    for (const DrawnInstance& d : drawn.drawn)
      if (const double mm = distance(d.centre, v.centroid);
          d.level != Level::Sacrum && !v.isSacrum && mm < least) {
        least = mm;
        level = d.level;
      }
    out.names.push_back(v.level);
    out.trueNames.push_back(v.isSacrum ? std::optional(Level::Sacrum) : level);
  }
  return out;
}

void checkAllFound(const Found& found) {
  for (const Level level : found.truth) {
    INFO(levelName(level));
    CHECK(std::count(found.trueNames.begin(), found.trueNames.end(), std::optional(level)) == 1);
  }
}

} // namespace

TEST_CASE("of a perfect answer every vertebra from C1 to L5 is found and named with certainty") {
  for (const std::uint64_t seed : {900301, 900302}) {
    const Found found = foundIn(AnatomyVariant::None, Level::C1, Level::Sacrum, seed);
    checkAllFound(found);
    CHECK(found.result.naming == "certain");
    CHECK(found.result.anchors == std::vector<std::string>{"dens", "first-rib", "last-rib", "sacrum"});
    CHECK(found.names == found.trueNames);
  }
}

TEST_CASE("of a perfect answer a neck is found whole, C1 round the dens of C2 included") {
  const Found found = foundIn(AnatomyVariant::None, Level::C1, Level::T4, 900303);
  checkAllFound(found);
  CHECK(found.truth.front() == Level::C1);
  CHECK(found.result.naming == "certain");
  CHECK(found.names == found.trueNames);
}

TEST_CASE(
    "of a perfect answer no unusual spine is named wrongly with certainty, and the true names are offered") {
  for (const auto& [variant, from] : {std::pair{AnatomyVariant::L6, Level::T11},
                                      {AnatomyVariant::L4, Level::T11},
                                      {AnatomyVariant::T13, Level::T8},
                                      {AnatomyVariant::T11, Level::T8},
                                      {AnatomyVariant::CervicalRib, Level::C1}}) {
    const Found found = foundIn(variant, from, Level::Sacrum, 900304);
    INFO("variant " << int(variant) << ' ' << found.result.naming);
    checkAllFound(found);
    const bool right = found.names == found.trueNames;
    CHECK((found.result.naming != "certain" || right));
    CHECK((right || std::any_of(found.result.alternatives.begin(), found.result.alternatives.end(),
                                [&](const auto& a) { return a.levels == found.trueNames; })));
  }
}
