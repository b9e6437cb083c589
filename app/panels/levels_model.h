#pragma once
// What the level ladder and the Levels panel show: one row per vertebra of the effective case. No widgets.

#include "core/case/case.h"

#include <string>
#include <utility>
#include <vector>

namespace spondyl::app {

/// How sure the model is, as three bands (CLINICAL §2.3).
enum class Band : unsigned char { High, Medium, Low };
Band bandOf(double confidence); ///< High from 0.9, Medium from 0.6
std::string bandName(Band band);

struct LevelRow {
  InstanceId instance; ///< of the effective case
  std::string name;    ///< "L4", "V3"
  bool isSacrum = false;
  std::array<std::uint8_t, 3> colour{};
  ItemState state = ItemState::Proposed; ///< the least reviewed of its structures
  double confidence = 1.0;               ///< the lower one of name and structures
  Band band = Band::High;
  std::string reason;                ///< why it is not certain; empty if nothing is to be said
  bool whole = true;                 ///< false: cut by the edge of the volume
  bool isAnchor = false;             ///< the naming rests on it
  std::string otherName;             ///< under the likeliest other numbering; empty if there is none
  std::vector<std::string> problems; ///< of the chain, at this level
  int openFindings = 0, confirmedFindings = 0;
  PointLps at;                         ///< where the views go
  double heightMm = 0;                 ///< its share of the spine: half way to each neighbour
  std::vector<StructureId> structures; ///< ids of the effective case
  /// Those of them that wait in a proposal, by the proposal's own ids.
  std::vector<std::pair<ProposalId, StructureId>> waiting;
};

struct LevelsModel {
  std::vector<LevelRow> rows; ///< from cranial to caudal
  std::string naming;         ///< "Names assumed from the sacrum; L6 instead of S1 is possible (12 %)"
  bool namingNeedsReader = false;
  int reviewed = 0;                 ///< rows that are confirmed
  int waiting = 0;                  ///< rows with something proposed
  std::string aboveName, belowName; ///< usual neighbours that are not in view; empty if none

  const LevelRow* find(InstanceId instance) const;
  /// The next row with something to review, after `from`, going round; nullptr if all is reviewed.
  const LevelRow* nextToReview(InstanceId from) const;
  /// One row up (-1) or down (+1); the first or last stays.
  const LevelRow* neighbour(InstanceId from, int step) const;
};

LevelsModel buildLevels(const Case& c, const EffectiveCase& e);
/// Replaces the alternative numbering by words: "L6 (12 %)".
std::string namingSentence(const LevelChain& chain);

} // namespace spondyl::app
