// The shipped network on a real CT, against the labels of another tool (not ground truth: two versions of it
// agree to 0.96 here).
#include "core/base/id.h"
#include "core/base/process.h"
#include "core/formats/nifti.h"
#include "inference/client/client.h"
#include "inference/protocol/model_package.h"
#include "tests/inference/pipelines_real/zero_network.h"
#include "tests/support/test_data.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <map>

using namespace spondyl;
using namespace spondyl::inference;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Path path = fs::temp_directory_path() / ("spondyl-test-" + newUuid());
  Folder() {
    REQUIRE(makePrivateFolder(path));
    fs::create_directories(path / "config" / "spondyl");
    ::setenv("XDG_CONFIG_HOME", (path / "config").c_str(), 1);
  }
  ~Folder() { fs::remove_all(path); }
};

constexpr int sacrumOf = 25, l5 = 27, l1 = 31, t12 = 32, t11 = 33; // TotalSegmentator counts upwards

struct Comparison {
  double unionDice = 0;
  std::map<int, double> diceOf; ///< reference number → Dice with the vertebra that covers most of it
  std::map<int, int> matchOf;   ///< reference number → place
  std::vector<int> unmatched;   ///< places that cover no reference vertebra
  double sacrumDice = 0;
};

/// Label → place of the vertebra it belongs to; discs and canal left out.
std::map<int, int> places(const SegmentResult& r) {
  std::map<int, int> out;
  for (const ResultStructure& s : r.structures)
    if (isVertebral(s.part) || s.part == Part::Sacrum)
      out[s.label] = s.vertebra;
  return out;
}

Comparison compare(const SegmentOutcome& outcome, const std::vector<std::uint16_t>& reference) {
  const std::map<int, int> placeOf = places(outcome.result);
  std::map<int, double> ours, theirs;
  std::map<std::pair<int, int>, double> both;
  double sacrumOurs = 0, sacrumTheirs = 0, sacrumBoth = 0, unionBoth = 0, unionOurs = 0, unionTheirs = 0;
  const auto labels = outcome.boneAndDisc.dense();
  const int sacrumPlace = outcome.result.vertebrae.empty() || !outcome.result.vertebrae.back().isSacrum
                              ? -1
                              : outcome.result.vertebrae.back().place;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto found = placeOf.find(labels[n]);
    const int place = found == placeOf.end() ? 0 : found->second;
    const int ref = reference[n] >= l5 && reference[n] <= t11 ? reference[n] : 0;
    const bool refSacrum = reference[n] == sacrumOf || reference[n] == sacrumOf + 1,
               isSacrum = place == sacrumPlace;
    const bool isVertebra = place > 0 && !isSacrum;
    sacrumOurs += isSacrum, sacrumTheirs += refSacrum, sacrumBoth += isSacrum && refSacrum;
    unionOurs += isVertebra, unionTheirs += ref > 0, unionBoth += isVertebra && ref > 0;
    if (isVertebra)
      ++ours[place];
    if (ref)
      ++theirs[ref];
    if (isVertebra && ref)
      ++both[{ref, place}];
  }
  Comparison c;
  c.unionDice = 2 * unionBoth / std::max(1.0, unionOurs + unionTheirs);
  c.sacrumDice = 2 * sacrumBoth / std::max(1.0, sacrumOurs + sacrumTheirs);
  for (const auto& [pair, overlap] : both) {
    const auto [ref, place] = pair;
    const double dice = 2 * overlap / (theirs[ref] + ours[place]);
    if (dice > c.diceOf[ref]) {
      c.diceOf[ref] = dice;
      c.matchOf[ref] = place;
    }
  }
  for (const auto& [place, count] : ours) {
    bool matched = false;
    for (const auto& [ref, match] : c.matchOf)
      matched = matched || match == place;
    if (!matched)
      c.unmatched.push_back(place);
  }
  return c;
}

/// The shipped package with every weight zero, trusted like a user's own.
Path zeroed(const ModelPackage& package, const Folder& folder) {
  const Path copy = folder.path / "zero";
  fs::create_directories(copy);
  test::writeZeroed(package.folder / package.card.networkFile, copy / package.card.networkFile);
  std::string card = readFile(package.folder / "metadata.json").value();
  const auto at = card.find(package.card.networkSha256);
  REQUIRE(at != std::string::npos);
  card.replace(at, package.card.networkSha256.size(), sha256OfFile(copy / package.card.networkFile).value());
  std::ofstream(copy / "metadata.json") << card;
  std::ofstream(folder.path / "config" / "spondyl" / "trusted-models")
      << sha256Hex(std::string_view(card)) << '\n';
  return copy;
}

} // namespace

