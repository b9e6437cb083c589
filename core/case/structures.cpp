#include "core/case/structures.h"

namespace spondyl {
namespace {

auto lowerBound(const std::vector<Structure>& list, StructureId id) {
  return std::lower_bound(list.begin(), list.end(), id,
                          [](const Structure& s, StructureId v) { return s.id < v; });
}

} // namespace

const Structure* StructureTable::find(StructureId id) const {
  const auto it = lowerBound(m_structures, id);
  return it != m_structures.end() && it->id == id ? &*it : nullptr;
}

const Structure* StructureTable::find(InstanceId instance, Part part) const {
  const auto it = std::find_if(m_structures.begin(), m_structures.end(),
                               [&](const Structure& s) { return s.instance == instance && s.part == part; });
  return it == m_structures.end() ? nullptr : &*it;
}

StructureId StructureTable::add(Structure structure) {
  structure.id = StructureId{m_next++};
  m_structures.push_back(std::move(structure));
  return m_structures.back().id;
}

bool StructureTable::insert(const Structure& structure) {
  const auto it = lowerBound(m_structures, structure.id);
  if (!structure.id || (it != m_structures.end() && it->id == structure.id))
    return false;
  m_structures.insert(m_structures.begin() + (it - m_structures.cbegin()), structure);
  setNextId(static_cast<std::uint16_t>(structure.id.value + 1));
  return true;
}

bool StructureTable::update(const Structure& structure) {
  const auto it = lowerBound(m_structures, structure.id);
  if (it == m_structures.end() || it->id != structure.id)
    return false;
  m_structures[std::size_t(it - m_structures.cbegin())] = structure;
  return true;
}

bool StructureTable::remove(StructureId id) {
  const auto it = lowerBound(m_structures, id);
  if (it == m_structures.end() || it->id != id)
    return false;
  m_structures.erase(it);
  return true;
}

int exportLabel(const Structure& structure, const LevelChain& chain) {
  switch (structure.part) {
  case Part::Cord:
    return 60;
  case Part::Canal:
    return 61;
  case Part::Csf:
    return 62;
  case Part::Coccyx:
    return labelOf(Level::Coccyx);
  case Part::Sacrum:
    return structure.label ? structure.label : labelOf(Level::Sacrum); // S2 to S6 keep theirs
  default:
    break;
  }
  const ChainEntry* entry = chain.find(structure.instance);
  if (!entry || !(isVertebral(structure.part) || structure.part == Part::Disc))
    return structure.label;
  const bool disc = structure.part == Part::Disc;
  if (entry->level)
    return disc ? discLabelBelow(*entry->level) : labelOf(*entry->level);
  const int n = chain.place(structure.instance);
  return disc ? unnamedDiscLabel(n) : unnamedLabel(n);
}

std::string structureName(const Structure& structure, const LevelChain& chain) {
  const ChainEntry* entry = chain.find(structure.instance);
  if (structure.part == Part::Disc && entry) {
    const ChainEntry* below = chain.below(structure.instance);
    std::string lower = "?";
    if (below)
      lower = chain.displayName(below->instance);
    else if (entry->level)
      if (const auto next = usualNext(*entry->level))
        lower = levelName(*next);
    return chain.displayName(structure.instance) + "/" + lower + " disc";
  }
  if (isVertebral(structure.part) && entry)
    return chain.displayName(structure.instance) + " " + partName(structure.part);
  if (structure.part == Part::Sacrum && !structure.label)
    return partName(structure.part);
  if (const CodeRow* row = structure.label ? codeForLabel(structure.label) : nullptr)
    return row->name;
  return partName(structure.part);
}

std::array<std::uint8_t, 3> structureColour(const Structure& structure, const LevelChain& chain) {
  const ChainEntry* entry = chain.find(structure.instance);
  if (isVertebral(structure.part) && entry && !entry->level)
    return colourOfUnnamed(chain.place(structure.instance));
  int label = exportLabel(structure, chain);
  if (structure.part == Part::Disc)
    label = discLabelBelow(Level::L4); // discs have one colour, named or not
  if (const CodeRow* row = codeForLabel(label))
    return row->rgb;
  return {160, 160, 160};
}

} // namespace spondyl
