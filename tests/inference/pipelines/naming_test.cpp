#include "inference/pipelines/naming.h"

#include <catch2/catch.hpp>

#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

struct View {
  int thoracic = 12, lumbar = 5;
  int from = 0, count = 99; ///< places of the whole spine that are in view, from C1 = 0
  bool sacrum = true;       ///< if the view reaches it
  bool ribsSeen = true;
  double levelBias = 0;
};

std::vector<Level> spineOf(const View& view) {
  std::vector<Level> levels;
  for (int n = 1; n <= 7; ++n)
    levels.push_back(Level(n));
  for (int n = 0; n < std::min(12, view.thoracic); ++n)
    levels.push_back(Level(8 + n));
  if (view.thoracic == 13)
    levels.push_back(Level::T13);
  for (int n = 0; n < view.lumbar; ++n)
    levels.push_back(Level(20 + n));
  return levels;
}

/// What a good network would have seen of such a spine, and the true names.
std::pair<SegmentResult, std::vector<Level>> seen(const View& view) {
  const std::vector<Level> spine = spineOf(view);
  SegmentResult r;
  std::vector<Level> truth;
  const int end = std::min(int(spine.size()), view.from + view.count);
  for (int n = view.from; n < end; ++n) {
    const Level level = spine[std::size_t(n)];
    ResultVertebra v;
    v.place = int(r.vertebrae.size()) + 1;
    v.centroid = {0, 0, -30.0 * n};
    // The network was taught usual spines: it counts on past what is unusual.
    v.evidence.levelNumber = (level == Level::T13 ? 19.5 : int(level)) + view.levelBias;
    v.evidence.discBelow = level != Level::C1;
    v.evidence.bodyMl = level == Level::C1 ? 0.5 : 20;
    v.evidence.archMl = 12;
    const int label = int(level);
    v.evidence.toNextMm = n + 1 < end ? (label <= 7                           ? 17.3
                                         : label <= 13                        ? 21.5
                                         : label <= 19 || level == Level::T13 ? 28
                                                                              : 35)
                                      : 0;
    if (region(level) == Region::Thoracic && view.ribsSeen)
      v.evidence.ribLeftMl = v.evidence.ribRightMl = 0.6;
    if (level == Level::C1)
      v.evidence.skullAboveMl = 60;
    if (n + 1 == int(spine.size()))
      v.evidence.sacrumContactMl = view.sacrum ? 1.5 : 0;
    r.vertebrae.push_back(v);
    truth.push_back(level);
  }
  if (view.sacrum && end == int(spine.size())) {
    ResultVertebra s;
    s.place = int(r.vertebrae.size()) + 1;
    s.isSacrum = true;
    r.vertebrae.push_back(s);
  }
  return {r, truth};
}

std::vector<Level> namesOf(const SegmentResult& r) {
  std::vector<Level> names;
  for (const ResultVertebra& v : r.vertebrae)
    if (!v.isSacrum && v.level)
      names.push_back(*v.level);
  return names;
}

void checkShape(const SegmentResult& r) {
  for (const ResultVertebra& v : r.vertebrae) {
    if (v.isSacrum) {
      CHECK(v.level == Level::Sacrum);
      continue;
    }
    CHECK(v.level.has_value() == (r.naming != "ask"));
    if (r.naming == "assumed")
      CHECK(v.confidence < 0.9);
    if (r.naming == "ask")
      CHECK(v.confidence == 0);
  }
  for (const ResultAlternative& a : r.alternatives)
    CHECK(a.levels.size() == r.vertebrae.size());
  if (r.naming == "assumed")
    CHECK_FALSE(r.alternatives.empty());
  if (r.naming == "ask")
    CHECK(r.anchor == "none");
}

} // namespace

TEST_CASE("a whole usual spine is named with certainty") {
  auto [r, truth] = seen({});
  nameLevels(r, std::nullopt);
  checkShape(r);
  CHECK(r.naming == "certain");
  CHECK(namesOf(r) == truth);
  CHECK(r.anchors == std::vector<std::string>{"dens", "first-rib", "last-rib", "sacrum"});
  CHECK_FALSE(r.variant);
}

TEST_CASE("a neck with dens and first rib is named with certainty") {
  auto [r, truth] = seen({.count = 10});
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "certain");
  CHECK(namesOf(r) == truth);
}

TEST_CASE("with the sacrum alone the names are assumed, with another reading beside") {
  auto [r, truth] = seen({.from = 19});
  nameLevels(r, std::nullopt);
  checkShape(r);
  CHECK(r.naming == "assumed");
  CHECK(r.anchor == "sacrum");
  CHECK(namesOf(r) == truth);
  CHECK(r.alternatives[0].probability < 0.2);
  CHECK(r.alternatives[0].levels.back() == Level::Sacrum);
}

