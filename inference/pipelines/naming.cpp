#include "inference/pipelines/naming.h"

#include "inference/pipelines/decode.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace spondyl::inference {
namespace {

constexpr double certainProbability = 0.95, leastAlternative = 0.01;
constexpr std::size_t mostAlternatives = 4;
constexpr double longestStep = 1.5, shortestStep = 0.6; ///< of the chain's usual step
constexpr double readerReachMm = 60;

/// Vertebrae without the sacrum: it is the last entry, if there.
std::size_t vertebraCount(const std::vector<ResultVertebra>& all) {
  return all.size() - (!all.empty() && all.back().isSacrum ? 1 : 0);
}

/// Level number that the network was taught: T13 lies between T12 and L1.
double levelNumber(Level level) {
  if (level == Level::T13)
    return 19.5;
  const int label = int(level);
  return label;
}

/// C1 ... L6 of a spine with so many thoracic and lumbar vertebrae.
std::vector<Level> spine(int thoracic, int lumbar) {
  std::vector<Level> levels;
  for (const Level level : allLevels()) {
    const int label = int(level);
    const bool isThoracic = (label >= int(Level::T1) && label <= int(Level::T12)) || level == Level::T13;
    const bool isLumbar = label >= int(Level::L1) && label <= int(Level::L6);
    if (isThoracic && (level == Level::T13 ? 13 : label - int(Level::T1) + 1) > thoracic)
      continue;
    if (isLumbar && label - int(Level::L1) + 1 > lumbar)
      continue;
    if (label <= int(Level::C7) || isThoracic || isLumbar)
      levels.push_back(level);
  }
  return levels;
}

struct Variant {
  int thoracic, lumbar;
  double prior;
};
std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const auto& [thoracic, t] : {std::pair{12, 0.95}, std::pair{13, 0.03}, std::pair{11, 0.02}})
    for (const auto& [lumbar, l] : {std::pair{5, 0.92}, std::pair{6, 0.05}, std::pair{4, 0.03}})
      all.push_back({thoracic, lumbar, t * l});
  return all;
}

/// Whether names show that a sequence is not the usual one.
std::string variantOf(const std::vector<Level>& levels, bool endsAtSacrum) {
  std::string name;
  const auto add = [&](const char* what) { name += (name.empty() ? "" : " ") + std::string(what); };
  for (std::size_t n = 0; n < levels.size(); ++n) {
    const bool last = n + 1 == levels.size();
    if (levels[n] == Level::T13)
      add("T13");
    if (levels[n] == Level::T11 && !last && levels[n + 1] == Level::L1)
      add("T11");
    if (levels[n] == Level::L6)
      add("L6");
    if (levels[n] == Level::L4 && last && endsAtSacrum)
      add("L4");
  }
  return name;
}

/// P(a rib on one side).
double ribProbability(Level level) {
  if (level == Level::C7)
    return 0.03;
  if (level == Level::T12 || level == Level::T13)
    return 0.85;
  if (level == Level::L1)
    return 0.08;
  return region(level) == Region::Thoracic ? 0.93 : 0.01;
}

/// Of a hard anchor in view: a rib on L1 or C7, a sacrum that is not.
constexpr double anchorError = 0.02;
constexpr double ribSeenMl = 0.15, ribAbsentMl = 0.04;

/// `count`: vertebrae of the chain. Readings of the level number go wrong together: more than a few add
/// nothing.
double logLikelihood(const ResultVertebra& v, Level level, std::size_t count) {
  constexpr double weight = 0.5, levelScale = 1.2, independent = 6;
  double sum = -weight * std::min(1.0, independent / double(count)) *
               std::abs(v.evidence.levelNumber - levelNumber(level)) / levelScale;
  const double p = ribProbability(level);
  for (const double ml : {v.evidence.ribLeftMl, v.evidence.ribRightMl}) {
    if (ml >= ribSeenMl)
      sum += weight * std::log(p);
    else if (v.whole && ml <= ribAbsentMl)
      sum += weight * std::log(1.0 - p); // of a cut one the rib may lie outside
  }
  return sum;
}