TEST_CASE("the shipped network finds every vertebra of a real abdomen, and with its weights zero nothing") {
  SPONDYL_NEED_DATA(data);
  const Path from = data / "ct_totalsegmentator";
  const auto volume = readNifti(from / "example_ct.nii.gz", {});
  const auto reference = readNiftiLabels(from / "example_ct_all_classes_fast.nii.gz", {});
  REQUIRE(volume);
  REQUIRE(reference);
  REQUIRE(reference->grid.sameAs(volume->volume->grid(), 1e-2));
  const Folder folder;
  WorkerClient client({{}, folder.path / "run", folder.path / "log", 60, 120});
  SegmentRequest request;
  request.modality = "ct";
  request.device = "cpu";
  const auto outcome = client.segment(volume->volume, request, {});
  REQUIRE(outcome);
  const SegmentResult& r = outcome->result;
  const Comparison c = compare(*outcome, reference->numbers);

  std::string text = "union " + std::to_string(c.unionDice) + ", sacrum " + std::to_string(c.sacrumDice) +
                     ", " + r.naming + " by " + r.anchor;
  for (const auto& [ref, dice] : c.diceOf)
    text += "; " + std::to_string(ref) + ": " + std::to_string(dice) + " place " +
            std::to_string(c.matchOf.at(ref));
  for (const ResultVertebra& v : r.vertebrae)
    text += "\n  " + std::to_string(v.place) + ' ' + (v.level ? levelName(*v.level) : "?") + ' ' +
            std::to_string(v.confidence) + (v.whole ? "" : " cut") + ", " + std::to_string(v.volumeMl) +
            " mL, number " + std::to_string(v.evidence.levelNumber) + ", ribs " +
            std::to_string(v.evidence.ribLeftMl) + '/' + std::to_string(v.evidence.ribRightMl) + ", sacrum " +
            std::to_string(v.evidence.sacrumContactMl) + (v.evidence.discBelow ? ", disc" : "");
  for (const StageTime& t : r.times)
    text += "\n  " + t.stage + ' ' + std::to_string(t.seconds) + " s";
  text += "\n  peak " + std::to_string(r.peakMemoryMiB) + " MiB";
  UNSCOPED_INFO(text);
  if (std::getenv("SPONDYL_TEST_VERBOSE"))
    WARN(text);

  CHECK(c.unionDice >= 0.80);
  for (int ref = l5; ref <= l1; ++ref) {
    INFO("reference " << ref);
    REQUIRE(c.diceOf.count(ref));
    CHECK(c.diceOf.at(ref) >= 0.75);
    CHECK(r.vertebrae[std::size_t(c.matchOf.at(ref) - 1)].whole);
    if (ref > l5)
      CHECK(c.matchOf.at(ref) == c.matchOf.at(ref - 1) - 1); // one to one, in order
  }
  REQUIRE(c.matchOf.count(t12));
  CHECK(c.matchOf.at(t12) == c.matchOf.at(l1) - 1);
  CHECK_FALSE(r.vertebrae[std::size_t(c.matchOf.at(t12) - 1)].whole);
  if (c.matchOf.count(t11) && c.matchOf.at(t11) != c.matchOf.at(t12))
    CHECK_FALSE(r.vertebrae[std::size_t(c.matchOf.at(t11) - 1)].whole);
  CHECK(c.unmatched.empty());
  CHECK(r.vertebrae.back().isSacrum);
  // Named rightly, or asked; with one anchor in view never certain.
  CHECK(r.naming != "certain");
  if (r.naming == "assumed")
    for (int ref = l5; ref <= l1; ++ref)
      CHECK(r.vertebrae[std::size_t(c.matchOf.at(ref) - 1)].level == Level(int(Level::L5) - (ref - l5)));

  SegmentRequest zero = request;
  const auto package = findModelPackage({}, "ct");
  REQUIRE(package);
  zero.modelFolder = zeroed(*package, folder).string();
  const auto nothing = client.segment(volume->volume, zero, {});
  REQUIRE(nothing);
  CHECK(nothing->result.vertebrae.empty());
  client.shutdownWorker();
}