TEST_CASE("counted from the sacrum alone every usual deviation is offered, about as likely as it is") {
  auto [r, truth] = seen({.from = 15, .ribsSeen = false}); // T9 ... L5, no rib found
  nameLevels(r, std::nullopt);
  checkShape(r);
  REQUIRE(r.naming == "assumed");
  CHECK(namesOf(r) == truth);
  double others = 0;
  for (const char* variant : {"L6", "L4", "T13", "T11"}) {
    INFO(variant);
    const auto found = std::find_if(r.alternatives.begin(), r.alternatives.end(),
                                    [&](const auto& a) { return a.variant == variant; });
    REQUIRE(found != r.alternatives.end());
    CHECK(found->probability > 0.005);
    CHECK(found->probability < 0.2);
    others += found->probability;
  }
  CHECK(others > 0.11);
  CHECK(std::is_sorted(r.alternatives.begin(), r.alternatives.end(),
                       [](const auto& a, const auto& b) { return a.probability > b.probability; }));
}

TEST_CASE("six vertebrae without ribs above the sacrum are not silently five") {
  auto [r, truth] = seen({.lumbar = 6, .from = 15});
  nameLevels(r, std::nullopt);
  checkShape(r);
  CHECK(r.naming == "ask");
  REQUIRE(r.alternatives.size() >= 2);
  CHECK(r.alternatives[0].variant == "L6");
  // Or five, the last pair of ribs not seen.
  CHECK(r.alternatives[1].variant.empty());
  CHECK(r.alternatives[1].probability > 0.05);
  // What passes by the uppermost lumbar vertebra is not its rib: L6 gains, and no anchor is made of it.
  auto [stray, strayTruth] = seen({.lumbar = 6, .from = 17});
  stray.vertebrae[2].evidence.ribLeftMl = 0.2; // T12 has 0.6
  stray.vertebrae[2].evidence.ribRightMl = 0.16;
  nameLevels(stray, std::nullopt);
  CHECK(std::find(stray.anchors.begin(), stray.anchors.end(), "last-rib") == stray.anchors.end());
  CHECK(std::any_of(stray.alternatives.begin(), stray.alternatives.end(),
                    [](const auto& a) { return a.variant == "L6" && a.probability > 0.1; }));
}

TEST_CASE("sacrum and last rib agree in a spine of thirteen ribs as well: assumed, both readings named") {
  for (const int thoracic : {12, 13, 11}) {
    auto [r, truth] = seen({.thoracic = thoracic, .from = 14});
    nameLevels(r, std::nullopt);
    checkShape(r);
    CHECK(r.anchors == std::vector<std::string>{"last-rib", "sacrum"});
    CHECK(r.naming == "assumed");
    std::vector<std::optional<Level>> whole(truth.begin(), truth.end());
    whole.emplace_back(Level::Sacrum);
    CHECK((namesOf(r) == truth || std::any_of(r.alternatives.begin(), r.alternatives.end(),
                                              [&](const auto& a) { return a.levels == whole; })));
  }
}

TEST_CASE("an uppermost vertebra that is counted as C1 and does not look like it is not certain") {
  auto [r, truth] = seen({.thoracic = 13, .from = 1}); // C2 ... L5: as many as a usual spine has
  r.vertebrae[6].evidence.ribLeftMl = r.vertebrae[6].evidence.ribRightMl = 0; // of T1
  nameLevels(r, std::nullopt);
  checkShape(r);
  CHECK(r.naming != "certain");
}

TEST_CASE("a vertebra with the volume of two is said and leaves the chain unnamed") {
  auto [r, truth] = seen({.from = 17});
  for (ResultVertebra& v : r.vertebrae)
    v.volumeMl = 60;
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "assumed");
  CHECK_FALSE(mayBeTwo(r.vertebrae, 5, false));
  r.vertebrae[5].volumeMl = 125; // L4 with L5
  CHECK(mayBeTwo(r.vertebrae, 5, false));
  CHECK_FALSE(mayBeTwo(r.vertebrae, 4, false));
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "ask");
  CHECK_FALSE(r.warnings.empty());
  // Cut above and below it cannot be whole, so less is too much.
  r.vertebrae[5].volumeMl = 90;
  CHECK_FALSE(mayBeTwo(r.vertebrae, 5, false));
  CHECK(mayBeTwo(r.vertebrae, 5, true));
}

TEST_CASE("without an anchor in view it asks and offers readings") {
  for (const View& view : {View{.from = 19, .count = 4, .sacrum = false}, View{.from = 19, .sacrum = false},
                           View{.from = 10, .count = 6}}) {
    auto [r, truth] = seen(view);
    nameLevels(r, std::nullopt);
    checkShape(r);
    CHECK(r.naming == "ask");
    CHECK_FALSE(r.alternatives.empty());
    CHECK_FALSE(r.warnings.empty());
  }
}

