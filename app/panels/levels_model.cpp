#include "app/panels/levels_model.h"

#include <algorithm>
#include <cmath>

namespace spondyl::app {
namespace {

ItemState lessReviewed(ItemState a, ItemState b) {
  const auto order = [](ItemState s) {
    switch (s) {
    case ItemState::Proposed:
      return 0;
    case ItemState::Edited:
      return 1;
    case ItemState::Confirmed:
      return 2;
    case ItemState::Rejected:
      return 3;
    }
    return 0;
  };
  return order(a) <= order(b) ? a : b;
}

std::string percent(double fraction) {
  return std::to_string(std::lround(fraction * 100)) + "\u00a0%";
}

/// The entry that an anchor stands for, if it is one vertebra.
const ChainEntry* anchorEntry(const LevelChain& chain) {
  switch (chain.anchor) {
  case Anchor::Sacrum:
    return chain.find(Level::Sacrum);
  case Anchor::Dens:
    return chain.find(Level::C2);
  case Anchor::FirstRib:
    return chain.find(Level::T1);
  case Anchor::LastRib: {
    const ChainEntry* last = nullptr;
    for (const ChainEntry& entry : chain.entries)
      if (entry.level && region(*entry.level) == Region::Thoracic)
        last = &entry;
    return last;
  }
  default:
    return nullptr;
  }
}

std::string anchorWords(Anchor anchor) {
  switch (anchor) {
  case Anchor::Sacrum:
    return "the sacrum";
  case Anchor::Dens:
    return "the dens";
  case Anchor::FirstRib:
    return "the first rib";
  case Anchor::LastRib:
    return "the last rib";
  case Anchor::Localizer:
    return "the localizer";
  case Anchor::Labels:
    return "the imported labels";
  case Anchor::Reader:
    return "the reader";
  case Anchor::None:
    break;
  }
  return "nothing in view";
}

void fillHeights(std::vector<LevelRow>& rows) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    double sum = 0;
    int sides = 0;
    if (r > 0)
      sum += distance(rows[r].at, rows[r - 1].at) / 2, ++sides;
    if (r + 1 < rows.size())
      sum += distance(rows[r].at, rows[r + 1].at) / 2, ++sides;
    rows[r].heightMm = sides == 0 ? 30.0 : sides == 1 ? sum * 2 : sum;
  }
}

void fillProblems(std::vector<LevelRow>& rows, const LevelChain& chain) {
  for (const ChainProblem& problem : chainProblems(chain))
    for (LevelRow& row : rows)
      if (row.instance == problem.instance)
        row.problems.push_back(problem.detail);
}

} // namespace

Band bandOf(double confidence) {
  return confidence >= 0.9 ? Band::High : confidence >= 0.6 ? Band::Medium : Band::Low;
}

std::string bandName(Band band) {
  return band == Band::High ? "high" : band == Band::Medium ? "medium" : "low";
}

std::string namingSentence(const LevelChain& chain) {
  if (chain.entries.empty())
    return {};
  std::string text;
  switch (chain.naming) {
  case Naming::Certain:
    text = "Names certain, from " + anchorWords(chain.anchor);
    break;
  case Naming::Assumed:
    text = "Names assumed from " + anchorWords(chain.anchor);
    break;
  case Naming::Ask:
    return "Which level is which cannot be told here. Name one vertebra: right-click, This is …";
  }
  if (chain.variant)
    text += ", with " + *chain.variant;
  const auto likeliest = std::max_element(
      chain.alternatives.begin(), chain.alternatives.end(),
      [](const NamingAlternative& a, const NamingAlternative& b) { return a.probability < b.probability; });
  if (likeliest != chain.alternatives.end() && likeliest->probability >= 0.05) {
    const std::string what = !likeliest->variant.empty() ? likeliest->variant
                             : likeliest->shift > 0      ? "one level further down"
                                                         : "one level further up";
    text += "; " + what + " is possible (" + percent(likeliest->probability) + ")";
  }
  return text;
}

