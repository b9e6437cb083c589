#pragma once
// The table that says what each structure id of the label maps is, and the chain that names the vertebrae.
// Renaming, shifting, T13 and L6 change the chain and touch no voxel.

#include "core/anatomy/codes.h"
#include "core/anatomy/level.h"
#include "core/anatomy/part.h"
#include "core/case/provenance.h"
#include "core/image/label_map.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace spondyl {

using InstanceId = Id<struct InstanceTag>; ///< one vertebra (or the sacrum) of this case; never reused

struct Structure {
  StructureId id;      ///< never reused within a case
  InstanceId instance; ///< none for canal, cord, hips … ; a disc belongs to the vertebra above it
  Part part = Part::None;
  int label = 0; ///< codes.csv number of structures that are not named by the chain (ribs, hips …)
  ItemState state = ItemState::Proposed;
  double confidence = 1.0; ///< 0 to 1
  std::string note;        ///< why it is uncertain ("cut by the edge of the volume")
  Provenance provenance;
  bool operator==(const Structure&) const = default;
};

class StructureTable {
 public:
  const std::vector<Structure>& all() const { return m_structures; }
  const Structure* find(StructureId id) const;
  const Structure* find(InstanceId instance, Part part) const;
  /// Adds with the next free id; returns it.
  StructureId add(Structure structure);
  /// Adds under the id that the structure has; false if that id is none or taken.
  bool insert(const Structure& structure);
  /// Replaces the entry with the same id; false if there is none.
  bool update(const Structure& structure);
  bool remove(StructureId id); ///< its id is not given out again
  std::uint16_t nextId() const { return m_next; }
  void setNextId(std::uint16_t next) { m_next = std::max(m_next, next); }
  bool operator==(const StructureTable&) const = default;

 private:
  std::vector<Structure> m_structures; ///< by id
  std::uint16_t m_next = 1;
};

/// What a naming rests on (levels.json "anchor").
enum class Anchor : unsigned char { None, Sacrum, Dens, FirstRib, LastRib, Localizer, Labels, Reader };
std::string anchorName(Anchor anchor); ///< "sacrum", "first-rib" …

/// certain: two independent anchors agree or the reader said so; assumed: one anchor; ask: none, or they
/// disagree.
enum class Naming : unsigned char { Certain, Assumed, Ask };
std::string namingName(Naming naming);

struct ChainEntry {
  InstanceId instance;
  std::optional<Level> level; ///< none: not yet named
  double confidence = 0.0;    ///< of the name, 0 to 1
  PointLps centroid;          ///< of the vertebral body (of the sacrum: of the whole)
  bool whole = true;          ///< false: cut by the edge of the volume
  std::string note;
  bool operator==(const ChainEntry&) const = default;
};

/// Another reading of the same chain.
struct NamingAlternative {
  int shift = 0;       ///< +1: every level one further caudal than named
  std::string variant; ///< "L6", "T13", "L4", "T11", "sacralised L5", or empty
  double probability = 0.0;
  std::vector<std::optional<Level>> levels; ///< by chain place; what the names would be
  bool operator==(const NamingAlternative&) const = default;
};

class LevelChain {
 public:
  std::vector<ChainEntry> entries; ///< from cranial to caudal, the sacrum last if present
  Naming naming = Naming::Ask;
  Anchor anchor = Anchor::None;
  std::vector<Anchor> anchors; ///< every anchor that was in view
  std::optional<std::string> variant;
  std::vector<NamingAlternative> alternatives;

  const ChainEntry* find(InstanceId instance) const;
  const ChainEntry* find(Level level) const;
  ChainEntry* find(InstanceId instance);
  /// Place among the vertebrae from above, 1-based, the sacrum not counted; 0 if absent.
  int place(InstanceId instance) const;
  /// "L4", or "V3" while unnamed; the sacrum is always "S1".
  std::string displayName(InstanceId instance) const;
  /// The entry below, if any.
  const ChainEntry* below(InstanceId instance) const;
  const ChainEntry* above(InstanceId instance) const;
  bool operator==(const LevelChain&) const = default;
};

/// Names by chain place, as counting from one known level gives them.
struct ChainNames {
  std::vector<std::optional<Level>> levels;
  std::optional<std::string> variant; ///< "T13", "T11", "L6", "L4" if the names show it
};
/// Counts up and down from one that is known. Of the sequences that fit (an entry named sacrum stays the
/// sacrum, C1 stays the top) the one with the chain's present variant comes first, then the usual one, then
/// the fewest oddities. Errors: UnknownItem; InvalidEdit if no sequence fits.
Result<ChainNames> namesFrom(const LevelChain& chain, InstanceId instance, Level level);

/// Names every entry from one that is known ("this is L4"): counts up and down by the usual sequence, keeping
/// a variant (T13, L6, four lumbar …) that the chain already has where it still fits. The result is Certain,
/// anchor Reader. Errors: UnknownItem; InvalidEdit if the chain would run past C1 or the sacrum.
Result<LevelChain> renamedFrom(const LevelChain& chain, InstanceId instance, Level level);

/// Live checks: one level twice, order, gap (in names, or a distance more than 1.6 times the neighbours').
/// Never refuse an edit. Several components are found by componentProblems() (core/case/checks.h), which
/// reads voxels.
struct ChainProblem {
  enum class Kind : unsigned char { LevelTwice, OutOfOrder, Gap, SeveralComponents } kind;
  InstanceId instance;
  std::string detail;
};
std::vector<ChainProblem> chainProblems(const LevelChain& chain);

/// The number a structure has in labels.nii.gz: codes.csv number, or 900 + n / 1000 + n while unnamed.
int exportLabel(const Structure& structure, const LevelChain& chain);
/// "L4 vertebral body", "L4/L5 disc", "canal".
std::string structureName(const Structure& structure, const LevelChain& chain);
/// Display colour: the label's, see codes.csv.
std::array<std::uint8_t, 3> structureColour(const Structure& structure, const LevelChain& chain);

} // namespace spondyl
