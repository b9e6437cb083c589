#pragma once
// What a chain of vertebrae shows about its names: ribs, sacrum, dens, level numbers; and how probable that
// is under a reading.

#include "inference/protocol/segmentation.h"

namespace spondyl::inference {

/// Ribs of a vertebra, both sides taken together and against those of its neighbours.
enum class RibSign { Ribs, Free, Unclear };

/// A landmark from which one counts, and the name that it alone gives to one vertebra by the usual sequence.
struct HardAnchor {
  std::string name;         ///< "dens", "first-rib", "last-rib", "sacrum"
  std::size_t vertebra = 0; ///< from 0
  Level level = Level::L5;
};

/// Whether one found vertebra has more volume than one can have, beside the others of its chain.
/// `cutAtBothEnds`: the images end above and below it, so that it cannot even be whole.
bool mayBeTwo(const std::vector<ResultVertebra>& vertebrae, std::size_t vertebra, bool cutAtBothEnds);

class NamingEvidence {
 public:
  /// `vertebrae` from above, the sacrum last if there is one.
  explicit NamingEvidence(const std::vector<ResultVertebra>& vertebrae);

  std::size_t count() const { return m_signs.size(); } ///< without the sacrum
  RibSign ribs(std::size_t vertebra) const { return m_signs[vertebra]; }
  /// The lowest vertebra stands on the sacrum.
  bool sitsOnSacrum() const { return m_onSacrum; }
  /// A step much longer or shorter than the chain's others, or a vertebra with the volume of two: one is
  /// missing, two are one, or one is two.
  bool isBroken() const { return m_broken; }
  const std::vector<HardAnchor>& anchors() const { return m_anchors; } ///< from above

  /// Of names for all vertebrae.
  double logLikelihood(const std::vector<Level>& levels) const;

 private:
  void findAnchors(const std::vector<ResultVertebra>& vertebrae);

  std::vector<RibSign> m_signs;
  std::vector<double> m_numbers;
  std::vector<HardAnchor> m_anchors;
  bool m_onSacrum = false, m_broken = false;
};

} // namespace spondyl::inference
