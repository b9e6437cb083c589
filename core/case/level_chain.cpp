#include "core/case/structures.h"

#include <set>

namespace spondyl {
namespace {

/// Vertebrae of one person from C1 to the sacrum: how many thoracic and lumbar ones.
struct SpineCounts {
  int thoracic = 12, lumbar = 5;
  bool operator==(const SpineCounts&) const = default;
};

std::vector<Level> sequenceOf(SpineCounts counts) {
  std::vector<Level> out;
  for (const Level level : allLevels()) {
    if (level == Level::Coccyx)
      continue;
    const int n = labelOf(level);
    const bool absent =
        (level == Level::T13 && counts.thoracic < 13) || (level == Level::T12 && counts.thoracic < 12) ||
        (level == Level::L6 && counts.lumbar < 6) || (level == Level::L5 && counts.lumbar < 5);
    if (n > 0 && !absent)
      out.push_back(level);
  }
  return out;
}

std::vector<std::optional<Level>> levelsOf(const LevelChain& chain) {
  std::vector<std::optional<Level>> levels;
  for (const ChainEntry& entry : chain.entries)
    levels.push_back(entry.level);
  return levels;
}

bool holds(const std::vector<std::optional<Level>>& levels, Level level) {
  return std::find(levels.begin(), levels.end(), level) != levels.end();
}
bool holdsInTurn(const std::vector<std::optional<Level>>& levels, Level upper, Level lower) {
  const std::optional<Level> pair[] = {upper, lower};
  return std::search(levels.begin(), levels.end(), std::begin(pair), std::end(pair)) != levels.end();
}

std::optional<std::string> visibleVariant(const std::vector<std::optional<Level>>& levels) {
  if (holds(levels, Level::T13))
    return "T13";
  if (holds(levels, Level::L6))
    return "L6";
  if (holdsInTurn(levels, Level::T11, Level::L1))
    return "T11";
  if (holdsInTurn(levels, Level::L4, Level::Sacrum))
    return "L4";
  return std::nullopt;
}

SpineCounts presentCounts(const LevelChain& chain) {
  SpineCounts counts;
  const auto levels = levelsOf(chain);
  const std::string variant = chain.variant.value_or("");
  if (variant == "T13" || holds(levels, Level::T13))
    counts.thoracic = 13;
  else if (variant == "T11" || holdsInTurn(levels, Level::T11, Level::L1))
    counts.thoracic = 11;
  if (variant == "L6" || holds(levels, Level::L6))
    counts.lumbar = 6;
  else if (variant == "L4" || variant == "sacralised L5" || holdsInTurn(levels, Level::L4, Level::Sacrum))
    counts.lumbar = 4;
  return counts;
}

} // namespace

std::string anchorName(Anchor anchor) {
  switch (anchor) {
  case Anchor::None:
    return "none";
  case Anchor::Sacrum:
    return "sacrum";
  case Anchor::Dens:
    return "dens";
  case Anchor::FirstRib:
    return "first-rib";
  case Anchor::LastRib:
    return "last-rib";
  case Anchor::Localizer:
    return "localizer";
  case Anchor::Labels:
    return "labels";
  case Anchor::Reader:
    return "reader";
  }
  return "none";
}

std::string namingName(Naming naming) {
  switch (naming) {
  case Naming::Certain:
    return "certain";
  case Naming::Assumed:
    return "assumed";
  case Naming::Ask:
    return "ask";
  }
  return "ask";
}

const ChainEntry* LevelChain::find(InstanceId instance) const {
  if (!instance)
    return nullptr;
  const auto it = std::find_if(entries.begin(), entries.end(),
                               [&](const ChainEntry& e) { return e.instance == instance; });
  return it == entries.end() ? nullptr : &*it;
}

ChainEntry* LevelChain::find(InstanceId instance) {
  return const_cast<ChainEntry*>(std::as_const(*this).find(instance));
}

const ChainEntry* LevelChain::find(Level level) const {
  const auto it =
      std::find_if(entries.begin(), entries.end(), [&](const ChainEntry& e) { return e.level == level; });
  return it == entries.end() ? nullptr : &*it;
}

int LevelChain::place(InstanceId instance) const {
  int n = 0;
  for (const ChainEntry& entry : entries) {
    const bool vertebra = entry.level != Level::Sacrum && entry.level != Level::Coccyx;
    if (vertebra)
      ++n;
    if (entry.instance == instance)
      return vertebra ? n : 0;
  }
  return 0;
}

std::string LevelChain::displayName(InstanceId instance) const {
  const ChainEntry* entry = find(instance);
  if (!entry)
    return {};
  return entry->level ? levelName(*entry->level) : "V" + std::to_string(place(instance));
}

const ChainEntry* LevelChain::below(InstanceId instance) const {
  const ChainEntry* entry = find(instance);
  return entry && entry != &entries.back() ? entry + 1 : nullptr;
}

const ChainEntry* LevelChain::above(InstanceId instance) const {
  const ChainEntry* entry = find(instance);
  return entry && entry != &entries.front() ? entry - 1 : nullptr;
}

Result<ChainNames> namesFrom(const LevelChain& chain, InstanceId instance, Level level) {
  const ChainEntry* named = chain.find(instance);
  if (!named)
    return fail(ErrorCode::UnknownItem, {"vertebra", std::to_string(instance.value)}, "namesFrom");
  const auto at = std::ptrdiff_t(named - chain.entries.data());
  const bool endsInSacrum = chain.entries.back().level == Level::Sacrum || level == Level::Sacrum;

  std::vector<SpineCounts> candidates{
      presentCounts(chain), {12, 5}, {12, 6}, {12, 4}, {13, 5}, {11, 5}, {13, 4}, {11, 6}, {13, 6}, {11, 4}};
  for (const SpineCounts counts : candidates) {
    const std::vector<Level> sequence = sequenceOf(counts);
    const auto found = std::find(sequence.begin(), sequence.end(), level);
    if (found == sequence.end())
      continue;
    const std::ptrdiff_t top = (found - sequence.begin()) - at;
    const std::ptrdiff_t bottom = top + std::ptrdiff_t(chain.entries.size()) - 1;
    const auto sacrum = std::ptrdiff_t(sequence.size()) - 1;
    if (top < 0 || (endsInSacrum ? bottom != sacrum : bottom >= sacrum))
      continue;
    ChainNames names;
    for (std::ptrdiff_t a = top; a <= bottom; ++a)
      names.levels.emplace_back(sequence[std::size_t(a)]);
    names.variant = visibleVariant(names.levels);
    return names;
  }
  return fail(ErrorCode::InvalidEdit, {"RenameChain", "the names would run past C1 or the sacrum"},
              "namesFrom");
}

Result<LevelChain> renamedFrom(const LevelChain& chain, InstanceId instance, Level level) {
  SPONDYL_TRY(const ChainNames names, namesFrom(chain, instance, level));
  LevelChain next = chain;
  for (std::size_t a = 0; a < next.entries.size(); ++a) {
    next.entries[a].level = names.levels[a];
    next.entries[a].confidence = 1.0;
  }
  next.naming = Naming::Certain;
  next.anchor = Anchor::Reader;
  if (std::find(next.anchors.begin(), next.anchors.end(), Anchor::Reader) == next.anchors.end())
    next.anchors.push_back(Anchor::Reader);
  next.variant = names.variant;
  next.alternatives.clear();
  return next;
}

std::vector<ChainProblem> chainProblems(const LevelChain& chain) {
  std::vector<ChainProblem> problems;
  std::set<Level> seen;
  const SpineCounts counts = presentCounts(chain);
  for (std::size_t a = 0; a < chain.entries.size(); ++a) {
    const ChainEntry& here = chain.entries[a];
    if (!here.level)
      continue;
    if (!seen.insert(*here.level).second)
      problems.push_back({ChainProblem::Kind::LevelTwice, here.instance, levelName(*here.level)});
    if (a == 0 || !chain.entries[a - 1].level)
      continue;
    const Level above = *chain.entries[a - 1].level;
    if (rank(above) > rank(*here.level)) {
      problems.push_back({ChainProblem::Kind::OutOfOrder, here.instance, discName(above, *here.level)});
    } else if (above != *here.level) {
      const std::vector<Level> sequence = sequenceOf(counts);
      const auto at = std::find(sequence.begin(), sequence.end(), above);
      if (at == sequence.end() || at + 1 == sequence.end() || *(at + 1) != *here.level)
        problems.push_back({ChainProblem::Kind::Gap, here.instance, discName(above, *here.level)});
    }
  }
  // A vertebra that was missed leaves a distance that stands out among its neighbours.
  std::vector<double> steps;
  for (std::size_t a = 0; a + 1 < chain.entries.size(); ++a)
    if (chain.entries[a + 1].level != Level::Sacrum)
      steps.push_back(distance(chain.entries[a].centroid, chain.entries[a + 1].centroid));
  for (std::size_t a = 0; steps.size() >= 3 && a < steps.size(); ++a) {
    std::vector<double> around;
    for (std::size_t b = a < 2 ? 0 : a - 2; b < std::min(steps.size(), a + 3); ++b)
      if (b != a)
        around.push_back(steps[b]);
    std::nth_element(around.begin(), around.begin() + std::ptrdiff_t(around.size() / 2), around.end());
    const double usual = around[around.size() / 2];
    const InstanceId lower = chain.entries[a + 1].instance;
    const bool told = std::any_of(problems.begin(), problems.end(), [&](const ChainProblem& p) {
      return p.kind == ChainProblem::Kind::Gap && p.instance == lower;
    });
    if (usual > 0 && steps[a] > 1.6 * usual && !told)
      problems.push_back({ChainProblem::Kind::Gap, lower,
                          chain.displayName(chain.entries[a].instance) + "/" + chain.displayName(lower)});
  }
  return problems;
}

} // namespace spondyl
