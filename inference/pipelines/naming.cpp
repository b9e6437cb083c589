#include "inference/pipelines/naming.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace spondyl::inference {
namespace {

constexpr double certainProbability = 0.95, assumedProbability = 0.5;
constexpr double readerReachMm = 60;

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
/// How often spines have so many. Where one counts from the sacrum S1 may have been taken for a vertebra,
/// which looks like six lumbar ones, or L5 for a part of the sacrum, which looks like four.
std::vector<Variant> variants(bool onSacrum) {
  const double misread = onSacrum ? 0.02 : 0;
  std::vector<Variant> all;
  for (const auto& [thoracic, t] : {std::pair{12, 0.94}, std::pair{13, 0.03}, std::pair{11, 0.03}})
    for (const auto& [lumbar, l] :
         {std::pair{5, 0.92 - 2 * misread}, std::pair{6, 0.05 + misread}, std::pair{4, 0.03 + misread}})
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

/// Rank that an anchor gives to vertebra n when T13, L6 and the like are left out of account.
int usualRank(const HardAnchor& anchor, std::size_t n) {
  const static std::vector<Level> usual = spine(12, 5);
  const auto at = std::find(usual.begin(), usual.end(), anchor.level) - usual.begin();
  return int(at) + int(n) - int(anchor.vertebra);
}

std::optional<std::size_t> nearest(const std::vector<ResultVertebra>& all, std::size_t count, PointLps at) {
  std::optional<std::size_t> best;
  double least = readerReachMm;
  for (std::size_t n = 0; n < count; ++n)
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

/// Whether a reading is listed after `before` others: two always, four of any weight (what six or four lumbar
/// and eleven or thirteen thoracic ones would give), more where they are likely.
bool isListed(double probability, std::size_t before) {
  return before < 2 || (before < 4 && probability >= 0.002) || (before < 6 && probability >= 0.01);
}

/// Readings beside the first, as alternatives to it, likeliest first.
std::vector<ResultAlternative> alternativesTo(const Reading& named, const std::vector<Reading>& all,
                                              bool hasSacrum, bool includeNamed) {
  std::vector<ResultAlternative> out;
  for (const Reading& r : all) {
    if (&r == &named && !includeNamed)
      continue;
    if (!isListed(r.probability, out.size()))
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
/// over. A topmost vertebra that is counted as C1 has to look like it.
bool isCounted(const std::vector<HardAnchor>& anchors, const Reading& reading) {
  const auto has = [&](const char* name) {
    return std::any_of(anchors.begin(), anchors.end(), [&](const HardAnchor& a) { return a.name == name; });
  };
  if (reading.levels.front() == Level::C1 && !has("dens"))
    return false;
  if (has("dens") && has("first-rib") && rank(reading.levels.back()) <= rank(Level::T11))
    return true;
  return (has("dens") || has("first-rib")) && has("last-rib");
}

} // namespace

std::vector<Reading> readings(const NamingEvidence& evidence,
                              const std::optional<std::pair<std::size_t, Level>>& fixed) {
  const std::size_t count = evidence.count();
  if (count == 0)
    return {};
  std::map<std::vector<Level>, double> weights; // prior x likelihood
  for (const Variant& variant : variants(evidence.sitsOnSacrum())) {
    const std::vector<Level> whole = spine(variant.thoracic, variant.lumbar);
    if (count > whole.size())
      continue;
    for (std::size_t start = evidence.sitsOnSacrum() ? whole.size() - count : 0;
         start + count <= whole.size(); ++start) {
      const std::vector<Level> levels(whole.begin() + std::ptrdiff_t(start),
                                      whole.begin() + std::ptrdiff_t(start + count));
      if (!fixed || levels[fixed->first] == fixed->second)
        weights[levels] += variant.prior * std::exp(evidence.logLikelihood(levels));
    }
  }
  double sum = 0;
  for (const auto& [levels, weight] : weights)
    sum += weight;
  std::vector<Reading> all;
  for (const auto& [levels, weight] : weights)
    all.push_back({levels, variantOf(levels, evidence.sitsOnSacrum()), sum > 0 ? weight / sum : 0});
  std::stable_sort(all.begin(), all.end(),
                   [](const Reading& a, const Reading& b) { return a.probability > b.probability; });
  return all;
}

void nameLevels(SegmentResult& result, const std::optional<ReaderAnchor>& reader) {
  clearNames(result);
  auto& all = result.vertebrae;
  const NamingEvidence evidence(all);
  const std::size_t count = evidence.count();
  if (count == 0)
    return;
  const bool hasSacrum = count < all.size();
  std::optional<std::pair<std::size_t, Level>> fixed;
  if (reader) {
    if (const auto n = nearest(all, count, reader->at))
      fixed.emplace(*n, reader->level);
    else
      result.warnings.push_back(
          "The reader's anchor lies in no vertebra that was found: levels are not named from it.");
  }
  std::vector<Reading> possible = readings(evidence, fixed);
  if (fixed && possible.empty()) {
    result.warnings.push_back(
        "The reader's anchor leaves no possible sequence of levels: levels are not named from it.");
    fixed.reset();
    possible = readings(evidence, fixed);
  }
  if (possible.empty())
    return;
  const Reading& best = possible.front();
  const std::vector<HardAnchor>& anchors = evidence.anchors();
  for (const HardAnchor& a : anchors)
    result.anchors.push_back(a.name);
  if (fixed)
    result.anchors.insert(result.anchors.begin(), "reader");

  const bool agree = std::all_of(anchors.begin(), anchors.end(), [&](const HardAnchor& a) {
    return usualRank(a, 0) == usualRank(anchors.front(), 0);
  });
  const bool broken = evidence.isBroken(), divided = best.probability < assumedProbability;
  if (broken)
    result.warnings.push_back("Two vertebrae lie unusually far from or close to each other: one may be "
                              "missing, joined or divided.");

  if (fixed) {
    result.naming = "certain";
    result.anchor = "reader";
  } else if (anchors.empty() || !agree || broken || divided) {
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