LevelsModel buildLevels(const Case& c, const EffectiveCase& e) {
  (void)c;
  LevelsModel model;
  const ChainEntry* anchor = anchorEntry(e.chain);
  const auto likeliest = std::max_element(
      e.chain.alternatives.begin(), e.chain.alternatives.end(),
      [](const NamingAlternative& a, const NamingAlternative& b) { return a.probability < b.probability; });

  for (std::size_t place = 0; place < e.chain.entries.size(); ++place) {
    const ChainEntry& entry = e.chain.entries[place];
    LevelRow row;
    row.instance = entry.instance;
    row.name = e.chain.displayName(entry.instance);
    row.isSacrum = entry.level == Level::Sacrum;
    row.at = entry.centroid;
    row.whole = entry.whole;
    row.isAnchor = anchor && anchor->instance == entry.instance;
    row.confidence = entry.level ? entry.confidence : 0.0;
    row.reason = entry.note;
    bool first = true;
    for (const Structure& structure : e.structures.all()) {
      if (structure.instance != entry.instance || structure.state == ItemState::Rejected)
        continue;
      row.structures.push_back(structure.id);
      row.state = first ? structure.state : lessReviewed(row.state, structure.state);
      if (first || structure.part == Part::VertebralBody)
        row.colour = structureColour(structure, e.chain);
      first = false;
      row.confidence = std::min(row.confidence, structure.confidence);
      if (row.reason.empty())
        row.reason = structure.note;
      if (const auto from = e.fromProposal.find(structure.id); from != e.fromProposal.end())
        row.waiting.push_back(from->second);
    }
    row.band = bandOf(row.confidence);
    if (row.reason.empty() && !row.whole)
      row.reason = "cut by the edge of the volume";
    if (row.reason.empty() && !entry.level)
      row.reason = "not named yet";
    if (row.reason.empty() && row.band != Band::High && e.chain.naming == Naming::Assumed)
      row.reason = "its name rests on " + anchorWords(e.chain.anchor) + " alone";
    if (likeliest != e.chain.alternatives.end() && likeliest->probability >= 0.05 &&
        place < likeliest->levels.size() && likeliest->levels[place] &&
        likeliest->levels[place] != entry.level)
      row.otherName = levelName(*likeliest->levels[place]);
    for (const Finding& finding : e.findings)
      if (finding.instance == entry.instance && finding.state != ItemState::Rejected)
        ++(finding.state == ItemState::Confirmed ? row.confirmedFindings : row.openFindings);
    model.reviewed += row.state == ItemState::Confirmed && row.waiting.empty();
    model.waiting += !row.waiting.empty();
    model.rows.push_back(std::move(row));
  }
  fillHeights(model.rows);
  fillProblems(model.rows, e.chain);
  model.naming = namingSentence(e.chain);
  model.namingNeedsReader = !e.chain.entries.empty() && e.chain.naming == Naming::Ask;
  if (!e.chain.entries.empty()) {
    if (const auto& top = e.chain.entries.front().level)
      if (const auto above = usualPrevious(*top))
        model.aboveName = levelName(*above);
    if (const auto& bottom = e.chain.entries.back().level; bottom && *bottom != Level::Sacrum)
      if (const auto below = usualNext(*bottom))
        model.belowName = levelName(*below);
  }
  return model;
}

const LevelRow* LevelsModel::find(InstanceId instance) const {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const LevelRow& r) { return r.instance == instance; });
  return at == rows.end() ? nullptr : &*at;
}

const LevelRow* LevelsModel::nextToReview(InstanceId from) const {
  if (rows.empty())
    return nullptr;
  const LevelRow* here = find(from);
  const std::size_t start = here ? std::size_t(here - rows.data()) + 1 : 0;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const LevelRow& row = rows[(start + n) % rows.size()];
    if (row.state != ItemState::Confirmed || !row.waiting.empty())
      return &row;
  }
  return nullptr;
}

const LevelRow* LevelsModel::neighbour(InstanceId from, int step) const {
  if (rows.empty())
    return nullptr;
  const LevelRow* here = find(from);
  if (!here)
    return step > 0 ? &rows.front() : &rows.back();
  const auto at = std::clamp<std::ptrdiff_t>(here - rows.data() + step, 0, std::ptrdiff_t(rows.size()) - 1);
  return &rows[std::size_t(at)];
}

} // namespace spondyl::app
