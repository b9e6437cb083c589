#include "inference/pipelines/naming_evidence.h"

#include "inference/pipelines/decode.h"

#include <algorithm>
#include <cmath>

namespace spondyl::inference {
namespace {

// --- What is seen -----------------------------------------------------------------------------------------

constexpr double ribSeenMl = 0.15, ribAbsentMl = 0.04;
/// Of the ribs of the vertebrae around: from the first a rib of its own; up to the others, on both sides or
/// on one, what passes by.
constexpr double ribShare = 0.4, strayShare = 0.1, strayShareOfOne = 0.2;
constexpr std::ptrdiff_t ribNeighbours = 3;
constexpr double sacrumContactMl = 0.1, skullMl = 20, highestNumber = 3.5;
constexpr double ringBodyShare = 0.7; ///< of the body of the next below
/// Of the volume expected, each against the chain's middle; C2 is larger than its neighbours, and levels are
/// read badly up there.
constexpr double twoVolumes = 1.6, tooMuchOfOne = 1.2, lowestNumber = 5.5;
constexpr double longestStep = 1.5, shortestStep = 0.6; ///< of the chain's usual step

double fewer(const LevelEvidence& e) {
  return std::min(e.ribLeftMl, e.ribRightMl);
}

/// Rib that one side of a vertebra beside this one has, where both sides have some; 0 if none has.
double ribsAround(const std::vector<ResultVertebra>& all, std::size_t count, std::size_t n) {
  std::vector<double> seen;
  for (auto m = std::ptrdiff_t(n) - ribNeighbours; m <= std::ptrdiff_t(n) + ribNeighbours; ++m)
    if (m >= 0 && m < std::ptrdiff_t(count) && m != std::ptrdiff_t(n) &&
        fewer(all[std::size_t(m)].evidence) >= ribSeenMl)
      seen.push_back(fewer(all[std::size_t(m)].evidence));
  if (seen.empty())
    return 0;
  std::nth_element(seen.begin(), seen.begin() + std::ptrdiff_t(seen.size() / 2), seen.end());
  return seen[seen.size() / 2];
}

RibSign ribSign(const std::vector<ResultVertebra>& all, std::size_t count, std::size_t n) {
  const LevelEvidence& e = all[n].evidence;
  const double around = ribsAround(all, count, n);
  if (fewer(e) >= std::max(ribSeenMl, ribShare * around))
    return RibSign::Ribs;
  // Of a cut vertebra the rib may lie outside.
  const bool none = fewer(e) <= std::max(ribAbsentMl, strayShare * around) &&
                    std::max(e.ribLeftMl, e.ribRightMl) <= std::max(ribAbsentMl, strayShareOfOne * around);
  return all[n].whole && none ? RibSign::Free : RibSign::Unclear;
}

std::size_t countOf(const std::vector<ResultVertebra>& all) {
  return all.size() - (!all.empty() && all.back().isSacrum ? 1 : 0);
}

bool isBrokenChain(const std::vector<ResultVertebra>& all) {
  const DecodeParameters p;
  const std::size_t count = countOf(all);
  for (std::size_t n = 0; n < count; ++n)
    if (mayBeTwo(all, n, false))
      return true;
  std::vector<double> ratios;
  for (std::size_t n = 0; n + 1 < count; ++n)
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

// --- How probable that is ---------------------------------------------------------------------------------

/// Level number that the network was taught: T13 lies between T12 and L1.
double levelNumber(Level level) {
  if (level == Level::T13)
    return 19.5;
  const int label = int(level);
  return label;
}

/// Readings of the level number go wrong together: the whole chain is read too high or too low by about one,
/// and what the single readings add is little.
constexpr double sharedError = 1.5, singleError = 1.0;
constexpr double densError = 0.02; ///< what looks like C1 is something else

struct RibOdds {
  double ribs, free, unclear; ///< probability of each sign
};
/// T12 often has short ribs, L1 sometimes has some; the twelfth rib passes L1's transverse process.
RibOdds ribOdds(Level level) {
  if (level == Level::T12 || level == Level::T13)
    return {0.82, 0.06, 0.12};
  if (level == Level::L1)
    return {0.03, 0.80, 0.17};
  if (level == Level::C7)
    return {0.03, 0.85, 0.12};
  if (region(level) == Region::Thoracic)
    return {0.90, 0.02, 0.08};
  return {0.005, 0.945, 0.05};
}
/// In some images ribs are not found at all: what is not seen then says nothing.
constexpr double blindness = 0.1;
constexpr RibOdds blindOdds{0.02, 0.70, 0.28};

double of(const RibOdds& odds, RibSign sign) {
  return sign == RibSign::Ribs ? odds.ribs : sign == RibSign::Free ? odds.free : odds.unclear;
}

} // namespace

bool mayBeTwo(const std::vector<ResultVertebra>& vertebrae, std::size_t vertebra, bool cutAtBothEnds) {
  const DecodeParameters p;
  if (vertebrae[vertebra].evidence.levelNumber < lowestNumber)
    return false;
  std::vector<double> relative;
  for (std::size_t n = 0; n < countOf(vertebrae); ++n)
    relative.push_back(vertebrae[n].volumeMl / p.expectedVolume(vertebrae[n].evidence.levelNumber));
  const double own = relative[vertebra];
  std::sort(relative.begin(), relative.end());
  const double usual = relative.size() < 3 ? 1.0 : std::clamp(relative[relative.size() / 2], 0.6, 1.4);
  return own > (cutAtBothEnds ? tooMuchOfOne : twoVolumes) * usual;
}

NamingEvidence::NamingEvidence(const std::vector<ResultVertebra>& vertebrae) {
  const std::size_t count = countOf(vertebrae);
  for (std::size_t n = 0; n < count; ++n) {
    m_signs.push_back(ribSign(vertebrae, count, n));
    m_numbers.push_back(vertebrae[n].evidence.levelNumber);
  }
  if (count == 0)
    return;
  m_onSacrum = count < vertebrae.size() && vertebrae[count - 1].evidence.sacrumContactMl >= sacrumContactMl;
  m_broken = isBrokenChain(vertebrae);
  findAnchors(vertebrae);
}

void NamingEvidence::findAnchors(const std::vector<ResultVertebra>& all) {
  // C1 is a ring, and C2 has the dens: hardly any body above a large one. Without C1 on top that is never so.
  const ResultVertebra& top = all.front();
  if (count() >= 2 && top.whole && top.evidence.skullAboveMl >= skullMl &&
      top.evidence.levelNumber < highestNumber &&
      top.evidence.bodyMl <= ringBodyShare * all[1].evidence.bodyMl)
    m_anchors.push_back({"dens", 0, Level::C1});
  const auto is = [&](std::size_t n, RibSign sign) { return m_signs[n] == sign; };
  for (std::size_t n = 2; n < count(); ++n)
    if (is(n, RibSign::Ribs) && is(n - 1, RibSign::Free) && is(n - 2, RibSign::Free)) {
      m_anchors.push_back({"first-rib", n, Level::T1});
      break;
    }
  for (std::size_t n = count(); n-- > 0;)
    if (n + 2 < count() && is(n, RibSign::Ribs) && is(n + 1, RibSign::Free) && is(n + 2, RibSign::Free)) {
      m_anchors.push_back({"last-rib", n, Level::T12});
      break;
    }
  if (m_onSacrum && all[count() - 1].evidence.discBelow)
    m_anchors.push_back({"sacrum", count() - 1, Level::L5});
}

double NamingEvidence::logLikelihood(const std::vector<Level>& levels) const {
  double seeing = std::log(1 - blindness), blind = std::log(blindness), error = 0;
  for (std::size_t n = 0; n < count(); ++n) {
    seeing += std::log(of(ribOdds(levels[n]), m_signs[n]));
    blind += std::log(of(blindOdds, m_signs[n]));
    error += m_numbers[n] - levelNumber(levels[n]);
  }
  const double more = std::max(seeing, blind);
  double sum = more + std::log(std::exp(seeing - more) + std::exp(blind - more));
  error /= double(count());
  sum -= error * error / (2 * (sharedError * sharedError + singleError * singleError / double(count())));
  if (!m_anchors.empty() && m_anchors.front().name == "dens")
    sum += std::log(levels.front() == Level::C1 ? 1 - densError : densError);
  return sum;
}

} // namespace spondyl::inference