TEST_CASE("a sacrum without the disc above it is no anchor, nor is one that touches nothing") {
  auto [r, truth] = seen({.from = 19});
  r.vertebrae[r.vertebrae.size() - 2].evidence.discBelow = false;
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "ask");
  auto [other, otherTruth] = seen({.from = 19});
  other.vertebrae[other.vertebrae.size() - 2].evidence.sacrumContactMl = 0;
  nameLevels(other, std::nullopt);
  CHECK(other.naming == "ask");
}

TEST_CASE("a gap in the chain leaves it unnamed") {
  auto [r, truth] = seen({.from = 15});
  r.vertebrae.erase(r.vertebrae.begin() + 4);
  r.vertebrae[3].evidence.toNextMm = 63;
  for (std::size_t n = 0; n < r.vertebrae.size(); ++n)
    r.vertebrae[n].place = int(n) + 1;
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "ask");
}

TEST_CASE("unusual spines are never certain and wrong, whatever is in view and however the network errs") {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.6);
  int certain = 0, assumed = 0, assumedRight = 0, asked = 0, wrong = 0;
  for (const auto& [thoracic, lumbar] :
       {std::pair{12, 5}, {13, 5}, {11, 5}, {12, 6}, {12, 4}, {13, 4}, {11, 6}})
    for (int trial = 0; trial < 150; ++trial) {
      View view{thoracic, lumbar};
      const int all = 7 + thoracic + lumbar;
      if (trial % 3 != 0) {
        view.from = int(random() % unsigned(all - 4));
        view.count = 4 + int(random() % 14u);
      }
      view.sacrum = random() % 3 != 0;
      view.ribsSeen = random() % 4 != 0;
      view.levelBias = noise(random);
      auto [r, truth] = seen(view);
      for (ResultVertebra& v : r.vertebrae)
        v.evidence.levelNumber += 0.4 * noise(random);
      nameLevels(r, std::nullopt);
      checkShape(r);
      if (r.naming == "ask")
        ++asked;
      else if (r.naming == "assumed")
        ++assumed, assumedRight += namesOf(r) == truth;
      else
        ++certain, wrong += namesOf(r) != truth;
    }
  CHECK(wrong == 0);
  CHECK(certain > 20);
  CHECK(assumedRight > assumed / 2);
  INFO(certain << " certain, " << assumed << " assumed (" << assumedRight << " right), " << asked
               << " asked");
  CHECK(asked > 0);
}

TEST_CASE("where a transitional vertebra makes anchors disagree both readings are offered") {
  auto [r, truth] = seen({.lumbar = 6});
  nameLevels(r, std::nullopt);
  checkShape(r);
  CHECK(r.naming == "ask");
  REQUIRE_FALSE(r.alternatives.empty());
  std::vector<std::optional<Level>> whole(truth.begin(), truth.end());
  whole.emplace_back(Level::Sacrum);
  CHECK(std::any_of(r.alternatives.begin(), r.alternatives.end(),
                    [&](const auto& a) { return a.levels == whole && a.variant == "L6"; }));
}

TEST_CASE("the reader's anchor names the chain, variants included") {
  auto [r, truth] = seen({.lumbar = 6, .from = 19, .sacrum = false});
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "ask");
  // The lowest is L6, says the reader.
  nameLevels(r, ReaderAnchor{Level::L6, r.vertebrae.back().centroid});
  checkShape(r);
  CHECK(r.naming == "certain");
  CHECK(r.anchor == "reader");
  CHECK(namesOf(r) == truth);
  CHECK(r.variant == "L6");
  // A vertebra higher up serves as well, a point in the air does not.
  nameLevels(r, ReaderAnchor{Level::L1, r.vertebrae[1].centroid});
  CHECK(namesOf(r).front() == Level::T12);
  nameLevels(r, ReaderAnchor{Level::L1, {500, 0, 0}});
  CHECK(r.naming == "ask");
  CHECK_FALSE(r.warnings.empty());
}

TEST_CASE("an anchor that no spine allows is not followed") {
  auto [r, truth] = seen({});
  nameLevels(r, ReaderAnchor{Level::T1, r.vertebrae[0].centroid}); // 24 vertebrae do not fit below
  checkShape(r);
  CHECK(r.anchor != "reader");
  CHECK_FALSE(r.warnings.empty());
}

TEST_CASE("nothing found is nothing named") {
  SegmentResult r;
  nameLevels(r, std::nullopt);
  CHECK(r.naming == "ask");
  CHECK(r.vertebrae.empty());
}