bool hasRibs(const ResultVertebra& v) {
  return v.evidence.ribLeftMl >= ribSeenMl && v.evidence.ribRightMl >= ribSeenMl;
}
/// Beside a vertebra with ribs: a tenth of its ribs may be seen where there are none.
bool isRibFree(const ResultVertebra& v, const ResultVertebra& withRibs) {
  constexpr double strayShare = 0.1;
  const double allowed =
      std::max(ribAbsentMl, strayShare * std::min(withRibs.evidence.ribLeftMl, withRibs.evidence.ribRightMl));
  return v.whole && v.evidence.ribLeftMl <= allowed && v.evidence.ribRightMl <= allowed;
}

constexpr double sacrumContactMl = 0.1, skullMl = 20, ringBodyShare = 0.2;

bool sitsOnSacrum(const std::vector<ResultVertebra>& all) {
  const std::size_t count = vertebraCount(all);
  return count > 0 && count < all.size() && all[count - 1].evidence.sacrumContactMl >= sacrumContactMl;
}

/// A step much longer or shorter than the others of the chain: one is missing, two are one, or one is two.
bool isBroken(const std::vector<ResultVertebra>& all) {
  const DecodeParameters p;
  std::vector<double> ratios;
  for (std::size_t n = 0; n + 1 < vertebraCount(all); ++n)
    ratios.push_back(all[n].evidence.toNextMm * 2 /
                     (p.expectedSpacing(all[n].evidence.levelNumber) +
                      p.expectedSpacing(all[n + 1].evidence.levelNumber)));
  if (ratios.empty())
    return false;
  std::vector<double> sorted = ratios;
  std::sort(sorted.begin(), sorted.end());
  const double usual = std::clamp(sorted[sorted.size() / 2], 0.6, 1.4); // small and large patients
  return std::any_of(ratios.begin(), ratios.end(),
                     [&](double r) { return r > longestStep * usual || r < shortestStep * usual; });
}

/// Whether a reading, `start` vertebrae down a whole spine, says of an anchor's vertebra what the anchor
/// does.
bool fits(const HardAnchor& anchor, const std::vector<Level>& spine, std::size_t start) {
  const std::size_t at = start + anchor.vertebra;
  if (anchor.name == "last-rib")
    return at + 1 < spine.size() && spine[at + 1] == Level::L1; // T12, T13 or T11
  if (anchor.name == "sacrum")
    return at + 1 == spine.size();
  return spine[at] == anchor.level;
}

/// Rank that an anchor gives to vertebra n when T13, L6 and the like are left out of account.
int usualRank(const HardAnchor& anchor, std::size_t n) {
  const static std::vector<Level> usual = spine(12, 5);
  const auto at = std::find(usual.begin(), usual.end(), anchor.level) - usual.begin();
  return int(at) + int(n) - int(anchor.vertebra);
}

std::optional<std::size_t> nearest(const std::vector<ResultVertebra>& all, PointLps at) {
  std::optional<std::size_t> best;
  double least = readerReachMm;
  for (std::size_t n = 0; n < vertebraCount(all); ++n)
    if (const double d = distance(all[n].centroid, at); d < least) {
      least = d;
      best = n;
    }
  return best;
}

void clearNames(SegmentResult& result) {
  result.naming = "ask";
  result.anchor = "none";
  result.anchors.clear();
  result.variant.reset();
  result.alternatives.clear();
  for (ResultVertebra& v : result.vertebrae) {
    v.level = v.isSacrum ? std::optional(Level::Sacrum) : std::nullopt;
    if (!v.isSacrum)
      v.confidence = 0;
  }
}

double marginal(const std::vector<Reading>& all, std::size_t vertebra, Level level) {
  double sum = 0;
  for (const Reading& r : all)
    if (r.levels[vertebra] == level)
      sum += r.probability;
  return sum;
}

