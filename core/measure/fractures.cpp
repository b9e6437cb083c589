#include "core/measure/formulas.h"
#include "core/measure/measure.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

/// Error of one loss: about 1 mm on a height of 25 (CLINICAL §3.1), and more with one neighbour only, where
/// the normal change from level to level is not averaged out.
double lossError(std::size_t neighbours) {
  return neighbours >= 2 ? 0.04 : 0.06;
}

double normalCumulative(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

std::optional<double> heightIn(const std::vector<Measurement>& all, InstanceId instance, const char* id) {
  for (const Measurement& m : all)
    if (m.instance == instance && m.id == id)
      return m.value;
  return std::nullopt;
}

} // namespace

std::vector<Finding> fractureFindings(const LevelChain& chain, const std::vector<Measurement>& measurements) {
  std::vector<std::optional<BodyHeights>> heights;
  std::vector<std::optional<Level>> levels;
  for (const ChainEntry& e : chain.entries) {
    const auto a = heightIn(measurements, e.instance, "body.height.anterior");
    const auto m = heightIn(measurements, e.instance, "body.height.middle");
    const auto p = heightIn(measurements, e.instance, "body.height.posterior");
    heights.push_back(a && m && p ? std::optional(BodyHeights{*a, *m, *p}) : std::nullopt);
    levels.push_back(e.level);
  }
  std::vector<Finding> out;
  for (std::size_t n = 0; n < heights.size(); ++n) {
    const auto loss = heightLoss(heights, levels, n);
    if (!loss)
      continue;
    const double largest = loss->largest(), error = lossError(loss->from.size());
    // L5 is physiologically lower behind than its neighbours: its back height alone proves nothing.
    const bool onlyLowBack =
        levels[n] == Level::L5 && loss->posterior >= largest && std::max(loss->anterior, loss->middle) < 0.20;
    const double probability = onlyLowBack ? 0.1 : normalCumulative((largest - 0.20) / error);
    if (probability < 0.15)
      continue;
    Finding f;
    const std::string name = chain.displayName(chain.entries[n].instance);
    f.id = "fracture." + name;
    f.instance = chain.entries[n].instance;
    f.kind = "fracture";
    f.probability = std::min(probability, 0.99);
    f.abstained = probability < 0.8;
    if (!f.abstained) {
      f.grade = genantGrade(largest);
      f.shape = genantShape(*loss);
    }
    f.evidence = {name + " body.height.anterior", name + " body.height.middle",
                  name + " body.height.posterior", name + " body.height.loss"};
    for (const std::size_t k : loss->from)
      f.evidence.push_back(chain.displayName(chain.entries[k].instance));
    f.provenance.origin = Provenance::Origin::Model;
    f.provenance.name = "height-morphometry";
    f.provenance.version = "1";
    out.push_back(std::move(f));
  }
  return out;
}

} // namespace spondyl
