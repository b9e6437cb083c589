#pragma once
// Half precision where it is as good: a network in two precisions, of which the quick one is used only after
// it gave what the exact one gives, on a window of this very study.

#include "inference/engine/network.h"

#include <string>

namespace spondyl::inference {

enum class Precision { Float32, Float16, BFloat16 };
const char* precisionName(Precision precision); ///< as in run.json

/// The bars. Dice is that of the class that wins, for each class with enough voxels in either answer to say
/// something. Half precision has 11 bits, so that a trained network's probabilities move by some 0.001 where
/// they change fastest; bfloat16 has 8 and moves borders: 0.05 is where a threshold such as 0.35 or 0.4
/// begins to mean another thing. The other channels are read as lengths and level numbers: 0.02 of them is
/// 0.4 mm of an offset's 20 mm, and half a level of 24, of which thousands of voxels are averaged.
constexpr double leastDice = 0.999, mostProbabilityDifference = 0.05, mostValueDifference = 0.02;
constexpr std::size_t enoughVoxels = 500;
/// A window of air tells nothing: at least this share of its voxels must be something else than background.
constexpr double leastTellingShare = 0.005;

struct Agreement {
  double dice = 1;                   ///< of the worst class
  double probability = 0, value = 0; ///< largest differences
  bool telling = false;              ///< there was something to compare
  bool finite = true;                ///< the quick answer holds numbers only
  bool holds() const {
    return telling && finite && dice >= leastDice && probability <= mostProbabilityDifference &&
           value <= mostValueDifference;
  }
};
/// Both answers channel by channel, class probabilities first. Background is class 0.
Agreement agreementOf(std::span<const float> exact, std::span<const float> quick, std::size_t voxels,
                      int classes);

class ProbedNetwork final : public Network {
 public:
  /// `quick`: the same network in `precision`, or none. Both must live as long as this.
  ProbedNetwork(Network& exact, Network* quick, Precision precision, int classes)
      : m_exact(exact), m_quick(quick), m_quickPrecision(precision), m_classes(classes) {}
  int channels() const override { return m_exact.channels(); }
  /// Exact up to the first telling window, that one included; then in the precision that was found. A quick
  /// answer that fails or holds what is no number is computed again exactly, and all that follow.
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override;
  /// A study's result must not depend on the one before: forgets what was found.
  void begin();
  /// "float32", or the quick one's name if any window was computed in it.
  std::string precision() const;
  /// What the comparison of this study found; not telling: there was none.
  const Agreement& agreement() const { return m_agreement; }

 private:
  enum class State { Undecided, Exact, Quick };
  Network& m_exact;
  Network* m_quick;
  Precision m_quickPrecision;
  int m_classes;
  State m_state = State::Undecided;
  bool m_usedQuick = false;
  Agreement m_agreement;
};

} // namespace spondyl::inference