/// Readings beside the first, as alternatives to it; at least one if there is any.
std::vector<ResultAlternative> alternativesTo(const Reading& named, const std::vector<Reading>& all,
                                              bool hasSacrum, bool includeNamed) {
  std::vector<ResultAlternative> out;
  for (const Reading& r : all) {
    if (&r == &named && !includeNamed)
      continue;
    if (out.size() >= mostAlternatives || (!out.empty() && r.probability < leastAlternative))
      break;
    ResultAlternative a{rank(r.levels.front()) - rank(named.levels.front()), r.variant, r.probability, {}};
    // T13 takes a rank of its own between T12 and L1.
    if (rank(r.levels.front()) >= rank(Level::L1) && rank(named.levels.front()) < rank(Level::T13))
      --a.shift;
    if (rank(named.levels.front()) >= rank(Level::L1) && rank(r.levels.front()) < rank(Level::T13))
      ++a.shift;
    for (const Level level : r.levels)
      a.levels.emplace_back(level);
    if (hasSacrum)
      a.levels.emplace_back(Level::Sacrum);
    out.push_back(std::move(a));
  }
  return out;
}

/// Whether anchors at both ends of what varies fix the count: nothing that a variant could shift is left
/// over.
bool isCounted(const std::vector<HardAnchor>& anchors, const Reading& reading) {
  const auto has = [&](const char* name) {
    return std::any_of(anchors.begin(), anchors.end(), [&](const HardAnchor& a) { return a.name == name; });
  };
  if (has("dens") && has("first-rib") && rank(reading.levels.back()) <= rank(Level::T11))
    return true;
  return (has("dens") || has("first-rib")) && has("last-rib");
}

} // namespace

std::vector<Reading> readings(const std::vector<ResultVertebra>& vertebrae,
                              const std::optional<std::pair<std::size_t, Level>>& fixed) {
  const std::size_t count = vertebraCount(vertebrae);
  if (count == 0)
    return {};
  const bool onSacrum = sitsOnSacrum(vertebrae);
  const std::vector<HardAnchor> anchors = hardAnchors(vertebrae);
  std::map<std::vector<Level>, double> weights; // log-sum of prior x likelihood
  for (const Variant& variant : variants()) {
    const std::vector<Level> whole = spine(variant.thoracic, variant.lumbar);
    if (count > whole.size())
      continue;
    for (std::size_t start = onSacrum ? whole.size() - count : 0; start + count <= whole.size(); ++start) {
      const std::vector<Level> levels(whole.begin() + std::ptrdiff_t(start),
                                      whole.begin() + std::ptrdiff_t(start + count));
      if (fixed && levels[fixed->first] != fixed->second)
        continue;
      double likelihood = 0;
      for (std::size_t n = 0; n < count; ++n)
        likelihood += logLikelihood(vertebrae[n], levels[n], count);
      for (const HardAnchor& anchor : anchors)
        if (!fits(anchor, whole, start))
          likelihood += std::log(anchorError);
      weights[levels] += variant.prior * std::exp(likelihood);
    }
  }
  std::vector<Reading> all;
  double sum = 0;
  for (const auto& [levels, weight] : weights)
    sum += weight;
  for (const auto& [levels, weight] : weights)
    all.push_back({levels, variantOf(levels, onSacrum), sum > 0 ? weight / sum : 0});
  std::stable_sort(all.begin(), all.end(),
                   [](const Reading& a, const Reading& b) { return a.probability > b.probability; });
  return all;
}

std::vector<HardAnchor> hardAnchors(const std::vector<ResultVertebra>& all) {
  std::vector<HardAnchor> anchors;
  const std::size_t count = vertebraCount(all);
  if (count == 0)
    return anchors;
  // C1 is a ring: hardly any body. Without it one does not know whether the topmost is C1 or C2.
  const LevelEvidence& top = all.front().evidence;
  if (count >= 2 && top.skullAboveMl >= skullMl && top.bodyMl <= ringBodyShare * (top.bodyMl + top.archMl) &&
      all[1].evidence.bodyMl > ringBodyShare * (all[1].evidence.bodyMl + all[1].evidence.archMl) &&
      top.levelNumber < 3)
    anchors.push_back({"dens", 0, Level::C1});
  for (std::size_t n = 2; n < count; ++n)
    if (hasRibs(all[n]) && isRibFree(all[n - 1], all[n]) && isRibFree(all[n - 2], all[n])) {
      anchors.push_back({"first-rib", n, Level::T1});
      break;
    }
  for (std::size_t n = count; n-- > 0;)
    if (n + 2 < count && hasRibs(all[n]) && isRibFree(all[n + 1], all[n]) && isRibFree(all[n + 2], all[n])) {
      anchors.push_back({"last-rib", n, Level::T12});
      break;
    }
  if (sitsOnSacrum(all) && all[count - 1].evidence.discBelow)
    anchors.push_back({"sacrum", count - 1, Level::L5});
  return anchors;
}

void nameLevels(SegmentResult& result, const std::optional<ReaderAnchor>& reader) {
  clearNames(result);
  auto& all = result.vertebrae;
  const std::size_t count = vertebraCount(all);
  if (count == 0)
    return;
  const bool hasSacrum = count < all.size();
  std::optional<std::pair<std::size_t, Level>> fixed;
  if (reader) {
    if (const auto n = nearest(all, reader->at))
      fixed.emplace(*n, reader->level);
    else
      result.warnings.push_back(
          "The reader's anchor lies in no vertebra that was found: levels are not named from it.");
  }
  std::vector<Reading> possible = readings(all, fixed);
  if (fixed && possible.empty()) {
    result.warnings.push_back(
        "The reader's anchor leaves no possible sequence of levels: levels are not named from it.");
    fixed.reset();
    possible = readings(all, fixed);
  }
  if (possible.empty())
    return;
  const Reading& best = possible.front();
  const std::vector<HardAnchor> anchors = hardAnchors(all);
  for (const HardAnchor& a : anchors)
    result.anchors.push_back(a.name);
  if (fixed)
    result.anchors.insert(result.anchors.begin(), "reader");

  const bool agree = std::all_of(anchors.begin(), anchors.end(), [&](const HardAnchor& a) {
    return usualRank(a, 0) == usualRank(anchors.front(), 0);
  });
  const bool broken = isBroken(all);
  if (broken)
    result.warnings.push_back("Two vertebrae lie unusually far from or close to each other: one may be "
                              "missing, joined or divided.");

  if (fixed) {
    result.naming = "certain";
    result.anchor = "reader";
  } else if (anchors.empty() || !agree || broken) {
    result.warnings.push_back(anchors.empty()
                                  ? "Levels are not named: neither the sacrum with the disc above it, nor "
                                    "the first or last rib, nor the dens is in view for certain."
                              : broken ? "Levels are not named: the chain of vertebrae is not even."
                                       : "Levels are not named: the landmarks in view contradict each other "
                                         "(a transitional vertebra?).");
    result.alternatives = alternativesTo(best, possible, hasSacrum, true);
    return;
  } else {
    result.anchor = anchors.back().name; // of several, the one that counts over the shortest way comes last
    const bool usual =
        best.variant.empty() && rank(best.levels[anchors.front().vertebra]) == rank(anchors.front().level);
    result.naming =
        usual && best.probability >= certainProbability && isCounted(anchors, best) ? "certain" : "assumed";
  }
  for (std::size_t n = 0; n < count; ++n) {
    all[n].level = best.levels[n];
    all[n].confidence = marginal(possible, n, best.levels[n]);
    if (result.naming == "assumed")
      all[n].confidence = std::min(all[n].confidence, mostAssumedConfidence);
  }
  if (!best.variant.empty())
    result.variant = best.variant;
  result.alternatives = alternativesTo(best, possible, hasSacrum, false);
}

} // namespace spondyl::inference
